/// What one axis measures: its scale, its ticks and its name.
package struct Axis: Sendable {
  package var label: String
  package var scale: Scale
  package var wholeNumbers = false

  package init(_ label: String, _ scale: Scale, wholeNumbers: Bool = false) {
    self.label = label
    self.scale = scale
    self.wholeNumbers = wholeNumbers
  }

  /// An axis on which all the values can be seen.
  package init(
    _ label: String, covering values: some Sequence<Double>, logarithmic: Bool = false,
    padding: Double = 0.05, wholeNumbers: Bool = false
  ) {
    self.init(
      label, Scale(logarithmic ? .log10 : .linear, covering: values, padding: padding),
      wholeNumbers: wholeNumbers)
  }
}

/// A frame with a light grid, ticks and labels, laid out so that all of it lies inside a rectangle.
package struct Axes: Sendable {
  package let x: Axis
  package let y: Axis
  /// Where the data is drawn.
  package let plot: Rect
  private let xTicks: Ticks
  private let yTicks: Ticks

  private static let tickGap = 6.0

  /// Lays the axes out in `bounds`; `leftEdge` moves the frame further to the right, in line with other
  /// frames.
  package init(
    _ x: Axis, _ y: Axis, in bounds: Rect, leftEdge: Double = 0,
    on canvas: borrowing (some Canvas & ~Copyable)
  ) {
    self.x = x
    self.y = y
    let below = Self.tickGap + Layout.tick.size + 2 + (x.label.isEmpty ? 0 : Layout.label.size + 7)
    let height = max(0, bounds.height - below)
    yTicks = y.scale.ticks(atMost: max(3, Int(height / 30)), wholeNumbers: y.wholeNumbers)
    let needed = canvas.widest(yTicks.labels, Layout.tick) + Self.tickGap
    let left = max(needed + (y.label.isEmpty ? 0 : Layout.label.size + 8), leftEdge - bounds.x)
    let width = max(0, bounds.width - left)
    xTicks = Self.fittingTicks(x, width: width, on: canvas)
    let overhang = xTicks.labels.last.map { canvas.width(of: $0, Layout.tick) / 2 } ?? 0
    let room = xTicks.values.last.flatMap(x.scale.fraction).map { (1 - $0) * width } ?? width
    plot = bounds.inset(
      left: left, top: Layout.tick.size / 2, right: max(0, overhang - room), bottom: below)
  }

  /// Where a pair of values is drawn; nil when one of them cannot be shown.
  package func point(_ xValue: Double, _ yValue: Double) -> Point? {
    guard let across = x.scale.fraction(xValue), let up = y.scale.fraction(yValue) else { return nil }
    return Point(plot.x + across * plot.width, plot.bottom - up * plot.height)
  }

  package func draw(withGrid hasGrid: Bool = true, on canvas: inout (some Canvas & ~Copyable)) {
    let grid = Stroke(Palette.grid)
    for (value, label) in zip(yTicks.values, yTicks.labels) {
      guard let up = y.scale.fraction(value) else { continue }
      let place = Point(plot.x, plot.bottom - up * plot.height)
      if hasGrid { canvas.line([place, Point(plot.right, place.y)], grid) }
      canvas.centeredText(label, at: Point(place.x - Self.tickGap, place.y), Layout.tick.with(anchor: .end))
    }
    for (value, label) in zip(xTicks.values, xTicks.labels) {
      guard let across = x.scale.fraction(value) else { continue }
      let place = Point(plot.x + across * plot.width, plot.bottom)
      if hasGrid { canvas.line([Point(place.x, plot.y), place], grid) }
      let baseline = place.y + Self.tickGap + Layout.tick.size * 0.8
      canvas.text(label, at: Point(place.x, baseline), Layout.tick.with(anchor: .middle))
    }
    canvas.outline(plot, Stroke(Palette.frame))
    drawNames(on: &canvas)
  }

  private func drawNames(on canvas: inout (some Canvas & ~Copyable)) {
    let style = Layout.label.with(anchor: .middle)
    if !x.label.isEmpty {
      let baseline = plot.bottom + Self.tickGap + Layout.tick.size + 2 + 4 + style.size * 0.8
      canvas.text(
        canvas.shortened(x.label, to: plot.width, style), at: Point(plot.center.x, baseline), style)
    }
    guard !y.label.isEmpty else { return }
    let left = canvas.widest(yTicks.labels, Layout.tick) + Self.tickGap + 8
    canvas.text(
      canvas.shortened(y.label, to: plot.height, style), at: Point(plot.x - left, plot.center.y),
      style.with(rotation: 90))
  }

  /// As many ticks as fit side by side with their labels.
  private static func fittingTicks(
    _ axis: Axis, width: Double, on canvas: borrowing (some Canvas & ~Copyable)
  ) -> Ticks {
    var count = max(2, Int(width / 48))
    while count > 2 {
      let ticks = axis.scale.ticks(atMost: count, wholeNumbers: axis.wholeNumbers)
      let needed = (canvas.widest(ticks.labels, Layout.tick) + 14) * Double(ticks.labels.count)
      if needed <= width { return ticks }
      count -= 1
    }
    return axis.scale.ticks(atMost: count, wholeNumbers: axis.wholeNumbers)
  }
}
