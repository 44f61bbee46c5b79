import Config
import Diagnostics
import Layers

/// Translates a layer's or model's configuration from Keras 2 to Keras 3.
///
/// What differs: the names of a few settings, how connections are written, and how the calls of nested models are
/// counted.
struct Keras2Reading {
  /// Deeper nesting is damage, not a model.
  private static let deepest = 64

  /// - Parameter node: `{"class_name": …, "config": …}`.
  static func translate(_ node: ConfigNode, depth: Int = 0) -> ConfigNode {
    guard depth < deepest, let className = node["class_name"]?.string, let config = node["config"] else {
      return node
    }
    switch className {
    case "Sequential": return node.with(["config": sequential(config, depth)])
    case "Functional", "Model":
      return node.with(["class_name": "Functional", "config": functional(config, depth)])
    default: return node.with(["config": layer(className, config, depth)])
    }
  }

  private static func layer(_ className: String, _ config: ConfigNode, _ depth: Int) -> ConfigNode {
    let dialect = LayerRegistry.dialects(of: className)?.keras2 ?? own(className)
    // How random numbers are drawn, every layer may say.
    let surplus = dialect.surplus.union(["rng_type"])
    let names = Dictionary(dialect.renamed.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    var entries = (config.entries ?? []).filter { !surplus.contains($0.key) }
    for i in entries.indices {
      switch entries[i].key {
      case let key where names[key] != nil: entries[i].key = names[key] ?? key
      // A resolved axis is a list of one.
      case "axis":
        if let list = entries[i].value.list, list.count == 1 { entries[i].value = list[0] }
      // Until TensorFlow 2.1 initializers were saved with a type, which every Keras drops.
      case let key where key.hasSuffix("initializer"):
        if let settings = entries[i].value["config"], settings.entries != nil {
          entries[i].value = entries[i].value.with(["config": settings.without(["dtype", "partition_info"])])
        }
      default: break
      }
      // A wrapper holds a layer of its own.
      if entries[i].value["class_name"] != nil, entries[i].value["config"] != nil {
        entries[i].value = translate(entries[i].value, depth: depth + 1)
      } else if let list = entries[i].value.list, list.contains(where: { $0["class_name"] != nil }) {
        entries[i].value = ConfigNode(.list(list.map { translate($0, depth: depth + 1) }))
      }
    }
    return ConfigNode(.map(entries + dialect.meant.filter { config[$0.key] == nil }))
  }

  /// What a class of the file's author writes beside its own settings: as the one does that it is named after.
  private static func own(_ className: String) -> KerasDialects.Keras2 {
    var dialect = KerasDialects().keras2
    if className.hasPrefix("Depthwise") || className.hasPrefix("Separable") {
      dialect.surplus.formUnion(SeparableConv<2>.dialects.keras2.surplus)
    }
    if className.hasSuffix("Transpose") {
      dialect.surplus.formUnion(ConvTranspose<2>.dialects.keras2.surplus)
    }
    if ["RNN", "LSTM", "GRU", "Cell"].contains(where: { className.contains($0) }) {
      dialect.surplus.formUnion(RNN.dialects.keras2.surplus)
    }
    return dialect
  }

  private static func sequential(_ config: ConfigNode, _ depth: Int) -> ConfigNode {
    // Before Keras 2.3 the configuration was the list itself.
    let whole = config.list == nil ? config : ["layers": config]
    var nodes = (whole["layers"]?.list ?? []).map { translate($0, depth: depth + 1) }
    // Before TensorFlow 2.2 the shape stood in the first layer.
    if let first = whole["layers"]?.list?.first, first["class_name"]?.string != "InputLayer",
      let input = input(of: first, depth)
    {
      nodes.insert(["class_name": "InputLayer", "config": input], at: 0)
    }
    return whole.with(["layers": ConfigNode(.list(nodes))])
  }

  /// The input layer of a chain that has none: as its first layer, or the first one in that, says.
  private static func input(of first: ConfigNode, _ depth: Int) -> ConfigNode? {
    guard depth < deepest, let config = first["config"] else { return nil }
    let className = first["class_name"]?.string
    if let shape = config["batch_input_shape"] ?? config["batch_shape"], shape.list != nil {
      let name = config["name"]?.string ?? "first"
      return [
        "batch_shape": shape, "dtype": config["dtype"] ?? "float32",
        "name": (className == "InputLayer" ? name : name + "_input").config,
      ]
    }
    let layers = config.list ?? config["layers"]?.list ?? []
    switch className {
    case "Sequential": return layers.first.flatMap { input(of: $0, depth + 1) }
    case "Functional", "Model":
      let inputs = layers.filter { $0["class_name"]?.string == "InputLayer" }
      return inputs.count == 1 ? input(of: inputs[0], depth + 1) : nil
    default: return config["layer"].flatMap { input(of: $0, depth + 1) }
    }
  }

  private static func functional(_ config: ConfigNode, _ depth: Int) -> ConfigNode {
    let all = config["layers"]?.list ?? []
    let functions = all.map { TensorFlowNode.asFunction($0) ?? $0 }
    let layers = BatchSizes(in: functions).filled(in: functions)
    // A model used as a layer has a node of its own making, so that its calls count from 1.
    let models = Set(
      layers.filter { ["Sequential", "Functional", "Model"].contains($0["class_name"]?.string) }
        .compactMap { $0["name"]?.string ?? $0["config"]?["name"]?.string })
    let functionals = Set(
      layers.filter { ["Functional", "Model"].contains($0["class_name"]?.string) }
        .compactMap { $0["name"]?.string ?? $0["config"]?["name"]?.string })
    let names = Set(layers.compactMap { $0["name"]?.string ?? $0["config"]?["name"]?.string })
    let nodes = layers.map { node -> ConfigNode in
      // What has no words in Keras 2 is written in those of Keras 3.
      if node["module"]?.string?.hasPrefix("keras.src.") == true,
        node["inbound_nodes"]?.list?.first?["args"] != nil
      {
        return node
      }
      if TensorFlowOperation.isRecorded(node) {
        let made = TensorFlowOperation.translate(node) { reference(in: $0, names, models) }
        return made
          ?? node.with(["inbound_nodes": node["inbound_nodes"].map { unnamed($0, names, models) } ?? nil])
      }
      let translated = sayingTrainable(translate(node, depth: depth + 1))
      let inbound = (node["inbound_nodes"]?.list ?? []).map { call -> ConfigNode in
        var tensors: [ConfigNode] = []
        collect(call, names, models, into: &tensors)
        // Keyword arguments stand behind each value; those of the first are the call's.
        let keywords = call.list?.first?.list?.dropFirst(3).first
        let named = (keywords?.entries ?? []).map { entry -> ConfigNode.Entry in
          var values: [ConfigNode] = []
          collect(entry.value, names, models, into: &values)
          return .init(entry.key, values.isEmpty ? entry.value : ConfigNode(.list(values)))
        }
        return ["args": ConfigNode(.list(tensors)), "kwargs": ConfigNode(.map(named))]
      }
      return translated.with(["inbound_nodes": ConfigNode(.list(inbound))])
    }
    func counted(_ reference: ConfigNode) -> ConfigNode {
      guard let name = reference.list?.first?.string, models.contains(name), !functionals.contains(name)
      else {
        return reference
      }
      return reference.countingCalls(by: -1)
    }
    let written = config["output_layers"] ?? nil
    let mapping = written.entries.flatMap { entries in
      entries.allSatisfy { $0.value.list?.first?.string != nil } ? entries : nil
    }
    let ends =
      mapping.map { ConfigNode(.map($0.map { .init($0.key, counted($0.value)) })) }
      ?? ConfigNode(.list(ends(of: written).map(counted)))
    return config.with(["layers": ConfigNode(.list(nodes)), "output_layers": ends])
  }

  /// The references to a model's outputs: one, a list of them, or a mapping to them.
  private static func ends(of node: ConfigNode) -> [ConfigNode] {
    if let entries = node.entries { return entries.flatMap { ends(of: $0.value) } }
    guard let items = node.list, let first = items.first else { return [] }
    return first.string != nil ? [node] : items.flatMap(ends)
  }

  /// A layer with the setting that every layer has, but those of authors who leave it out: operations have none.
  private static func sayingTrainable(_ node: ConfigNode) -> ConfigNode {
    guard node["class_name"]?.string != "InputLayer", let config = node["config"], config.entries != nil,
      config["trainable"] == nil
    else { return node }
    return node.with(["config": config.with(["trainable": true])])
  }

  /// The calls of an operation that is not known, with the values alone.
  private static func unnamed(
    _ calls: ConfigNode, _ names: Set<String>, _ models: Set<String>
  ) -> ConfigNode {
    var tensors: [ConfigNode] = []
    collect(calls, names, models, into: &tensors)
    return [["args": ConfigNode(.list(tensors)), "kwargs": ConfigNode(.map([]))]]
  }

  /// A triple, which may have keyword arguments behind it, as Keras 3's tensor; `nil` for what is none.
  private static func reference(
    in node: ConfigNode, _ names: Set<String>, _ models: Set<String>
  ) -> ConfigNode? {
    guard let parts = node.list, parts.count >= 3, let name = parts[0].string, names.contains(name),
      case .int = parts[1].content
    else { return nil }
    let triple = ConfigNode(.list(Array(parts[..<3])))
    let history = models.contains(name) ? triple.countingCalls(by: -1) : triple
    return ["class_name": "__keras_tensor__", "config": ["keras_history": history]]
  }

  /// Every reference in an argument: triples, which may have keyword arguments behind them, and lists and mappings of
  /// such.
  private static func collect(
    _ node: ConfigNode, _ names: Set<String>, _ models: Set<String>, into tensors: inout [ConfigNode]
  ) {
    if let tensor = reference(in: node, names, models) {
      tensors.append(tensor)
      return
    }
    for item in node.list ?? [] { collect(item, names, models, into: &tensors) }
    // Mappings are taken in the order of their keys.
    for entry in node.sortedEntries ?? [] { collect(entry.value, names, models, into: &tensors) }
  }
}

extension ConfigNode {
  /// A reference `[layer, call, output]` whose call is counted otherwise: a model used as a layer has a node of its own
  /// making in Keras 2, so that its calls count from 1 there.
  func countingCalls(by shift: Int) -> ConfigNode {
    guard var parts = list, parts.count >= 3, case .int(let node) = parts[1].content, node >= max(0, -shift)
    else { return self }
    parts[1] = (node + shift).config
    return ConfigNode(.list(parts))
  }

  /// The map with some entries replaced, or added at the end.
  func with(_ changes: ConfigNode) -> ConfigNode {
    var entries = entries ?? []
    for change in changes.entries ?? [] {
      if let index = entries.firstIndex(where: { $0.key == change.key }) {
        entries[index].value = change.value
      } else {
        entries.append(change)
      }
    }
    return ConfigNode(.map(entries))
  }
}
