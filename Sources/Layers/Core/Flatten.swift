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
    return try x.graph.apply(GraphEngine.Reshape([.batch, .size(size)]), x)
  }
}

/// Where the channels of images are; the engine has them last.
public enum DataFormat: String, CaseIterable, ConfigConvertible {
  case channelsLast = "channels_last"
}
