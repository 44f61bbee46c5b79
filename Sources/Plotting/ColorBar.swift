/// What the colours of numbers mean: a strip of them with the numbers beside it.
struct ColorBar: Sendable {
  var range: ClosedRange<Double>
  /// The colour of a number between 0 and 1.
  var color: @Sendable (Double) -> Color

  /// What it takes up at the right of a figure.
  static let width = 66.0
  private static let thickness = 12.0

  /// Draws the strip at the left edge of `bounds`, all the way down.
  func draw(in bounds: Rect, on canvas: inout (some Canvas & ~Copyable)) {
    let strip = Rect(x: bounds.x, y: bounds.y, width: Self.thickness, height: bounds.height)
    let colors = (0..<128).map { color(1 - Double($0) / 127) }
    canvas.image(Picture(width: 1, height: colors.count, colors: colors), in: strip)
    canvas.outline(strip, Stroke(Palette.frame))
    let scale = Scale(covering: [range.lowerBound, range.upperBound], padding: 0)
    // One number alone gives no scale: then there are as many as it takes.
    let least = max(3, Int(bounds.height / 44))
    let counts = least...max(9, least)
    let ticks = counts.lazy.map { scale.ticks(atMost: $0) }.first { $0.values.count > 1 }
    guard let ticks else { return }
    for (value, label) in zip(ticks.values, ticks.labels) {
      guard let up = scale.fraction(value) else { continue }
      let place = Point(strip.right + 5, strip.bottom - up * strip.height)
      canvas.centeredText(label, at: place, Layout.tick)
    }
  }
}
