import Running
package import Analysis
import Config
import Diagnostics
package import Layers
package import Plotting

/// A model as boxes and arrows.
struct ModelGraphPlot: PlotKind {
  static let title = "a drawing of a model"
  var of = ConfigNode(.null)
  var expandsNested = false

  static let schema = Schema(
    "model_graph", "The layers of a model and how they are connected.", prototype: ModelGraphPlot(),
    .of(\.of),
    Field("expand_nested", \.expandsNested, "Whether a model_graph opens models used as layers."))

  func plan(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun? {
    guard let info = context.model(toPlot: of) else { return nil }
    guard let figure = context.graph(of: info.model, expandingNested: expandsNested, title: cell.title) else {
      return nil
    }
    let caption = ModelGraph.caption(info.model.name)
    return { context in try context.show(figure, as: file, caption: caption) }
  }
}

extension ModelGraph {
  package static func caption(_ model: String) -> String { "What \(model) is made of" }
}

extension CheckContext {
  /// The drawing of a model; `nil` after a mistake.
  package mutating func graph(of model: any Model, expandingNested isExpanded: Bool, title: String?)
    -> ModelGraph?
  {
    let seed = experiment.seed
    return collect {
      let ways = try Trace.allWays(of: model, phase: .training, seed: seed)
      return try ModelGraph(ModelDiagram(of: model, ways, expandingNested: isExpanded), title: title)
    }
  }
}
