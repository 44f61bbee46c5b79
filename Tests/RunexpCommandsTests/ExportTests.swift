import Foundation
import Testing

/// `runexp export`, and models with functions of their own from one run to the next.
@Suite struct ExportTests {
  private let place: Workplace
  private static let head = """
      - data: iris
        source: iris
        shuffle: true
        split: {validation: 0.2, test: 0.2}
    """
  private static let first = """
    experiment: first
    seed: 5
    cells:
    \(head)
      - function: squash(x)
        body: return x * sigmoid(1.5 * x)
      - function: gap(y_true, y_pred)
        body: return mean(abs(one_hot(y_true, 3) - y_pred), axis=-1)
      - layer: Scaled
        args: {units: 6, factor: 0.5}
        layers:
          dense: {Dense: {units: $units, activation: squash}}
        weights:
          scale: {shape: "(inputs.shape[-1],)", initializer: ones}
        call: |
          return dense(inputs * scale) * factor
      - model: m
        input: [4]
        layers:
          - Scaled: {units: 8}
          - Dense: {units: 3, activation: softmax}
      - train: m
        data: iris
        loss: gap
        optimizer: adam
        metrics: [gap, accuracy]
        epochs: 2
      - evaluate: m
        data: iris.test
      - save: m
    """
  private static let second = """
    experiment: second
    seed: 5
    cells:
    \(head)
      - load: m
        file: reports/first-1/m.h5
      - evaluate: m
        data: iris.test
      - save: m
    """

  init() throws {
    place = try Workplace()
    try place.write(Self.first, to: "first.exp")
  }

  private func evaluation(_ outcome: Outcome) -> [Substring]? {
    let line = outcome.err.split(separator: "\n").first { $0.contains("evaluate m") }
    return line?.split(separator: " ").drop { $0 != "m" }.map { $0 }
  }

  @Test func `functions and layers come back in another experiment from the file alone`() throws {
    let first = try place.runexp("first.exp")
    try place.write(Self.second, to: "second.exp")
    let second = try place.runexp("second.exp")
    #expect(first.status == 0 && second.status == 0, "\(first.err)\(second.err)")
    #expect(evaluation(second) != nil && evaluation(second) == evaluation(first))
    #expect(try place.bytes("reports/second-1/m.h5") == place.bytes("reports/first-1/m.h5"))
  }

  @Test func `a model is exported as a Python module`() throws {
    try place.runexp("first.exp")
    let outcome = try place.runexp("export", "reports/first-1/m.h5", "--to", "keras-python", "-o", "m.py")
    #expect(outcome.status == 0 && outcome.out == "wrote m.py for Keras 3: m\n")
    let text = try place.text("m.py")
    #expect(text.contains("class Scaled(keras.layers.Layer):"))
    #expect(text.contains("def squash(x):\n    return x * ops.sigmoid(1.5 * x)\n"))
    #expect(text.contains("def load_weights(model, path):"))
  }

  @Test func `a module that is there stays, unless it is forced`() throws {
    try place.runexp("first.exp")
    try place.write("mine", to: "m.py")
    let arguments = ["export", "reports/first-1/m.h5", "--to", "keras-python", "-o", "m.py"]
    let refused = try Running(arguments, place, [:]).end()
    #expect(refused.status == 1 && refused.err.contains("E0632"))
    #expect(try place.text("m.py") == "mine")
    #expect(try Running(arguments + ["--force"], place, [:]).end().status == 0)
    #expect(try place.text("m.py") != "mine")
  }

  @Test func `a folder that cannot be made is told`() throws {
    try place.runexp("first.exp")
    try place.write("a file", to: "no")
    let outcome = try place.runexp("export", "reports/first-1/m.h5", "--to", "keras-python", "-o", "no/m.py")
    #expect(outcome.status == 1 && outcome.err.contains("E0905") && outcome.err.contains("'no/m.py'"))
    #expect(try place.text("no") == "a file")
  }
}
