/// How a line is drawn; widths and dashes in points.
public struct Stroke: Sendable, Equatable {
  public var color: Color
  public var width: Double
  /// Lengths of dashes and gaps in turn; empty for a solid line.
  public var dash: [Double]

  public init(_ color: Color, width: Double = 1, dash: [Double] = []) {
    self.color = color
    self.width = width
    self.dash = dash
  }
}

/// How text is set; the point it is placed at is the end or middle of its baseline that `anchor` says.
public struct TextStyle: Sendable, Equatable {
  public enum Anchor: String, Sendable { case start, middle, end }

  public var size: Double
  public var color: Color
  public var bold: Bool
  public var anchor: Anchor
  /// Degrees counter-clockwise around the point.
  public var rotation: Double

  public init(
    _ size: Double, _ color: Color, bold: Bool = false, anchor: Anchor = .start, rotation: Double = 0
  ) {
    self.size = size
    self.color = color
    self.bold = bold
    self.anchor = anchor
    self.rotation = rotation
  }

  /// How far a baseline lies below the middle of a capital letter (DejaVu Sans: 0.73 em high).
  var halfCapital: Double { size * 0.365 }

  func with(color: Color? = nil, anchor: Anchor? = nil, rotation: Double? = nil) -> TextStyle {
    var copy = self
    copy.color = color ?? self.color
    copy.anchor = anchor ?? self.anchor
    copy.rotation = rotation ?? self.rotation
    return copy
  }
}

/// What figures are drawn on.
///
/// Three conformers: `CairoCanvas` paints a PNG or a PDF, `SVGCanvas` writes SVG, `RecordingCanvas` writes the commands
/// down for tests.
public protocol Canvas: ~Copyable {
  /// Draws a line through the points; fewer than two points draw nothing.
  mutating func line(_ points: [Point], _ stroke: Stroke)
  mutating func fill(_ rect: Rect, _ color: Color)
  /// Fills the area inside the points; fewer than three draw nothing.
  mutating func polygon(_ points: [Point], _ color: Color)
  mutating func disc(at center: Point, radius: Double, _ color: Color)
  mutating func text(_ string: String, at point: Point, _ style: TextStyle)
  /// Stretches an image over a rectangle; enlarged pixels stay sharp squares.
  mutating func image(_ image: Picture, in rect: Rect)
  /// The width in points that `string` takes when it is set upright.
  func width(of string: String, _ style: TextStyle) -> Double
}

extension Canvas where Self: ~Copyable {
  mutating func outline(_ rect: Rect, _ stroke: Stroke) {
    let corners = [
      Point(rect.x, rect.y), Point(rect.right, rect.y), Point(rect.right, rect.bottom),
      Point(rect.x, rect.bottom), Point(rect.x, rect.y),
    ]
    line(corners, stroke)
  }

  /// Draws text whose capitals are centred on the height of `point`, rather than standing on it.
  mutating func centeredText(_ string: String, at point: Point, _ style: TextStyle) {
    text(string, at: Point(point.x, point.y + style.halfCapital), style)
  }

  /// The string, or as much of its beginning as fits into `width` with an ellipsis.
  func shortened(_ string: String, to width: Double, _ style: TextStyle) -> String {
    guard self.width(of: string, style) > width else { return string }
    let characters = Array(string)
    var (fits, tooLong) = (0, characters.count)
    while tooLong - fits > 1 {
      let middle = (fits + tooLong) / 2
      let candidate = String(characters[..<middle]) + "…"
      if self.width(of: candidate, style) <= width { fits = middle } else { tooLong = middle }
    }
    return String(characters[..<fits]) + "…"
  }

  /// The width of the widest of some strings; 0 when there are none.
  func widest(_ strings: [String], _ style: TextStyle) -> Double {
    strings.reduce(0) { max($0, width(of: $1, style)) }
  }
}
