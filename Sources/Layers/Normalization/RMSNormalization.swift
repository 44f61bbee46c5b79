public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// Divides every sample by the root of its mean square along some axes, then scales it as learned.
///
/// Weights: `scale`, of the shape of the axes.
///
/// Zhang and Sennrich, "Root mean square layer normalization" (2019). Keras: `keras.layers.RMSNormalization`.
public struct RMSNormalization: UnaryLayer, Configurable {
  public var axis = Axes.last
  public var epsilon = 1e-6
  public init() {}

  public static let schema = Schema(
    "RMSNormalization", "Divides every sample by the root of its mean square, then scales it.",
    prototype: Self(),
    Field("axis", \.axis, "Along which axis, or axes."),
    Field("epsilon", \.epsilon, "Added to the mean square.", check: atLeast(0)))

  public static let dialects = KerasDialects.sinceKeras3

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let extent = try axis.extent(in: x, for: className)
    let scale = try scope.parameter("scale", extent.shape, .ones)
    if extent.axes == [x.type.rank - 1] {
      let op = RowNormalization(epsilon: Float(epsilon), isCentred: false, hasGamma: true, hasBeta: false)
      return try x.graph.apply(op, x, scale)
    }
    let square = try x.square().mean(over: extent.axes, keepingDimensions: true)
    return try x * (square + Float(epsilon)).reciprocalSquareRoot() * scale.reshaped(to: extent.dims)
  }
}
