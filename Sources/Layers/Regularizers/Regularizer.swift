public import Config
public import Diagnostics
public import GraphEngine

/// A penalty on the numbers of a parameter, or on what a layer gives, that is added to the loss.
public protocol RegularizerRule: Configurable {
  /// A scalar made of a value of any shape.
  func penalty(_ x: Value) throws -> Value
}

/// The setting of a layer that names a regularizer: `l2`, `L2: {l2: 0.01}`, or as Keras stores it.
///
/// A layer adds the penalty of its parameter to the loss with `scope.add(loss: regularizer.penalty(kernel))`.
public struct Regularizer: ConfigConvertible {
  public let rule: any RegularizerRule
  public init(_ rule: any RegularizerRule) { self.rule = rule }

  public static let all = Registry<any RegularizerRule>(
    "regularizer",
    [
      .init(L1.self, aliases: ["l1"]) { $0 },
      .init(L2.self, aliases: ["l2"]) { $0 },
      .init(L1L2.self, aliases: ["l1_l2"]) { $0 },
      .init(OrthogonalRegularizer.self, aliases: ["orthogonal_regularizer"]) { $0 },
    ])

  public static var expectation: String { "the name of a regularizer" }
  public static var jsonSchema: ConfigNode { .reference(to: "regularizer") }

  public init(config: ConfigNode) throws(Diagnostic) {
    rule = try Self.all.decode(config)
  }

  /// As Keras stores it.
  public var config: ConfigNode { kerasObject(rule, in: "keras.regularizers") }

  public func penalty(_ x: Value) throws -> Value { try rule.penalty(x) }
}

/// `{"module", "class_name", "config", "registered_name"}`.
func kerasObject(_ member: some Configurable, in module: String) -> ConfigNode {
  let schema = type(of: member).schema
  return [
    "module": module.config, "class_name": schema.name.config, "config": schema.encode(member),
    "registered_name": nil,
  ]
}
