import Plotting
import Testing

@Suite struct ChartTests {
  private func texts(_ figure: some Figure) -> [String] {
    RecordingCanvas.commands(of: figure).filter { $0.hasPrefix("text") }
      .map { command in String(command.drop { $0 != ":" }.dropFirst(2)) }
  }
  private func commands(_ figure: some Figure, _ prefix: String) -> [String] {
    RecordingCanvas.commands(of: figure).filter { $0.hasPrefix(prefix) }
  }
  /// Where a text is set.
  private func place(of text: String, in figure: some Figure) -> (x: Double, y: Double)? {
    let command = RecordingCanvas.commands(of: figure).last {
      $0.hasPrefix("text") && $0.hasSuffix(": \(text)")
    }
    let numbers = command?.dropLast(text.count + 2).split(separator: " ").last?.split(separator: ",")
      .compactMap { Double($0) }
    return numbers.flatMap { $0.count == 2 ? ($0[0], $0[1]) : nil }
  }
  private func line(_ name: String, _ values: [Double]) -> LineChart.Series {
    .init(name, values.enumerated().map { (Double($0), $1) })
  }

  @Test func `few lines are named at their ends, in their colours`() {
    let chart = LineChart(
      title: "", xLabel: "x", yLabel: "y", series: [line("one", [1, 2, 3]), line("two", [1, 5, 9])])
    #expect(commands(chart, "text 10.5 #0072b2").count == 1)
    #expect(commands(chart, "text 10.5 #d55e00").count == 1)
  }

