import Diagnostics
import GraphEngine
import TensorCore

/// What is said when a layer does not fit what it is called on.
extension LayerScope {
  private static let longestChain = 4

  /// Calls a layer; a mistake of its own points at it, and says what its inputs were and where they come from.
  func call(_ layer: NamedLayer, on inputs: [Value]) throws -> [Value] {
    do {
      if let model = layer.layer as? any Model { try check(inputs, of: model, named: layer.name) }
      return try layer.layer.call(inputs, in: self)
    } catch let diagnostic as Diagnostic {
      let located = diagnostic.located(at: graph.origin, "does not fit here")
      guard ["E0301", "E0303", "E0357"].contains(located.code), located.primary?.span == graph.origin else {
        throw located
      }
      throw withOrigins(of: inputs, located)
    }
  }

  /// A model has the shapes of its inputs; as a layer it takes no others.
  private func check(_ inputs: [Value], of model: any Model, named name: String) throws(Diagnostic) {
    guard inputs.count == model.inputs.count else { return }
    for (given, wanted) in zip(inputs, model.inputs) where !wanted.type.admits(given.type.dims) {
      throw Diagnostic(
        "E0357", "the model '\(name)' takes \(wanted.type), found \(given.type)",
        at: graph.origin.map { .init($0, "called with \(given.type)") },
        help: "its weights were made for that shape: call it on another value, or change its 'input:'")
    }
  }

  /// The chain of shapes that led to the inputs: theirs, and back along the first of them.
  private func withOrigins(of inputs: [Value], _ diagnostic: Diagnostic) -> Diagnostic {
    var labels = diagnostic.related
    var seen = Set([diagnostic.primary?.span] + labels.map(\.span))
    var values = inputs
    while !values.isEmpty, labels.count < Self.longestChain {
      for value in values {
        guard let origin = graph.nodes[value.id].origin, seen.insert(origin).inserted else { continue }
        labels.append(.init(origin, "this gives \(value.type)"))
      }
      let maker = calls.last { call in call.outputs.contains { $0.id == values[0].id } }
      guard let next = maker?.inputs.first, next.id != values[0].id else { break }
      values = [next]
    }
    var copy = diagnostic
    copy.related = Array(labels.prefix(max(Self.longestChain, diagnostic.related.count)))
    return copy
  }
}
