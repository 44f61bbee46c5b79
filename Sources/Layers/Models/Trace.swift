import Diagnostics
public import GraphEngine
import TensorCore

/// A model called on symbols: its graph, and what it declared.
public struct Trace {
  public let graph: Graph
  public let scope: LayerScope
  public let inputs: [Value]
  public let outputs: [Value]

  /// Calls the model on an unknown batch.
  /// - Parameter assumed: which way conditions on data go.
  /// - Throws: `Diagnostic` E03xx if shapes do not fit, or if two layers have one name.
  public init(
    _ model: any Model, phase: LayerScope.Phase, seed: UInt64, semantics: Semantics = .keras3,
    assuming assumed: [Bool] = []
  ) throws {
    try model.checkNames()
    graph = Graph()
    scope = LayerScope(
      graph: graph, phase: phase, model: model.name, seed: seed, semantics: semantics, assuming: assumed)
    for input in model.inputs where input.type.sampleCount > TensorType.largestCount {
      throw Diagnostic.uncountable("a sample \(input.type)", at: nil)
    }
    inputs = model.inputs.map { [graph] in graph.leaf(.input("x/\($0.name)"), $0.type) }
    outputs = try model.call(inputs, in: scope)
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
      model.layers.enumerated().map { ("\(model.name)/\($1.name)", $0) },
      uniquingKeysWith: { first, _ in first })
    func rank(_ parameter: LayerScope.Parameter) -> Int {
      let parts = parameter.spec.path.split(separator: "/", maxSplits: 2)
      return parts.count < 3 ? -1 : ranks["\(parts[0])/\(parts[1])"] ?? -1
    }
    return all.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(
      \.element)
  }
}
