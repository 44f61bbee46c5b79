public import Config
public import Diagnostics
public import TensorCore

/// How the numbers of a new parameter are drawn, by Keras's name.
///
/// Glorot: "Understanding the difficulty of training deep feedforward neural networks" (2010); He: "Delving deep
/// into rectifiers" (2015); LeCun: "Efficient backprop" (1998).
public struct Initializer: ConfigConvertible, Hashable {
  enum Rule: Hashable, Sendable {
    case constant(Float)
    /// Variance `scale / fan`, drawn uniformly or from a normal distribution cut off at two deviations.
    case scaled(Float, Fan, isUniform: Bool)
  }
  enum Fan: Sendable { case input, average }

  struct Definition: Sendable {
    var className: String
    var alias: String
    var rule: Rule
  }

  static let all: [Definition] = [
    Definition(className: "Zeros", alias: "zeros", rule: .constant(0)),
    Definition(className: "Ones", alias: "ones", rule: .constant(1)),
    Definition(
      className: "GlorotUniform", alias: "glorot_uniform", rule: .scaled(1, .average, isUniform: true)),
    Definition(
      className: "GlorotNormal", alias: "glorot_normal", rule: .scaled(1, .average, isUniform: false)),
    Definition(className: "HeUniform", alias: "he_uniform", rule: .scaled(2, .input, isUniform: true)),
    Definition(className: "HeNormal", alias: "he_normal", rule: .scaled(2, .input, isUniform: false)),
    Definition(className: "LecunUniform", alias: "lecun_uniform", rule: .scaled(1, .input, isUniform: true)),
    Definition(className: "LecunNormal", alias: "lecun_normal", rule: .scaled(1, .input, isUniform: false)),
  ]

  public static let zeros = Initializer(all[0])
  public static let ones = Initializer(all[1])
  public static let glorotUniform = Initializer(all[2])

  public let className: String
  let rule: Rule
  /// Draws from a stream of this seed instead of the experiment's.
  public private(set) var seed: Int?

  private init(_ definition: Definition, seed: Int? = nil) {
    className = definition.className
    rule = definition.rule
    self.seed = seed
  }

  public static var expectation: String { "the name of an initializer" }
  public static var names: [String] { all.flatMap { [$0.alias, $0.className] } }

  public init(config: ConfigNode) throws(Diagnostic) {
    let (name, span, settings) = try Self.parts(config)
    guard let found = Self.all.first(where: { $0.alias == name || $0.className == name }) else {
      throw .unknownWord(name, in: Self.names, at: span, what: "initializer")
    }
    self.init(found)
    if let settings, settings.entries == nil {
      if case .null = settings.content { return }
      throw .mismatch(settings, "settings of \(found.className)")
    }
    for entry in settings?.entries ?? [] {
      // `input_axes` and `output_axes` are how Keras stores the fans of some layers; null in Dense.
      if case .null = entry.value.content { continue }
      guard entry.key == "seed", case .scaled = found.rule else {
        throw .unknownKey(entry, of: found.className, known: found.rule.hasSeed ? ["seed"] : [])
      }
      seed = try Int(config: entry.value)
    }
  }

  /// `he_normal`, `HeNormal: {seed: 1}`, or Keras's `{"class_name": …, "config": …}`.
  private static func parts(_ node: ConfigNode) throws(Diagnostic) -> (String, SourceSpan?, ConfigNode?) {
    if let name = node.string { return (name, node.span, nil) }
    if let name = node["class_name"]?.string { return (name, node.span, node["config"]) }
    guard let entries = node.entries, entries.count == 1 else { throw .mismatch(node, expectation) }
    return (entries[0].key, entries[0].keySpan, entries[0].value)
  }

  /// As Keras stores it.
  public var config: ConfigNode {
    let settings: ConfigNode = rule.hasSeed ? ["seed": seed.config] : [:]
    return [
      "module": "keras.initializers", "class_name": ConfigNode(.string(className)), "config": settings,
      "registered_name": nil,
    ]
  }

  /// Draws a tensor.
  /// - Parameters:
  ///   - seed: the experiment's, unless the initializer has its own.
  ///   - path: names the random stream.
  public func tensor(_ shape: [Int], seed: UInt64, path: String) -> Tensor {
    let count = shape.reduce(1, *)
    let stream = RandomStream(seed: self.seed.map { UInt64(bitPattern: Int64($0)) } ?? seed, path)
    switch rule {
    case .constant(let value): return Tensor(shape, [Float](repeating: value, count: count))
    case .scaled(let scale, let fan, let isUniform):
      let (input, output) = fans(shape)
      let variance = Double(scale) / max(1, fan == .input ? input : (input + output) / 2)
      if isUniform {
        let limit = Float((3 * variance).squareRoot())
        return Tensor(shape, (0..<count).map { (2 * stream.uniform($0) - 1) * limit })
      }
      // A normal distribution cut off at two deviations has this deviation itself.
      let deviation = Float(variance.squareRoot() / 0.879_625_661_034_239_78)
      return Tensor(shape, (0..<count).map { stream.truncatedNormal($0) * deviation })
    }
  }

  /// How many inputs and outputs a parameter of this shape connects (Keras's `compute_fans`).
  private func fans(_ shape: [Int]) -> (input: Double, output: Double) {
    guard shape.count >= 2 else {
      let only = Double(shape.first ?? 1)
      return (only, only)
    }
    let field = Double(shape.dropLast(2).reduce(1, *))
    return (Double(shape[shape.count - 2]) * field, Double(shape[shape.count - 1]) * field)
  }
}

extension Initializer.Rule {
  fileprivate var hasSeed: Bool { if case .scaled = self { true } else { false } }
}
