import Config
import Layers

/// Translates a layer's or model's configuration from Keras 1 to Keras 2.
///
/// What differs: the names of most settings and of some classes, how regularizers and constraints are written, and
/// `Merge`, which is one class for all merging layers.
enum Keras1Reading {
  /// Deeper nesting is damage, not a model.
  private static let deepest = 32

  /// - Parameter node: `{"class_name": …, "config": …}`.
  static func translate(_ node: ConfigNode, depth: Int = 0) -> ConfigNode {
    guard depth < deepest, let className = node["class_name"]?.string, let config = node["config"] else {
      return node
    }
    switch className {
    case "Sequential":
      let layers = config.list ?? config["layers"]?.list ?? []
      if layers.first?["class_name"]?.string == "Merge", let graph = graph(of: layers, depth) {
        return ["class_name": "Model", "config": graph]
      }
      let own = ConfigNode(.list(layers.map { translate($0, depth: depth + 1) }))
      return node.with(["config": config.list == nil ? config.with(["layers": own]) : own])
    case "Model":
      let layers = (config["layers"]?.list ?? []).map { translate($0, depth: depth + 1) }
      return node.with(["config": config.with(["layers": ConfigNode(.list(layers))])])
    case "Merge": return merge(node, config)
    default:
      if let own = Keras1Layers.written(className, config) {
        return node.with(["class_name": own["class_name"] ?? nil, "config": own["config"] ?? nil])
      }
      let successor = LayerRegistry.successor(ofKeras1: className)
      let dialect = LayerRegistry.dialects(of: successor)?.keras1 ?? KerasDialects().keras1
      return node.with(["class_name": successor.config, "config": layer(config, dialect, depth)])
    }
  }

  // MARK: Settings

  private static let names = KerasDialects.Keras1.weight("kernel").merging([
    "output_dim": "units", "forget_bias_init": "unit_forget_bias", "inner_activation": "recurrent_activation",
    "inner_init": "recurrent_initializer", "bias": "use_bias",
    "b_regularizer": "bias_regularizer", "b_constraint": "bias_constraint",
    "U_regularizer": "recurrent_regularizer", "dropout_W": "dropout", "dropout_U": "recurrent_dropout",
    "border_mode": "padding", "subsample": "strides", "subsample_length": "strides", "stride": "strides",
    "atrous_rate": "dilation_rate", "dim_ordering": "data_format", "nb_filter": "filters",
    "filter_length": "kernel_size", "pool_length": "pool_size", "p": "rate", "sigma": "stddev",
    "length": "size", "input_dtype": "dtype", "beta_init": "beta_initializer",
    "gamma_init": "gamma_initializer",
  ]) { $1 }

  /// What says how something was computed, not what.
  private static let surplus: Set<String> = [
    "consume_less", "input_length", "weights", "nb_row", "nb_col", "kernel_dim1", "kernel_dim2",
    "kernel_dim3", "input_dim",
  ]

  private static func layer(
    _ config: ConfigNode, _ dialect: KerasDialects.Keras1, _ depth: Int
  ) -> ConfigNode {
    var entries: [ConfigNode.Entry] = []
    let sides = ["nb_row", "nb_col"].compactMap { config[$0] }
    let edges = ["kernel_dim1", "kernel_dim2", "kernel_dim3"].compactMap { config[$0] }
    if sides.count == 2 { entries.append(.init("kernel_size", ConfigNode(.list(sides)))) }
    if edges.count == 3 { entries.append(.init("kernel_size", ConfigNode(.list(edges)))) }
    let surplus = surplus.union(dialect.surplus).subtracting(dialect.kept)
    for entry in config.entries ?? [] where !surplus.contains(entry.key) {
      if dialect.neutral[entry.key]?.contains(entry.value) == true { continue }
      let name = dialect.renamed[entry.key] ?? names[entry.key] ?? entry.key
      let isKept = dialect.kept.contains(entry.key)
      entries.append(.init(isKept ? entry.key : name, value(entry, dialect, depth)))
    }
    return ConfigNode(.map(entries))
  }

  private static func value(
    _ entry: ConfigNode.Entry, _ dialect: KerasDialects.Keras1, _ depth: Int
  ) -> ConfigNode {
    let value = entry.value
    switch entry.key {
    case "dim_ordering": return value == "th" ? "channels_first" : "channels_last"
    case "forget_bias_init": return (value == "one").config
    case let key where key.hasSuffix("_regularizer"): return regularizer(value)
    case let key where key.hasSuffix("_constraint"): return constraint(value)
    case let key where dialect.pairs.contains(key): return paired(value)
    default: return value["class_name"] != nil ? translate(value, depth: depth + 1) : value
    }
  }

  /// `{"name": "WeightRegularizer", "l1": 0, "l2": 0.1}`.
  private static func regularizer(_ node: ConfigNode) -> ConfigNode {
    guard node["class_name"] == nil, node.entries != nil else { return node }
    return ["class_name": "L1L2", "config": ["l1": node["l1"] ?? 0.0, "l2": node["l2"] ?? 0.0]]
  }

