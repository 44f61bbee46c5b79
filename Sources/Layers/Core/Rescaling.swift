public import Config
public import GraphEngine
import TensorCore

/// `scale · x + offset`.
///
/// Keras: `keras.layers.Rescaling`.
public struct Rescaling: UnaryLayer, Configurable {
  public var scale: Double
  public var offset = 0.0
  public init(_ scale: Double, offset: Double = 0) { (self.scale, self.offset) = (scale, offset) }

  public static let schema = Schema(
    "Rescaling", "Scales and shifts its input.", prototype: Rescaling(1),
    Field("scale", \.scale, "The factor.").required,
    Field("offset", \.offset, "What is added afterwards."))

  public var passesMask: Bool { true }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    try x.cast(to: .float32).scaled(by: Float(scale), plus: Float(offset))
  }
}
