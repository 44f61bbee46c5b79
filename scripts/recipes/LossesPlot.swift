import Analysis
import Config
import Layers
import Plotting
import Running

/// A kind of figure: the losses of one training.
let losses = PlotKind("losses", "a plot of losses", shows: "The loss of each epoch.", settings: "of") {
  cell, file, context in
  guard let info = cell.model(&context), context.training(cell.of) != nil else { return nil }
  let (name, title) = (info.model.name, cell.title ?? "Losses")
  return { context in
    let values = context.histories[name]?.values(of: "loss") ?? []
    let points = values.enumerated().map { (x: Double($0 + 1), y: $1) }
    let figure = LineChart(title: title, xLabel: "epoch", yLabel: "loss", series: [.init(name, points)])
    try context.show(figure, as: file, caption: "The loss of \(name)")
  }
}
