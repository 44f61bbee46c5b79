/// Bars from zero, on a logarithmic axis from 1: one quantity for several groups, side by side for several series.
public struct BarChart: Figure {
  public enum Direction: Sendable { case horizontal, vertical }

  /// A value for each group; one that is not finite has no bar, only its name.
  public struct Series: Sendable {
    public var name: String
    public var values: [Double]
    /// How far each value spreads to both sides, drawn as a thin line; empty for none.
    public var spreads: [Double] = []
    public init(_ name: String, _ values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  public var title: String
  public var subtitle = ""
  public var groups: [String]
  public var series: [Series]
  /// What is measured and its unit, such as `images per second`.
  public var valueLabel: String
  public var direction: Direction
  /// Whether equal ratios are equally long.
  public var isLogarithmic = false
  /// A value that the bars are compared with.
  public var reference: Reference?

  /// A value with a line across the plot.
  public struct Reference: Sendable {
    public var value: Double
    public var name: String
    public init(value: Double, name: String) {
      self.value = value
      self.name = name
    }
  }

  public init(
    title: String, groups: [String], series: [Series], valueLabel: String = "",
    direction: Direction = .horizontal
  ) {
    self.title = title
    self.groups = groups
    self.series = series
    self.valueLabel = valueLabel
    self.direction = direction
  }

  private static let name = TextStyle(11, Palette.ink)
  private static let number = TextStyle(10, Palette.quiet)
  private static let longestName = 190.0

  private var isHorizontal: Bool { direction == .horizontal }
  private var barsInGroup: Double { Double(max(series.count, 1)) }

  public var size: Size {
    guard isHorizontal else {
      return Size(width: max(420, 130 + Double(groups.count) * max(64, barsInGroup * 26)), height: 400)
    }
    let bars = Double(max(groups.count, 1)) * (barsInGroup * 18 + 14)
    return Size(
      width: 720, height: headingHeight(subtitle: !subtitle.isEmpty) + 24 + bars + 52 + Layout.margin)
  }

  public func draw(on canvas: inout (some Canvas & ~Copyable)) {
    var rest = drawHeading(subtitle: subtitle, on: &canvas)
    if series.count > 1 || reference != nil { rest = legend.draw(in: rest, on: &canvas) }
    let names = min(canvas.widest(groups, Self.name), Self.longestName)
    let below = 16 + (valueLabel.isEmpty ? 0 : 18.0)
    let plot =
      isHorizontal
      ? rest.inset(left: names + 10, right: 8, bottom: below)
      : rest.inset(left: (valueLabel.isEmpty ? 0 : 20) + 52, top: 6, bottom: 22)
    let scale = self.scale(in: plot, on: canvas)
    drawGrid(plot, scale, on: &canvas)
    drawBars(plot, scale, on: &canvas)
    drawReference(plot, scale, on: &canvas)
    drawNames(plot, on: &canvas)
  }

  private var legend: Legend {
    Legend(
      entries: series.indices.map { .init(name: series[$0].name, sample: .block(Palette.category($0))) }
        + (reference.map { [.init(name: $0.name, sample: .line(Self.referenceStroke))] } ?? []))
  }

  /// From zero to beyond the longest bar, with room for the number at its end.
  private func scale(in plot: Rect, on canvas: borrowing (some Canvas & ~Copyable)) -> Scale {
    let values = series.flatMap { series in
      series.values.enumerated().flatMap { [$1 - series.spread($0), $1 + series.spread($0)] }
    }.filter(\.isFinite)
    let length = isHorizontal ? plot.width : plot.height
    let number =
      isHorizontal ? canvas.widest(values.map { NumberText.significant($0) }, Self.number) + 12 : 20
    let label = number * (values.contains { $0 < 0 } ? 2.5 : 1)
    let stretch = length > 2 * label ? length / (length - label) : 1
    guard isLogarithmic else { return Scale(covering: values.map { $0 * stretch } + [0], padding: 0) }
    let origin = reference.map { [$0.value] } ?? []
    return Scale(.log10, covering: values + [1] + origin, padding: (stretch - 1) / 2 + 0.02)
  }

  /// Where bars begin.
  private var origin: Double { isLogarithmic ? 1 : 0 }

  private func along(_ value: Double, _ plot: Rect, _ scale: Scale) -> Double {
    let fraction = scale.fraction(value) ?? scale.fraction(origin) ?? 0
    return isHorizontal ? plot.x + fraction * plot.width : plot.bottom - fraction * plot.height
  }

  /// The strip of the plot that belongs to a group: where it begins and how wide it is.
  private func slot(_ group: Int, _ plot: Rect) -> (start: Double, width: Double) {
    let width = (isHorizontal ? plot.height : plot.width) / Double(max(groups.count, 1))
    return ((isHorizontal ? plot.y : plot.x) + Double(group) * width, width)
  }

  private func drawGrid(_ plot: Rect, _ scale: Scale, on canvas: inout (some Canvas & ~Copyable)) {
    let ticks = scale.ticks(atMost: max(2, Int(isHorizontal ? plot.width / 80 : plot.height / 40)))
    for (value, label) in zip(ticks.values, ticks.labels) {
      let place = along(value, plot, scale)
      let stroke = Stroke(value == origin ? Palette.frame : Palette.grid)
      if isHorizontal {
        canvas.line([Point(place, plot.y), Point(place, plot.bottom)], stroke)
        canvas.text(label, at: Point(place, plot.bottom + 15), Layout.tick.with(anchor: .middle))
      } else {
        canvas.line([Point(plot.x, place), Point(plot.right, place)], stroke)
        canvas.centeredText(label, at: Point(plot.x - 6, place), Layout.tick.with(anchor: .end))
      }
    }
    guard !valueLabel.isEmpty else { return }
    let style = Layout.label.with(anchor: .middle, rotation: isHorizontal ? 0 : 90)
    let center = isHorizontal ? Point(plot.center.x, plot.bottom + 34) : Point(plot.x - 58, plot.center.y)
    let room = isHorizontal ? plot.width : plot.height
    canvas.text(canvas.shortened(valueLabel, to: room, style), at: center, style)
  }

  private func drawBars(_ plot: Rect, _ scale: Scale, on canvas: inout (some Canvas & ~Copyable)) {
    let zero = along(origin, plot, scale)
    for (number, series) in series.enumerated() {
      for (group, value) in zip(groups.indices, series.values) {
        let slot = slot(group, plot)
        let thickness = min(slot.width * 0.76 / barsInGroup, 46)
        let start = slot.start + (slot.width - thickness * barsInGroup) / 2 + Double(number) * thickness
        let end = value.isFinite ? along(value, plot, scale) : zero
        let bar =
          isHorizontal
          ? Rect(Point(zero, start), Point(end, start + thickness - 1))
          : Rect(Point(start, zero), Point(start + thickness - 1, end))
        canvas.fill(bar, Palette.category(number))
        let spread = series.spread(group)
        if spread > 0, value.isFinite {
          let ends = [value - spread, value + spread].map { along($0, plot, scale) }
          let line = ends.map { isHorizontal ? Point($0, bar.center.y) : Point(bar.center.x, $0) }
          canvas.line(line, Stroke(Palette.ink, width: 1.2))
        }
        drawNumber(
          value, beyond: value < origin ? value - spread : value + spread, of: bar, plot, scale,
          on: &canvas)
      }
    }
  }

  private static let referenceStroke = Stroke(Palette.ink, width: 1.2, dash: [5, 3])

  private func drawReference(_ plot: Rect, _ scale: Scale, on canvas: inout (some Canvas & ~Copyable)) {
    guard let reference else { return }
    let place = along(reference.value, plot, scale)
    let ends =
      isHorizontal
      ? [Point(place, plot.y), Point(place, plot.bottom)] : [Point(plot.x, place), Point(plot.right, place)]
    canvas.line(ends, Self.referenceStroke)
  }

  /// The value at the far end of its bar; above a vertical bar only where it is no wider than the bar's
  /// share.
  private func drawNumber(
    _ value: Double, beyond end: Double, of bar: Rect, _ plot: Rect, _ scale: Scale,
    on canvas: inout (some Canvas & ~Copyable)
  ) {
    // Between vertical bars there is room for two digits, and for a dash where there is no bar.
    let text =
      isHorizontal
      ? NumberText.significant(value) : value.isNaN ? "–" : NumberText.significant(value, digits: 2)
    let end = end.isFinite ? along(end, plot, scale) : isHorizontal ? bar.x : bar.bottom
    guard !isHorizontal else {
      let place = Point(value < origin ? end - 5 : end + 5, bar.center.y)
      return canvas.centeredText(text, at: place, Self.number.with(anchor: value < origin ? .end : .start))
    }
    guard canvas.width(of: text, Self.number) <= bar.width * 1.3 else { return }
    let baseline = value < origin ? end + Self.number.size + 2 : end - 4
    canvas.text(text, at: Point(bar.center.x, baseline), Self.number.with(anchor: .middle))
  }

  private func drawNames(_ plot: Rect, on canvas: inout (some Canvas & ~Copyable)) {
    for (group, name) in groups.enumerated() {
      let slot = slot(group, plot)
      let middle = slot.start + slot.width / 2
      if isHorizontal {
        let fitting = canvas.shortened(name, to: Self.longestName, Self.name)
        canvas.centeredText(fitting, at: Point(plot.x - 8, middle), Self.name.with(anchor: .end))
      } else {
        let fitting = canvas.shortened(name, to: slot.width - 6, Self.name)
        canvas.text(fitting, at: Point(middle, plot.bottom + 16), Self.name.with(anchor: .middle))
      }
    }
  }
}

extension BarChart.Series {
  fileprivate func spread(_ index: Int) -> Double { spreads.indices.contains(index) ? spreads[index] : 0 }
}
