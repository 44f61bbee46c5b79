public import Config
public import Diagnostics
import ExpLanguage
import GraphEngine
import KernelABI
public import Layers
import TensorCore

/// A model with hand-written parts as the graph of layers that it comes to, so that Keras can load it.
///
/// Layers of one's own are opened: `block/dense` becomes `block_dense`. What the bodies do between the layers becomes
/// layers of Keras where there are such.
public struct KerasForm {
  /// Why Keras cannot have a model as a graph of layers.
  public struct Obstacle: Error, Equatable {
    /// What there is no layer for, such as `the condition 'reduce_mean(z) > 1'`.
    public let what: String
    public let span: SourceSpan?
  }

  public let model: Functional
  /// Every weight: its path in the model, and in the graph.
  public let weights: [(own: String, graph: String)]

  /// Whether a model has parts that only runexp can read.
  public static func isNeeded(for model: any Model) -> Bool {
    model is ScriptedModel || model.layers.contains { hasOwn($0.layer) }
  }

  private static func hasOwn(_ layer: any Layer) -> Bool {
    layer is ScriptedLayer || (layer as? any Model).map(isNeeded) == true
  }

  /// - Throws: ``Obstacle``; `Diagnostic` E03xx for a model that cannot be traced.
  public init(_ model: any Model, semantics: Semantics) throws {
    if let input = model.inputs.first(where: { $0.type.isOpen }) {
      throw Obstacle(what: "the unknown length of '\(input.name)'", span: nil)
    }
    let ways = try [LayerScope.Phase.training, .inference].map {
      try Trace(model, phase: $0, seed: 0, semantics: semantics)
    }
    if let decision = ways.flatMap(\.scope.decisions).first {
      throw Obstacle(what: "the condition '\(decision.text ?? "on data")'", span: decision.origin)
    }
    let (training, inference) = (try Unrolling(ways[0], of: model), try Unrolling(ways[1], of: model))
    guard training.withoutNoise == inference.withoutNoise else {
      throw Obstacle(what: "what 'training' changes beside noise", span: nil)
    }
    self.model = training.graph
    weights = try Self.weights(ways[0], of: model, training.names)
  }

  private static func weights(
    _ trace: Trace, of model: any Model, _ names: [(path: [String], name: String)]
  ) throws(Obstacle) -> [(own: String, graph: String)] {
    var weights: [(own: String, graph: String)] = []
    for parameter in trace.scope.parameters {
      let spec = parameter.spec
      let found = names.first { spec.owner.starts(with: $0.path) }
      guard let found else { throw Obstacle(what: "the weight '\(spec.path)' of its own", span: nil) }
      let parts = [model.name, found.name] + spec.owner.dropFirst(found.path.count) + [spec.name]
      weights.append((spec.path, parts.parameterPath))
    }
    return weights
  }
}

/// Builds the graph of layers from a trace.
private struct Unrolling {
  /// Layers that change nothing in inference.
  private static let noise: Set<String> = [
    "Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "GaussianNoise",
    "GaussianDropout", "AlphaDropout",
  ]

  private let model: any Model
  private let trace: Trace
  private var layers: [NamedLayer] = []
  private var calls: [Functional.Call] = []
  private var outputs: [Functional.Source] = []
  /// Which layer each path is.
  private(set) var names: [(path: [String], name: String)] = []
  private var layerOf: [[String]: Int] = [:]
  /// Where a value of the trace is made in the graph.
  private var sources: [Int: Functional.Source] = [:]

  init(_ trace: Trace, of model: any Model) throws {
    self.trace = trace
    self.model = model
    for (input, value) in zip(model.inputs, trace.inputs) {
      layers.append(NamedLayer(input.name, InputLayer(input)))
      sources[value.id] = .init(calls.count)
      calls.append(.init(layer: layers.count - 1, inputs: []))
    }
    let made = try leafCalls()
    // Operands stand before what is made of them: one pass in the order of the trace is enough.
    let needed = needed(made)
    for id in trace.graph.nodes.indices where needed.contains(id) && sources[id] == nil {
      if let call = made[id] { try add(call) } else { try add(node: id) }
    }
    outputs = try trace.outputs.map { try source($0.id) }
    let used = reachable()
    if let input = model.inputs.indices.first(where: { !used.contains($0) }) {
      throw KerasForm.Obstacle(what: "the input '\(model.inputs[input].name)', which nothing uses", span: nil)
    }
  }

  var graph: Functional {
    Functional(
      model.name, layers: layers, calls: calls, inputs: Array(model.inputs.indices), outputs: outputs)
  }

