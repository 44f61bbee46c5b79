public import Config
public import GraphEngine

/// An activation as a layer of its own.
///
/// Keras: `keras.layers.Activation`.
public struct ActivationLayer: UnaryLayer, Configurable {
  public var activation: Activation
  public init(_ activation: Activation) { self.activation = activation }

  public static let schema = Schema(
    "Activation", "Applies an activation function.", prototype: ActivationLayer(.linear),
    Field("activation", \.activation, "Which one.").required)

  public var passesMask: Bool { true }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    try activation.apply(x, in: scope)
  }
}
