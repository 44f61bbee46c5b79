import Running
import Analysis
import Config
import Datasets
import Diagnostics
import GraphEngine
import Layers
import Plotting
import TensorCore
import Training

/// Predicted against true numbers, and how the differences fall.
struct ResidualsPlot: PlotKind {
  static let title = "a plot of residuals"
  var topic = PlotTopic()
  var size = PlotSize()

  static let schema = Schema(
    "residuals", "Predicted against true numbers, and how the differences fall.", prototype: ResidualsPlot(),
    .of(\.topic.of), .data(\.topic.data), .output(\.topic.output), .width(\.size.width),
    .height(\.size.height))

  func plan(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun? {
    guard let plan = context.numberPlan(topic, Self.title, in: cell) else { return nil }
    let title = cell.title ?? "Predictions of \(plan.name)"
    return { context in
      guard let pairs = try NumberPairs(plan, context) else { return }
      var figure = Residuals(
        title: title, series: zip(pairs.names, pairs.columns).map { Residuals.Series($0, $1) })
      figure.size = size.applied(to: figure.size)
      try context.show(
        figure, as: file, caption: "Left: predictions against true values. Right: how the differences fall.")
    }
  }
}

/// What is true and what a model predicts, for each number of an output.
struct NumberPairs {
  let names: [String]
  let columns: [[(truth: Double, prediction: Double)]]

  /// Runs the model.
  init?(_ plan: OutputPlan, _ context: RunContext) throws {
    guard let tried = try plan.run(context) else { return nil }
    let (rows, target, numbers) = (tried.rows, tried.target, tried.numbers)
    let width = max(1, target.rowSize)
    guard numbers.count == rows.count * width else { return nil }
    let known = tried.data.preparation.target(of: target.name, among: 1)?.columns ?? []
    names =
      known.count == width ? known : width == 1 ? [target.name] : (0..<width).map { "\(target.name)[\($0)]" }
    var columns = names.map { _ in [(truth: Double, prediction: Double)]() }
    for sample in 0..<rows.count {
      for (place, truth) in rows.values(of: target, sample: sample).enumerated() {
        columns[place].append((Double(truth), Double(numbers[sample * width + place])))
      }
    }
    self.columns = columns
  }
}

extension CheckContext {
  /// A model and a part whose target is numbers, for figures of errors; `nil` after a mistake.
  mutating func numberPlan(_ topic: PlotTopic, _ what: String, in cell: PlotCell) -> OutputPlan? {
    guard let (model, part, name) = tried(topic, what, in: cell) else { return nil }
    let outputs = model.model.outputNames
    for (i, output) in outputs.enumerated() where topic.output.map({ $0 == output }) ?? true {
      guard !comparesClasses(i, of: name),
        let target = part.shape.targets.member(for: output, of: outputs.count),
        target.element == .float32,
        target.rowShape.reduce(1, *) == model.trace.outputs[i].type.shape(batch: 1).reduce(1, *)
      else { continue }
      return OutputPlan(
        model: name, part: part, output: i, target: target.name, outputName: outputs.count > 1 ? output : nil)
    }
    if !names.isTrainingBroken(name) { bag.report(.noNumbers(what, at: topic.data)) }
    return nil
  }
}

extension Diagnostic {
  /// E0235: a figure of numbers where classes are predicted.
  fileprivate static func noNumbers(_ what: String, at data: ConfigNode) -> Diagnostic {
    Diagnostic(
      "E0235", "\(what) needs a target of numbers that the model predicts",
      at: data.span.map { Label($0, "has no such target, or the model no output like it") },
      help: "for classes plot 'confusion_matrix' instead")
  }
}
