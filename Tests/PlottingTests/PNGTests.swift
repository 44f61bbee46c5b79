import Plotting
import PlottingCairo
import Testing

@Suite struct PNGTests {
  static let figures: [any Figure] = [
    LearningCurves(title: "empty", curves: []),
    LearningCurves(
      title: "none", curves: [.init(metric: "loss", training: [], validation: [])], bestEpoch: 3),
    LearningCurves(title: "NaN", curves: [.init(metric: "loss", training: [.nan, .infinity])], bestEpoch: 1),
    LearningCurves(title: "constant", curves: [.init(metric: "loss", training: [2, 2, 2])], bestEpoch: -4),
    LearningCurves(
      title: "huge", curves: [.init(metric: "loss", training: [1e308, -1e308, .leastNonzeroMagnitude])],
      bestEpoch: .max),
    ConfusionMatrix(title: "empty", classNames: [], counts: []),
    ConfusionMatrix(title: "ragged", classNames: ["a"], counts: [[1], [], [.max, .max, .max]]),
    ConfusionMatrix(title: "zero", classNames: ["a", "b"], counts: [[0, 0], [0, 0]]),
    SampleGrid(title: "empty", images: []),
    SampleGrid(
      title: "hollow", images: [Picture(width: 0, height: 0, gray: [])], labels: ["a", "b"], columns: 0),
    BarChart(title: "empty", groups: [], series: []),
    BarChart(title: "uneven", groups: ["a", "b"], series: [.init("x", [.nan]), .init("y", [1, 2, 3])]),
    BarChart(title: "zero", groups: ["a"], series: [.init("x", [0])], direction: .vertical),
    LineChart(title: "empty", xLabel: "", yLabel: "", series: []),
    Histogram(title: "empty", panels: []),
    Histogram(
      title: "odd",
      panels: [.init("a", []), .init("b", [("x", [.nan, .infinity]), ("y", [1e308, -1e308, 0])])]),
    ThresholdCurves(title: "empty", kind: .roc, curves: []),
    ThresholdCurves(
      title: "one kind", kind: .precisionRecall,
      curves: [.init("a", Ranking(scores: [1], isPositive: [true]))]),
    Residuals(title: "empty", series: []),
    Residuals(title: "odd", series: [.init("a", [(.nan, 1), (1, .infinity), (1e308, -1e308)])]),
    WeightMaps(title: "empty", tiles: [], height: 0, width: 0),
    WeightMaps(title: "ragged", tiles: [[1, .nan], [.infinity]], height: 2, width: 2, labels: ["a"]),
    DecisionBoundary(
      title: "empty", x: ("x", 0...0), y: ("y", 0...1), ground: .classes([]), columns: 0, samples: []),
    DecisionBoundary(
      title: "odd", x: ("x", 0...1), y: ("y", 0...1), ground: .numbers([.nan, 1, 2]), columns: 2,
      samples: [.init(x: .nan, y: 2, value: .nan)]),
    LineChart(
      title: "control \u{0}\n\u{1B} 🧪 مرحبا", xLabel: "x", yLabel: "y", series: [.init("a", [(1, 1)])]),
  ]

  @Test(arguments: figures.indices)
  func `every figure becomes a PNG with two pixels to a point, the same each time`(index: Int) throws {
    let figure = Self.figures[index]
    let bytes = try renderPNG(figure)
    #expect(Array(bytes.prefix(8)) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    #expect(bigEndian(bytes[16..<20]) == Int((figure.size.width * 2).rounded(.up)))
    #expect(bigEndian(bytes[20..<24]) == Int((figure.size.height * 2).rounded(.up)))
    #expect(try renderPNG(figure) == bytes)
  }

  @Test func `a PNG holds no time stamp and no text`() throws {
    let bytes = try renderPNG(BarChart(title: "a", groups: ["b"], series: [.init("c", [1])]))
    var chunks: [String] = []
    var offset = 8
    while offset + 8 <= bytes.count {
      chunks.append(String(decoding: bytes[(offset + 4)..<(offset + 8)], as: UTF8.self))
      offset += 12 + bigEndian(bytes[offset..<(offset + 4)])
    }
    #expect(Set(chunks).isSubset(of: ["IHDR", "IDAT", "IEND", "pHYs", "bKGD"]))
    #expect(chunks.last == "IEND")
  }

  @Test func `a figure too large for a picture is an error, not a crash`() {
    let images = Array(repeating: Picture(width: 1, height: 1, gray: [0]), count: 2_000)
    let figure = SampleGrid(title: "tall", images: images, columns: 1)
    #expect(throws: (any Error).self) { try renderPNG(figure) }
  }

  private func bigEndian(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
}
