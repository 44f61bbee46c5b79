/// What the colours mean: a row of samples and names that stands above the data and so never hides any.
package struct Legend: Sendable {
  package enum Sample: Sendable {
    case line(Stroke), block(Color), dot(Color)

    var width: Double {
      switch self {
      case .line: 22
      case .block: 12
      case .dot: 8
      }
    }
  }
  package struct Entry: Sendable {
    package var name: String
    package var sample: Sample
    package init(name: String, sample: Sample) {
      self.name = name
      self.sample = sample
    }
  }
  package var entries: [Entry]

  package init(entries: [Entry]) { self.entries = entries }

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
        x = bounds.x
        row += 1
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
    case .dot(let color): canvas.disc(at: Point(left.x + 4, left.y), radius: 4, color)
    }
  }

  /// Draws the entries below each other along the right edge of `bounds`; returns what is left beside them.
  func drawColumn(in bounds: Rect, on canvas: inout (some Canvas & ~Copyable)) -> Rect {
    guard !entries.isEmpty else { return bounds }
    let sample = entries.reduce(0) { max($0, $1.sample.width) }
    let names = min(canvas.widest(entries.map(\.name), Self.style), bounds.width * 0.36)
    let left = bounds.right - names - sample - Self.gap
    let rows = min(entries.count, max(1, Int((bounds.height - 40) / Self.rowHeight)))
    for (index, entry) in entries.prefix(rows).enumerated() {
      let middle = bounds.y + 8 + (Double(index) + 0.5) * Self.rowHeight
      let isRemark = index == rows - 1 && entries.count > rows
      if !isRemark { draw(entry.sample, at: Point(left, middle), on: &canvas) }
      let name =
        isRemark
        ? "and \(entries.count - index) more" : canvas.shortened(entry.name, to: names, Self.style)
      canvas.centeredText(
        name, at: Point(left + sample + Self.gap, middle),
        isRemark ? Self.style.with(color: Palette.quiet) : Self.style)
    }
    return bounds.inset(right: bounds.right - left + Self.spacing)
  }
}