  /// `{"name": "MaxNorm", "m": 2, "axis": 0}`.
  private static func constraint(_ node: ConfigNode) -> ConfigNode {
    guard node["class_name"] == nil, let name = node["name"], let entries = node.entries else { return node }
    let settings = entries.filter { $0.key != "name" }.map {
      ConfigNode.Entry($0.key == "m" ? "max_value" : $0.key, $0.value)
    }
    return ["class_name": name, "config": ConfigNode(.map(settings))]
  }

  /// Four numbers are top, bottom, left and right.
  private static func paired(_ node: ConfigNode) -> ConfigNode {
    guard let sides = node.list, sides.count == 4 else { return node }
    return [ConfigNode(.list(Array(sides[..<2]))), ConfigNode(.list(Array(sides[2...])))]
  }

  // MARK: Merge

  /// The layer of Keras 2 that merges in the same way; one that there is none for stays a `Merge`.
  private static func merge(_ node: ConfigNode, _ config: ConfigNode) -> ConfigNode {
    let common: ConfigNode = ["name": config["name"] ?? "merge", "trainable": true]
    var (className, settings) = ("", common)
    switch config["mode"]?.string {
    case "sum": className = "Add"
    case "mul": className = "Multiply"
    case "ave": className = "Average"
    case "max": className = "Maximum"
    case "concat":
      className = "Concatenate"
      settings = common.with(["axis": config["concat_axis"] ?? -1])
    case "dot":
      className = "Dot"
      let axes = config["dot_axes"] ?? -1
      let own = axes.list.map { ConfigNode(.list($0.map { $0.list?.first ?? $0 })) } ?? axes
      settings = common.with(["axes": own])
    default: return node
    }
    return node.with(["class_name": className.config, "config": settings])
  }

  /// A chain that begins with what merges other chains, as a graph: in Keras 1 the `Merge` holds them.
  private static func graph(of layers: [ConfigNode], _ depth: Int) -> ConfigNode? {
    var graph = BranchedGraph()
    guard let end = graph.add(layers, depth: depth, translate: { translate($0, depth: $1) }) else {
      return nil
    }
    return [
      "name": "sequential", "layers": ConfigNode(.list(graph.entries)),
      "input_layers": ConfigNode(.list(graph.inputs.map { [$0.config, 0, 0] })),
      "output_layers": [end],
    ]
  }
}

/// Chains of Keras 1 whose first layers merge other chains, laid out as a graph.
private struct BranchedGraph {
  private(set) var entries: [ConfigNode] = []
  private(set) var inputs: [String] = []

  /// - Returns: where its value comes from; `nil` for what is no chain of layers.
  mutating func add(
    _ layers: [ConfigNode], depth: Int, translate: (ConfigNode, Int) -> ConfigNode
  ) -> ConfigNode? {
    guard depth < 32, let first = layers.first, let config = first["config"] else { return nil }
    var sources: [ConfigNode] = []
    if first["class_name"]?.string == "Merge" {
      for branch in config["layers"]?.list ?? [] {
        let inner = branch["config"]?.list ?? branch["config"]?["layers"]?.list ?? []
        let end =
          branch["class_name"]?.string == "Model"
          ? addGraph(branch["config"] ?? nil, depth: depth + 1, translate: translate)
          : add(inner, depth: depth + 1, translate: translate)
        guard let end else { return nil }
        sources.append(end)
      }
    } else {
      guard let shape = config["batch_input_shape"], let name = config["name"]?.string else { return nil }
      let input = name + "_input"
      append(
        "InputLayer",
        ["batch_input_shape": shape, "dtype": config["input_dtype"] ?? "float32", "name": input.config],
        named: input, on: [])
      inputs.append(input)
      sources = [[input.config, 0, 0]]
    }
    guard !sources.isEmpty else { return nil }
    for layer in layers {
      let made = translate(layer, depth + 1)
      guard let name = layer["config"]?["name"]?.string, let className = made["class_name"]?.string,
        let settings = made["config"]
      else { return nil }
      append(className, settings, named: name, on: sources)
      sources = [[name.config, 0, 0]]
    }
    return sources[0]
  }

  /// Adds the layers of a graph, which Keras 1 counts among those of the chain.
  private mutating func addGraph(
    _ config: ConfigNode, depth: Int, translate: (ConfigNode, Int) -> ConfigNode
  ) -> ConfigNode? {
    guard depth < 32, let layers = config["layers"]?.list, let ends = config["output_layers"]?.list,
      ends.count == 1, ends[0].list?.count == 3
    else { return nil }
    let names = (config["input_layers"]?.list ?? []).compactMap { $0.list?.first?.string }
    guard !names.isEmpty else { return nil }
    for layer in layers { entries.append(translate(layer, depth)) }
    inputs += names
    return ends[0]
  }

  private mutating func append(
    _ className: String, _ config: ConfigNode, named name: String, on sources: [ConfigNode]
  ) {
    let call = ConfigNode(.list(sources))
    entries.append([
      "class_name": className.config, "config": config, "name": name.config,
      "inbound_nodes": sources.isEmpty ? [] : [call],
    ])
  }
}
