/// What a model says all over a plane of two features, and the samples that lie in it.
public struct DecisionBoundary: Figure {
  /// What stands behind the samples.
  public enum Ground: Sendable {
    /// For each place the likeliest class and how likely it is, row by row from the top.
    case classes([(index: Int, share: Double)])
    /// For each place a number.
    case numbers([Double])
  }

  public struct Sample: Sendable {
    public var x: Double
    public var y: Double
    /// Its class, or the number to predict.
    public var value: Double
    public init(x: Double, y: Double, value: Double) {
      self.x = x
      self.y = y
      self.value = value
    }
  }

  public var title: String
  public var subtitle = ""
  public var xLabel: String
  public var yLabel: String
  public var x: ClosedRange<Double>
  public var y: ClosedRange<Double>
  public var ground: Ground
  /// Places side by side; the ground has as many rows as fill up.
  public var columns: Int
  public var samples: [Sample]
  public var classNames: [String]
  public var size = Size(width: 640, height: 500)

  public init(
    title: String, x: (label: String, range: ClosedRange<Double>),
    y: (label: String, range: ClosedRange<Double>),
    ground: Ground, columns: Int, samples: [Sample], classNames: [String] = []
  ) {
    self.title = title
    xLabel = x.label
    yLabel = y.label
    self.x = x.range
    self.y = y.range
    self.ground = ground
    self.columns = max(1, columns)
    self.samples = samples
    self.classNames = classNames
  }

  public func draw(on canvas: inout (some Canvas & ~Copyable)) {
    var chart = chart
    if case .numbers(let numbers) = ground, let scale = Self.range(numbers + samples.map(\.value)) {
      // The chart leaves room for the colours beside it.
      chart.size.width -= ColorBar.width
      canvas.fill(Rect(x: 0, y: 0, width: size.width, height: size.height), Palette.paper)
      chart.draw(on: &canvas)
      let top = headingHeight(subtitle: !subtitle.isEmpty)
      let bar = Rect(x: size.width - ColorBar.width, y: top + 6, width: ColorBar.width, height: 220)
      ColorBar(range: scale) { Self.color($0) }.draw(in: bar, on: &canvas)
    } else {
      chart.draw(on: &canvas)
    }
  }

  private var chart: Chart {
    let axes = (
      Axis(xLabel, Scale(covering: [x.lowerBound, x.upperBound], padding: 0)),
      Axis(yLabel, Scale(covering: [y.lowerBound, y.upperBound], padding: 0))
    )
    var marks: [Chart.Mark] = [.picture(picture, x: x, y: y)]
    for (color, points) in groups {
      let radius = points.count > 500 ? 2.2 : 3.2
      marks.append(.points(points, isOfClasses ? Palette.paper : Palette.quiet, radius: radius + 1))
      marks.append(.points(points, color, radius: radius))
    }
    let entries = classNames.enumerated().map {
      Legend.Entry(name: $1, sample: .dot(Palette.category($0)))
    }
    return Chart(
      title: title, subtitle: subtitle, panels: [Chart.Panel(x: axes.0, y: axes.1, marks)],
      key: Legend(entries: entries), keyPlace: .right, size: size)
  }

  private var isOfClasses: Bool { if case .classes = ground { true } else { false } }

  private var picture: Picture {
    switch ground {
    case .classes(let places):
      let chance = 1 / Double(max(2, classNames.count))
      let colors = places.map { index, share in
        let sureness = min(max((share - chance) / (1 - chance), 0), 1)
        return Palette.category(index).mixed(with: Palette.paper, 0.92 - 0.42 * sureness)
      }
      return Picture(width: columns, height: places.count / columns, colors: colors)
    case .numbers(let numbers):
      guard let range = Self.range(numbers + samples.map(\.value)) else {
        return Picture(width: 0, height: 0, gray: [])
      }
      return Picture(
        width: columns, height: numbers.count / columns,
        colors: numbers.map { Self.color(Self.share($0, range)).mixed(with: Palette.paper, 0.25) })
    }
  }

  /// Samples by their colour, in the order of classes.
  private var groups: [(Color, [(x: Double, y: Double)])] {
    switch ground {
    case .classes:
      return classNames.indices.map { label in
        (Palette.category(label), samples.filter { $0.value == Double(label) }.map { ($0.x, $0.y) })
      }
    case .numbers(let numbers):
      guard let range = Self.range(numbers + samples.map(\.value)) else { return [] }
      return samples.map { (Self.color(Self.share($0.value, range)), [($0.x, $0.y)]) }
    }
  }

  private static func color(_ share: Double) -> Color { Palette.diverging(2 * share - 1) }

  private static func share(_ value: Double, _ range: ClosedRange<Double>) -> Double {
    (value - range.lowerBound) / (range.upperBound - range.lowerBound)
  }

  private static func range(_ values: [Double]) -> ClosedRange<Double>? {
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max(), high > low else { return nil }
    return low...high
  }
}
