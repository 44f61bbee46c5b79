import Running
import Analysis
import Datasets
import Diagnostics
import GraphEngine
import Layers
import TensorCore
import Training

/// What every layer of a model gives for some samples.
struct LayerOutputs {
  private let trace: Trace
  private let evaluator: EagerEvaluator

  /// Runs a model op by op, the way its conditions on data go.
  /// - Throws: `Diagnostic` E03xx if the part does not fit the model.
  init(_ built: BuiltModel, _ rows: DataPart) throws {
    var leaves: [Leaf: Tensor] = [:]
    for entry in built.slab.entries {
      leaves[.parameter(entry.spec.path)] = built.slab.tensor(entry.spec.path)
    }
    for input in built.model.inputs {
      guard let feature = rows.features.member(for: input.name, of: built.model.inputs.count) else {
        continue
      }
      let isWhole = input.type.element != .float32
      let numbers = (0..<rows.count).flatMap { rows.values(of: feature, sample: $0) }.map {
        // Whole numbers, and texts, are held by their bits.
        isWhole ? Float(bitPattern: UInt32(bitPattern: Int32($0))) : $0
      }
      let shape = input.type.isOpen ? [rows.count] + feature.rowShape : input.type.shape(batch: rows.count)
      leaves[.input("x/\(input.name)")] = Tensor(shape, numbers)
    }
    let types = try built.inputTypes(for: rows)
    var assumed: [Bool] = []
    while true {
      let trace = try Trace(
        built.model, phase: .inference, seed: built.seed, semantics: built.semantics, assuming: assumed,
        taking: types)
      for node in trace.graph.nodes {
        // States begin with 0.
        guard case .leaf(let leaf) = node.kind, leaf.isGiven, leaves[leaf] == nil else { continue }
        let shape = node.type.shape(batch: rows.count)
        leaves[leaf] = Tensor(shape, [Float](repeating: 0, count: shape.reduce(1, *)))
      }
      let evaluator = EagerEvaluator(trace.graph, batch: rows.count, leaves: leaves)
      let outcomes = trace.scope.decisions.map { (evaluator[$0.condition].elements.first ?? 0) != 0 }
      guard
        let wrong = zip(trace.scope.decisions, outcomes).enumerated()
          .first(where: { $1.0.outcome != $1.1 })?.offset
      else {
        self.trace = trace
        self.evaluator = evaluator
        return
      }
      assumed = trace.scope.decisions[..<wrong].map(\.outcome) + [outcomes[wrong]]
    }
  }

  /// The numbers of a layer's first use, row after row; nil if it was not called.
  func numbers(of layer: String) -> [Float]? {
    trace.scope.calls.first { $0.path.joined(separator: "/") == layer }?.outputs.first
      .map { evaluator[$0].elements }
  }
}

extension Leaf {
  /// Whether its numbers come from outside of the graph, other than as a parameter.
  fileprivate var isGiven: Bool {
    switch self {
    case .input, .state: true
    case .parameter, .constant, .table: false
    }
  }
}
