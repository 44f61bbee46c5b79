import Foundation
import Testing

/// The experiments that come with the program, run as a user runs them but for two batches a cell.
@Suite struct ExperimentFilesTests {
  @Test(arguments: [
    ("digits04", "strokes", "digits"), ("lstm", "reader", "digits"), ("finetune", "tuned", "digits"),
    ("multi_output", "two_heads", "iris"),
    ("residual", "resnet", "digits"), ("subclass", "by_hand", "iris"),
    ("wide_and_deep", "wide_and_deep", "iris"),
  ])
  func `a saved model predicts in a new process what it predicted, to the bit`(
    experiment: String, model: String, data: String
  ) throws {
    let place = try Workplace()
    try FileManager.default.copyItem(
      at: Workplace.repository.appending(path: "experiments"), to: place.folder.appending(path: "experiments")
    )
    let text = try place.text("experiments/\(experiment).exp")
    let prediction = """
        - predict: \(model)
          data: \(data).test
          probabilities: true
          file: all.csv

      """
    try place.write(text + prediction, to: "experiments/first.exp")
    let first = try place.runexp("experiments/first.exp", "--quick", "--quiet", "--name", "first")
    // Two batches are too few to learn from, so the experiment's own check may fail.
    try #require([0, 2].contains(first.status), "\(first.err)")

    // The seed decides which rows are shuffled into the test part; what is not loaded would still be untrained.
    let seed = try #require(text.split(separator: "\n").first { $0.hasPrefix("seed:") })
    let start = try #require(text.range(of: "  - data: "))
    let end = try #require(text.range(of: "\n\n", range: start.upperBound..<text.endIndex))
    try place.write(
      """
      experiment: again
      \(seed)
      cells:
      \(text[start.lowerBound..<end.lowerBound])

        - load: \(model)
          file: ../reports/first-1/\(model).h5

      \(prediction)
      """, to: "experiments/again.exp")
    let again = try place.runexp("experiments/again.exp", "--quick", "--quiet")
    try #require(again.status == 0, "\(again.err)")
    let rows = try place.text("reports/first-1/all.csv")
    #expect(rows.split(separator: "\n").count > 10)
    #expect(rows == (try place.text("reports/again-1/all.csv")))
  }
}
