public import Config
public import GraphEngine
public import TensorCore

/// The part of the outputs above the threshold that should be there.
///
/// Keras: `keras.metrics.Precision`.
public struct Precision: ClassMetric {
  public var thresholds = Thresholds()
  public var topK: Int?
  public var classID: Int?
  public init() {}
  public static let schema = classSchema(
    "Precision", "How many of the outputs above the threshold are right.")

  public static func result(_ counts: ConfusionCounts, _ place: Int) -> Double {
    ratio(counts.truePositives[place], counts.truePositives[place] + counts.falsePositives[place])
  }
}

/// The part of the outputs that should be above the threshold that are.
///
/// Keras: `keras.metrics.Recall`.
public struct Recall: ClassMetric {
  public var thresholds = Thresholds()
  public var topK: Int?
  public var classID: Int?
  public init() {}
  public static let schema = classSchema("Recall", "How many of the outputs that should be above it are.")

  public static func result(_ counts: ConfusionCounts, _ place: Int) -> Double {
    ratio(counts.truePositives[place], counts.truePositives[place] + counts.falseNegatives[place])
  }
}

/// A metric of thresholds that may look at the largest outputs or at one class only.
public protocol ClassMetric: ThresholdMetric {
  var topK: Int? { get set }
  var classID: Int? { get set }
}

extension ClassMetric {
  public var growsWhenBetter: Bool { true }

  static func classSchema(_ name: String, _ summary: String) -> Schema<Self> {
    thresholdSchema(
      name, summary,
      Field("top_k", \.topK, "Only this many of the largest outputs of a sample can count as 1.") {
        $0.map { $0 >= 1 } ?? true ? nil : "must be at least 1"
      },
      Field("class_id", \.classID, "The only class that counts.") {
        $0.map { $0 >= 0 } ?? true ? nil : "must be at least 0"
      })
  }

  public func sums(_ target: Value, _ prediction: Value, weights: Value?, _ semantics: Semantics) throws
    -> MetricSums
  {
    var (target, prediction) = (target, prediction)
    if let topK, case .size(let classes)? = prediction.type.dims.last, topK < classes {
      let least = try prediction.largest(topK).values.min(over: [-1], keepingDimensions: true)
      // What is not among the largest is below any threshold.
      prediction = try Value.select(prediction .>= least, prediction, -1)
    }
    if let classID {
      target = try target.taking([classID], axis: -1)
      prediction = try prediction.taking([classID], axis: -1)
    }
    let bounds = thresholds.values.isEmpty ? [topK == nil ? 0.5 : -0.5] : thresholds.values
    return try ConfusionCounts.sums(target, prediction, weights: weights, thresholds: bounds)
  }
}

/// A mean of precision and recall in which recall counts beta times as much.
///
/// Keras: `keras.metrics.FBetaScore`.
public struct FBetaScore: ScoreMetric {
  public var average: ScoreAverage?
  public var beta = 1.0
  public var threshold: Double?
  public var classes = 1
  public init() {}
  public static let schema = Schema(
    "FBetaScore", "A mean of precision and recall, one of which counts more.", prototype: Self(),
    fields: [
      averageField, Field("beta", \.beta, "How much recall counts.") { $0 > 0 ? nil : "must be above 0" },
      thresholdField,
    ])
}

/// The harmonic mean of precision and recall.
///
/// Keras: `keras.metrics.F1Score`.
public struct F1Score: ScoreMetric {
  public var average: ScoreAverage?
  public var threshold: Double?
  public var classes = 1
  public var beta: Double { 1 }
  public init() {}
  public static let schema = Schema(
    "F1Score", "The harmonic mean of precision and recall.", prototype: Self(),
    fields: [averageField, thresholdField])
}

/// How the scores of classes become one.
public enum ScoreAverage: String, CaseIterable, ConfigConvertible {
  /// Of the counts of all classes together.
  case micro
  /// The mean of the classes' scores.
  case macro
  /// The mean, each class by the number of its samples.
  case weighted
}

/// A score made of counts for each class.
public protocol ScoreMetric: Metric {
  /// Without it each class has a result of its own: `f1_score@0`, `f1_score@1`, …
  var average: ScoreAverage? { get set }
  var beta: Double { get }
  /// Above it an output counts as 1; without one the largest of a sample does.
  var threshold: Double? { get set }
  /// The number of classes that are watched; one has a single result.
  var classes: Int { get set }
}

extension ScoreMetric {
  public var growsWhenBetter: Bool { true }

  public func watching(_ prediction: TensorType) -> Self {
    var copy = self
    if case .size(let count)? = prediction.dims.last { copy.classes = count }
    return copy
  }

  public var parts: [String] { average == nil && classes > 1 ? (0..<classes).map { "@\($0)" } : [] }

  public func results(_ totals: [Double]) -> [Double] {
    parts.isEmpty ? [result(totals)] : scores(totals).ofClasses
  }

  static var averageField: Field<Self> {
    Field("average", \.average, "How the scores of classes become one; each has its own if null.")
  }
  static var thresholdField: Field<Self> {
    Field("threshold", \.threshold, "Above it an output counts as 1; without it the largest does.") {
      $0.map { $0 > 0 && $0 <= 1 } ?? true ? nil : "must be above 0 and at most 1"
    }
  }

  public func sums(_ target: Value, _ prediction: Value, weights: Value?, _ semantics: Semantics) throws
    -> MetricSums
  {
    let chosen: Value
    if let threshold {
      chosen = try prediction .> Float(threshold)
    } else {
      let largest = try prediction.max(over: [-1], keepingDimensions: true)
      chosen = try (prediction .>= largest) .& (prediction.abs() .> 1e-9)
    }
    let axes = Array(0..<max(0, prediction.type.rank - 1))
    let sum = { (x: Value) in try (weights.map { try x * $0.fitting(x) } ?? x).sum(over: axes) }
    return .totals([
      try sum(chosen * target), try sum(chosen * (1 - target)), try sum((1 - chosen) * target),
      try sum(target),
    ])
  }

  /// The score of each class, how many samples it has, and the score of all together.
  private func scores(_ totals: [Double]) -> (ofClasses: [Double], weights: [Double], ofAll: Double) {
    let classes = totals.count / 4
    let part = { (i: Int) in Array(totals[i * classes..<(i + 1) * classes]) }
    let (right, extra, missed, weights) = (part(0), part(1), part(2), part(3))
    let score = { (right: Double, extra: Double, missed: Double) in
      let epsilon = Double(Float.kerasEpsilon)
      let (precision, recall) = (right / (right + extra + epsilon), right / (right + missed + epsilon))
      let square = beta * beta
      return precision * recall / (square * precision + recall + epsilon) * (1 + square)
    }
    return (
      (0..<classes).map { score(right[$0], extra[$0], missed[$0]) }, weights,
      score(right.reduce(0, +), extra.reduce(0, +), missed.reduce(0, +))
    )
  }

  public func result(_ totals: [Double]) -> Double {
    let (scores, weights, ofAll) = scores(totals)
    if average == .micro { return ofAll }
    guard average == .weighted else { return ratio(scores.reduce(0, +), Double(scores.count)) }
    return zip(scores, weights).reduce(0) { $0 + $1.0 * $1.1 }
      / (weights.reduce(0, +) + Double(Float.kerasEpsilon))
  }
}
