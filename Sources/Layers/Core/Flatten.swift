public import Config
public import GraphEngine
import TensorCore

/// All axes behind the batch become one.
///
/// Keras: `keras.layers.Flatten`.
public struct Flatten: UnaryLayer, Configurable {
  public var dataFormat = DataFormat.channelsLast
  public init() {}

  public static let schema = Schema(
    "Flatten", "All axes behind the batch become one.", prototype: Flatten(),
    Field("data_format", \.dataFormat, "Where channels are."))

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let size = try x.knownSize(for: "Flatten")
    // The order is that of channels last, wherever they were.
    return try dataFormat.channelsLast(x) {
      try x.graph.apply(GraphEngine.Reshape([.batch, .size(size)]), $0)
    }
  }
}
