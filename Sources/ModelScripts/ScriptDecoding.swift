public import Config
public import Diagnostics
import ExpLanguage
public import Layers
import TensorCore

/// Reads hand-written models and layers back from their configuration.
///
/// What it reads may come from anyone: every part is checked as if it stood in an experiment.
public struct ScriptDecoder {
  /// How a layer that is not hand-written is read.
  public typealias LayerReading = (ConfigNode, inout DiagnosticBag) -> (any Layer)?

  private let layer: LayerReading

  /// - Parameter layer: reads Keras's `{"class_name", "config"}`; by default with the registry of layers.
  public init(layer: @escaping LayerReading = { LayerRegistry.all.decode($0, into: &$1) }) {
    self.layer = layer
  }

  /// Whether a configuration is that of a hand-written model or layer.
  public static func isScript(_ config: ConfigNode) -> Bool {
    config["call"]?.string != nil && config["arguments"] != nil
  }

  /// A model; every mistake is reported, `nil` if there was one.
  public func model(_ config: ConfigNode, into bag: inout DiagnosticBag) -> ScriptedModel? {
    guard let parts = parts(config, into: &bag), let body = body(config, into: &bag) else { return nil }
    return bag.collect { () throws(Diagnostic) in
      var inputs: [ModelInput] = []
      for input in config["inputs"]?.list ?? [] {
        let shape = try [Int?](config: try Self.require(input, "shape"))
        let type = try String(config: try Self.require(input, "dtype"))
        inputs.append(
          ModelInput(
            try String(config: try Self.require(input, "name")), shape: shape,
            ElementType(rawValue: type) ?? .float32,
            batchSize: try Self.batchSize(input)))
      }
      var outputs: [String] = []
      for name in config["outputs"]?.list ?? [] { outputs.append(try String(config: name)) }
      return ScriptedModel(
        try String(config: try Self.require(config, "name")), inputs: inputs, parts, body: body,
        outputs: outputs)
    }
  }

  /// A layer; every mistake is reported, `nil` if there was one.
  public func layer(
    _ className: String, _ config: ConfigNode, into bag: inout DiagnosticBag
  ) -> ScriptedLayer? {
    guard let parts = parts(config, into: &bag), let body = body(config, into: &bag) else { return nil }
    return ScriptedLayer(className, parts, body: body)
  }

  private static func batchSize(_ input: ConfigNode) throws(Diagnostic) -> Int? {
    guard let node = input["batch_size"], let size = try Int?(config: node) else { return nil }
    guard (1...ModelInput.largestBatch).contains(size) else {
      throw .notStored("batch_size", "batches have 1 to \(ModelInput.largestBatch) samples", node)
    }
    return size
  }

  // MARK: Parts

  private func body(_ config: ConfigNode, into bag: inout DiagnosticBag) -> ScriptBody? {
    bag.collect { () throws(Diagnostic) in
      try ScriptBody(try String(config: try Self.require(config, "call")))
    }
  }

  private func parts(_ config: ConfigNode, into bag: inout DiagnosticBag) -> ScriptParts? {
    var parts = ScriptParts()
    for entry in config["arguments"]?.entries ?? [] {
      guard let value = ScriptValue(entry.value) else {
        bag.report(.notStored(entry.key, "a mapping is no argument", entry.value))
        return nil
      }
      parts.arguments.append((entry.key, value))
    }
    for entry in config["layers"]?.entries ?? [] {
      guard let read = self.entry(entry, into: &bag) else { return nil }
      parts.layers.append(read)
    }
    let rest: (weights: [ScriptWeight], functions: [ScriptedFunction])? = bag.collect {
      () throws(Diagnostic) in
      (try weights(config), try Self.functions(config["functions"]?.list ?? []))
    }
    guard let rest else { return nil }
    parts.weights = rest.weights
    parts.functions = rest.functions
    return parts
  }

  private func entry(
    _ entry: ConfigNode.Entry, into bag: inout DiagnosticBag
  ) -> ScriptParts.Entry? {
    var layers: [NamedLayer] = []
    for node in entry.value.list ?? [entry.value] {
      guard let config = node["config"], let className = node["class_name"]?.string else {
        bag.report(.notStored(entry.key, "it is no layer", node))
        return nil
      }
      let read: (any Layer)? =
        if !Self.isScript(config) { layer(node, &bag) } else if config["inputs"] != nil {
          model(config, into: &bag)
        } else {
          layer(className, config, into: &bag)
        }
      guard let read else { return nil }
      let isTrainable = config["trainable"]?.content != .bool(false)
      layers.append(NamedLayer(config["name"]?.string ?? entry.key, read, isTrainable: isTrainable))
    }
    return .init(entry.key, layers, isList: entry.value.list != nil)
  }

  private func weights(_ config: ConfigNode) throws(Diagnostic) -> [ScriptWeight] {
    var weights: [ScriptWeight] = []
    for entry in config["weights"]?.entries ?? [] {
      let shape = try Self.require(entry.value, "shape")
      let known: ScriptWeight.Shape
      if let script = shape.string {
        known = .calculated(ScriptText(script))
      } else {
        known = .sizes(try [Int](config: shape))
      }
      weights.append(
        ScriptWeight(
          entry.key, known,
          initializer: try Initializer(config: try Self.require(entry.value, "initializer")),
          isTrainable: try Bool(config: try Self.require(entry.value, "trainable"))))
    }
    return weights
  }

  /// Each function knows those before it.
  static func functions(_ nodes: [ConfigNode]) throws(Diagnostic) -> [ScriptedFunction] {
    var functions: [ScriptedFunction] = []
    for node in nodes {
      let signature = ScriptText(try String(config: try require(node, "function")))
      let body = ScriptText(try String(config: try require(node, "body")))
      functions.append(try ScriptedFunction(signature: signature, body: body, functions: functions))
    }
    return functions
  }

  private static func require(_ node: ConfigNode, _ key: String) throws(Diagnostic) -> ConfigNode {
    guard let value = node[key] else { throw .notStored(key, "it is missing", node) }
    return value
  }
}

extension Diagnostic {
  /// E0326: the stored form of a hand-written model is not one.
  fileprivate static func notStored(_ key: String, _ message: String, _ node: ConfigNode) -> Diagnostic {
    Diagnostic(
      "E0326", "'\(key)' of a hand-written model cannot be read: \(message)",
      at: node.span.map { Label($0, "found \(node.sketch)") },
      help: "the file was changed, or not written by runexp")
  }
}
