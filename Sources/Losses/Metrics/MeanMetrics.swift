public import Config
public import GraphEngine
public import TensorCore

/// The root of the mean of `(t - p)²`.
///
/// Keras: `keras.metrics.RootMeanSquaredError`.
public struct RootMeanSquaredError: MeanMetric {
  public init() {}
  public static let schema = Schema(
    "RootMeanSquaredError", "Root of the mean of squared differences.", prototype: Self())

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    try (prediction - target).square()
  }

  public func result(_ totals: [Double]) -> Double {
    totals[1] == 0 ? 0 : (totals[0] / totals[1]).squareRoot()
  }
}

/// The mean of `ln cosh(p - t)`.
///
/// Keras: `keras.metrics.LogCoshError`.
public struct LogCoshError: MeanMetric {
  public init() {}
  public static let schema = Schema(
    "LogCoshError", "Mean of the logarithms of hyperbolic cosines of differences.", prototype: Self())

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    try LogCosh().values(target, prediction, semantics)
  }
}

/// The cosine of the angle between target and prediction; the loss of that name is its negative.
///
/// Keras: `keras.metrics.CosineSimilarity`.
public struct CosineSimilarityMetric: MeanMetric {
  public var axis = -1
  public init() {}
  public var growsWhenBetter: Bool { true }
  public static let schema = Schema(
    "CosineSimilarity", "The cosine between target and prediction.", prototype: Self(),
    Field("axis", \.axis, "The axis of the vectors."))

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    var loss = CosineSimilarity()
    loss.axis = axis
    return try loss.cosine(target, prediction, semantics)
  }
}

/// How often the label is among the k largest outputs.
///
/// Keras: `keras.metrics.SparseTopKCategoricalAccuracy`.
public struct SparseTopKCategoricalAccuracy: MeanMetric {
  public var k = 5
  public var fromSortedIDs = false
  public init() {}
  public var growsWhenBetter: Bool { true }
  public static let schema = Schema(
    "SparseTopKCategoricalAccuracy", "How often the label is among the largest outputs.", prototype: Self(),
    Field("k", \.k, "How many outputs count.", check: atLeast(1)),
    Field("from_sorted_ids", \.fromSortedIDs, "Whether outputs are classes already, the likeliest first."))

  public func target(for prediction: TensorType, offered: TensorType) -> TensorType {
    TensorType(prediction.dims.dropLast(), .int32)
  }

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    guard fromSortedIDs, case .size(let count)? = prediction.type.dims.last else {
      return try isAmongLargest(target, prediction, k)
    }
    let first = try prediction.taking(Array(0..<min(k, count)), axis: -1)
    return try (first .== target.cast(to: .float32).expandingDimensions(at: -1)).any(over: [-1])
  }
}

/// How often the output where the target is largest is among the k largest.
///
/// Keras: `keras.metrics.TopKCategoricalAccuracy`.
public struct TopKCategoricalAccuracy: MeanMetric {
  public var k = 5
  public init() {}
  public var growsWhenBetter: Bool { true }
  public static let schema = Schema(
    "TopKCategoricalAccuracy", "How often the target's class is among the largest outputs.",
    prototype: Self(), Field("k", \.k, "How many outputs count.", check: atLeast(1)))

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    try isAmongLargest(target.argumentOfMaximum(), prediction, k)
  }
}

/// 1 where fewer than k outputs are larger than that of the label; outputs that are no numbers are never right.
private func isAmongLargest(_ labels: Value, _ prediction: Value, _ k: Int) throws -> Value {
  let own = try prediction.graph.apply(PickClass(), prediction, labels)
  let larger = try (prediction .> own.expandingDimensions(at: -1)).sum(over: [-1])
  return try (larger .< Float(k)) .& (own .== own)
}

/// The mean of the outputs, whatever the targets are.
///
/// Keras: `keras.metrics.Mean`, of the values it is given.
public struct Mean: MeanMetric {
  public init() {}
  public static let schema = Schema(
    "Mean", "The mean of the outputs, whatever the targets are.", prototype: Self())

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    prediction
  }
}

/// The sum of the outputs over all samples, whatever the targets are.
///
/// Keras: `keras.metrics.Sum`, of the values it is given.
public struct Sum: Metric {
  public init() {}
  public static let schema = Schema(
    "Sum", "The sum of the outputs, whatever the targets are.", prototype: Self())

  public func sums(_ target: Value, _ prediction: Value, weights: Value?, _ semantics: Semantics) throws
    -> MetricSums
  {
    let weighted = try weights.map { try prediction * $0.fitting(prediction) } ?? prediction
    return .totals([try prediction.graph.apply(SumAll(), weighted)])
  }

  public func result(_ totals: [Double]) -> Double { totals[0] }
}
