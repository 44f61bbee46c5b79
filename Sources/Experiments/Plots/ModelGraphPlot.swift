import Diagnostics
import Layers
import Plotting

/// A model as boxes and arrows.
let modelGraph = PlotKind(name: "model_graph") { cell, file, context in
  guard let info = context.model(cell.of) else { return nil }
  let isExpanded = cell.expandsNested
  guard let figure = context.graph(of: info.model, expandingNested: isExpanded, title: cell.title) else {
    return nil
  }
  return { context in try context.show(figure, as: file, caption: ModelGraph.caption(info.model.name)) }
}

extension ModelGraph {
  static func caption(_ model: String) -> String { "What \(model) is made of" }
}

extension CheckContext {
  /// The drawing of a model; `nil` after a mistake.
  mutating func graph(of model: any Model, expandingNested isExpanded: Bool, title: String?) -> ModelGraph? {
    let seed = seed
    return collect {
      let ways = try Trace.allWays(of: model, phase: .training, seed: seed)
      return try ModelGraph(ModelDiagram(of: model, ways, expandingNested: isExpanded), title: title)
    }
  }
}

extension Diagnostic {
  /// E0224: a setting of drawings beside another kind of figure.
  static func nothingToExpand(_ kind: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0224", "'expand_nested' is for drawings of models", at: span.map { Label($0, "not of '\(kind)'") },
      help: "remove it, or plot 'model_graph'")
  }
}
