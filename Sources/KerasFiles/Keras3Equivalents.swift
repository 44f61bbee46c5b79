import Config
public import Diagnostics
public import Layers
import ModelScripts
public import Training

/// What a model has in the words of Keras 2 or of runexp, in words that Keras 3 reads and that compute the same.
enum Keras3Equivalents {
  /// - Parameter semantics: the Keras that the model follows.
  static func of(_ node: ConfigNode, from semantics: Semantics) -> ConfigNode {
    node.mappingObjects { className, object in
      guard let config = object["config"] else { return object }
      switch className {
      case "Functional": return object.with(["config": operations(renamingLayers(config))])
      case "Sequential": return object.with(["config": renamingLayers(config)])
      default:
        if let (name, settings) = LayerRegistry.dialects(of: className)?.keras3.equivalent?(config) {
          return object.with(["class_name": name.config, "config": settings])
        }
        return semantics == .keras2 ? object.with(["config": activations(config)]) : object
      }
    }
  }

  /// Keras 3 allows no slashes in the names of layers.
  private static func renamingLayers(_ config: ConfigNode) -> ConfigNode {
    let layers = config["layers"]?.list ?? []
    let written = layers.map { $0["config"]?["name"]?.string ?? "" }
    var taken = Set(written.filter { !$0.contains("/") })
    var names: [String: String] = [:]
    for name in written where name.contains("/") {
      var new = name.replacing("/", with: "_")
      while !taken.insert(new).inserted { new += "_" }
      names[name] = new
    }
    guard !names.isEmpty else { return config }
    func renamed(_ history: ConfigNode) -> ConfigNode {
      guard var parts = history.list, let new = parts.first?.string.flatMap({ names[$0] }) else {
        return history
      }
      parts[0] = new.config
      return ConfigNode(.list(parts))
    }
    func ends(_ node: ConfigNode) -> ConfigNode {
      if let entries = node.entries {
        return ConfigNode(.map(entries.map { .init($0.key, ends($0.value)) }))
      }
      guard let items = node.list else { return node }
      return items.first?.string != nil ? renamed(node) : ConfigNode(.list(items.map(ends)))
    }
    let made = layers.map { layer -> ConfigNode in
      var layer = layer
      if let own = layer["config"], let new = own["name"]?.string.flatMap({ names[$0] }) {
        layer = layer.with(["config": own.with(["name": new.config])])
        if layer["name"] != nil { layer = layer.with(["name": new.config]) }
      }
      guard let calls = layer["inbound_nodes"] else { return layer }
      return layer.with([
        "inbound_nodes": calls.mappingObjects { className, tensor in
          guard className == "__keras_tensor__", let own = tensor["config"],
            let history = own["keras_history"]
          else { return tensor }
          return tensor.with(["config": own.with(["keras_history": renamed(history)])])
        }
      ])
    }
    var changed = config.with(["layers": ConfigNode(.list(made))])
    for key in ["input_layers", "output_layers"] {
      if let node = config[key] { changed = changed.with(ConfigNode(.map([.init(key, ends(node))]))) }
    }
    return changed
  }

  /// Keras 3's `hard_sigmoid` has another slope.
  private static func activations(_ config: ConfigNode) -> ConfigNode {
    guard let entries = config.entries else { return config }
    return ConfigNode(
      .map(
        entries.map { entry in
          entry.key.hasSuffix("activation") && entry.value == "hard_sigmoid"
            ? .init(entry.key, Activation.oldHardSigmoid) : entry
        }))
  }

  // MARK: Operations

  private static func operations(_ config: ConfigNode) -> ConfigNode {
    guard let layers = config["layers"]?.list else { return config }
    var taken = Set(layers.compactMap { $0["name"]?.string })
    let made = layers.flatMap { layer -> [ConfigNode] in
      guard layer["module"]?.string?.hasPrefix("keras.src.ops.") == true else { return [layer] }
      switch layer["class_name"]?.string {
      case "Matmul": return [product(layer)]
      case "SquaredDifference": return squaredDifference(layer, &taken)
      case "Reshape": return [reshaping(layer)]
      default: return [layer]
      }
    }
    return config.with(["layers": ConfigNode(.list(made))])
  }

