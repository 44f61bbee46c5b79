import Running
import Analysis
package import Diagnostics
package import Layers
package import Plotting
import TensorCore

extension ModelGraph {
  /// More boxes than that are no drawing.
  private static let mostBoxes = 2000

  /// A model drawn.
  /// - Parameter title: the model's name if left out.
  /// - Throws: E0223 for a model of too many boxes.
  package init(_ diagram: ModelDiagram, title: String? = nil) throws(Diagnostic) {
    guard diagram.nodes.count <= Self.mostBoxes else {
      throw .tooManyBoxes(diagram.name, diagram.nodes.count)
    }
    let layers = diagram.nodes.filter { $0.className != "" && ($0.sharing?.use ?? 1) == 1 }
    let parameters = (layers + diagram.nodes.filter { $0.kind == .weight }).map(\.parameters).reduce(0, +)
    let count = "\(diagram.layerCount) layer\(diagram.layerCount == 1 ? "" : "s")"
    self.init(
      title: title ?? diagram.name, subtitle: "\(count), \(NumberText.grouped(parameters)) parameters",
      nodes: diagram.nodes.map { $0.drawn(batch: diagram.batchSize) },
      edges: diagram.edges.map {
        Edge($0.from, $0.to, output: $0.output, label: $0.label, isDashed: $0.isConditional)
      },
      groups: diagram.groups.map {
        Group($0.name, detail: $0.className + ($0.sharing.map { ", \($0.words)" } ?? ""), parent: $0.parent)
      })
  }
}

extension ModelDiagram.Sharing {
  fileprivate var words: String { "use \(use) of \(count)" }
}

extension ModelDiagram.Node {
  fileprivate func drawn(batch: Int?) -> ModelGraph.Node {
    let settings = settings.joined(separator: ", ")
    let marks = [
      isFrozen ? "frozen" : "", sharing?.words ?? "",
    ].filter { !$0.isEmpty }
    return ModelGraph.Node(
      role, name, detail: className + (settings.isEmpty ? "" : " · " + settings),
      shape: kind == .operation ? "" : outputs.map { $0.kerasText(batch: batch) }.joined(separator: ", "),
      mark: marks.joined(separator: ", "), sharing: sharing?.layer,
      outputCount: kind == .condition ? 2 : max(1, outputs.count), group: group)
  }

  private var role: ModelGraph.Role {
    switch kind {
    case .input: .input
    case .output: .output
    case .layer: parameters > 0 ? .trained : .plain
    case .model: .model
    case .operation: .step
    case .weight: .weight
    case .condition: .condition
    }
  }
}

extension Diagnostic {
  /// E0223: a model of more boxes than a picture has room for.
  fileprivate static func tooManyBoxes(_ model: String, _ count: Int) -> Diagnostic {
    Diagnostic(
      "E0223", "'\(model)' has \(NumberText.grouped(count)) boxes, too many to be drawn",
      help: "leave models used as layers closed, without 'expand_nested'; 'show' gives the table of any model"
    )
  }
}
