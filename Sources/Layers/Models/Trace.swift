public import Config
import Diagnostics
public import GraphEngine
public import TensorCore

/// A model called on symbols: its graph, and what it declared.
public struct Trace {
  public let graph: Graph
  public let scope: LayerScope
  public let inputs: [Value]
  public let outputs: [Value]

  /// Calls the model on an unknown batch.
  ///
  /// A model with inputs of unknown length that is not told what it takes is traced to be looked at: types have `None`
  /// where they depend on the length, and nothing can be computed on its values.
  /// - Parameters:
  ///   - assumed: which way conditions on data go.
  ///   - types: of batches of the inputs, as the data have them; those that the model declares if left out.
  /// - Throws: `Diagnostic` E03xx if shapes do not fit, or if two layers have one name; E0375 if weights depend on an
  ///   unknown length.
  public init(
    _ model: any Model, phase: LayerScope.Phase, seed: UInt64, semantics: Semantics = .keras3,
    assuming assumed: [Bool] = [], taking types: [TensorType]? = nil
  ) throws {
    if types == nil && model.isOpen {
      try self.init(open: model, phase: phase, seed: seed, semantics: semantics, assuming: assumed)
    } else {
      let scope = LayerScope(
        graph: Graph(), phase: phase, model: model.name, seed: seed, semantics: semantics, assuming: assumed,
        batchSizes: model.batchSizes)
      try self.init(model, in: scope, taking: types ?? model.inputs.map(\.type))
    }
  }

  private init(_ model: any Model, in scope: LayerScope, taking types: [TensorType]) throws {
    try model.checkNames()
    self.scope = scope
    graph = scope.graph
    for type in types where type.sampleCount > TensorType.largestCount {
      throw Diagnostic.uncountable("a sample \(type)", at: nil)
    }
    inputs = zip(model.inputs, types).map { [graph] in graph.leaf(.input("x/\($0.name)"), $1) }
    outputs = try model.call(inputs, in: scope)
  }

  private init(_ scope: LayerScope, inputs: [Value], outputs: [Value]) {
    self.scope = scope
    graph = scope.graph
    self.inputs = inputs
    self.outputs = outputs
  }

  /// This trace, with an unknown length wherever another one of the same model has another size.
  func widened(by other: Trace) -> Trace {
    scope.widen(by: other.scope)
    func widened(_ values: [Value], _ others: [Value]) -> [Value] {
      zip(values, others).map { $0.described(as: $0.type.widened(by: $1.type)) }
    }
    return Trace(
      scope, inputs: widened(inputs, other.inputs), outputs: widened(outputs, other.outputs))
  }

  /// Follows a model every way its conditions on data may go, as far as they are not too many.
  ///
  /// The first trace is that in which none holds.
  /// - Throws: `Diagnostic` E03xx if shapes do not fit on some way.
  public static func allWays(
    of model: any Model, phase: LayerScope.Phase, seed: UInt64, semantics: Semantics = .keras3
  ) throws -> [Trace] {
    var traces: [Trace] = []
    var waiting: [[Bool]] = [[]]
    while let assumed = waiting.popLast(), traces.count < mostWays {
      let trace = try Trace(model, phase: phase, seed: seed, semantics: semantics, assuming: assumed)
      traces.append(trace)
      let outcomes = trace.scope.decisions.map(\.outcome)
      for i in outcomes.indices.dropFirst(assumed.count).reversed() {
        waiting.insert(Array(outcomes[..<i]) + [!outcomes[i]], at: 0)
      }
    }
    return traces
  }

  /// Ways that are followed ahead of time.
  public static let mostWays = 64

  /// What any of the ways declares, layer by layer: a layer may be called on one of them only.
  public static func parameters(
    of ways: [Trace], _ model: any Model
  ) -> [LayerScope.Parameter] {
    var seen: Set<String> = []
    let all = ways.flatMap(\.scope.parameters).filter { seen.insert($0.spec.path).inserted }
    if all.count == ways[0].scope.parameters.count { return all }
    let ranks = Dictionary(
      model.layers.enumerated().map { ($1.name, $0) },
      uniquingKeysWith: { first, _ in first })
    func rank(_ parameter: LayerScope.Parameter) -> Int {
      parameter.spec.owner.first.flatMap { ranks[$0] } ?? -1
    }
    return all.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(
      \.element)
  }
}
