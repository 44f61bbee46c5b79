/// A canvas that writes one line of text for each command, for tests and for comparing figures.
///
/// Every character is taken to be 0.6 em wide, so that layouts depend on no font.
public struct RecordingCanvas: Canvas {
  public private(set) var commands: [String] = []

  public init() {}

  /// The commands that draw a figure.
  public static func commands(of figure: some Figure) -> [String] {
    var canvas = RecordingCanvas()
    figure.draw(on: &canvas)
    return canvas.commands
  }

  public mutating func line(_ points: [Point], _ stroke: Stroke) {
    guard points.count > 1 else { return }
    let dash = stroke.dash.isEmpty ? "" : " dash " + stroke.dash.map(Self.number).joined(separator: ",")
    let path = points.map(Self.place).joined(separator: " ")
    commands.append("line \(stroke.color.hex) \(Self.number(stroke.width))\(dash): \(path)")
  }

  public mutating func fill(_ rect: Rect, _ color: Color) {
    commands.append("fill \(color.hex) \(Self.extent(rect))")
  }

  public mutating func polygon(_ points: [Point], _ color: Color) {
    guard points.count > 2 else { return }
    commands.append("polygon \(color.hex): " + points.map(Self.place).joined(separator: " "))
  }

  public mutating func disc(at center: Point, radius: Double, _ color: Color) {
    commands.append("disc \(color.hex) \(Self.place(center)) r \(Self.number(radius))")
  }

  public mutating func text(_ string: String, at point: Point, _ style: TextStyle) {
    let weight = style.bold ? " bold" : ""
    let rotation = style.rotation == 0 ? "" : " rotated \(Self.number(style.rotation))"
    let look = "\(Self.number(style.size))\(weight) \(style.color.hex) \(style.anchor.rawValue)\(rotation)"
    commands.append("text \(look) \(Self.place(point)): \(string)")
  }

  public mutating func image(_ image: Picture, in rect: Rect) {
    commands.append("image \(image.width)×\(image.height) \(Self.extent(rect))")
  }

  public func width(of string: String, _ style: TextStyle) -> Double {
    Double(string.count) * 0.6 * style.size
  }

  private static func number(_ value: Double) -> String { NumberText.fixed(value, decimals: 1) }
  private static func place(_ point: Point) -> String { "\(number(point.x)),\(number(point.y))" }
  private static func extent(_ rect: Rect) -> String {
    "\(number(rect.x)),\(number(rect.y)) \(number(rect.width))×\(number(rect.height))"
  }
}
