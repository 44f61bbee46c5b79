import Config
import Layers
import ModelScripts

/// Translates a layer's or model's configuration from Keras 3 to Keras 2.
struct Keras2Writing {
  /// Settings that Keras 2 refuses.
  ///
  /// At the values that they usually have they mean what Keras 2 does without them; others are told by ``lost(_:_:)``.
  private static let unknown: [String: Set<String>] = [
    "BatchNormalization": ["synchronized", "renorm", "renorm_clipping", "renorm_momentum"],
    "Dense": ["quantization_config"],
    "EinsumDense": ["quantization_config"],
    "Embedding": ["quantization_config"],
    "AdditiveAttention": ["seed"],
    "Attention": ["seed"],
    "AlphaDropout": ["noise_shape"],
    "Bidirectional": ["backward_layer"],
    "CenterCrop": ["data_format"],
    "ConvLSTM1D": ["seed", "zero_output_for_mask"],
    "ConvLSTM2D": ["seed", "zero_output_for_mask"],
    "ConvLSTM3D": ["seed", "zero_output_for_mask"],
    "GRU": ["seed", "zero_output_for_mask"],
    "GRUCell": ["seed"],
    "LSTM": ["seed", "zero_output_for_mask"],
    "LSTMCell": ["seed"],
    "SimpleRNN": ["seed", "zero_output_for_mask"],
    "SimpleRNNCell": ["seed"],
    "RNN": ["zero_output_for_mask"],
    "IntegerLookup": ["oov_method", "salt"], "StringLookup": ["salt"],
    "LayerNormalization": ["rms_scaling"],
    "MultiHeadAttention": ["seed", "sliding_window", "use_gate"],
    "RandomBrightness": ["data_format"],
    "RandomContrast": ["data_format", "value_range"],
    "RandomCrop": ["data_format"],
    "RandomFlip": ["data_format"],
    "RandomRotation": ["data_format"],
    "RandomTranslation": ["data_format"],
    "RandomZoom": ["data_format"],
    "Resizing": ["antialias", "data_format", "fill_mode", "fill_value", "pad_to_aspect_ratio"],
    "SpatialDropout2D": ["data_format"],
    "SpatialDropout3D": ["data_format"],
    "ZeroPadding1D": ["data_format"],
  ]

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
    var entries = config.withoutDoubles.without(unknown[className] ?? []).entries ?? []
    for i in entries.indices {
      switch (className, entries[i].key) {
      case ("InputLayer", "batch_shape"): entries[i].key = "batch_input_shape"
      case ("LeakyReLU", "negative_slope"): entries[i].key = "alpha"
      case (_, "dtype"):
        if let policy = entries[i].value["config"]?["name"] { entries[i].value = policy }
      case (_, let key) where key.hasSuffix("initializer"):
        if let settings = entries[i].value["config"] {
          entries[i].value = entries[i].value.with([
            "config": settings.without(["input_axes", "output_axes"])
          ])
        }
      case (_, let key) where key.hasSuffix("activation") && Activation.isOldHardSigmoid(entries[i].value):
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
      let isAttention = node["class_name"]?.string == "MultiHeadAttention"
      let calls = node["inbound_nodes"]?.list ?? []
      let inbound = calls.map { Self.inbound($0, models, namesLater: isAttention) }
      var translated = translate(node)
      if isAttention, let call = calls.first, let own = translated["config"] {
        translated = translated.with(["config": own.with(attentionShapes(of: call))])
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
  /// - Parameter namesLater: whether values after the first are keyword arguments, as those of attention have to be.
  private static func inbound(_ call: ConfigNode, _ models: Set<String>, namesLater: Bool) -> ConfigNode {
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
    if namesLater {
      for (keyword, reference) in zip(["value", "key"], references.dropFirst()) {
        keywords.append(.init(keyword, ConfigNode(.list(Array((reference.list ?? []).prefix(3))))))
      }
      references = Array(references.prefix(1))
    }
    if !keywords.isEmpty, let first = references.first?.list {
      references[0] = ConfigNode(.list(first.dropLast() + [ConfigNode(.map(keywords))]))
    }
    return ConfigNode(.list(references))
  }

  /// The shapes that Keras 2 wants in the settings of attention: of query, value and key, which is the value if there
  /// is none.
  private static func attentionShapes(of call: ConfigNode) -> ConfigNode {
    var shapes: [ConfigNode] = []
    _ = call.mappingObjects { className, object in
      if className == "__keras_tensor__", let shape = object["config"]?["shape"] { shapes.append(shape) }
      return object
    }
    guard let query = shapes.first else { return ConfigNode(.map([])) }
    let value = shapes.count > 1 ? shapes[1] : query
    return ["query_shape": query, "key_shape": shapes.count > 2 ? shapes[2] : value, "value_shape": value]
  }

  /// Settings of a layer that Keras 2 does not have and that say something.
  static func lost(_ className: String, _ config: ConfigNode) -> [String] {
    let meaningless: Set = ["seed", "renorm_momentum", "backward_layer"]
    let names = (unknown[className] ?? []).subtracting(meaningless)
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
