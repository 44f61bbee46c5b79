/// What the colours mean: a row of samples and names that stands above the data and so never hides any.
struct Legend: Sendable {
  enum Sample: Sendable {
    case line(Stroke), block(Color)

    var width: Double {
      switch self {
      case .line: 22
      case .block: 12
      }
    }
  }
  struct Entry: Sendable {
    var name: String
    var sample: Sample
  }
  var entries: [Entry]

  private static let gap = 6.0
  private static let spacing = 18.0
  private static let rowHeight = 19.0
  private static let style = TextStyle(11, Palette.ink)

  /// Draws the entries from the upper left corner of `bounds`, in as many rows as needed; returns what
  /// is left below.
  func draw(in bounds: Rect, on canvas: inout (some Canvas & ~Copyable)) -> Rect {
    guard !entries.isEmpty else { return bounds }
    var corner = Point(bounds.x, bounds.y)
    for entry in entries {
      let name = canvas.shortened(entry.name, to: bounds.width - entry.sample.width - Self.gap, Self.style)
      let width = entry.sample.width + Self.gap + canvas.width(of: name, Self.style)
      if corner.x > bounds.x, corner.x + width > bounds.right {
        corner = Point(bounds.x, corner.y + Self.rowHeight)
      }
      let middle = corner.y + Self.rowHeight / 2
      draw(entry.sample, at: Point(corner.x, middle), on: &canvas)
      canvas.centeredText(name, at: Point(corner.x + entry.sample.width + Self.gap, middle), Self.style)
      corner.x += width + Self.spacing
    }
    return bounds.inset(top: corner.y + Self.rowHeight + 10 - bounds.y)
  }

  private func draw(_ sample: Sample, at left: Point, on canvas: inout (some Canvas & ~Copyable)) {
    switch sample {
    case .line(let stroke): canvas.line([left, Point(left.x + sample.width, left.y)], stroke)
    case .block(let color):
      canvas.fill(Rect(x: left.x, y: left.y - 6, width: 12, height: 12), color)
    }
  }
}
