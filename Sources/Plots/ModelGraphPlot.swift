import Running
package import Analysis
import Diagnostics
package import Layers
package import Plotting

/// A model as boxes and arrows.
let modelGraph = PlotKind(
  "model_graph", "a drawing of a model", shows: "The layers of a model and how they are connected.",
  settings: "of", "expand_nested"
) {
  cell, file, context in
  guard let info = cell.model(&context) else { return nil }
  let isExpanded = cell.expandsNested
  guard let figure = context.graph(of: info.model, expandingNested: isExpanded, title: cell.title) else {
    return nil
  }
  let caption = ModelGraph.caption(info.model.name)
  return { context in try context.show(figure, as: file, caption: caption) }
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
