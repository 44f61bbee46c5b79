import Diagnostics
public import GraphEngine
public import TensorCore

/// A model called on symbols: its graph, and what it declared.
public struct Trace {
  public let graph: Graph
  public let scope: LayerScope
  public let inputs: [Value]
  public let outputs: [Value]
  public let layers: [LayerSummary]

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
    layers = LayerSummary.all(of: model, inputs: inputs, in: scope)
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

/// One layer of a traced model, for tables and drawings.
public struct LayerSummary: Sendable {
  public var name: String
  public var className: String
  /// What its first call gave.
  public var outputs: [TensorType]
  public var parameters: Int
  public var trainable: Int
  /// Where the values of its calls come from, as Keras writes it: `dense[0][0]`.
  public var connectedTo: [String]

  /// Tables of several ways through one model as one: what is called on any of them counts.
  public static func joined(_ tables: [[LayerSummary]]) -> [LayerSummary] {
    guard let first = tables.first else { return [] }
    return first.indices.map { i in
      tables.dropFirst().reduce(first[i]) { known, table in
        var row = known
        if row.outputs.isEmpty { row.outputs = table[i].outputs }
        if table[i].parameters > row.parameters {
          (row.parameters, row.trainable) = (table[i].parameters, table[i].trainable)
        }
        row.connectedTo += table[i].connectedTo.filter { !row.connectedTo.contains($0) }
        return row
      }
    }
  }

  static func all(of model: any Model, inputs: [Value], in scope: LayerScope) -> [LayerSummary] {
    var connections: [String: [String]] = [:]
    var outputs: [String: [TensorType]] = [:]
    var callCounts: [String: Int] = [:]
    // The layer whose value this is. A later call wins: a layer may hand its input on unchanged.
    var makers: [Int: String] = [:]
    for (input, value) in zip(model.inputs, inputs) {
      makers[value.id] = "\(input.name)[0][0]"
      outputs[input.name] = [value.type]
    }
    for call in scope.calls where call.path.count == 1 {
      let name = call.path[0]
      connections[name, default: []] += call.inputs.flatMap { $0.makers(among: makers) }
      if outputs[name] == nil { outputs[name] = call.outputs.map(\.type) }
      for (i, value) in call.outputs.enumerated() {
        makers[value.id] = "\(name)[\(callCounts[name, default: 0])][\(i)]"
      }
      callCounts[name, default: 0] += 1
    }
    return model.layers.map { layer in
      let own = scope.parameters.filter { $0.spec.path.hasPrefix("\(model.name)/\(layer.name)/") }
      func count(_ list: [LayerScope.Parameter]) -> Int {
        list.map { $0.spec.shape.reduce(1, *) }.reduce(0, +)
      }
      return LayerSummary(
        name: layer.name, className: layer.layer.className, outputs: outputs[layer.name] ?? [],
        parameters: count(own), trainable: count(own.filter(\.spec.isTrainable)),
        connectedTo: connections[layer.name] ?? [])
    }
  }
}

extension Value {
  /// The nearest values with a known maker: this one, or those it was computed from.
  fileprivate func makers(among makers: [Int: String]) -> [String] {
    var found: [String] = []
    var seen: Set<Int> = []
    func visit(_ id: Int) {
      guard seen.insert(id).inserted else { return }
      if let maker = makers[id] {
        if !found.contains(maker) { found.append(maker) }
      } else {
        for operand in graph.nodes[id].operands { visit(operand) }
      }
    }
    visit(id)
    return found
  }
}
