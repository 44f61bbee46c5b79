public import Config
public import GraphEngine
import TensorCore

/// What one sample looks like; the first entry of a sequential model that has no `input:`.
/// Keras: `keras.layers.InputLayer`.
public struct InputLayer: Layer, Configurable {
  public var shape: [Int]
  public init(_ shape: [Int]) { self.shape = shape }

  public static let schema = Schema(
    "InputLayer", "The shape of one sample.", prototype: InputLayer([]),
    Field("shape", \.shape, "Axes of one sample, without the batch.") {
      $0.allSatisfy { $0 >= 1 } ? nil : "must hold sizes of at least 1"
    }.required)

  public func call(_ x: Value, in scope: LayerScope) -> Value { x }
}
