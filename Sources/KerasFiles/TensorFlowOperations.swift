import Config
import Layers

/// Functions of TensorFlow that Keras 2 records between the layers of a functional model, as the operations of Keras 3
/// that do the same.
///
/// Keras: the layers `TFOpLambda` and `SlicingOpLambda`.
struct TensorFlowOperation {
  /// Keras 3's module and class: `numpy.Mean`.
  private let target: String
  /// The parameters that are values or numbers, in order; the first is given without its name.
  private let values: [String]
  /// The parameters that are settings, with Keras 3's name and TensorFlow's default; without one they must be given.
  private let settings: [(name: String, keras: String, initial: ConfigNode?)]
  /// Settings that Keras 3 has by default otherwise.
  private let fixed: [ConfigNode.Entry]

  private init(
    _ target: String, _ values: [String] = ["x"],
    _ settings: [(name: String, keras: String, initial: ConfigNode?)] = [], fixed: [ConfigNode.Entry] = []
  ) {
    self.target = target
    self.values = values
    self.settings = settings
    self.fixed = fixed
  }

  /// Classes of layers that stand for operations.
  static func isRecorded(_ node: ConfigNode) -> Bool {
    ["TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer"].contains(node["class_name"]?.string)
  }

  /// A recorded call as Keras 3 has it.
  /// - Parameters:
  ///   - entry: one of a functional model's layers.
  ///   - tensor: makes a tensor of a reference `[layer, call, output]`; `nil` for what is none.
  /// - Returns: `nil` for a function or an argument that Keras 3 has nothing for.
  static func translate(_ entry: ConfigNode, tensor: (ConfigNode) -> ConfigNode?) -> ConfigNode? {
    guard let written = entry["config"]?["function"]?.string, let name = entry["config"]?["name"],
      let calls = entry["inbound_nodes"]?.list, !calls.isEmpty
    else { return nil }
    let old = "compat.v1."
    let function = written.hasPrefix(old) ? String(written.dropFirst(old.count)) : written
    if let layer = layer(function, named: name, calls, tensor: tensor) {
      return layer.with(["name": entry["name"] ?? name])
    }
    var nodes: [ConfigNode] = []
    var made: (target: String, settings: [ConfigNode.Entry])?
    for call in calls {
      let (first, keywords) = parts(of: call, tensor)
      let translated =
        function == "__operators__.getitem"
        ? item(first, keywords) : all[function]?.call(first, keywords) ?? nil
      guard let translated else { return nil }
      if let made, made.settings != translated.settings { return nil }
      made = (translated.target, translated.settings)
      nodes.append(["args": ConfigNode(.list(translated.args)), "kwargs": ConfigNode(.map([]))])
    }
    guard let (target, settings) = made, let dot = target.firstIndex(of: ".") else { return nil }
    let className = String(target[target.index(after: dot)...])
    return [
      "module": "keras.src.ops.\(target[..<dot])".config, "class_name": className.config,
      "config": ConfigNode(.map([.init("name", name)] + settings)), "registered_name": className.config,
      "name": entry["name"] ?? name, "inbound_nodes": ConfigNode(.list(nodes)),
    ]
  }

