import Plotting
import Testing

@Suite struct FigureTests {
  private func texts(_ figure: some Figure) -> [String] {
    RecordingCanvas.commands(of: figure).filter { $0.hasPrefix("text") }
      .map { command in String(command.drop { $0 != ":" }.dropFirst(2)) }
  }
  private func commands(_ figure: some Figure, _ prefix: String) -> [String] {
    RecordingCanvas.commands(of: figure).filter { $0.hasPrefix(prefix) }
  }

  @Test func `learning curves name both sets and the value in the best epoch`() {
    let figure = LearningCurves(
      title: "run", curves: [.init(metric: "loss", training: [3, 2, 1], validation: [4, 2.5, 3])],
      bestEpoch: 2)
    let texts = texts(figure)
    #expect(texts.prefix(3) == ["run", "training", "validation"])
    #expect(texts.contains("2.5 at epoch 2"))
    #expect(commands(figure, "line #5f6873 1.0 dash 2.0,2.0").count == 1)
  }

  @Test func `without validation there is no legend`() {
    let figure = LearningCurves(title: "run", curves: [.init(metric: "loss", training: [3, 2, 1])])
    #expect(!texts(figure).contains("training"))
  }

  @Test func `a value that is not finite leaves a gap`() {
    let whole = LearningCurves(title: "", curves: [.init(metric: "loss", training: [5, 4, 3, 2, 1])])
    let broken = LearningCurves(title: "", curves: [.init(metric: "loss", training: [5, 4, .nan, 2, 1])])
    #expect(commands(whole, "line #0072b2").count == 1)
    #expect(commands(broken, "line #0072b2").count == 2)
  }

  @Test func `one epoch is a dot`() {
    let figure = LearningCurves(title: "", curves: [.init(metric: "loss", training: [0.7])])
    #expect(commands(figure, "line #0072b2").isEmpty)
    #expect(commands(figure, "disc #0072b2").count == 1)
  }

  @Test func `curves of nothing but NaN say so`() {
    #expect(
      texts(LearningCurves(title: "", curves: [.init(metric: "loss", training: [.nan])])).contains(
        "no finite values"))
  }

  @Test func `a long name of a metric makes room for its best value`() {
    let curve = LearningCurves.Curve(metric: String(repeating: "long_name_", count: 20), training: [2, 1])
    let texts = texts(LearningCurves(title: "", curves: [curve], bestEpoch: 2))
    #expect(texts.contains("1 at epoch 2"))
    #expect(texts.contains { $0.hasPrefix("long_name_") && $0.hasSuffix("…") })
  }

  @Test func `stacked panels have one left edge`() {
    let figure = LearningCurves(
      title: "", curves: [[1, 2], [1_000, 90_000], [1e-9, 2e-9]].map { .init(metric: "m", training: $0) })
    let frames = commands(figure, "line #b8bec6").compactMap {
      $0.split(separator: " ").dropFirst(3).first?.split(separator: ",").first
    }
    #expect(frames.count == 3)
    #expect(Set(frames).count == 1)
  }

  @Test func `a confusion matrix shows accuracy, n and separated counts`() {
    let figure = ConfusionMatrix(
      title: "m", classNames: ["ham", "spam"], counts: [[48_210, 312], [1_022, 5_120]])
    let texts = texts(figure)
    #expect(texts.contains("accuracy 97.56%   n = 54,664"))
    #expect(texts.contains("48,210"))
    #expect(commands(figure, "fill").count == 1 + 4)
  }

  @Test func `the colour of a cell is its share of the row`() {
    let figure = ConfusionMatrix(title: "", classNames: ["a", "b"], counts: [[1, 0], [500, 500]])
    let colors = commands(figure, "fill").dropFirst().compactMap {
      $0.split(separator: " ").dropFirst().first
    }
    #expect(colors == ["#08306b", "#f7fbff", "#6baed6", "#6baed6"])
  }

  @Test func `a confusion matrix of many classes leaves out counts that cannot be read`() {
    let counts = (0..<60).map { row in (0..<60).map { $0 == row ? 12_345 : 0 } }
    #expect(!texts(ConfusionMatrix(title: "", classNames: [], counts: counts)).contains("12,345"))
  }

  @Test func `a wrong prediction has another colour than a right one`() {
    let image = Picture(width: 2, height: 2, gray: [0, 1, 2, 3])
    let figure = SampleGrid(
      title: "", images: [image, image], labels: ["Coat", "Bag"], predicted: ["Shirt", "Bag"])
    #expect(commands(figure, "text 10").map { String($0.suffix(5)) } == [" Coat", "Shirt", ": Bag", ": Bag"])
    #expect(commands(figure, "text 10.0 #c44100").count == 1)
    #expect(commands(figure, "text 10.0 #00795a").count == 1)
  }

  @Test func `a grid without labels has no text`() {
    let images = Array(
      repeating: Picture(width: 8, height: 8, gray: Array(repeating: 9, count: 64)), count: 5)
    #expect(texts(SampleGrid(title: "", images: images)).isEmpty)
    #expect(commands(SampleGrid(title: "", images: images), "image").count == 5)
  }

  @Test func `an image with too few pixels keeps its whole rows`() {
    let image = Picture(width: 3, height: 1_000_000, gray: [1, 2, 3, 4, 5])
    #expect(image == Picture(width: 3, height: 1, gray: [1, 2, 3]))
  }

  @Test func `bars start at zero and end with their value`() {
    let figure = BarChart(title: "", groups: ["a", "b"], series: [.init("x", [2, -1])])
    #expect(texts(figure).contains("2"))
    #expect(texts(figure).contains("−1"))
    #expect(commands(figure, "fill #0072b2").count == 2)
  }

  @Test func `lines beyond the colours are dashed`() {
    let chart = LineChart(
      title: "", xLabel: "x", yLabel: "y",
      series: (0..<8).map { index in .init("s\(index)", (0..<20).map { (Double($0), Double(index)) }) })
    #expect(commands(chart, "line #0072b2 1.8:").count == 2)
    #expect(commands(chart, "line #0072b2 1.8 dash").count == 2)
  }

  @Test func `a legend of very many lines leaves room for them and counts the rest`() {
    let chart = LineChart(
      title: "", xLabel: "", yLabel: "", series: (0..<200).map { .init("run-\($0)", [(0, 0), (1, 1)]) })
    let texts = texts(chart)
    let shown = texts.filter { $0.hasPrefix("run-") }.count
    #expect((10..<100).contains(shown))
    #expect(texts.contains("and \(200 - shown) more"))
  }

  @Test func `text that is too wide ends in an ellipsis`() {
    let figure = BarChart(title: String(repeating: "long ", count: 60), groups: [], series: [])
    #expect(texts(figure).first?.hasSuffix("…") == true)
  }
}
