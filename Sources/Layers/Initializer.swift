public import Config
public import Diagnostics
public import TensorCore

/// How the numbers of a new parameter are drawn, by Keras's name.
///
/// Glorot: "Understanding the difficulty of training deep feedforward neural networks" (2010); He: "Delving deep
/// into rectifiers" (2015); LeCun: "Efficient backprop" (1998); Saxe: "Exact solutions to the nonlinear dynamics of
/// learning in deep linear neural networks" (2014).
public struct Initializer: ConfigConvertible, Hashable {
  /// One line of the family: Keras's class, its other spellings, its settings and what it draws.
  struct Definition: Sendable {
    var aliases: [String]
    var schema: Schema<InitializerSettings>
    var draw: @Sendable (InitializerSettings, [Int], RandomStream) -> [Float]
    /// The least and largest number of axes that it is defined for.
    var ranks: ClosedRange<Int>
    var className: String { schema.name }
  }

  static let all: [Definition] = [
    define("Zeros", "zeros", "zero", means: "All 0.", fields: []) { _, shape, _ in filled(0, shape) },
    define("Ones", "ones", "one", means: "All 1.", fields: []) { _, shape, _ in filled(1, shape) },
    define("Constant", "constant", means: "All one value.", fields: [.value]) { own, shape, _ in
      filled(Float(own.value), shape)
    },
    define(
      "GlorotUniform", "glorot_uniform",
      means: "Uniform within ±sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio, 2010).", fields: .fans,
      scaled(1, .fanAvg, .uniform)),
    define(
      "GlorotNormal", "glorot_normal",
      means: "Truncated normal of variance 2 / (fan_in + fan_out) (Glorot and Bengio, 2010).", fields: .fans,
      scaled(1, .fanAvg, .truncatedNormal)),
    define(
      "HeUniform", "he_uniform", means: "Uniform within ±sqrt(6 / fan_in) (He et al., 2015).", fields: .fans,
      scaled(2, .fanIn, .uniform)),
    define(
      "HeNormal", "he_normal", means: "Truncated normal of variance 2 / fan_in (He et al., 2015).",
      fields: .fans, scaled(2, .fanIn, .truncatedNormal)),
    define(
      "LecunUniform", "lecun_uniform", means: "Uniform within ±sqrt(3 / fan_in) (LeCun et al., 1998).",
      fields: .fans, scaled(1, .fanIn, .uniform)),
    define(
      "LecunNormal", "lecun_normal", means: "Truncated normal of variance 1 / fan_in (LeCun et al., 1998).",
      fields: .fans, scaled(1, .fanIn, .truncatedNormal)),
    define(
      "VarianceScaling", "variance_scaling", means: "Numbers of variance scale / fan, of any distribution.",
      fields: [.seed, .scale, .mode, .distribution] + .axes
    ) {
      $0.scaledNumbers($1, $2)
    },
    define(
      "RandomNormal", "random_normal", "normal", means: "Normal numbers.", fields: [.seed, .mean, .stddev]
    ) { own, shape, stream in
      let (mean, deviation) = (Float(own.mean), Float(own.stddev))
      return (0..<shape.product).map { stream.normal($0) * deviation + mean }
    },
    define(
      "RandomUniform", "random_uniform", "uniform", means: "Uniform numbers.",
      fields: [.seed, .minval, .maxval]
    ) {
      own, shape, stream in
      let (low, width) = (Float(own.minval), Float(own.maxval - own.minval))
      return (0..<shape.product).map { stream.uniform($0) * width + low }
    },
    define(
      "TruncatedNormal", "truncated_normal", means: "Normal numbers cut off at two standard deviations.",
      fields: [.seed, .mean, .stddev]
    ) { own, shape, stream in
      let (mean, deviation) = (Float(own.mean), Float(own.stddev))
      return (0..<shape.product).map { stream.truncatedNormal($0) * deviation + mean }
    },
    define(
      "Orthogonal", "orthogonal", "OrthogonalInitializer",
      means: "A random matrix with orthogonal rows or columns (Saxe et al., 2014).", fields: [.seed, .gain],
      ranks: 2...Int.max
    ) {
      own, shape, stream in
      let columns = shape.last ?? 1
      return orthogonalMatrix(rows: shape.product / max(1, columns), columns, stream).map {
        Float($0 * own.gain)
      }
    },
    define(
      "Identity", "identity", "IdentityInitializer", means: "The identity matrix, times a gain.",
      fields: [.gain], ranks: 2...2
    ) { own, shape, _ in
      let columns = shape.last ?? 1
      return (0..<shape.product).map { $0 / columns == $0 % columns ? Float(own.gain) : 0 }
    },
  ]

  public static let zeros = Initializer(all[0])
  public static let ones = Initializer(all[1])
  public static let glorotUniform = Initializer(all[3])
  /// Keras's `uniform`: between -0.05 and 0.05.
  public static let uniform = Initializer(all[11])
  public static let orthogonal = Initializer(all[13])

  /// Normal numbers of mean 0, cut off at two deviations.
  static func truncatedNormal(deviation: Double) -> Initializer {
    var settings = InitializerSettings()
    settings.stddev = deviation
    return Initializer(all[12], settings)
  }