  /// A function that is a layer in Keras 3.
  private static func layer(
    _ function: String, named name: ConfigNode, _ calls: [ConfigNode], tensor: (ConfigNode) -> ConfigNode?
  ) -> ConfigNode? {
    guard calls.count == 1 else { return nil }
    let (first, keywords) = parts(of: calls[0], tensor)
    let given = ConfigNode(.map(keywords.filter { $0.key != "name" && !$0.value.isAbsent }))
    var settings: ConfigNode = ["name": name, "trainable": true, "dtype": "float32"]
    let className: String
    switch function {
    case "identity": className = "Identity"
    case "keras.backend.batch_flatten": className = "Flatten"
    case "math.add_n":
      guard first.list?.allSatisfy({ $0["class_name"]?.string == "__keras_tensor__" }) == true else {
        return nil
      }
      className = "Add"
    case "nn.max_pool2d", "nn.avg_pool2d", "nn.max_pool", "nn.avg_pool":
      className = function.contains("max") ? "MaxPooling2D" : "AveragePooling2D"
      guard let window = sides(given["ksize"] ?? nil), let strides = sides(given["strides"] ?? nil),
        let padding = given["padding"]?.string, ["SAME", "VALID"].contains(padding),
        [nil, "NHWC"].contains(given["data_format"] ?? nil)
      else { return nil }
      settings = settings.with([
        "pool_size": window, "strides": strides, "padding": padding.lowercased().config,
      ])
    case "image.resize":
      guard let size = given["size"]?.list, size.count == 2, given["antialias"] ?? false == false,
        given["preserve_aspect_ratio"] ?? false == false
      else { return nil }
      className = "Resizing"
      settings = settings.with([
        "height": size[0], "width": size[1], "interpolation": given["method"] ?? "bilinear",
      ])
    default: return nil
    }
    return [
      "module": "keras.layers", "class_name": className.config, "config": settings, "registered_name": nil,
      "inbound_nodes": [["args": [first], "kwargs": ConfigNode(.map([]))]],
    ]
  }

  /// The two sides of a window: one number, two, or four with those of the batch and the channels.
  private static func sides(_ node: ConfigNode) -> ConfigNode? {
    guard let list = node.list else { return node.isAbsent ? nil : node }
    switch list.count {
    case 1: return list[0]
    case 2: return node
    case 4: return list[0] == 1 && list[3] == 1 ? ConfigNode(.list(Array(list[1...2]))) : nil
    default: return nil
    }
  }

  private typealias Translated = (target: String, args: [ConfigNode], settings: [ConfigNode.Entry])

  /// What a call is given first, and by name: `["x", 0, 0, {"y": 2}]`, or a list of such.
  private static func parts(
    of call: ConfigNode, _ tensor: (ConfigNode) -> ConfigNode?
  ) -> (first: ConfigNode, keywords: [ConfigNode.Entry]) {
    func value(_ node: ConfigNode) -> ConfigNode {
      if let made = tensor(node) { return made }
      switch node.content {
      case .list(let items): return ConfigNode(.list(items.map(value)))
      case .map(let entries): return ConfigNode(.map(entries.map { .init($0.key, value($0.value)) }))
      default: return node
      }
    }
    func keywords(_ reference: ConfigNode?) -> [ConfigNode.Entry] {
      let written = reference?.list?.dropFirst(3).first?.entries ?? []
      return written.map { .init($0.key, value($0.value)) }
    }
    // A constant in the place of the first value.
    if let list = call.list, list.first?.string == "_CONSTANT_VALUE", list.count > 2 {
      return (value(list[2]), keywords(call))
    }
    if let one = tensor(call) { return (one, keywords(call)) }
    let constant = call.list?.map { item -> ConfigNode in
      item.list?.first?.string == "_CONSTANT_VALUE" && (item.list?.count ?? 0) > 2
        ? value(item.list?[2] ?? nil) : tensor(item) ?? value(item)
    }
    return (ConfigNode(.list(constant ?? [])), keywords(call.list?.first))
  }

  /// `x[:, 0]`.
  private static func item(_ first: ConfigNode, _ keywords: [ConfigNode.Entry]) -> Translated? {
    guard keywords.count == 1, keywords[0].key == "slice_spec" else { return nil }
    let spec = keywords[0].value
    let items = (spec.list ?? [spec]).map { item -> ConfigNode in
      switch item["class_name"]?.string {
      case "__ellipsis__": ["class_name": "__ellipsis__", "config": ConfigNode(.map([]))]
      case nil where item.entries != nil: ["class_name": "__slice__", "config": item]
      default: item
      }
    }
    return ("numpy.GetItem", [first, ConfigNode(.list(items))], [])
  }

