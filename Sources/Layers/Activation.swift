public import Config
public import Diagnostics
public import GraphEngine

/// An activation function by Keras's name.
public struct Activation: ConfigConvertible, Hashable {
  struct Definition: Sendable {
    var name: String
    var aliases: [String]
    /// What it computes, in a line.
    var summary: String
    var apply: @Sendable (Value, Semantics) throws -> Value

    init(
      _ name: String, _ aliases: some Sequence<String> = [], means summary: String,
      apply: @escaping @Sendable (Value, Semantics) throws -> Value
    ) {
      self.name = name
      self.aliases = Array(aliases)
      self.summary = summary
      self.apply = apply
    }
  }

  public static let linear = Activation(name: "linear")
  public static let relu = Activation(name: "relu")
  public static let softmax = Activation(name: "softmax")
  public static let sigmoid = Activation(name: "sigmoid")
  public static let tanh = Activation(name: "tanh")
  public static let hardSigmoid = Activation(name: "hard_sigmoid")

  public let name: String
  /// What a function of an experiment file does; `nil` for those that are built in.
  private let own: Function?
  /// The layer that it is, for what a name cannot say: `LeakyReLU` with another slope.
  public let layer: NamedLayer?
  /// Whose formula it has; `nil` for that of the Keras which the model follows.
  private let formula: Semantics?

  /// A function that is used as an activation.
  public typealias Function = @Sendable (Value) throws -> Value

  private init(
    name: String, _ own: Function? = nil, layer: NamedLayer? = nil, formula: Semantics? = nil
  ) {
    self.name = name
    self.own = own
    self.layer = layer
    self.formula = formula
  }

  /// The functions of the file that is being read, which its layers may name.
  @TaskLocal public static var functions: [String: Function] = [:]

  public static func == (a: Activation, b: Activation) -> Bool { a.name == b.name && a.config == b.config }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }

  public static var expectation: String { "the name of an activation" }
  public static var names: [String] { all.flatMap { [$0.name] + $0.aliases } }

  public init(config: ConfigNode) throws(Diagnostic) {
    // Keras stores the absence of an activation as null in places.
    if case .null = config.content {
      self = .linear
      return
    }
    guard let written = Self.functionName(config) else {
      guard config["class_name"] != nil, config["config"] != nil else {
        throw .mismatch(config, Self.expectation)
      }
      if Self.isOldHardSigmoid(config) {
        self.init(name: "hard_sigmoid", formula: .keras2)
        return
      }
      let inner = try InnerLayer(config: config).named
      self.init(name: inner.layer.className, layer: inner)
      return
    }
    if let found = Self.all.first(where: { $0.name == written || $0.aliases.contains(written) }) {
      self.init(name: found.name)
    } else if let own = Self.functions[written] {
      self.init(name: written, own)
    } else {
      throw .unknownWord(
        written, in: Self.names + Self.functions.keys.sorted(), at: config.span, what: "activation")
    }
  }

  /// A function may be stored as an object that names it; those of files' authors are registered with a package.
  private static func functionName(_ config: ConfigNode) -> String? {
    let isFunction = config["class_name"]?.string == "function"
    guard let written = config.string ?? (isFunction ? config["config"]?.string : nil) else { return nil }
    return written.lastIndex(of: ">").map { String(written[written.index(after: $0)...]) } ?? written
  }

  public var config: ConfigNode {
    formula == .keras2 ? Self.oldHardSigmoid : layer?.kerasConfig ?? ConfigNode(.string(name))
  }
  public static var jsonSchema: ConfigNode { .reference(to: "activation") }

  /// Every function that has a name, as it is described.
  public static var descriptions: [MemberDescription] {
    all.map { MemberDescription($0.name, aliases: $0.aliases, $0.summary, jsonSchema: ["type": "object"]) }
  }

  /// What it makes of a layer's numbers.
  func apply(_ x: Value, in scope: LayerScope) throws -> Value {
    guard let layer else { return try self(x, scope.semantics) }
    let results = try scope.apply(layer, [x])
    guard results.count == 1 else {
      throw Diagnostic.inputCount("an activation", "one value", results.count, at: scope.graph.origin)
    }
    return results[0]
  }

  /// - Parameter semantics: whose formula is meant; `hard_sigmoid` differs.
  public func callAsFunction(_ x: Value, _ semantics: Semantics = .keras3) throws -> Value {
    if let layer {
      throw Diagnostic(
        "E0202", "the layer '\(layer.name)' cannot be an activation here",
        help: "name a function, or make the layer one of its own behind this one")
    }
    if let own { return try own(x) }
    guard let definition = Self.all.first(where: { $0.name == name }) else {
      preconditionFailure("an Activation named '\(name)' was made without being known")
    }
    return try definition.apply(x, formula ?? semantics)
  }
}

/// The `hard_sigmoid` of Keras 2, 0.2·x + 0.5 between 0 and 1, as layers that Keras 3 has.
extension Activation {
  /// How it is written for Keras 3, whose function of that name has another slope.
  public static let oldHardSigmoid: ConfigNode = [
    "module": "keras", "class_name": "Sequential",
    "config": [
      "name": "hard_sigmoid", "trainable": true, "dtype": .float32Policy,
      "layers": [
        part("Rescaling", ["name": "slope", "scale": 0.2, "offset": 0.5]),
        part("ReLU", ["name": "bounds", "max_value": 1.0, "negative_slope": 0.0, "threshold": 0.0]),
      ],
    ],
    "registered_name": nil,
  ]

  private static func part(_ className: String, _ config: ConfigNode) -> ConfigNode {
    let common: ConfigNode = ["trainable": true, "dtype": .float32Policy]
    return [
      "module": "keras.layers", "class_name": className.config,
      "config": ConfigNode(.map((config.entries ?? []) + (common.entries ?? []))), "registered_name": nil,
    ]
  }

  /// Whether a setting is that chain, however its parts are called.
  public static func isOldHardSigmoid(_ node: ConfigNode) -> Bool {
    guard node["class_name"] == "Sequential", let all = node["config"]?["layers"]?.list else { return false }
    let layers = all.filter { $0["class_name"] != "InputLayer" }
    func number(_ layer: Int, _ key: String) -> Double? {
      layers[layer]["config"]?[key].flatMap { try? Double(config: $0) }
    }
    return layers.count == 2 && layers[0]["class_name"] == "Rescaling" && layers[1]["class_name"] == "ReLU"
      && number(0, "scale") == 0.2 && number(0, "offset") == 0.5 && number(1, "max_value") == 1
      && number(1, "negative_slope") ?? 0 == 0 && number(1, "threshold") ?? 0 == 0
  }
}
