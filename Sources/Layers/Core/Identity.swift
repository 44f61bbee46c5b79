public import Config
public import GraphEngine

/// Gives what it takes.
///
/// Keras: `keras.layers.Identity`.
public struct Identity: UnaryLayer, Configurable {
  public init() {}
  public static let schema = Schema("Identity", "Gives what it takes.", prototype: Self())
  public var passesMask: Bool { true }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value { x }
}