  public let className: String
  private var settings: InitializerSettings
  /// Places of a vector that start at 1 whatever the others are; not part of the configuration.
  private var ones = 0..<0
  /// Draws from a stream of this seed instead of the experiment's.
  public var seed: Int? { settings.seed }

  private init(_ definition: Definition, _ settings: InitializerSettings = .init()) {
    className = definition.className
    self.settings = settings
  }

  public static var expectation: String { "the name of an initializer" }
  public static var jsonSchema: ConfigNode { .reference(to: "initializer") }
  /// Every class that has a name, as it is described.
  public static var descriptions: [MemberDescription] {
    all.map { $0.schema.description(aliases: $0.aliases) }
  }
  public static var names: [String] { all.flatMap { $0.aliases + [$0.className] } }

  public init(config: ConfigNode) throws(Diagnostic) {
    let (name, span, settings) = try Self.parts(config)
    guard let found = Self.find(name) else {
      throw .unknownWord(name, in: Self.names, at: span, what: "initializer")
    }
    var bag = DiagnosticBag()
    let decoded = found.schema.decode(settings ?? ConfigNode(.null), into: &bag)
    if let mistake = bag.all.first { throw mistake }
    self.init(found, decoded ?? .init())
  }

  private static func find(_ name: String) -> Definition? {
    // Keras 2 had second versions of some classes.
    let plain = name.hasSuffix("V2") ? String(name.dropLast(2)) : name
    return all.first { $0.aliases.contains(plain) || $0.className == plain }
  }

  /// `he_normal`, `HeNormal: {seed: 1}`, or Keras's `{"class_name": …, "config": …}`.
  private static func parts(_ node: ConfigNode) throws(Diagnostic) -> (String, SourceSpan?, ConfigNode?) {
    if let name = node.string { return (name, node.span, nil) }
    if let name = node["class_name"]?.string { return (name, node.span, node["config"]) }
    guard let entries = node.entries, entries.count == 1 else { throw .mismatch(node, expectation) }
    return (entries[0].key, entries[0].keySpan, entries[0].value)
  }

  private var definition: Definition {
    guard let definition = Self.find(className) else {
      preconditionFailure("an Initializer '\(className)' was made without being known")
    }
    return definition
  }

  /// As Keras stores it.
  public var config: ConfigNode {
    [
      "module": "keras.initializers", "class_name": ConfigNode(.string(className)),
      "config": definition.schema.encode(settings), "registered_name": nil,
    ]
  }

  /// The same for a parameter whose axes of inputs and outputs are not the last two; those that are set stay.
  func connecting(inputs: [Int], outputs: [Int]) -> Initializer {
    var copy = self
    copy.settings.inputAxes = settings.inputAxes ?? inputs
    copy.settings.outputAxes = settings.outputAxes ?? outputs
    return copy
  }

  /// Draws a tensor.
  /// - Parameters:
  ///   - seed: the experiment's, unless the initializer has its own.
  ///   - path: names the random stream.
  public func tensor(_ shape: [Int], seed: UInt64, path: String) -> Tensor {
    let stream = RandomStream(seed: self.seed.map { UInt64(bitPattern: Int64($0)) } ?? seed, path)
    var numbers = definition.draw(settings, shape, stream)
    for i in ones.clamped(to: numbers.indices) { numbers[i] = 1 }
    return Tensor(shape, numbers)
  }

  /// The same with 1 at some places of a vector.
  func withOnes(_ places: Range<Int>) -> Initializer {
    var copy = self
    copy.ones = places
    return copy
  }

  /// Whether it can fill a shape.
  /// - Throws: E0340 if it is made for matrices and this is none.
  public func check(_ shape: [Int], of path: String, at span: SourceSpan?) throws(Diagnostic) {
    let ranks = definition.ranks
    guard !ranks.contains(shape.count) else { return }
    throw Diagnostic(
      "E0340", "\(className) cannot fill '\(path)', which has \(shape.count) axes",
      at: span.map { .init($0, "started by \(className)") },
      help: ranks.upperBound == 2 ? "it is made for matrices" : "it needs \(ranks.lowerBound) axes or more")
  }
}

extension Initializer {
  private typealias Draw = @Sendable (InitializerSettings, [Int], RandomStream) -> [Float]

  private static func define(
    _ name: String, _ aliases: String..., means summary: String, fields: [Field<InitializerSettings>],
    ranks: ClosedRange<Int> = 0...Int.max, _ draw: @escaping Draw
  ) -> Definition {
    let schema = Schema(name, summary, prototype: InitializerSettings(), fields: fields)
    return Definition(aliases: aliases, schema: schema, draw: draw, ranks: ranks)
  }

  private static func scaled(
    _ scale: Double, _ mode: InitializerSettings.Mode, _ distribution: InitializerSettings.Distribution
  ) -> Draw {
    { settings, shape, stream in
      var settings = settings
      settings.scale = scale
      settings.mode = mode
      settings.distribution = distribution
      return settings.scaledNumbers(shape, stream)
    }
  }

  private static func filled(_ value: Float, _ shape: [Int]) -> [Float] {
    [Float](repeating: value, count: shape.product)
  }
}