  /// The calls in words, those of noise left out.
  var withoutNoise: [String] {
    var words: [String] = []
    var place: [String] = []
    func word(_ source: Functional.Source) -> String { place[source.call] + ".\(source.output)" }
    let used = reachable()
    for (index, call) in calls.enumerated() {
      let layer = layers[call.layer]
      if Self.noise.contains(layer.layer.className), let input = call.inputs.first {
        place.append(place[input.call])
        continue
      }
      place.append("#\(words.count)")
      guard used.contains(index) else { continue }
      words.append("\(layer.name) \(layer.layer.config.json) \(call.inputs.map(word)) \(call.named)")
    }
    return words + outputs.map(word)
  }

  private func reachable() -> Set<Int> {
    var used = Set(outputs.map(\.call))
    for index in calls.indices.reversed() where used.contains(index) {
      used.formUnion(calls[index].inputs.map(\.call))
    }
    return used
  }

  // MARK: What is called

  /// Calls of layers that Keras has, by the values that they make.
  private func leafCalls() throws(KerasForm.Obstacle) -> [Int: LayerScope.Call] {
    var made: [Int: LayerScope.Call] = [:]
    var inside = Set<Int>()
    let all = trace.scope.calls
    for index in all.indices.reversed() where !inside.contains(index) {
      let call = all[index]
      if call.layer is ScriptedLayer || call.layer is ScriptedModel { continue }
      if let inner = call.layer as? any Model, KerasForm.isNeeded(for: inner) { continue }
      inside.formUnion(call.inner)
      let given = Set(call.inputs.map(\.id))
      for output in call.outputs where !given.contains(output.id) { made[output.id] = call }
    }
    return made
  }

  /// The values that outputs are made of, as far down as they are made by what is not a layer's inside.
  private func needed(_ made: [Int: LayerScope.Call]) -> Set<Int> {
    var needed = Set(trace.outputs.map(\.id))
    for id in trace.graph.nodes.indices.reversed() where needed.contains(id) && sources[id] == nil {
      if let call = made[id] {
        needed.formUnion(call.inputs.map(\.id))
      } else {
        needed.formUnion(trace.graph.nodes[id].operands)
      }
    }
    return needed
  }

  private func source(_ id: Int) throws(KerasForm.Obstacle) -> Functional.Source {
    guard let found = sources[id] else {
      throw obstacle("a number or weight between the layers", id)
    }
    return found
  }

  private func obstacle(_ what: String, _ id: Int) -> KerasForm.Obstacle {
    KerasForm.Obstacle(what: what, span: trace.graph.nodes[id].origin)
  }

  private mutating func add(_ call: LayerScope.Call) throws(KerasForm.Obstacle) {
    var inputs: [Functional.Source] = []
    for input in call.inputs { inputs.append(try source(input.id)) }
    let layer: Int
    if let known = layerOf[call.path] {
      layer = known
    } else {
      let name = free(call.path.joined(separator: "_"))
      layer = layers.count
      layers.append(NamedLayer(name, call.layer, isTrainable: isTrainable(call.path)))
      layerOf[call.path] = layer
      names.append((call.path, name))
    }
    for (index, output) in call.outputs.enumerated() where sources[output.id] == nil {
      sources[output.id] = .init(calls.count, output: index)
    }
    calls.append(.init(layer: layer, inputs: inputs, named: call.named))
  }

  private func isTrainable(_ path: [String]) -> Bool {
    var layers = model.layers
    for name in path {
      guard let found = layers.first(where: { $0.name == name }) else { return true }
      if !found.isTrainable { return false }
      layers =
        (found.layer as? any Model)?.layers ?? (found.layer as? ScriptedLayer)?.parts.allLayers ?? []
    }
    return true
  }

  private func free(_ base: String) -> String {
    var (name, number) = (base, 1)
    while layers.contains(where: { $0.name == name }) {
      name = "\(base)_\(number)"
      number += 1
    }
    return name
  }

  // MARK: What stands between layers

  private mutating func add(node id: Int) throws(KerasForm.Obstacle) {
    let node = trace.graph.nodes[id]
    // Numbers and weights are told by what uses them.
    guard case .op(let op, let operands) = node.kind else { return }
    guard let layer = OpForm.layer(for: op, giving: node.type.dims) else {
      throw obstacle("'\(op.name)'", id)
    }
    var inputs: [Functional.Source] = []
    for operand in operands { inputs.append(try source(operand)) }
    let types = operands.map { trace.graph.nodes[$0].type }
    let areSamples = types.allSatisfy { $0.dims.first == .batch && $0.rank == types[0].rank }
    let isMade = areSamples && types.allSatisfy { $0.element == .float32 }
    guard isMade else { throw obstacle("'\(op.name)' of these values", id) }
    layers.append(NamedLayer(free(layer.className.snakeCased), layer))
    sources[id] = .init(calls.count)
    calls.append(.init(layer: layers.count - 1, inputs: inputs))
  }
}
