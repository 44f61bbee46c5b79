public import Config
public import GraphEngine
import KernelABI

/// The mean of `(t - p)²` over the last axis.
///
/// Keras: `keras.losses.MeanSquaredError`.
public struct MeanSquaredError: PlainLoss {
  public init() {}
  public static let schema = Schema("MeanSquaredError", "Mean of squared differences.", prototype: Self())

  public func values(_ target: Value, _ prediction: Value) throws -> Value {
    let difference = try target.graph.apply(Binary(.subtract), prediction, target)
    return try target.graph.apply(Unary(.square), difference).meanOverLastAxis()
  }
}

/// The mean of `|t - p|` over the last axis.
///
/// Keras: `keras.losses.MeanAbsoluteError`.
public struct MeanAbsoluteError: PlainLoss {
  public init() {}
  public static let schema = Schema("MeanAbsoluteError", "Mean of absolute differences.", prototype: Self())

  public func values(_ target: Value, _ prediction: Value) throws -> Value {
    let difference = try target.graph.apply(Binary(.subtract), prediction, target)
    return try target.graph.apply(Unary(.abs), difference).meanOverLastAxis()
  }
}
