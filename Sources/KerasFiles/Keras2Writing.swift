import Config
import Layers
import ModelScripts

/// Translates a layer's or model's configuration from Keras 3 to Keras 2.
struct Keras2Writing {
  /// - Parameter node: `{"class_name": …, "config": …}`.
  static func translate(_ node: ConfigNode) -> ConfigNode {
    guard let className = node["class_name"]?.string, let config = node["config"] else { return node }
    switch className {
    case "Sequential":
      let nodes = (config["layers"]?.list ?? []).map(translate)
      return node.with([
        "config": ["name": config["name"] ?? nil, "layers": ConfigNode(.list(nodes))]
      ])
    case "Functional": return node.with(["config": functional(config)])
    default: return node.with(["config": layer(className, config)])
    }
  }

  private static func layer(_ className: String, _ config: ConfigNode) -> ConfigNode {
    let dialect = dialect(of: className)
    var entries = config.without(dialect.lacks.union(dialect.omits)).entries ?? []
    // Keras 3 stores both, and Keras 2 takes one.
    for (key, other) in dialect.excluded where config[other]?.list != nil {
      entries.removeAll { $0.key == key }
    }
    for i in entries.indices {
      switch entries[i].key {
      case let key where dialect.renamed[key] != nil: entries[i].key = dialect.renamed[key] ?? key
      case "dtype":
        if let policy = entries[i].value["config"]?["name"] { entries[i].value = policy }
      case let key where key.hasSuffix("initializer"):
        if let settings = entries[i].value["config"] {
          entries[i].value = entries[i].value.with([
            "config": settings.without(["input_axes", "output_axes"])
          ])
        }
      case let key where key.hasSuffix("activation") && Activation.isOldHardSigmoid(entries[i].value):
        entries[i].value = "hard_sigmoid"
      default:
        if entries[i].value["class_name"] != nil {
          entries[i].value = translate(entries[i].value)
        } else if let list = entries[i].value.list, list.contains(where: { $0["class_name"] != nil }) {
          entries[i].value = ConfigNode(.list(list.map(translate)))
        }
      }
    }
    return ConfigNode(.map(entries))
  }

  private static func dialect(of className: String) -> KerasDialects.Keras2 {
    LayerRegistry.dialects(of: className)?.keras2 ?? KerasDialects().keras2
  }

  private static func functional(_ config: ConfigNode) -> ConfigNode {
    let written = config["layers"]?.list ?? []
    func names(_ classes: [String]) -> Set<String> {
      Set(
        written.filter { classes.contains($0["class_name"]?.string ?? "") }.compactMap { $0["name"]?.string })
    }
    let (models, sequentials) = (names(["Sequential", "Functional"]), names(["Sequential"]))
    let nodes = written.map { node -> ConfigNode in
      // Operations have no words of their own here: runexp reads Keras 3's.
      if node["module"]?.string?.hasPrefix("keras.src.") == true { return node }
      let dialect = dialect(of: node["class_name"]?.string ?? "")
      let calls = node["inbound_nodes"]?.list ?? []
      let inbound = calls.map { Self.inbound($0, models, names: dialect.keywords) }
      var translated = translate(node)
      if let call = calls.first, let own = translated["config"],
        let more = dialect.shapes?(shapes(of: call))
      {
        translated = translated.with(["config": own.with(more)])
      }
      return translated.with(["inbound_nodes": ConfigNode(.list(inbound))])
    }
    func counted(_ reference: ConfigNode) -> ConfigNode {
      guard let name = reference.list?.first?.string, sequentials.contains(name) else { return reference }
      return reference.countingCalls(by: 1)
    }
    func group(_ node: ConfigNode?, _ change: (ConfigNode) -> ConfigNode) -> ConfigNode {
      guard let entries = node?.entries else { return ConfigNode(.list(list(node).map(change))) }
      return ConfigNode(.map(entries.map { .init($0.key, change($0.value)) }))
    }
    return config.with([
      "layers": ConfigNode(.list(nodes)), "input_layers": group(config["input_layers"]) { $0 },
      "output_layers": group(config["output_layers"], counted),
    ])
  }

  /// A call's values one after another; keyword arguments stand behind the first.
  /// - Parameter names: what values after the first are called, which are keyword arguments then.
  private static func inbound(_ call: ConfigNode, _ models: Set<String>, names: [String]) -> ConfigNode {
    var references: [ConfigNode] = []
    collect(call["args"] ?? nil, models, into: &references)
    var keywords: [ConfigNode.Entry] = []
    for entry in call["kwargs"]?.entries ?? [] where !entry.value.isAbsent {
      var values: [ConfigNode] = []
      collect(entry.value, models, into: &values)
      let triples = values.map { ConfigNode(.list(Array(($0.list ?? []).prefix(3)))) }
      let value = entry.value.list == nil ? triples.first : ConfigNode(.list(triples))
      keywords.append(.init(entry.key, value ?? entry.value))
    }
    if !names.isEmpty {
      for (keyword, reference) in zip(names, references.dropFirst()) {
        keywords.append(.init(keyword, ConfigNode(.list(Array((reference.list ?? []).prefix(3))))))
      }
      references = Array(references.prefix(1))
    }
    if !keywords.isEmpty, let first = references.first?.list {
      references[0] = ConfigNode(.list(first.dropLast() + [ConfigNode(.map(keywords))]))
    }
    return ConfigNode(.list(references))
  }

  /// The shapes of the values that a call is given.
  private static func shapes(of call: ConfigNode) -> [ConfigNode] {
    var shapes: [ConfigNode] = []
    _ = call.mappingObjects { className, object in
      if className == "__keras_tensor__", let shape = object["config"]?["shape"] { shapes.append(shape) }
      return object
    }
    return shapes
  }

  /// Settings of a layer that Keras 2 does not have and that say something.
  static func lost(_ className: String, _ config: ConfigNode) -> [String] {
    let names = dialect(of: className).lacks
    return (config.entries ?? []).filter { names.contains($0.key) && !isNeutral($0.value) }.map(\.key)
  }

  /// Whether a setting says what Keras 2 does anyway.
  private static func isNeutral(_ value: ConfigNode) -> Bool {
    value.isAbsent || [false, 0, 0.0, "channels_last", "constant"].contains(value)
  }

  /// Always a list of triples, also for one.
  private static func list(_ node: ConfigNode?) -> [ConfigNode] {
    guard let node, let items = node.list, let first = items.first else { return [] }
    return first.string != nil ? [node] : items
  }

  private static func collect(
    _ node: ConfigNode, _ models: Set<String>, into references: inout [ConfigNode]
  ) {
    if let history = node["config"]?["keras_history"], let name = history.list?.first?.string {
      let reference = models.contains(name) ? history.countingCalls(by: 1) : history
      references.append(ConfigNode(.list((reference.list ?? []) + [ConfigNode(.map([]))])))
      return
    }
    for item in node.list ?? [] { collect(item, models, into: &references) }
    for entry in node.entries ?? [] { collect(entry.value, models, into: &references) }
  }
}
