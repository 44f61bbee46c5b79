public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// What one sample looks like; the first entry of a sequential model that has no `input:`.
///
/// Keras: `keras.layers.InputLayer`.
public struct InputLayer: Layer, Configurable {
  public var shape: [Int]
  public init(_ shape: [Int]) { self.shape = shape }

  public static let schema = Schema(
    "InputLayer", "The shape of one sample.", prototype: InputLayer([]),
    Field("shape", \.shape, "Axes of one sample, without the batch.") {
      $0.allSatisfy { $0 >= 1 } ? nil : "must hold sizes of at least 1"
    }.required)

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let own = TensorType([.batch] + shape.map { .size($0) })
    guard x.type.dims == own.dims else {
      throw Diagnostic(
        "E0301", "the input layer is for \(own), found \(x.type)",
        at: x.graph.origin.map { .init($0, "does not fit here") },
        help: "an input layer comes first and has the shape of one sample")
    }
    return x
  }
}
