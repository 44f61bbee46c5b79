public import Config
public import GraphEngine
import TensorCore

/// How much of the targets' variance the predictions explain.
///
/// Keras: `keras.metrics.R2Score`.
public struct R2Score: Metric {
  public enum Aggregation: String, CaseIterable, ConfigConvertible {
    case uniform = "uniform_average"
    case byVariance = "variance_weighted_average"
  }

  public var classAggregation = Aggregation.uniform
  public var numRegressors = 0
  public init() {}
  public var growsWhenBetter: Bool { true }

  public static let schema = Schema(
    "R2Score", "How much of the targets' variance is explained.", prototype: Self(),
    Field("class_aggregation", \.classAggregation, "How the scores of outputs become one."),
    Field("num_regressors", \.numRegressors, "Inputs that the score is adjusted for.", check: atLeast(0)))

  public func sums(_ target: Value, _ prediction: Value, weights: Value?, _ semantics: Semantics) throws
    -> MetricSums
  {
    let axes = Array(0..<max(0, target.type.rank - 1))
    let one = target.graph.constant(1, target.type.dims)
    let sum = { (x: Value) in try (weights.map { try x * $0.fitting(x) } ?? x).sum(over: axes) }
    return .totals([
      try sum(target), try sum(target.square()), try sum((target - prediction).square()), try sum(one),
    ])
  }

  public func result(_ totals: [Double]) -> Double {
    let outputs = totals.count / 4
    let part = { (i: Int) in Array(totals[i * outputs..<(i + 1) * outputs]) }
    let (sums, squares, residuals, counts) = (part(0), part(1), part(2), part(3))
    guard let count = counts.first, count > 0 else { return 0 }
    let variances = (0..<outputs).map { squares[$0] - sums[$0] * sums[$0] / count }
    let scores = (0..<outputs).map { i -> Double in
      let score = 1 - residuals[i] / variances[i]
      return score.isInfinite ? 0 : score
    }
    var score: Double
    switch classAggregation {
    case .uniform: score = scores.reduce(0, +) / Double(outputs)
    case .byVariance:
      score = zip(scores, variances).reduce(0) { $0 + $1.0 * $1.1 } / variances.reduce(0, +)
    }
    // With as many regressors as samples there is nothing to adjust by.
    let rest = count - Double(numRegressors) - 1
    if numRegressors > 0 && rest > 0 { score = 1 - (1 - score) * (count - 1) / rest }
    return score
  }
}
