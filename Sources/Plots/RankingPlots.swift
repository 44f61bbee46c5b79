import Running
import Analysis
import Config
import Plotting

/// How well each class is told from the others, over all thresholds.
struct ROCPlot: PlotKind {
  static let title = "an ROC curve"
  var topic = PlotTopic()
  var classes: [ConfigNode] = []
  var size = PlotSize()

  static let schema = Schema(
    "roc", "True against false positive rates at every threshold, with the area below.", prototype: ROCPlot(),
    .of(\.topic.of), .data(\.topic.data), .output(\.topic.output), .classes(\.classes), .width(\.size.width),
    .height(\.size.height))

  func plan(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun? {
    guard let plan = context.classPlan(topic, Self.title, in: cell),
      let named = context.classes(classes, of: plan)
    else { return nil }
    let title = cell.title ?? "ROC of \(plan.name)"
    let curves = ThresholdPlan(kind: .roc, plan: plan, classes: named, title: title, size: size)
    return { try curves.draw(file, $0) }
  }
}

/// How many of those taken for a class are of it, against how many of the class are found.
struct PrecisionRecallPlot: PlotKind {
  static let title = "a precision-recall curve"
  var topic = PlotTopic()
  var classes: [ConfigNode] = []
  var size = PlotSize()

  static let schema = Schema(
    "precision_recall", "Precision against recall at every threshold.", prototype: PrecisionRecallPlot(),
    .of(\.topic.of), .data(\.topic.data), .output(\.topic.output), .classes(\.classes), .width(\.size.width),
    .height(\.size.height))

  func plan(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun? {
    guard let plan = context.classPlan(topic, Self.title, in: cell),
      let named = context.classes(classes, of: plan)
    else { return nil }
    let title = cell.title ?? "Precision and recall of \(plan.name)"
    let curves = ThresholdPlan(kind: .precisionRecall, plan: plan, classes: named, title: title, size: size)
    return { try curves.draw(file, $0) }
  }
}

/// The curves that are to be drawn, one for each class.
private struct ThresholdPlan {
  let kind: ThresholdCurves.Kind
  let plan: ClassPlan
  /// All that there are if empty.
  let classes: [Int]
  let title: String
  let size: PlotSize

  func draw(_ file: PlotFile, _ context: RunContext) throws {
    guard let scores = try ClassScores(plan, context) else { return }
    // Of two classes the second is the one that is looked for.
    let all = scores.classes.count == 2 ? [1] : Array(scores.classes.indices)
    let curves = (classes.isEmpty ? all : classes.filter(scores.classes.indices.contains)).map { label in
      ThresholdCurves.Curve(
        scores.classes[label],
        Ranking(
          scores: (0..<scores.count).map { scores.probability($0, of: label) },
          isPositive: scores.labels.map { $0 == label }))
    }
    var figure = ThresholdCurves(title: title, kind: kind, curves: curves)
    figure.size = size.applied(to: figure.size)
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
