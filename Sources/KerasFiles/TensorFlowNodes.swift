import Config

/// Layers of tf.keras 2.0 to 2.3 that hold one node of a TensorFlow graph, as the functions that later versions record.
///
/// Keras: `TensorFlowOpLayer`.
struct TensorFlowNode {
  private let operation: String
  private let attributes: ConfigNode
  private let operands: [ConfigNode]

  /// - Parameter entry: one of a functional model's layers.
  /// - Returns: the entry as a `TFOpLambda`; `nil` for an operation that is not known here.
  static func asFunction(_ entry: ConfigNode) -> ConfigNode? {
    guard entry["class_name"] == "TensorFlowOpLayer", let config = entry["config"],
      let definition = definition(in: config), let calls = entry["inbound_nodes"]?.list,
      let name = entry["name"] ?? config["name"]
    else { return nil }
    var function: String?
    var nodes: [ConfigNode] = []
    for call in calls {
      guard let node = TensorFlowNode(definition, config["constants"] ?? nil, call),
        let (made, arguments) = node.call
      else { return nil }
      function = made
      nodes.append(arguments)
    }
    guard let function else { return nil }
    return [
      "class_name": "TFOpLambda", "name": name,
      "config": ["name": name, "function": function.config],
      "inbound_nodes": ConfigNode(.list(nodes)),
    ]
  }

  /// Some versions stored the node as text.
  private static func definition(in config: ConfigNode) -> ConfigNode? {
    guard let node = config["node_def"] else { return nil }
    return node.string.flatMap { try? ConfigNode(json: $0) } ?? node
  }

  /// - Returns: `nil` if values and constants are not what the node takes.
  private init?(_ definition: ConfigNode, _ constants: ConfigNode, _ call: ConfigNode) {
    guard let operation = definition["op"]?.string else { return nil }
    self.operation = operation
    attributes = definition["attr"] ?? nil
    var values = (call.list ?? [])[...]
    if call.list?.first?.string != nil { values = [call] }
    var operands: [ConfigNode] = []
    let count = (definition["input"]?.list ?? []).filter { $0.string?.hasPrefix("^") != true }.count
    for place in 0..<count {
      if let constant = constants["\(place)"] {
        operands.append(constant)
      } else {
        guard let value = values.popFirst()?.list, value.count >= 3 else { return nil }
        operands.append(ConfigNode(.list(Array(value[..<3]))))
      }
    }
    guard values.isEmpty else { return nil }
    self.operands = operands
  }

  // MARK: Calls

