import Foundation
import Testing

/// Experiments with layers that keep their states from batch to batch.
@Suite struct StatefulCommandTests {
  private func rows(_ count: Int) -> String {
    let lines = (0..<count).map { row in
      (0..<5).map { "\(Double((row * 7 + $0 * 3) % 11) / 10)" }.joined(separator: ",") + "\n"
    }
    return "a,b,c,d,y\n" + lines.joined()
  }

  private let experiment = """
    experiment: kept
    seed: 3
    cells:
      - data: rows
        csv: rows.csv
        target: y
        shape: [4, 1]
        split: {test: 8}
      - model: m
        input: [4, 1]
        batch_size: 4
        layers:
          - GRU: {units: 3, stateful: true}
          - Dense: {units: 1}
      - train: m
        data: rows
        loss: mse
        optimizer: adam
        shuffle: false
        epochs: 2
      - evaluate: m
        data: rows.test
      - evaluate: m
        data: rows.test
        name: again
      - predict: m
        data: rows.test
        file: on.csv
      - predict: m
        data: rows.test
        reset_states: true
        file: anew.csv
      - save: m

    """

  private func ran() throws -> Workplace {
    let place = try Workplace()
    try place.write(rows(32), to: "rows.csv")
    try place.write(experiment, to: "kept.exp")
    let outcome = try place.runexp("kept.exp")
    #expect(outcome.status == 0, "\(outcome.err)")
    return place
  }

  @Test func `evaluations and predictions go on until they are to begin anew`() throws {
    let place = try ran()
    let table = try place.text("reports/kept-1/report.md")
    #expect(table.contains("(4, 3)") && table.contains("Total parameters: 58"))
    let losses = table.matches(of: /(test|again)\.loss[^0-9]*([0-9.]+)/).map { String($0.output.2) }
    #expect(losses.count >= 2 && Set(losses).count > 1, "\(losses)")
    let (on, anew) = (try place.text("reports/kept-1/on.csv"), try place.text("reports/kept-1/anew.csv"))
    #expect(on.split(separator: "\n").count == 9 && on != anew)
  }

  @Test func `a model from a file begins with states of 0`() throws {
    let place = try ran()
    let all = rows(32).split(separator: "\n")
    // Parts are taken from the top.
    try place.write(all[..<9].joined(separator: "\n") + "\n", to: "held.csv")
    let predicted = try place.runexp("predict", "reports/kept-1/m.h5", "held.csv")
    #expect(predicted.status == 0, "\(predicted.err)")
    #expect(predicted.out == (try place.text("reports/kept-1/anew.csv")))
  }

  @Test func `rows that leave a smaller batch are refused with the sizes that would do`() throws {
    let place = try ran()
    try place.write(rows(9), to: "held.csv")
    let refused = try place.runexp("predict", "reports/kept-1/m.h5", "held.csv")
    #expect(refused.status == 1 && refused.out.isEmpty)
    #expect(refused.err.contains("E0390") && refused.err.contains("leave 1 of them out"))
    let other = try place.runexp("predict", "reports/kept-1/m.h5", "held.csv", "--batch-size", "3")
    #expect(other.status == 1 && other.err.contains("E0389"))
  }
}
