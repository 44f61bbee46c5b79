public import Config
public import GraphEngine

/// Masks the steps that are nothing but one value, and makes them 0.
///
/// Keras: `keras.layers.Masking`.
public struct Masking: UnaryLayer, Configurable {
  public var maskValue = 0.0
  public init() {}

  public static let schema = Schema(
    "Masking", "Masks steps that are nothing but one value.", prototype: Self(),
    Field("mask_value", \.maskValue, "The value that stands for nothing."))

  public static let dialects = KerasDialects { $0.keras3.makesMask = { _ in true } }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let counts = try (x .!= Float(maskValue)).any(over: [-1])
    let y = try x * counts.expandingDimensions(at: -1)
    scope.setMask(counts, of: y)
    return y
  }
}