  /// A product of transposed matrices.
  private static func product(_ layer: ConfigNode) -> ConfigNode {
    let isFirst = layer["config"]?["transpose_a"] == true
    let isSecond = layer["config"]?["transpose_b"] == true
    guard isFirst || isSecond else { return layer }
    let ranks = (layer["inbound_nodes"]?.list?.first).map(shapes)?.map(\.count) ?? []
    guard ranks.count == 2, ranks[0] == ranks[1], (2...20).contains(ranks[0]) else { return layer }
    let batch = String("abcdefghijklmnopqr".prefix(ranks[0] - 2))
    let subscripts = "\(batch)\(isFirst ? "yx" : "xy"),\(batch)\(isSecond ? "zy" : "yz")->\(batch)xz"
    return renamed(
      layer, "Einsum", ["name": layer["config"]?["name"] ?? nil, "subscripts": subscripts.config])
  }

  /// A difference, and its square under the name that others know.
  private static func squaredDifference(_ layer: ConfigNode, _ taken: inout Set<String>) -> [ConfigNode] {
    guard let name = layer["name"]?.string, let calls = layer["inbound_nodes"]?.list else { return [layer] }
    var other = name + "_difference"
    while !taken.insert(other).inserted { other += "_" }
    let difference = renamed(layer, "Subtract", ["name": other.config]).with(["name": other.config])
    let squares = calls.enumerated().map { index, call -> ConfigNode in
      let own = shapes(of: call)
      let shape = zip(own.first ?? [], own.last ?? []).map { $0 == 1 ? $1 : $0 }
      let value: ConfigNode = [
        "class_name": "__keras_tensor__",
        "config": [
          "shape": ConfigNode(.list(shape)), "dtype": "float32",
          "keras_history": [other.config, index.config, 0],
        ],
      ]
      return ["args": [value], "kwargs": ConfigNode(.map([]))]
    }
    let square = renamed(layer, "Square", ["name": name.config])
    return [difference, square.with(["inbound_nodes": ConfigNode(.list(squares))])]
  }

  /// A shape that names the number of samples: that is what is left if all else is known.
  private static func reshaping(_ layer: ConfigNode) -> ConfigNode {
    guard let sizes = layer["config"]?["newshape"]?.list, sizes.contains(BatchSizes.marker),
      let call = layer["inbound_nodes"]?.list?.first, let shape = shapes(of: call).first
    else { return layer }
    func counts(_ nodes: [ConfigNode]) -> Int? {
      nodes.reduce(1) { partial, node in
        guard let partial, case .int(let size) = node.content, size > 0 else { return nil }
        let (product, overflow) = partial.multipliedReportingOverflow(by: size)
        return overflow ? nil : product
      }
    }
    let known = sizes.filter { $0 != BatchSizes.marker && $0 != -1 }
    guard let all = counts(Array(shape.dropFirst())), let own = counts(known), own > 0, all % own == 0 else {
      return layer
    }
    let written = sizes.map { $0 == BatchSizes.marker ? -1 : $0 == -1 ? (all / own).config : $0 }
    return layer.with([
      "config": (layer["config"] ?? nil).with(["newshape": ConfigNode(.list(written))])
    ])
  }

  private static func renamed(_ layer: ConfigNode, _ className: String, _ config: ConfigNode) -> ConfigNode {
    layer.with([
      "module": "keras.src.ops.numpy", "class_name": className.config, "config": config,
      "registered_name": className.config,
    ])
  }

  /// The shapes of the values that a call is given.
  private static func shapes(of call: ConfigNode) -> [[ConfigNode]] {
    var shapes: [[ConfigNode]] = []
    _ = call.mappingObjects { className, object in
      if className == "__keras_tensor__" { shapes.append(object["config"]?["shape"]?.list ?? []) }
      return object
    }
    return shapes
  }
}

extension BuiltModel {
  /// The model in words that Keras 3 has, and what computes differently there.
  /// - Throws: what is wrong with a model that cannot be read again.
  public func inKeras3Words() throws -> (model: any Model, notes: [Diagnostic]) {
    let written = model.kerasConfig
    let config = Keras3Equivalents.of(written, from: semantics).namingJoins
    let notes = semantics == .keras2 ? DialectNotes(self, .keras3, .keras).all : []
    guard config != written else { return (model, notes) }
    let functions = try StoredFunctions(config: attachments[StoredFunctions.attachment])
    let words = try functions.whileKnown {
      try ModelDecoder(custom: ModelDecoder.scripted, operations: ModelDecoder.recorded)
        .model(config, named: model.name)
    }
    return (words, notes)
  }
}
