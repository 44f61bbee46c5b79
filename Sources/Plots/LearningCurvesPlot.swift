import Running
import Analysis
import Config
import Layers
import Plotting
import Training

/// Loss and metrics over the epochs of a training, with the best epoch marked.
struct LearningCurvesPlot: PlotKind {
  static let title = "learning curves"
  var of = ConfigNode(.null)

  static let schema = Schema(
    "learning_curves", "Loss and metrics of a training by epoch, with those of validation.",
    prototype: LearningCurvesPlot(),
    .of(\.of))

  func plan(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun? {
    guard context.model(toPlot: of) != nil, let training = context.training(of), let model = of.string
    else { return nil }
    let metrics = training.own
    let title = cell.title ?? "Learning curves of \(model)"
    return { context in
      guard let record = context.histories[model] else { return }
      let curves = metrics.map { name in
        let validation = record.history.map { logs in logs.first { $0.name == "val_\(name)" }?.value }
        return LearningCurves.Curve(
          metric: name, training: record.values(of: name),
          validation: validation.allSatisfy { $0 == nil } ? [] : validation)
      }
      let figure = LearningCurves(title: title, curves: curves, bestEpoch: record.bestEpoch)
      let marked = record.bestEpoch.map { ". The line marks epoch \($0), the best." } ?? ""
      try context.show(
        figure, as: file, caption: metrics.joined(separator: " and ") + " over the epochs" + marked)
    }
  }
}
