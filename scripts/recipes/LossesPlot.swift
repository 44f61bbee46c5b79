import Analysis
import Config
import Layers
import Plotting
import Running
import Training

/// A kind of figure: the losses of one training.
struct LossesPlot: PlotKind {
  static let title = "a plot of losses"
  var of = ConfigNode(.null)

  static let schema = Schema("losses", "The loss of each epoch.", prototype: LossesPlot(), .of(\.of))

  func plan(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun? {
    guard let info = context.model(toPlot: of), context.training(of) != nil else { return nil }
    let (name, title) = (info.model.name, cell.title ?? "Losses")
    return { context in
      let values = context.histories[name]?.values(of: "loss") ?? []
      let points = values.enumerated().map { (x: Double($0 + 1), y: $1) }
      let figure = LineChart(title: title, xLabel: "epoch", yLabel: "loss", series: [.init(name, points)])
      try context.show(figure, as: file, caption: "The loss of \(name)")
    }
  }
}