  private static let functions: [String: String] = [
    "Add": "math.add", "AddV2": "math.add", "BiasAdd": "math.add", "Sub": "math.subtract",
    "Mul": "math.multiply", "RealDiv": "math.divide", "Div": "math.divide",
    "DivNoNan": "math.divide_no_nan",
    "Pow": "math.pow", "Maximum": "math.maximum", "Minimum": "math.minimum", "FloorDiv": "math.floordiv",
    "FloorMod": "math.floormod", "SquaredDifference": "math.squared_difference", "Greater": "math.greater",
    "GreaterEqual": "math.greater_equal", "Less": "math.less", "LessEqual": "math.less_equal",
    "Equal": "math.equal", "NotEqual": "math.not_equal", "LogicalAnd": "math.logical_and",
    "LogicalOr": "math.logical_or", "Atan2": "math.atan2", "LogicalNot": "math.logical_not",
    "Neg": "math.negative", "Abs": "math.abs", "Square": "math.square", "Sqrt": "math.sqrt",
    "Rsqrt": "math.rsqrt", "Exp": "math.exp", "Expm1": "math.expm1", "Log": "math.log",
    "Log1p": "math.log1p",
    "Sin": "math.sin", "Cos": "math.cos", "Tan": "math.tan", "Asin": "math.asin", "Acos": "math.acos",
    "Atan": "math.atan", "Sinh": "math.sinh", "Cosh": "math.cosh", "Tanh": "math.tanh",
    "Sigmoid": "math.sigmoid", "Erf": "math.erf", "Floor": "math.floor", "Ceil": "math.ceil",
    "Round": "math.round", "Rint": "math.round", "Sign": "math.sign", "Reciprocal": "math.reciprocal",
    "Inv": "math.reciprocal", "IsNan": "math.is_nan", "IsFinite": "math.is_finite", "IsInf": "math.is_inf",
    "Softplus": "math.softplus", "Softsign": "nn.softsign", "Relu": "nn.relu", "Relu6": "nn.relu6",
    "Selu": "nn.selu", "StopGradient": "stop_gradient", "OnesLike": "ones_like", "ZerosLike": "zeros_like",
    "Identity": "identity",
  ]
  private static let reductions = [
    "Mean": "mean", "Sum": "sum", "Max": "max", "Min": "min", "Prod": "prod", "Any": "any", "All": "all",
  ]
  /// Functions whose operands have names, in TensorFlow's order.
  private static let named: [String: (function: String, operands: [String])] = [
    "Elu": ("nn.elu", ["features"]), "Softmax": ("nn.softmax", ["logits"]),
    "LogSoftmax": ("nn.log_softmax", ["logits"]), "Reshape": ("reshape", ["tensor", "shape"]),
    "ExpandDims": ("expand_dims", ["input", "axis"]), "Transpose": ("transpose", ["a", "perm"]),
    "Tile": ("tile", ["input", "multiples"]), "Pad": ("pad", ["tensor", "paddings"]),
    "PadV2": ("pad", ["tensor", "paddings", "constant_values"]),
    "ReverseV2": ("reverse", ["tensor", "axis"]),
    "GatherV2": ("gather", ["params", "indices", "axis"]), "Select": ("where", ["condition", "x", "y"]),
    "SelectV2": ("where", ["condition", "x", "y"]),
    "ClipByValue": ("clip_by_value", ["t", "clip_value_min", "clip_value_max"]),
    "ArgMax": ("math.argmax", ["input", "axis"]), "ArgMin": ("math.argmin", ["input", "axis"]),
    "Cumsum": ("math.cumsum", ["x", "axis"]), "Roll": ("roll", ["input", "shift", "axis"]),
    "Shape": ("shape", ["input"]),
  ]

  /// The function, and what it is called with as `TFOpLambda` writes it.
  private var call: (function: String, arguments: ConfigNode)? {
    if let function = Self.functions[operation] { return made(function, ["x", "y"]) }
    if let reduction = Self.reductions[operation] {
      return made("math.reduce_\(reduction)", ["input_tensor", "axis"], ["keepdims": flag("keep_dims")])
    }
    if let (function, names) = Self.named[operation] { return made(function, names) }
    switch operation {
    case "LeakyRelu": return made("nn.leaky_relu", ["features"], ["alpha": attribute("alpha", "f") ?? 0.2])
    case "Squeeze":
      let axes = attributes["squeeze_dims"]?["list"]?["i"]?.list?.map(Self.whole) ?? []
      return made("squeeze", ["input"], ["axis": axes.isEmpty ? nil : ConfigNode(.list(axes))])
    case "ConcatV2": return joined("concat", Array(operands.dropLast()), ["axis": operands.last ?? nil])
    case "Pack": return joined("stack", operands, ["axis": number("axis")])
    case "AddN": return joined("math.add_n", operands, ConfigNode(.map([])))
    case "MatMul":
      return made(
        "linalg.matmul", ["a", "b"],
        ["transpose_a": flag("transpose_a"), "transpose_b": flag("transpose_b")])
    case "BatchMatMul", "BatchMatMulV2":
      return made("linalg.matmul", ["a", "b"], ["transpose_a": flag("adj_x"), "transpose_b": flag("adj_y")])
    case "Cast":
      guard let type = Self.types[attribute("DstT", "type")?.string ?? ""] else { return nil }
      return made("cast", ["x"], ["dtype": type.config])
    case "Split":
      guard operands.count == 2 else { return nil }
      return called(
        "split", operands[1], ["num_or_size_splits": number("num_split"), "axis": operands[0]])
    case "Unpack": return made("unstack", ["value"], ["num": number("num"), "axis": number("axis")])
    case "StridedSlice": return slice
    default: return nil
    }
  }

