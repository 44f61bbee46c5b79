public import Config
public import Diagnostics
public import GraphEngine
import TensorCore

/// `scale · x + offset`, by one number or by one for each place of the last axes.
///
/// Keras: `keras.layers.Rescaling`.
public struct Rescaling: UnaryLayer, Configurable {
  public var scale: ScaleNumbers
  public var offset: ScaleNumbers
  public init(_ scale: Double, offset: Double = 0) {
    self.scale = .one(scale)
    self.offset = .one(offset)
  }

  public static let schema = Schema(
    "Rescaling", "Scales and shifts its input.", prototype: Rescaling(1),
    Field("scale", \.scale, "The factor, or a list of one for each place of the last axis.").required,
    Field("offset", \.offset, "What is added afterwards, a number or a list."))

  public var passesMask: Bool { true }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let y = try x.cast(to: .float32)
    if case .one(let factor) = scale, case .one(let shift) = offset {
      return try y.scaled(by: Float(factor), plus: Float(shift))
    }
    return try y * scale.value(in: x.graph) + offset.value(in: x.graph)
  }
}

/// A number, or a block of numbers that lies along the last axes of a value.
public enum ScaleNumbers: ConfigConvertible, Hashable {
  case one(Double)
  case many([Double], shape: [Int])

  public static var expectation: String { "a number, or a list of numbers" }
  public static var jsonSchema: ConfigNode { ["type": ["number", "array"]] }

  /// A number, lists of numbers in lists of equal lengths, or an array as Keras stores it.
  public init(config: ConfigNode) throws(Diagnostic) {
    let isArray = ["__numpy__", "__tensor__"].contains(config["class_name"]?.string)
    let node = isArray ? config["config"]?["value"] ?? config : config
    guard node.list != nil else {
      self = .one(try Double(config: node))
      return
    }
    var (numbers, shape) = ([Double](), [Int]())
    var level = [node]
    while let items = level.first?.list {
      guard !items.isEmpty, level.allSatisfy({ $0.list?.count == items.count }) else {
        throw .mismatch(config, Self.expectation)
      }
      shape.append(items.count)
      level = level.flatMap { $0.list ?? [] }
    }
    for item in level { numbers.append(try Double(config: item)) }
    self = .many(numbers, shape: shape)
  }

  public var config: ConfigNode {
    switch self {
    case .one(let number): number.config
    case .many(let numbers, let shape):
      ConfigNode(
        .list(
          shape.dropFirst().reversed().reduce(numbers.map(\.config)) { items, size in
            stride(from: 0, to: items.count, by: size).map { ConfigNode(.list(Array(items[$0..<$0 + size]))) }
          }))
    }
  }

  fileprivate func value(in graph: Graph) throws -> Value {
    switch self {
    case .one(let number): graph.constant(Float(number), [])
    case .many(let numbers, let shape): graph.constant(Tensor(shape, numbers.map { Float($0) }))
    }
  }
}
