public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// Stretches the colours of each image and channel over the whole range, in training and in inference.
///
/// Keras: `keras.layers.AutoContrast`.
public struct AutoContrast: UnaryLayer, Configurable {
  public var valueRange = ValueRange()
  public var dataFormat = DataFormat.channelsLast
  public init() {}

  public static let schema = Schema(
    "AutoContrast", "Colours that use the whole range.", prototype: Self(), .valueRange(\.valueRange),
    .format(\.dataFormat))

  public static let dialects = KerasDialects.sinceKeras3

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let x = try x.cast(to: .float32)
    // Keras looks at these two axes wherever channels are.
    _ = try x.imageSize(className)
    let y = try valueRange.mapped(x, to: 0, 255)
    let low = try y.min(over: [1, 2], keepingDimensions: true)
    let high = try y.max(over: [1, 2], keepingDimensions: true)
    let isFlat = try high .== low
    let scale = try 255 / Value.select(isFlat, 1, high - low)
    let stretched = try (y * scale - low * scale).clipped(0, 255)
    return try Value.select(isFlat, x, valueRange.restored(stretched))
  }
}

/// Colours that are all equally frequent, in training: not computed here.
///
/// Keras: `keras.layers.Equalization`, which has no gradient and takes the images of a batch together.
public struct Equalization: ImageAugmentation {
  public var valueRange = ValueRange()
  public var bins = 256
  public var dataFormat = DataFormat.channelsLast
  public init() {}

  public static let schema = Schema(
    "Equalization", "Colours that are equally frequent in training.", prototype: Self(),
    .valueRange(\.valueRange), Field("bins", \.bins, "How many intervals are counted.", check: atLeast(1)),
    .format(\.dataFormat))

  public static let dialects = KerasDialects.sinceKeras3
}