  /// The call with the arguments where Keras 3 has them.
  private func call(_ first: ConfigNode, _ keywords: [ConfigNode.Entry]) -> Translated? {
    var given = [values[0]: first]
    for entry in keywords { given[entry.key] = entry.value }
    var args: [ConfigNode] = []
    for (index, name) in values.enumerated() {
      guard let value = given.removeValue(forKey: name) else {
        // Only values at the end may be left out.
        guard values[index...].allSatisfy({ given[$0] == nil }), index > 0 else { return nil }
        break
      }
      args.append(Self.numbers(value) ?? value)
    }
    var own = fixed
    for (name, keras, initial) in settings {
      guard let value = given.removeValue(forKey: name) ?? initial else { return nil }
      own.append(.init(keras, value))
    }
    guard given.allSatisfy({ Self.isNeutral($0.key, $0.value) }) else { return nil }
    return finished(args, own)
  }

  /// A list of numbers as an array, which Keras 3 wants among values.
  private static func numbers(_ value: ConfigNode) -> ConfigNode? {
    func isNumeric(_ node: ConfigNode) -> Bool {
      switch node.content {
      case .int, .double: true
      case .list(let items): !items.isEmpty && items.allSatisfy(isNumeric)
      default: false
      }
    }
    guard value.list != nil, isNumeric(value) else { return nil }
    return ["class_name": "__numpy__", "config": ["value": value, "dtype": "float32"]]
  }

  /// What says nothing: the name of a node, and what TensorFlow has switched off.
  private static func isNeutral(_ key: String, _ value: ConfigNode) -> Bool {
    if ["name", "out_type", "validate_indices", "validate_shape"].contains(key) { return true }
    return [nil, false, 0].contains(value) || (key == "output_type" && value == "int64")
  }

  /// The call where Keras 3 counts in another way.
  private func finished(_ args: [ConfigNode], _ settings: [ConfigNode.Entry]) -> Translated? {
    switch target {
    case "numpy.Split":
      // A list has sizes in TensorFlow, the places of the cuts in Keras.
      guard let sizes = settings.first(where: { $0.key == "indices_or_sections" })?.value.list else { break }
      var (cuts, sum): ([ConfigNode], Int) = ([], 0)
      for size in sizes.dropLast() {
        guard case .int(let count) = size.content, (0...(1 << 40)).contains(count) else { return nil }
        sum += count
        cuts.append(sum.config)
      }
      return (
        target, args,
        settings.map { $0.key == "indices_or_sections" ? .init($0.key, ConfigNode(.list(cuts))) : $0 }
      )
    case "numpy.Pad":
      return (target, args, settings.map { .init($0.key, $0.key == "mode" ? $0.value.lowercased : $0.value) })
    case "numpy.Matmul":
      return (target, args, settings.filter { $0.value != false })
    default: break
    }
    return (target, args, settings)
  }

  // MARK: The list

  private static let all: [String: TensorFlowOperation] = {
    var all: [String: TensorFlowOperation] = [:]
    for (name, target) in ofOne { all[name] = TensorFlowOperation(target) }
    for (name, target) in ofTwo { all[name] = TensorFlowOperation(target, ["x", "y"]) }
    for (name, target) in reductions {
      all[name] = TensorFlowOperation(
        target, ["input_tensor"], [("axis", "axis", .some(nil)), ("keepdims", "keepdims", false)])
    }
    return all.merging(others) { $1 }
  }()

