import Foundation
import Testing

/// Experiments with inputs whose length comes with the data.
@Suite struct OpenLengthTests {
  /// Rows of four pictures lines, each with a class.
  private var short: String {
    let header = (0..<32).map { "p\($0)" }.joined(separator: ",") + ",digit\n"
    let rows = (0..<20).map { row in
      (0..<32).map { "\(($0 * 7 + row * 3) % 17)" }.joined(separator: ",") + ",\(row % 10)\n"
    }
    return header + rows.joined()
  }

  private let experiment = """
    experiment: lengths
    seed: 3
    cells:
      - data: digits
        source: digits
        scale: $(1 / 16)
        split: {validation: 200, test: 200}
      - data: short
        csv: short.csv
        target: digit
        one_hot: [digit]
        shape: [4, 8]
      - model: m
        input: [null, 8]
        layers:
          - LSTM: {units: 12, return_sequences: true}
          - GlobalAveragePooling1D
          - Dense: {units: 10, activation: softmax}
      - show: m
      - train: m
        data: digits
        loss: sparse_categorical_crossentropy
        optimizer: adam
        metrics: [accuracy]
        epochs: 1
        memory: low
      - plot: activations
        of: m
        data: digits.test
      - plot: confusion_matrix
        of: m
        data: digits.test
      - evaluate: m
        data: digits.test
      - predict: m
        data: short.train
      - save: m

    """

  @Test func `a model is trained on one length and used on another`() throws {
    let place = try Workplace()
    try place.write(short, to: "short.csv")
    try place.write(experiment, to: "lengths.exp")
    let outcome = try place.runexp("lengths.exp")
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(outcome.err.contains("None×8 → None×12 → 12 → 10"))
    let predictions = try place.text("reports/lengths-1/m-predictions.csv").split(separator: "\n")
    #expect(predictions.count == 21)
    #expect(try place.text("reports/lengths-1/report.md").contains("(None, None, 12)"))
  }

  @Test func `a saved model shows its open lengths and predicts on rows of any`() throws {
    let place = try Workplace()
    try place.write(short, to: "short.csv")
    try place.write(experiment, to: "lengths.exp")
    #expect(try place.runexp("lengths.exp").status == 0)
    let shown = try place.runexp("show", "reports/lengths-1/m.h5")
    #expect(shown.out.contains("(None, None, 12)"), "\(shown.err)")
    let again = experiment.replacingOccurrences(
      of: "  - show: m\n", with: "  - load: n\n    file: reports/lengths-1/m.h5\n  - show: n\n")
    try place.write(again, to: "again.exp")
    #expect(try place.runexp("check", "again.exp").status == 0)
  }

  @Test func `predict finds an open length by the number of columns`() throws {
    let place = try Workplace()
    try place.write(
      """
      experiment: open
      seed: 1
      cells:
        - model: m
          inputs: {steps: [null, 2], fixed: [3]}
          layers:
            mean: {GlobalAveragePooling1D: {}, from: steps}
            both: {Concatenate: {}, from: [mean, fixed]}
            y: {Dense: {units: 1, kernel_initializer: ones}, from: both}
          outputs: [y]
        - save: m

      """, to: "open.exp")
    #expect(try place.runexp("open.exp").status == 0)
    for (header, row, sum) in [
      ("a,b,c,d,e", "1,2,3,4,5", 15.0), ("a,b,c,d,e,f,g", "1,2,3,4,0,0,1", 6),
    ] {
      try place.write("\(header)\n\(row)\n", to: "rows.csv")
      let outcome = try place.runexp("predict", "reports/open-1/m.h5", "rows.csv")
      #expect(outcome.out.split(separator: "\n").last.flatMap { Double($0) } == sum, "\(outcome.err)")
    }
    try place.write("a,b,c,d\n1,2,3,4\n", to: "rows.csv")
    #expect(try place.runexp("predict", "reports/open-1/m.h5", "rows.csv").err.contains("error[E0419]"))
  }
}
