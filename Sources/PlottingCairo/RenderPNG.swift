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
