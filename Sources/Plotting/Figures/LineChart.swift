/// Lines over any two quantities, such as one metric of several runs.
public struct LineChart: Figure {
  /// One line; points that are not finite leave gaps.
  public struct Series: Sendable {
    public var name: String
    public var points: [(x: Double, y: Double)]
    /// How far the values spread around each point, drawn as a band; empty for none.
    public var band: [(lower: Double, upper: Double)] = []
    public init(_ name: String, _ points: [(x: Double, y: Double)]) {
      self.name = name
      self.points = points
    }
  }

  public var title: String
  public var subtitle = ""
  public var xLabel: String
  public var yLabel: String
  public var series: [Series]
  public var size = Size(width: 720, height: 420)
  /// Powers of ten on the vertical axis; values that are not positive leave gaps.
  public var logarithmic = false
  /// Marks only whole numbers on the horizontal axis, for epochs and steps.
  public var wholeNumbers = false

  public init(title: String, xLabel: String, yLabel: String, series: [Series]) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.series = series
  }

  public func draw(on canvas: inout (some Canvas & ~Copyable)) {
    var rest = drawHeading(subtitle: subtitle, on: &canvas)
    let strokes = series.indices.map { Stroke(Palette.category($0), width: 1.8, dash: Palette.dash($0)) }
    let legend = Legend(
      entries: zip(series, strokes).map { Legend.Entry(name: $0.name, sample: .line($1)) })
    if series.count > 1 { rest = legend.draw(in: rest, on: &canvas) }
    let points = series.flatMap(\.points)
    let spread = series.flatMap { $0.band.flatMap { [$0.lower, $0.upper] } }
    let axes = Axes(
      Axis(xLabel, Scale(covering: points.map(\.x), padding: 0.02), wholeNumbers: wholeNumbers),
      Axis(yLabel, Scale(logarithmic ? .log10 : .linear, covering: points.map(\.y) + spread)), in: rest,
      on: canvas)
    axes.draw(on: &canvas)
    for (line, stroke) in zip(series, strokes) {
      let edges = zip(line.points, line.band)
      let upper = edges.compactMap { axes.point($0.x, $1.upper) }
      let lower = edges.compactMap { axes.point($0.x, $1.lower) }
      canvas.polygon(upper + lower.reversed(), stroke.color.mixed(with: Palette.paper, 0.82))
    }
    for (line, stroke) in zip(series, strokes) { drawCurve(line.points, stroke, in: axes, on: &canvas) }
  }
}
