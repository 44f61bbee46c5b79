import Running
import Analysis
import Config
import Diagnostics
import GraphEngine
import Layers
import Plotting
import Training

/// The length of each kernel's gradient over the epochs.
///
/// Trainings record them only for models that a figure of them is planned for.
struct GradientNormsPlot: PlotKind {
  static let title = "a plot of gradients"
  var of = ConfigNode(.null)
  var layer: String?
  var size = PlotSize()

  static let schema = Schema(
    "gradient_norms", "The lengths of the gradients of layers by epoch.", prototype: GradientNormsPlot(),
    .of(\.of), .layer(\.layer), .width(\.size.width), .height(\.size.height))

  func plan(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun? {
    guard let info = context.model(toPlot: of), context.training(of) != nil, let model = of.string else {
      return nil
    }
    let trained = info.trace.scope.parameters.map(\.spec).filter(\.isTrainable)
    let kernels = trained.filter { spec in
      layer.map { $0 == spec.ownerName } ?? (spec.shape.count >= 2)
    }
    let names = (kernels.isEmpty && layer == nil ? trained : kernels).map(\.pathInModel)
    guard !names.isEmpty else {
      let layers = trained.filter { $0.shape.count >= 2 }.map(\.ownerName)
      context.bag.report(
        .noWeights(layer, of: model, known: layers, at: context.cell.span(of: "layer") ?? of.span))
      return nil
    }
    context.planned.gradientModels.insert(model)
    let title = cell.title ?? "Gradients of \(model)"
    return { context in
      guard let record = context.histories[model] else { return }
      let first = record.epochs - record.history.count
      let series = names.map { name in
        let values = record.values(of: GradientNorms.prefix + name)
        return LineChart.Series(
          name, values.enumerated().map { (x: Double(first + $0 + 1), y: $1) })
      }
      var figure = LineChart(title: title, xLabel: "epoch", yLabel: "length of the gradient", series: series)
      figure.logarithmic = true
      figure.wholeNumbers = true
      figure.size = size.applied(to: figure.size)
      try context.show(
        figure, as: file,
        caption: "The length (Euclidean norm) of each gradient, a mean over the steps of an epoch")
    }
  }
}
