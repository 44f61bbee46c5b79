public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// Brings every sample to mean 0 and deviation 1 along some axes, then scales and shifts it as learned.
///
/// Weights: `gamma`, `beta`, of the shape of the axes.
///
/// Ba, Kiros and Hinton, "Layer normalization" (2016). Keras: `keras.layers.LayerNormalization`.
public struct LayerNormalization: UnaryLayer, Configurable {
  public var axis = Axes.last
  public var epsilon = 1e-3
  public var center = true
  public var scale = true
  public var beta = WeightSettings(.zeros)
  public var gamma = WeightSettings(.ones)
  public init() {}

  public static let schema = Schema(
    "LayerNormalization", "Brings every sample to mean 0 and deviation 1, then scales and shifts it.",
    prototype: Self(),
    fields: [
      Field("axis", \.axis, "Along which axis, or axes."),
      Field("epsilon", \.epsilon, "Added to the variance.", check: atLeast(0)),
      Field("center", \.center, "Whether a learned shift is added."),
      Field("scale", \.scale, "Whether it is multiplied by a learned factor."),
    ]
      + WeightSettings.fields([
        .init("beta", \Self.beta, "the shift"), .init("gamma", \Self.gamma, "the factor"),
      ]))

  public static let dialects = KerasDialects {
    $0.keras2.lacks = ["rms_scaling"]
    $0.keras3.h5.unreadable = Axes.unreadableInH5
  }

  public var passesMask: Bool { true }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let extent = try axis.extent(in: x, for: className)
    let (axes, shape, dims) = (extent.axes, extent.shape, extent.dims)
    let gamma =
      try scale
      ? scope.parameter("gamma", shape, self.gamma) : nil
    let beta =
      try center
      ? scope.parameter("beta", shape, self.beta) : nil
    if axes == [x.type.rank - 1] {
      let op = RowNormalization(
        epsilon: Float(epsilon), isCentred: true, hasGamma: gamma != nil, hasBeta: beta != nil)
      return try x.graph.apply(op, [x] + [gamma, beta].compactMap { $0 })
    }
    let mean = try x.mean(over: axes, keepingDimensions: true)
    let variance = try x.variance(over: axes, keepingDimensions: true)
    var factor = try (variance + Float(epsilon)).reciprocalSquareRoot()
    if let gamma { factor = try factor * gamma.reshaped(to: dims) }
    var shift = try -(mean * factor)
    if let beta { shift = try shift + beta.reshaped(to: dims) }
    return try x * factor + shift
  }
}
