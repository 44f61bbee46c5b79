import Foundation
import Testing

/// What tells figures and columns of several outputs apart.
@Suite struct FigureHeadingTests {
  private let experiment = """
    experiment: two
    seed: 1
    cells:
      - data: iris
        source: iris
        features: {all: [sepal_length, sepal_width, petal_length]}
        target: {first: petal_width, second: petal_width, kind: species, sort: species}
        shuffle: true
        split: {test: 0.2}
      - model: m
        inputs: {all: [3]}
        layers:
          first: {Dense: {units: 1}, from: all}
          second: {Dense: {units: 1}, from: all}
          kind: {Dense: {units: 3, activation: softmax}, from: all}
          sort: {Dense: {units: 3, activation: softmax}, from: all}
        outputs: [first, second, kind, sort]
      - train: m
        data: iris
        loss: {first: mse, second: mae, kind: sparse_categorical_crossentropy, sort: sparse_categorical_crossentropy}
        optimizer: sgd
      - predict: m
        data: iris.test
      - plot: residuals
        of: m
        data: iris.test
        output: second
        format: svg
      - plot: histogram
        of: m
        data: iris.test
        output: first
        format: svg
      - plot: confusion_matrix
        of: m
        data: iris.test
        output: sort
        format: svg
      - plot: roc
        of: m
        data: iris.test
        output: kind
        format: svg

    """

  @Test func `predictions of several outputs for one target have headings of their own`() throws {
    let place = try Workplace()
    try place.write(experiment, to: "two.exp")
    let outcome = try place.runexp("two.exp", "-q")
    #expect(outcome.status == 0, "\(outcome.err)")
    let header = try place.text("reports/two-1/m-predictions.csv").prefix { $0 != "\n" }
    #expect(header == "first,second,kind,kind_probability,sort,sort_probability")
    func heading(_ figure: String) throws -> String {
      try place.text("reports/two-1/figures/\(figure)-m.svg")
    }
    #expect(try heading("residuals").contains("Predictions of m, output second on iris.test"))
    #expect(try heading("histogram").contains("Predictions of m, output first"))
    #expect(try heading("confusion_matrix").contains("m, output sort on iris.test"))
    #expect(try heading("roc").contains("ROC of m, output kind on iris.test"))
  }

  @Test func `a column that one output alone predicts gives its name`() throws {
    let place = try Workplace()
    try place.write(
      experiment.replacing("second: petal_width, kind", with: "second: sepal_length, kind")
        .replacing(
          "[sepal_length, sepal_width", with: "[sepal_width"
        ).replacing("all: [3]", with: "all: [2]"), to: "two.exp")
    let outcome = try place.runexp("two.exp", "-q", "--until", "predict m")
    #expect(outcome.status == 0, "\(outcome.err)")
    let header = try place.text("reports/two-1/m-predictions.csv").prefix { $0 != "\n" }
    #expect(header.hasPrefix("petal_width,sepal_length,kind,"))
  }

  @Test(arguments: [
    ("Conv2D: {filters: 2, kernel_size: 3}", 3, "a picture for each of the channels R, G and B"),
    ("Conv2D: {filters: 2, kernel_size: 3}", 2, "a picture for each channel"),
    ("Conv2D: {filters: 2, kernel_size: 3}", 8, "the mean over the 8 channels that come in"),
    ("Conv2D: {filters: 2, kernel_size: 3}", 1, ""),
    ("DepthwiseConv2D: {kernel_size: 3}", 8, ""),
    ("Conv2DTranspose: {filters: 2, kernel_size: 3}", 3, "a picture for each of the channels R, G and B"),
    ("Conv2DTranspose: {filters: 2, kernel_size: 3}", 8, "the mean over the 8 channels that come in"),
    ("SeparableConv2D: {filters: 2, kernel_size: 3}", 8, ""),
  ]) func `a figure of a convolution's weights says what it shows of the channels`(
    layer: String, channels: Int, words: String
  ) throws {
    let place = try Workplace()
    let columns = (0..<16 * channels).map { "c\($0)" }
    let rows = (0..<8).map { row in columns.map { _ in "\(row)" }.joined(separator: ",") + ",\(row)" }
    try place.write(
      ([columns.joined(separator: ",") + ",y"] + rows).joined(separator: "\n") + "\n", to: "t.csv")
    try place.write(
      """
      experiment: conv
      seed: 3
      cells:
        - data: d
          csv: t.csv
          target: y
          shape: [4, 4, \(channels)]
        - model: m
          input: [4, 4, \(channels)]
          layers: [{\(layer)}, Flatten, {Dense: {units: 1}}]
        - plot: weights
          of: m
          format: svg

      """, to: "conv.exp")
    let outcome = try place.runexp("conv.exp", "-q")
    #expect(outcome.status == 0, "\(outcome.err)")
    let figure = try place.text("reports/conv-1/figures/weights-m.svg")
    #expect(words.isEmpty || figure.contains(words))
    #expect(figure.contains("channel") == !words.isEmpty)
    if channels == 3 { #expect(figure.contains("1 B<")) }
    if layer.hasPrefix("Depthwise") || layer.hasPrefix("Separable") { #expect(figure.contains(">7<")) }
  }
}