  private func made(
    _ function: String, _ names: [String], _ settings: ConfigNode = ConfigNode(.map([]))
  ) -> (function: String, arguments: ConfigNode)? {
    guard let first = operands.first, operands.count <= names.count else { return nil }
    let others = zip(names, operands).dropFirst().map { ConfigNode.Entry($0, $1) }
    return called(function, first, ConfigNode(.map(others + (settings.entries ?? []))))
  }

  private func called(
    _ function: String, _ first: ConfigNode, _ keywords: ConfigNode
  ) -> (function: String, arguments: ConfigNode)? {
    if first.list?.first?.string != nil {
      return (function, ConfigNode(.list((first.list ?? []) + [keywords])))
    }
    return (function, ["_CONSTANT_VALUE", -1, first, keywords])
  }

  private func joined(
    _ function: String, _ values: [ConfigNode], _ keywords: ConfigNode
  ) -> (function: String, arguments: ConfigNode)? {
    guard let first = values.first?.list, first.first?.string != nil else { return nil }
    let rest = values.dropFirst().map { value -> ConfigNode in
      value.list?.first?.string == nil
        ? ["_CONSTANT_VALUE", -1, value, ConfigNode(.map([]))]
        : ConfigNode(.list((value.list ?? []) + [ConfigNode(.map([]))]))
    }
    return (function, ConfigNode(.list([ConfigNode(.list(first + [keywords]))] + rest)))
  }

  /// `x[:, 0]`, written as where it begins, ends and how it steps, with bits for what is left open.
  private var slice: (function: String, arguments: ConfigNode)? {
    guard operands.count == 4, let starts = operands[1].list, let stops = operands[2].list,
      let steps = operands[3].list, starts.count == stops.count, starts.count == steps.count,
      starts.count < 32
    else { return nil }
    func isSet(_ mask: String, _ place: Int) -> Bool {
      guard case .int(let bits) = number(mask).content else { return false }
      return bits >> place & 1 == 1
    }
    let parts = starts.indices.map { place -> ConfigNode in
      if isSet("ellipsis_mask", place) { return ["class_name": "__ellipsis__"] }
      if isSet("new_axis_mask", place) { return nil }
      if isSet("shrink_axis_mask", place) { return starts[place] }
      return [
        "start": isSet("begin_mask", place) ? nil : starts[place],
        "stop": isSet("end_mask", place) ? nil : stops[place], "step": steps[place],
      ]
    }
    return called("__operators__.getitem", operands[0], ["slice_spec": ConfigNode(.list(parts))])
  }

  // MARK: Attributes

  private static let types = [
    "DT_FLOAT": "float32", "DT_INT32": "int32", "DT_INT64": "int32", "DT_BOOL": "bool", "DT_HALF": "float16",
    "DT_DOUBLE": "float32", "DT_BFLOAT16": "bfloat16", "DT_INT8": "int8", "DT_UINT8": "uint8",
    "DT_INT16": "int16",
    "DT_UINT16": "uint16",
  ]

  private func attribute(_ name: String, _ kind: String) -> ConfigNode? { attributes[name]?[kind] }

  private func flag(_ name: String) -> ConfigNode { attribute(name, "b") ?? false }

  private func number(_ name: String) -> ConfigNode { attribute(name, "i").map(Self.whole) ?? 0 }

  /// JSON has 64-bit numbers as texts.
  private static func whole(_ node: ConfigNode) -> ConfigNode {
    node.string.flatMap { Int($0) }.map(\.config) ?? node
  }
}
