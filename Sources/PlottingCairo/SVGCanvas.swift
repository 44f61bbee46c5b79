internal import Diagnostics
internal import FoundationEssentials
internal import Plotting

/// A drawing written as SVG, with text that stays text.
///
/// Every text carries the width it has in DejaVu Sans, so that it fits where another font has to do.
struct SVGCanvas: ~Copyable, Canvas {
  private static let family = "'DejaVu Sans', Verdana, Geneva, sans-serif"

  private let size: Size
  private let title: String
  private var lines: [String] = []
  private var failure: Diagnostic?
  /// Measures text.
  private let ruler: CairoCanvas

  /// An empty drawing of `size` points.
  ///
  /// Throws E0910 when Cairo has no room for its ruler.
  init(size: Size, title: String) throws(Diagnostic) {
    self.size = size
    self.title = title
    ruler = try CairoCanvas(size: Size(width: 1, height: 1), scale: 1)
  }

  /// The finished document.
  ///
  /// Throws E0911 when a picture in it could not be written.
  consuming func document() throws(Diagnostic) -> String {
    if let failure { throw failure }
    let (width, height) = (Self.number(size.width), Self.number(size.height))
    let name = title.isEmpty ? "" : "<title>\(Self.escaped(title))</title>\n"
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" \
      role="img" font-family="\(Self.family)" fill="none" stroke-linejoin="round">
      \(name)\(lines.joined(separator: "\n"))
      </svg>

      """
  }

  mutating func line(_ points: [Point], _ stroke: Stroke) {
    guard points.count > 1 else { return }
    let dash =
      stroke.dash.isEmpty
      ? "" : " stroke-dasharray=\"\(stroke.dash.map(Self.number).joined(separator: " "))\""
    add(
      "<path d=\"\(Self.path(points))\"\(Self.paint("stroke", stroke.color)) "
        + "stroke-width=\"\(Self.number(stroke.width))\"\(dash)/>")
  }

  mutating func fill(_ rect: Rect, _ color: Color) {
    add("<rect \(Self.extent(rect))\(Self.paint("fill", color))/>")
  }

  mutating func polygon(_ points: [Point], _ color: Color) {
    guard points.count > 2 else { return }
    add("<path d=\"\(Self.path(points))Z\"\(Self.paint("fill", color))/>")
  }

  mutating func disc(at center: Point, radius: Double, _ color: Color) {
    add(
      "<circle cx=\"\(Self.number(center.x))\" cy=\"\(Self.number(center.y))\" r=\"\(Self.number(radius))\""
        + "\(Self.paint("fill", color))/>")
  }

  mutating func text(_ string: String, at point: Point, _ style: TextStyle) {
    guard !string.isEmpty else { return }
    let (x, y) = (Self.number(point.x), Self.number(point.y))
    let anchor = style.anchor == .start ? "" : " text-anchor=\"\(style.anchor.rawValue)\""
    let weight = style.bold ? " font-weight=\"bold\"" : ""
    let turn = style.rotation == 0 ? "" : " transform=\"rotate(\(Self.number(-style.rotation)) \(x) \(y))\""
    let width = Self.number(ruler.width(of: string, style))
    add(
      "<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(Self.number(style.size))\"\(weight)\(anchor)\(turn) "
        + "textLength=\"\(width)\" lengthAdjust=\"spacingAndGlyphs\"\(Self.paint("fill", style.color))>"
        // XML makes one space of several.
        + "\(Self.escaped(string.replacing("  ", with: "\u{A0}\u{A0}")))</text>")
  }

  mutating func image(_ image: Picture, in rect: Rect) {
    do throws(Diagnostic) {
      guard let png = try CairoCanvas.png(of: image) else { return }
      let look = rect.width >= Double(image.width) ? " style=\"image-rendering:pixelated\"" : ""
      add(
        "<image \(Self.extent(rect)) preserveAspectRatio=\"none\"\(look) "
          + "href=\"data:image/png;base64,\(Data(png).base64EncodedString())\"/>")
    } catch {
      failure = failure ?? error
    }
  }

  func width(of string: String, _ style: TextStyle) -> Double { ruler.width(of: string, style) }

  private mutating func add(_ line: String) { lines.append(line) }

  private static func path(_ points: [Point]) -> String {
    points.enumerated().map { ($0 == 0 ? "M" : "L") + number($1.x) + " " + number($1.y) }.joined()
  }

  private static func extent(_ rect: Rect) -> String {
    "x=\"\(number(rect.x))\" y=\"\(number(rect.y))\" width=\"\(number(rect.width))\" "
      + "height=\"\(number(rect.height))\""
  }

  private static func paint(_ what: String, _ color: Color) -> String {
    var opaque = color
    opaque.alpha = 255
    let opacity = color.alpha == 255 ? "" : " \(what)-opacity=\"\(number(Double(color.alpha) / 255))\""
    return " \(what)=\"\(opaque.hex)\"\(opacity)"
  }

  /// Three decimals are a thousandth of a point.
  private static func number(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e9 else { return "0" }
    let units = Int((value * 1000).rounded())
    var digits = String(units.magnitude)
    digits = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    var text = digits.dropLast(3) + "." + digits.suffix(3)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return (units < 0 ? "-" : "") + text
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      // XML has no control characters, nor the two that are none.
      case _ where scalar.value < 32 || (127..<160).contains(scalar.value) || scalar.value & 0xFFFE == 0xFFFE:
        result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
