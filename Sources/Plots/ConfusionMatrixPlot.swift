import Running
import Analysis
import Config
import Plotting

/// How often each class was taken for each other.
struct ConfusionMatrixPlot: PlotKind {
  static let title = "a confusion matrix"
  var topic = PlotTopic()

  static let schema = Schema(
    "confusion_matrix", "How often each class was predicted as each other.", prototype: ConfusionMatrixPlot(),
    .of(\.topic.of), .data(\.topic.data), .output(\.topic.output))

  func plan(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun? {
    guard let plan = context.classPlan(topic, Self.title, in: cell) else { return nil }
    let title = cell.title ?? plan.name
    return { context in
      guard let scores = try ClassScores(plan, context) else { return }
      let size = scores.classes.count
      var counts = [[Int]](repeating: [Int](repeating: 0, count: size), count: size)
      for (sample, truth) in scores.labels.enumerated() where counts.indices.contains(truth) {
        counts[truth][scores.prediction(sample)] += 1
      }
      let figure = ConfusionMatrix(title: title, classNames: scores.classes, counts: counts)
      try context.show(figure, as: file, caption: "Rows are the true classes, columns the predicted ones")
    }
  }
}
