public import Config
public import GraphEngine

/// The largest of what a window shows, for each channel.
///
/// Keras: `keras.layers.MaxPooling1D`, `MaxPooling2D`, `MaxPooling3D`.
public struct MaxPooling<let rank: Int>: UnaryLayer, Configurable {
  public var window = PoolingWindow<rank>()
  public init(_ window: PoolingWindow<rank> = .init()) { self.window = window }

  public static var schema: Schema<Self> {
    Schema(
      "MaxPooling\(rank)D", "The largest of what a window over \(axisWords(rank)) shows.", prototype: Self(),
      fields: Schema(PoolingWindow<rank>.schema, at: \Self.window, prototype: Self()).fields)
  }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value { try window.pool(x, .maximum) }
}

/// The mean of what a window shows, for each channel; what lies outside the input is not counted.
///
/// Keras: `keras.layers.AveragePooling1D`, `AveragePooling2D`, `AveragePooling3D`.
public struct AveragePooling<let rank: Int>: UnaryLayer, Configurable {
  public var window = PoolingWindow<rank>()
  public init(_ window: PoolingWindow<rank> = .init()) { self.window = window }

  public static var schema: Schema<Self> {
    Schema(
      "AveragePooling\(rank)D", "The mean of what a window over \(axisWords(rank)) shows.", prototype: Self(),
      fields: Schema(PoolingWindow<rank>.schema, at: \Self.window, prototype: Self()).fields)
  }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value { try window.pool(x, .mean) }
}

/// How a window moves that reduces what it sees.
public struct PoolingWindow<let rank: Int>: Configurable {
  public var poolSize = PerAxis<rank>(2)
  /// The window's own size where left out.
  public var strides: PerAxis<rank>?
  public var padding = WindowPadding.valid
  public var dataFormat = DataFormat.channelsLast

  public init(_ poolSize: PerAxis<rank> = .init(2), strides: PerAxis<rank>? = nil) {
    self.poolSize = poolSize
    self.strides = strides
  }

  public static var schema: Schema<Self> {
    Schema(
      "Pooling\(rank)D", "A window that reduces what it sees.", prototype: Self(),
      Field("pool_size", \.poolSize, "Size of the window.", check: PerAxis<rank>.atLeast(1)),
      Field("padding", \.padding, "valid or same."),
      Field("strides", \.strides, "How far the window moves; its size if left out.") {
        $0.flatMap(PerAxis<rank>.atLeast(1))
      },
      Field("data_format", \.dataFormat, "Where channels are."))
  }

  func pool(_ x: Value, _ function: Pooling.Function) throws -> Value {
    let rule = WindowRule(poolSize.numbers, strides: (strides ?? poolSize).numbers, padding: padding.rule)
    return try dataFormat.channelsLast(x) { try x.graph.apply(Pooling(function, rule), $0) }
  }
}
