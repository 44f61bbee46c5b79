public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// The largest element of each channel.
///
/// Keras: `keras.layers.GlobalMaxPooling1D`, `GlobalMaxPooling2D`, `GlobalMaxPooling3D`.
public struct GlobalMaxPooling<let rank: Int>: UnaryLayer, Configurable {
  public var dataFormat = DataFormat.channelsLast
  public var keepdims = false
  public init() {}

  public static var schema: Schema<Self> {
    Schema(
      "GlobalMaxPooling\(rank)D", "The largest element of each channel.", prototype: Self(),
      Field("data_format", \.dataFormat, "Where channels are."),
      Field("keepdims", \.keepdims, "Whether \(axisWords(rank)) stay as axes of size 1."))
  }

  public static var dialects: KerasDialects { KerasDialects { if rank == 1 { $0.keras1.kept = ["stride"] } } }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    try x.max(over: dataFormat.innerAxes(rank, of: x, className), keepingDimensions: keepdims)
  }
}

/// The mean of each channel.
///
/// Keras: `keras.layers.GlobalAveragePooling1D`, `GlobalAveragePooling2D`, `GlobalAveragePooling3D`.
public struct GlobalAveragePooling<let rank: Int>: UnaryLayer, Configurable {
  public var dataFormat = DataFormat.channelsLast
  public var keepdims = false
  public init() {}

  public static var schema: Schema<Self> {
    Schema(
      "GlobalAveragePooling\(rank)D", "The mean of each channel.", prototype: Self(),
      Field("data_format", \.dataFormat, "Where channels are."),
      Field("keepdims", \.keepdims, "Whether \(axisWords(rank)) stay as axes of size 1."))
  }

  public var signature: CallSignature { CallSignature(values: rank == 1 ? ["mask"] : []) }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let axes = try dataFormat.innerAxes(rank, of: x, className)
    guard rank == 1, let mask = scope.mask(of: x) else {
      return try x.mean(over: axes, keepingDimensions: keepdims)
    }
    // Only the steps that count.
    let counts = try mask.expandingDimensions(at: dataFormat == .channelsLast ? 2 : 1)
    return try (x * counts).sum(over: axes, keepingDimensions: keepdims)
      / counts.sum(over: axes, keepingDimensions: keepdims)
  }
}

extension DataFormat {
  /// The axes that are neither batch nor channels.
  /// - Throws: E0301 if there are more or fewer than `rank`.
  fileprivate func innerAxes(_ rank: Int, of x: Value, _ layer: String) throws(Diagnostic) -> [Int] {
    guard x.type.rank == rank + 2 else {
      throw Diagnostic(
        "E0301", "\(layer) needs batch, \(axisWords(rank)) and channels, found \(x.type)",
        help: "Reshape changes the axes of a sample")
    }
    return self == .channelsLast ? Array(1...rank) : Array(2...rank + 1)
  }
}
