public import Config
public import Diagnostics
public import GraphEngine
import KernelABI

/// An activation function by Keras's name.
public struct Activation: ConfigConvertible, Hashable {
  struct Definition: Sendable {
    var name: String
    var aliases: [String] = []
    var apply: @Sendable (Value) throws -> Value
  }

  /// Every activation that a file can name.
  static let all: [Definition] = [
    Definition(name: "linear") { $0 },
    Definition(name: "relu", apply: unary(.relu)),
    Definition(name: "sigmoid", apply: unary(.sigmoid)),
    Definition(name: "tanh", apply: unary(.tanh)),
    Definition(name: "softmax") { try $0.graph.apply(Softmax(), $0) },
    Definition(name: "elu", apply: unary(.elu, 1)),
    Definition(name: "selu", apply: unary(.selu)),
    Definition(name: "gelu", apply: unary(.gelu)),
    Definition(name: "softplus", apply: unary(.softplus)),
    Definition(name: "silu", aliases: ["swish"], apply: unary(.silu)),
    Definition(name: "leaky_relu", apply: unary(.leakyRelu, 0.2)),
    Definition(name: "exponential", apply: unary(.exp)),
  ]

  public static let linear = Activation(name: "linear")
  public static let relu = Activation(name: "relu")
  public static let softmax = Activation(name: "softmax")

  public let name: String
  private init(name: String) { self.name = name }

  public static var expectation: String { "the name of an activation" }
  public static var names: [String] { all.flatMap { [$0.name] + $0.aliases } }

  public init(config: ConfigNode) throws(Diagnostic) {
    // Keras stores the absence of an activation as null in places.
    if case .null = config.content {
      self = .linear
      return
    }
    guard let written = config.string else { throw .mismatch(config, Self.expectation) }
    guard let found = Self.all.first(where: { $0.name == written || $0.aliases.contains(written) }) else {
      throw .unknownWord(written, in: Self.names, at: config.span, what: "activation")
    }
    name = found.name
  }

  public var config: ConfigNode { ConfigNode(.string(name)) }
  public static var jsonSchema: ConfigNode {
    ["enum": ConfigNode(.list(names.map { ConfigNode(.string($0)) }))]
  }

  public func callAsFunction(_ x: Value) throws -> Value {
    guard let definition = Self.all.first(where: { $0.name == name }) else {
      preconditionFailure("an Activation named '\(name)' was made without being known")
    }
    return try definition.apply(x)
  }

  private static func unary(_ function: UnaryFunction, _ parameter: Float = 0)
    -> @Sendable (Value) throws -> Value
  {
    { try $0.graph.apply(Unary(function, parameter), $0) }
  }
}
