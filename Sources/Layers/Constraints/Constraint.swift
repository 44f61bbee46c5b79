public import Config
public import Diagnostics
public import GraphEngine

/// What a parameter is made to be after every step of the optimizer.
public protocol ConstraintRule: Configurable {
  /// The new numbers of a parameter, of the same shape.
  func constrained(_ weight: Value) throws -> Value
}

/// The setting of a layer that names a constraint: `non_neg`, `MaxNorm: {max_value: 2}`, or as Keras stores it.
///
/// After the optimizer's step the parameter becomes `constraint.constrained(parameter)`.
public struct Constraint: ConfigConvertible {
  public let rule: any ConstraintRule
  public init(_ rule: any ConstraintRule) { self.rule = rule }

  public static let all = Registry<any ConstraintRule>(
    "constraint",
    [
      .init(MaxNorm.self, aliases: ["max_norm"]) { $0 },
      .init(MinMaxNorm.self, aliases: ["min_max_norm"]) { $0 },
      .init(NonNeg.self, aliases: ["non_neg"]) { $0 },
      .init(UnitNorm.self, aliases: ["unit_norm"]) { $0 },
    ])

  public static var expectation: String { "the name of a constraint" }
  public static var jsonSchema: ConfigNode { .reference(to: "constraint") }

  public init(config: ConfigNode) throws(Diagnostic) {
    rule = try Self.all.decode(config)
  }

  /// As Keras stores it.
  public var config: ConfigNode { kerasObject(rule, in: "keras.constraints") }

  public func constrained(_ weight: Value) throws -> Value { try rule.constrained(weight) }
}