  private static let ofOne = [
    ("math.negative", "numpy.Negative"), ("math.abs", "numpy.Absolute"), ("abs", "numpy.Absolute"),
    ("math.square", "numpy.Square"), ("math.sqrt", "numpy.Sqrt"), ("math.rsqrt", "math.Rsqrt"),
    ("math.exp", "numpy.Exp"), ("math.expm1", "numpy.Expm1"), ("math.log", "numpy.Log"),
    ("math.log1p", "numpy.Log1p"), ("math.sin", "numpy.Sin"), ("math.cos", "numpy.Cos"),
    ("math.tan", "numpy.Tan"), ("math.asin", "numpy.Arcsin"), ("math.acos", "numpy.Arccos"),
    ("math.atan", "numpy.Arctan"), ("math.sinh", "numpy.Sinh"), ("math.cosh", "numpy.Cosh"),
    ("math.tanh", "numpy.Tanh"), ("nn.tanh", "numpy.Tanh"), ("math.sigmoid", "nn.Sigmoid"),
    ("nn.sigmoid", "nn.Sigmoid"), ("math.erf", "math.Erf"), ("math.floor", "numpy.Floor"),
    ("math.ceil", "numpy.Ceil"), ("math.round", "numpy.Round"), ("math.sign", "numpy.Sign"),
    ("math.reciprocal", "numpy.Reciprocal"), ("math.is_nan", "numpy.Isnan"),
    ("math.is_finite", "numpy.Isfinite"), ("math.is_inf", "numpy.Isinf"),
    ("math.logical_not", "numpy.LogicalNot"), ("math.softplus", "nn.Softplus"),
    ("nn.softplus", "nn.Softplus"), ("math.log_sigmoid", "nn.LogSigmoid"), ("nn.softsign", "nn.Softsign"),
    ("math.softsign", "nn.Softsign"), ("nn.relu", "nn.Relu"), ("nn.relu6", "nn.Relu6"),
    ("nn.selu", "nn.Selu"), ("nn.silu", "nn.Silu"), ("nn.swish", "nn.Silu"),
    ("stop_gradient", "core.StopGradient"), ("ones_like", "numpy.OnesLike"),
    ("zeros_like", "numpy.ZerosLike"),
  ]

  private static let ofTwo = [
    ("__operators__.add", "numpy.Add"), ("math.add", "numpy.Add"), ("math.subtract", "numpy.Subtract"),
    ("math.multiply", "numpy.Multiply"), ("math.truediv", "numpy.TrueDivide"),
    ("math.divide", "numpy.TrueDivide"), ("realdiv", "numpy.TrueDivide"), ("math.pow", "numpy.Power"),
    ("math.divide_no_nan", "numpy.DivideNoNan"), ("math.floordiv", "numpy.FloorDivide"),
    ("floor_div", "numpy.FloorDivide"), ("math.floormod", "numpy.Mod"), ("math.mod", "numpy.Mod"),
    ("math.maximum", "numpy.Maximum"), ("math.minimum", "numpy.Minimum"), ("math.greater", "numpy.Greater"),
    ("math.greater_equal", "numpy.GreaterEqual"), ("math.less", "numpy.Less"),
    ("math.less_equal", "numpy.LessEqual"), ("math.equal", "numpy.Equal"),
    ("math.not_equal", "numpy.NotEqual"), ("math.logical_and", "numpy.LogicalAnd"),
    ("math.logical_or", "numpy.LogicalOr"), ("math.logical_xor", "numpy.LogicalXor"),
    ("math.atan2", "numpy.Arctan2"),
  ]

  private static let reductions = [
    ("math.reduce_mean", "numpy.Mean"), ("math.reduce_sum", "numpy.Sum"), ("math.reduce_max", "numpy.Max"),
    ("math.reduce_min", "numpy.Min"), ("math.reduce_prod", "numpy.Prod"), ("math.reduce_std", "numpy.Std"),
    ("math.reduce_variance", "numpy.Var"), ("math.reduce_any", "numpy.Any"),
    ("math.reduce_all", "numpy.All"), ("math.reduce_logsumexp", "math.Logsumexp"),
  ]