  @Test func `names at line ends keep apart`() throws {
    let chart = LineChart(
      title: "", xLabel: "x", yLabel: "y",
      series: [line("one", [1, 2, 3]), line("two", [1, 5, 3.01]), line("three", [0, 0, 9])])
    let (one, two) = (try #require(place(of: "one", in: chart)), try #require(place(of: "two", in: chart)))
    #expect(abs(one.y - two.y) >= 13)
  }

  @Test func `lines that end elsewhere have a legend`() {
    let chart = LineChart(
      title: "", xLabel: "x", yLabel: "y", series: [line("one", [1, 2, 3]), line("two", [1, 5])])
    #expect(commands(chart, "text 11.0 #1f2328").count == 2)
  }

  @Test func `panels named by their only line need no legend`() {
    var chart = LineChart(
      title: "", xLabel: "x", yLabel: "y", series: [line("one", [1, 2]), line("two", [1, 5])])
    for i in chart.series.indices { chart.series[i].panel = chart.series[i].name }
    #expect(texts(chart).filter { $0 == "one" }.count == 1)
    #expect(commands(chart, "line #b8bec6").count == 2)
  }

  @Test func `smoothing keeps a constant and the first value`() {
    var chart = LineChart(title: "", xLabel: "x", yLabel: "y", series: [line("a", [4, 4, 4])])
    let plain = commands(chart, "line #0072b2 1.8").map { $0.drop { $0 != ":" } }
    chart.smoothing = 0.9
    #expect(commands(chart, "line #0072b2 2.0").map { $0.drop { $0 != ":" } } == plain)
    #expect(commands(chart, "line #0072b24d").count == 1)
  }

  @Test func `a band goes down to the end of a logarithmic axis`() throws {
    var chart = LineChart(title: "", xLabel: "x", yLabel: "y", series: [line("a", [1, 2, 3])])
    chart.logarithmic = true
    chart.series[0].band = [(-1, 2), (0.5, 4), (1, 9)]
    let corners = try #require(commands(chart, "polygon").first).drop { $0 != ":" }.split(separator: " ")
      .dropFirst()
    #expect(corners.count == 6)
  }

  @Test func `a histogram counts every finite value once`() {
    let figure = Histogram(
      title: "", panels: [.init("x", [("", [0, 0.25, 0.5, 1, .nan, .infinity])])], bins: 2)
    #expect(texts(figure).contains { $0.hasPrefix("n = 4") })
    // The taller bar has the upper end, the lower one half of it.
    #expect(commands(figure, "fill #0072b2").count == 2)
  }

  @Test func `few whole numbers have a bar each`() {
    let figure = Histogram(title: "", panels: [.init("x", [("", [3, 3, 4, 6])])])
    #expect(commands(figure, "fill #0072b2").count == 3)
  }

  @Test func `curves over thresholds tell their areas`() {
    let ranking = Ranking(scores: [0.1, 0.4, 0.35, 0.8], isPositive: [false, false, true, true])
    let figure = ThresholdCurves(title: "", kind: .roc, curves: [.init("a", ranking), .init("b", ranking)])
    #expect(texts(figure).contains("a  0.750"))
    #expect(texts(figure).contains("mean area under the curve 0.750   n = 4"))
  }

  @Test func `residuals tell how far off predictions are`() {
    let figure = Residuals(title: "", series: [.init("y", [(1, 2), (2, 2), (3, 2)])])
    #expect(texts(figure).contains("R² 0   RMSE 0.816   MAE 0.667   n = 3"))
  }

  @Test func `weights of both signs are of two colours around one scale`() {
    let figure = WeightMaps(title: "", tiles: [[-2, 0], [2, 1]], height: 1, width: 2, labels: ["0", "1"])
    #expect(texts(figure).contains("−2") || texts(figure).contains("−1"))
    // Two tiles and the bar beside them.
    #expect(commands(figure, "image").count == 3)
  }

  @Test func `samples of a decision boundary have the colours of their classes`() {
    let figure = DecisionBoundary(
      title: "", x: ("x", 0...1), y: ("y", 0...1), ground: .classes([(0, 1), (1, 0.5)]), columns: 2,
      samples: [.init(x: 0.2, y: 0.5, value: 0), .init(x: 0.8, y: 0.5, value: 1)], classNames: ["a", "b"])
    #expect(commands(figure, "disc #0072b2").count == 2)
    #expect(commands(figure, "disc #d55e00").count == 2)
  }

  @Test func `bars of ratios begin at 1, and equal ratios are equally long`() {
    var figure = BarChart(
      title: "", groups: ["a", "b"], series: [.init("x", [4, 0.25])], direction: .vertical)
    figure.isLogarithmic = true
    let bars = commands(figure, "fill #0072b2")
    let heights = bars.compactMap { $0.split(separator: "×").last }
    #expect(heights.count == 2 && heights[0] == heights[1], "\(bars)")
  }

  @Test func `what bars are compared with is a dashed line, in the legend, too`() {
    var figure = BarChart(title: "", groups: ["a"], series: [.init("x", [2])], direction: .vertical)
    figure.reference = BarChart.Reference(value: 1, name: "ours")
    #expect(texts(figure).contains("ours"))
    #expect(commands(figure, "line #1f2328 1.2 dash").count == 2)
  }

  @Test func `a bar's spread is a line through its end`() {
    var series = BarChart.Series("", [2])
    series.spreads = [0.5]
    #expect(commands(BarChart(title: "", groups: ["a"], series: [series]), "line #1f2328").count == 1)
  }
}

/// Numbers beside a strip of colours.
@Suite struct ColorBarTests {
  @Test(arguments: [0.45, 0.4, 0.09, 0.99, 4.9, 0.0043, 47.3, 1, 0.7])
  func `a colour bar has two numbers at least, however short it is`(reach: Double) {
    let figure = WeightMaps(
      title: "", tiles: [[Float(reach), 0], [0, Float(-reach) / 2]], height: 1, width: 2)
    let numbers = RecordingCanvas.commands(of: figure).filter { $0.hasPrefix("text") }
    #expect(numbers.count >= 2, "\(reach): \(numbers)")
  }

  @Test func `tiles that belong together stand in one row`() {
    var figure = WeightMaps(
      title: "", tiles: Array(repeating: [0, 1], count: 30), height: 1, width: 2,
      labels: (0..<30).map { "tile \($0)" })
    figure.groupSize = 3
    let places = RecordingCanvas.commands(of: figure).filter { $0.hasPrefix("image") }
    #expect(places.count == 31)
    #expect(figure.size.width > 0)
  }
}
