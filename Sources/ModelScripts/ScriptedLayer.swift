public import Config
import Diagnostics
public import ExpLanguage
public import GraphEngine
public import Layers
import TensorCore

/// A layer whose `call` is written in the experiment file.
///
/// Keras: a subclass of `keras.layers.Layer`. Its class name and settings are data.
public struct ScriptedLayer: LayerContainer {
  /// The name of the `layer` cell.
  public let className: String
  public let parts: ScriptParts
  public let body: ScriptBody

  public init(_ className: String, _ parts: ScriptParts, body: ScriptBody) {
    self.className = className
    self.parts = parts
    self.body = body
  }

  /// How many layers it is made of, itself and those of its layers counted.
  public var layerCount: Int {
    let layers = parts.layers.flatMap(\.layers)
    return layers.reduce(1) { $0 + (($1.layer as? ScriptedLayer)?.layerCount ?? 1) }
  }

  /// Its parts and its body: what ``ScriptDecoder`` reads.
  public var config: ConfigNode {
    ConfigNode(.map(parts.config + [.init("call", body.script.text.config)]))
  }

  public var layers: [NamedLayer] { parts.allLayers }
  public var ownTrainedWeights: [String] { parts.trainedWeights }

  public func mapLayers(_ change: (NamedLayer) -> NamedLayer) -> ScriptedLayer {
    ScriptedLayer(className, parts.mapLayers(change), body: body)
  }

  public func trainingOwnWeights(where isTrained: (String) -> Bool) -> ScriptedLayer {
    ScriptedLayer(className, parts.trainingWeights(where: isTrained), body: body)
  }

  /// What `call` takes, in order.
  public var signature: CallSignature { CallSignature(inputs: body.inputNames) }

  /// - Throws: `Diagnostic` E0320 to E0329 from the body, E0301 if shapes do not fit.
  public func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value] {
    let locals = try body.bind(inputs, named: [], className, in: scope)
    return try body.outputs(
      of: try parts.run(body, locals: locals, in: scope), "the layer '\(className)'", scope.graph
    ).map(\.value)
  }
}

extension ScriptBody {
  private static let flags = ["training", "mask"]

  /// The names of the tensors that it takes, in order.
  var inputNames: [String] {
    guard let signature else { return ["inputs"] }
    return signature.parameters.map(\.name).filter { !Self.flags.contains($0) }
  }

  /// Inputs by the names that the body has for them.
  ///
  /// A single parameter takes all of them, several inputs as a list, as in Keras.
  /// - Parameter names: those of a model's inputs, which are known too.
  func bind(
    _ inputs: [Value], named names: [String], _ what: String, in scope: LayerScope
  ) throws -> [String: TraceValue] {
    var locals: [String: TraceValue] = ["training": .bool(scope.phase == .training), "mask": TraceValue.none]
    for (name, input) in zip(names, inputs) { locals[name] = .tensor(input) }
    let parameters = inputNames
    let all = inputs.map { TraceValue.tensor($0) }
    if parameters.count == 1 {
      // A model's input of that name is that input.
      if signature != nil || locals[parameters[0]] == nil {
        locals[parameters[0]] = all.count == 1 ? all[0] : .list(all)
      }
      return locals
    }
    let needed = (signature?.parameters ?? []).filter {
      $0.initial == nil && parameters.contains($0.name)
    }.count
    guard (needed...max(needed, parameters.count)).contains(inputs.count) else {
      throw Diagnostic(
        "E0322", "'\(what)' takes \(parameters.count) tensors, found \(inputs.count)",
        at: (scope.graph.origin ?? parametersSpan).map { .init($0, "called with \(inputs.count)") },
        help: "it is called with \(parameters.joined(separator: ", "))")
    }
    for (name, input) in zip(parameters, all) { locals[name] = input }
    return locals
  }

  /// Where its own signature lists what it takes.
  private var parametersSpan: SourceSpan? {
    guard let first = signature?.parameters.first, let last = signature?.parameters.last else { return nil }
    return script.span(first.range.lowerBound..<last.range.upperBound)
  }

  /// The tensors that a body returned, those of a mapping with their keys.
  func outputs(
    of result: TraceValue, _ what: String, _ graph: Graph
  ) throws -> [(key: String?, value: Value)] {
    var items: [(key: String?, value: TraceValue)] = [(nil, result)]
    if let sequence = result.sequence { items = sequence.map { (nil, $0) } }
    if case .dictionary(let dictionary) = result {
      items = dictionary.entries.map { ($0.key.text, $0.value) }
    }
    if items.isEmpty { throw Diagnostic.noTensor(what, result, self) }
    return try items.map { item in
      // A plain number is the same for every sample: no output of a network.
      guard item.value.number == nil, let operand = try Operand(item.value, in: graph) else {
        throw Diagnostic.noTensor(what, item.value, self)
      }
      return (item.key, operand.tensor(in: graph))
    }
  }
}