  private static let others: [String: TensorFlowOperation] = [
    "nn.leaky_relu": .init("nn.LeakyRelu", ["features"], [("alpha", "negative_slope", 0.2)]),
    "nn.elu": .init("nn.Elu", ["features"], fixed: [.init("alpha", 1.0)]),
    "nn.gelu": .init("nn.Gelu", ["features"], [("approximate", "approximate", false)]),
    "nn.softmax": .init("nn.Softmax", ["logits"], [("axis", "axis", -1)]),
    "nn.log_softmax": .init("nn.LogSoftmax", ["logits"], [("axis", "axis", -1)]),
    "math.l2_normalize": .init(
      "nn.Normalize", ["x"], [("axis", "axis", nil), ("epsilon", "epsilon", 1e-12)],
      fixed: [.init("order", 2)]),
    "reshape": .init("numpy.Reshape", ["tensor"], [("shape", "newshape", nil)]),
    "expand_dims": .init("numpy.ExpandDims", ["input"], [("axis", "axis", nil)]),
    "squeeze": .init("numpy.Squeeze", ["input"], [("axis", "axis", .some(nil))]),
    "transpose": .init("numpy.Transpose", ["a"], [("perm", "axes", .some(nil))]),
    "concat": .init("numpy.Concatenate", ["values"], [("axis", "axis", nil)]),
    "stack": .init("numpy.Stack", ["values"], [("axis", "axis", 0)]),
    "unstack": .init("core.Unstack", ["value"], [("num", "num", .some(nil)), ("axis", "axis", 0)]),
    "split": .init(
      "numpy.Split", ["value"], [("num_or_size_splits", "indices_or_sections", nil), ("axis", "axis", 0)]),
    "tile": .init("numpy.Tile", ["input"], [("multiples", "repeats", nil)]),
    "repeat": .init("numpy.Repeat", ["input"], [("repeats", "repeats", nil), ("axis", "axis", .some(nil))]),
    "pad": .init(
      "numpy.Pad", ["tensor"],
      [
        ("paddings", "pad_width", nil), ("mode", "mode", "CONSTANT"),
        ("constant_values", "constant_values", 0),
      ]),
    "reverse": .init("numpy.Flip", ["tensor"], [("axis", "axis", nil)]),
    "roll": .init("numpy.Roll", ["input"], [("shift", "shift", nil), ("axis", "axis", nil)]),
    "gather": .init("numpy.Take", ["params", "indices"], [("axis", "axis", 0)]),
    "one_hot": .init("nn.OneHot", ["indices"], [("depth", "num_classes", nil), ("axis", "axis", -1)]),
    "cast": .init("core.Cast", ["x"], [("dtype", "dtype", nil)]),
    "clip_by_value": .init(
      "numpy.Clip", ["t"], [("clip_value_min", "x_min", nil), ("clip_value_max", "x_max", nil)]),
    "where": .init("numpy.Where", ["condition", "x", "y"]),
    "linalg.matmul": .init(
      "numpy.Matmul", ["a", "b"],
      [("transpose_a", "transpose_a", false), ("transpose_b", "transpose_b", false)]),
    "tensordot": .init("numpy.Tensordot", ["a", "b"], [("axes", "axes", nil)]),
    "math.argmax": .init("numpy.Argmax", ["input"], [("axis", "axis", 0)]),
    "math.argmin": .init("numpy.Argmin", ["input"], [("axis", "axis", 0)]),
    "math.cumsum": .init("numpy.Cumsum", ["x"], [("axis", "axis", 0)]),
    "math.cumprod": .init("numpy.Cumprod", ["x"], [("axis", "axis", 0)]),
    "math.top_k": .init("math.TopK", ["input"], [("k", "k", 1), ("sorted", "sorted", true)]),
    "sort": .init("numpy.Sort", ["values"], [("axis", "axis", -1)]),
    "math.squared_difference": .init("numpy.SquaredDifference", ["x", "y"]),
  ]
}

extension ConfigNode {
  fileprivate var lowercased: ConfigNode { string.map { $0.lowercased().config } ?? self }
}
