public import Config
public import GraphEngine
import TensorCore

/// How well targets and predictions of a sample lie on a line: from -1 to 1.
///
/// Keras: `keras.metrics.PearsonCorrelation`. Where all numbers along the axis are equal, as with one output, there is no
/// such number, and it is NaN as in Keras.
public struct PearsonCorrelation: MeanMetric {
  public var axis = -1
  public init() {}
  public var growsWhenBetter: Bool { true }
  public static let schema = Schema(
    "PearsonCorrelation", "How well targets and predictions lie on a line.", prototype: Self(),
    Field("axis", \.axis, "The axis along which numbers are compared."))

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    try (standardized(target) * standardized(prediction)).mean(over: [axis])
  }

  private func standardized(_ x: Value) throws -> Value {
    let distance = try x - x.mean(over: [axis], keepingDimensions: true)
    return try distance / distance.standardDeviation(over: [axis], keepingDimensions: true)
  }
}

/// How well targets and predictions of a sample agree, in their level, too.
///
/// Keras: `keras.metrics.ConcordanceCorrelation`, which measures the targets, too, from the mean of the predictions.
public struct ConcordanceCorrelation: MeanMetric {
  public var axis = -1
  public init() {}
  public var growsWhenBetter: Bool { true }
  public static let schema = Schema(
    "ConcordanceCorrelation", "How well targets and predictions agree.", prototype: Self(),
    Field("axis", \.axis, "The axis along which numbers are compared."))

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    let mean = { (x: Value) in try x.mean(over: [axis], keepingDimensions: true) }
    let (level, ownLevel) = (try mean(target), try mean(prediction))
    let variance = { (x: Value) in try x.variance(over: [axis], keepingDimensions: true) }
    let spread = try variance(target - level) + variance(prediction - ownLevel) + (level - ownLevel).square()
    let common = try (target - ownLevel) * (prediction - ownLevel)
    return try (2 * common / (spread + 1e-7)).mean(over: [axis])
  }
}
