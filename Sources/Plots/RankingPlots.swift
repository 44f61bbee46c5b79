import Running
import Analysis
import Plotting

/// How well each class is told from the others, over all thresholds.
let rocCurve = PlotKind(
  "roc", "an ROC curve", shows: "True against false positive rates at every threshold, with the area below.",
  settings: "of", "data", "output", "classes", "width", "height"
) {
  thresholdCurves(.roc, "an ROC curve", of: $0, as: $1, &$2)
}

/// How many of those taken for a class are of it, against how many of the class are found.
let precisionRecall = PlotKind(
  "precision_recall", "a precision-recall curve", shows: "Precision against recall at every threshold.",
  settings: "of", "data", "output", "classes", "width",
  "height"
) {
  thresholdCurves(.precisionRecall, "a precision-recall curve", of: $0, as: $1, &$2)
}

private func thresholdCurves(
  _ kind: ThresholdCurves.Kind, _ what: String, of cell: PlotCell, as file: PlotFile,
  _ context: inout CheckContext
) -> CellRun? {
  guard let plan = context.classPlan(cell, what), let wanted = context.classes(cell, of: plan) else {
    return nil
  }
  let title = cell.title ?? "\(kind == .roc ? "ROC" : "Precision and recall") of \(plan.name)"
  return { context in
    guard let scores = try ClassScores(plan, context) else { return }
    // Of two classes the second is the one that is looked for.
    let all = scores.classes.count == 2 ? [1] : Array(scores.classes.indices)
    let curves = (wanted.isEmpty ? all : wanted.filter(scores.classes.indices.contains)).map { label in
      ThresholdCurves.Curve(
        scores.classes[label],
        Ranking(
          scores: (0..<scores.count).map { scores.probability($0, of: label) },
          isPositive: scores.labels.map { $0 == label }))
    }
    var figure = ThresholdCurves(title: title, kind: kind, curves: curves)
    figure.size = cell.size(figure.size)
    let words = kind == .roc ? "True against false positives" : "Precision against recall"
    let numbers = curves.map { curve in
      let area = kind == .roc ? curve.ranking.areaUnderROC : curve.ranking.averagePrecision
      return "\(curve.name) \(NumberText.fixed(area, decimals: 3))"
    }
    try context.show(
      figure, as: file,
      caption:
        "\(words) over all thresholds, each class against the others: \(numbers.joined(separator: ", "))")
  }
}
