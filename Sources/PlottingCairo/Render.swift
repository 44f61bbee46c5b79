public import Diagnostics
public import Plotting

/// Draws a figure as a PNG with two pixels to a point; the same figure gives the same bytes.
///
/// Throws E0910 when the figure is too large for a picture and E0911 when Cairo fails.
public func renderPNG(_ figure: some Figure) throws(Diagnostic) -> [UInt8] {
  var canvas = try CairoCanvas(size: figure.size)
  figure.draw(on: &canvas)
  return try canvas.png()
}

/// Draws a figure in any of the formats; the same figure gives the same bytes.
///
/// Throws E0910 when the figure is too large for a picture and E0911 when Cairo fails.
public func render(_ figure: some Figure, as format: FigureFormat) throws(Diagnostic) -> [UInt8] {
  switch format {
  case .png: return try renderPNG(figure)
  case .pdf:
    var canvas = try CairoCanvas(pdf: figure.size, title: figure.title)
    figure.draw(on: &canvas)
    return try canvas.pdf()
  case .svg:
    var canvas = try SVGCanvas(size: figure.size, title: figure.title)
    figure.draw(on: &canvas)
    return Array(try canvas.document().utf8)
  }
}
