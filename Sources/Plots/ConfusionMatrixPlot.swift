import Running
import Analysis
import Plotting

/// How often each class was taken for each other.
let confusionMatrix = PlotKind(
  "confusion_matrix", "a confusion matrix", shows: "How often each class was predicted as each other.",
  settings: "of", "data", "output"
) { cell, file, context in
  guard let plan = context.classPlan(cell, "a confusion matrix") else { return nil }
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
