public import Config
public import GraphEngine

/// The best of one rate among thresholds at which another is good enough, and 0 if there is none.
public protocol ConstrainedMetric: Metric {
  var numThresholds: Int { get set }
  var classID: Int? { get set }
  /// The best that is asked for, and the least of what has to be good enough, at every threshold.
  func rates(_ counts: ConfusionCounts) -> [(wanted: Double, constrained: Double)]
  /// What the constrained rate has to reach.
  var least: Double { get }
}

extension ConstrainedMetric {
  public var growsWhenBetter: Bool { true }

  static func constrainedSchema(
    _ name: String, _ summary: String, prototype: Self, _ constraint: Field<Self>
  ) -> Schema<Self> {
    Schema(
      name, summary, prototype: prototype,
      fields: [
        constraint.required,
        Field("num_thresholds", \.numThresholds, "How many thresholds are tried.") {
          (1...100_000).contains($0) ? nil : "must be between 1 and 100000"
        },
        Field("class_id", \.classID, "The only class that counts.") {
          $0.map { $0 >= 0 } ?? true ? nil : "must be at least 0"
        },
      ])
  }

  private var thresholds: [Double] {
    numThresholds == 1 ? [0.5] : (0..<numThresholds).map { Double($0) / Double(numThresholds - 1) }
  }

  public func sums(_ target: Value, _ prediction: Value, weights: Value?, _ semantics: Semantics) throws
    -> MetricSums
  {
    guard let classID else {
      return try ConfusionCounts.sums(target, prediction, weights: weights, thresholds: thresholds)
    }
    return try ConfusionCounts.sums(
      target.taking([classID], axis: -1), prediction.taking([classID], axis: -1), weights: weights,
      thresholds: thresholds)
  }

  public func result(_ totals: [Double]) -> Double {
    rates(ConfusionCounts(totals)).filter { $0.constrained >= least }.map(\.wanted).max() ?? 0
  }
}

extension ConfusionCounts {
  fileprivate var sensitivities: [Double] { zip(truePositives, falseNegatives).map { ratio($0, $0 + $1) } }
  fileprivate var specificities: [Double] { zip(trueNegatives, falsePositives).map { ratio($0, $0 + $1) } }
  fileprivate var precisions: [Double] { zip(truePositives, falsePositives).map { ratio($0, $0 + $1) } }
}

/// The best sensitivity among thresholds with at least a given specificity.
///
/// Keras: `keras.metrics.SensitivityAtSpecificity`.
public struct SensitivityAtSpecificity: ConstrainedMetric {
  public var specificity = 0.5
  public var numThresholds = 200
  public var classID: Int?
  public init() {}
  public static let schema = constrainedSchema(
    "SensitivityAtSpecificity", "The best sensitivity at a given specificity.", prototype: Self(),
    Field("specificity", \.specificity, "The least specificity.", check: within(0...1)))

  public var least: Double { specificity }
  public func rates(_ counts: ConfusionCounts) -> [(wanted: Double, constrained: Double)] {
    zip(counts.sensitivities, counts.specificities).map { ($0, $1) }
  }
}

/// The best specificity among thresholds with at least a given sensitivity.
///
/// Keras: `keras.metrics.SpecificityAtSensitivity`.
public struct SpecificityAtSensitivity: ConstrainedMetric {
  public var sensitivity = 0.5
  public var numThresholds = 200
  public var classID: Int?
  public init() {}
  public static let schema = constrainedSchema(
    "SpecificityAtSensitivity", "The best specificity at a given sensitivity.", prototype: Self(),
    Field("sensitivity", \.sensitivity, "The least sensitivity.", check: within(0...1)))

  public var least: Double { sensitivity }
  public func rates(_ counts: ConfusionCounts) -> [(wanted: Double, constrained: Double)] {
    zip(counts.specificities, counts.sensitivities).map { ($0, $1) }
  }
}

/// The best precision among thresholds with at least a given recall.
///
/// Keras: `keras.metrics.PrecisionAtRecall`.
public struct PrecisionAtRecall: ConstrainedMetric {
  public var recall = 0.5
  public var numThresholds = 200
  public var classID: Int?
  public init() {}
  public static let schema = constrainedSchema(
    "PrecisionAtRecall", "The best precision at a given recall.", prototype: Self(),
    Field("recall", \.recall, "The least recall.", check: within(0...1)))

  public var least: Double { recall }
  public func rates(_ counts: ConfusionCounts) -> [(wanted: Double, constrained: Double)] {
    zip(counts.precisions, counts.sensitivities).map { ($0, $1) }
  }
}

/// The best recall among thresholds with at least a given precision.
///
/// Keras: `keras.metrics.RecallAtPrecision`.
public struct RecallAtPrecision: ConstrainedMetric {
  public var precision = 0.5
  public var numThresholds = 200
  public var classID: Int?
  public init() {}
  public static let schema = constrainedSchema(
    "RecallAtPrecision", "The best recall at a given precision.", prototype: Self(),
    Field("precision", \.precision, "The least precision.", check: within(0...1)))

  public var least: Double { precision }
  public func rates(_ counts: ConfusionCounts) -> [(wanted: Double, constrained: Double)] {
    zip(counts.sensitivities, counts.precisions).map { ($0, $1) }
  }
}
