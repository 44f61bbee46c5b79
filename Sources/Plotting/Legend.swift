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
  /// More rows would leave no room for the data; what is left out is counted.
  private static let mostRows = 4
  private static let style = TextStyle(11, Palette.ink)

  /// Draws the entries from the upper left corner of `bounds` in a few rows; returns what is left below.
  func draw(in bounds: Rect, on canvas: inout (some Canvas & ~Copyable)) -> Rect {
    guard !entries.isEmpty else { return bounds }
    var (x, row) = (bounds.x, 0)
    for (index, entry) in entries.enumerated() {
      let name = canvas.shortened(entry.name, to: bounds.width - entry.sample.width - Self.gap, Self.style)
      let width = entry.sample.width + Self.gap + canvas.width(of: name, Self.style)
      let remark = "and \(entries.count - index) more"
      let isLast = index == entries.count - 1
      // On the last row the remark must still fit behind whatever is drawn.
      let reserve =
        row == Self.mostRows - 1 && !isLast ? Self.spacing + canvas.width(of: remark, Self.style) : 0
      if x > bounds.x, x + width + reserve > bounds.right {
        guard row + 1 < Self.mostRows else {
          let middle = bounds.y + (Double(row) + 0.5) * Self.rowHeight
          canvas.centeredText(remark, at: Point(x, middle), Self.style.with(color: Palette.quiet))
          break
        }
        (x, row) = (bounds.x, row + 1)
      }
      let middle = bounds.y + (Double(row) + 0.5) * Self.rowHeight
      draw(entry.sample, at: Point(x, middle), on: &canvas)
      canvas.centeredText(name, at: Point(x + entry.sample.width + Self.gap, middle), Self.style)
      x += width + Self.spacing
    }
    return bounds.inset(top: Double(row + 1) * Self.rowHeight + 10)
  }

  private func draw(_ sample: Sample, at left: Point, on canvas: inout (some Canvas & ~Copyable)) {
    switch sample {
    case .line(let stroke): canvas.line([left, Point(left.x + sample.width, left.y)], stroke)
    case .block(let color):
      canvas.fill(Rect(x: left.x, y: left.y - 6, width: 12, height: 12), color)
    }
  }
}
