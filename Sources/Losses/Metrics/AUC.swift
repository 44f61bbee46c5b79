public import Config
import Diagnostics
public import GraphEngine
import KernelABI
import TensorCore

/// The area under the curve of right against wrong positives, or of precision against recall, by sums over thresholds.
///
/// Keras: `keras.metrics.AUC`; the interpolation of precision and recall is that of Davis and Goadrich, "The
/// relationship between precision-recall and ROC curves" (2006).
public struct AUC: Metric {
  public enum Curve: String, CaseIterable, ConfigConvertible {
    case roc = "ROC"
    case pr = "PR"
  }
  public enum Summation: String, CaseIterable, ConfigConvertible { case interpolation, minoring, majoring }

  public var numThresholds = 200
  public var curve = Curve.roc
  public var summationMethod = Summation.interpolation
  public var fromLogits = false
  /// Thresholds between 0 and 1 instead of evenly spaced ones; 0 and 1 are added.
  public var thresholds: [Double]?
  /// Whether each label has a curve of its own; the result is the mean of the areas.
  public var multiLabel = false
  public var numLabels: Int?
  /// How much each label counts.
  public var labelWeights: [Double]?
  public init() {}
  public var growsWhenBetter: Bool { true }

  public static let schema = Schema(
    "AUC", "The area under a curve of right and wrong positives.", prototype: Self(),
    Field("num_thresholds", \.numThresholds, "How many thresholds the curve has.") {
      (2...100_000).contains($0) ? nil : "must be between 2 and 100000"
    },
    Field("curve", \.curve, "ROC: right against wrong positives; PR: precision against recall."),
    Field("summation_method", \.summationMethod, "How the area between two thresholds is taken."),
    Field("from_logits", \.fromLogits, "Whether predictions are logits instead of probabilities."),
    Field(
      "thresholds", \.thresholds, "Thresholds between 0 and 1, instead of so many evenly spaced ones."
    ) {
      $0.map { $0.allSatisfy((0...1).contains) } ?? true ? nil : "must be between 0 and 1"
    },
    Field(
      "multi_label", \.multiLabel, "Whether each label has a curve of its own; the areas' mean is taken."),
    Field(
      "num_labels", \.numLabels, "How many labels there are, for Keras; here it follows from the outputs."
    ) {
      $0.map { $0 >= 1 } ?? true ? nil : "must be at least 1"
    },
    Field("label_weights", \.labelWeights, "How much each label counts.") {
      $0.map { $0.allSatisfy { $0 >= 0 } } ?? true ? nil : "must be at least 0"
    })

  private var bounds: [Double] {
    let inner =
      thresholds?.sorted() ?? (0..<numThresholds - 2).map { Double($0 + 1) / Double(numThresholds - 1) }
    return [-Double(Float.kerasEpsilon)] + inner + [1 + Double(Float.kerasEpsilon)]
  }

  public func sums(_ target: Value, _ prediction: Value, weights: Value?, _ semantics: Semantics) throws
    -> MetricSums
  {
    let p = fromLogits ? try prediction.mapped(.sigmoid) : prediction
    let ofLabels = try labelWeights.map {
      guard p.type.dims.last == .size($0.count) else { throw Diagnostic.wrongLabelWeights($0.count, p.type) }
      return p.graph.constant(Tensor([$0.count], $0.map { Float($0) }))
    }
    // Of one curve over all labels they weigh the values, of several the areas.
    guard !multiLabel, let ofLabels else {
      return try ConfusionCounts.sums(
        target, p, weights: weights, thresholds: bounds, byLabel: multiLabel && p.type.rank > 1)
    }
    let both = try weights.map { try $0.fitting(p) * ofLabels } ?? ofLabels.broadcast(to: p.type.dims)
    return try ConfusionCounts.sums(target, p, weights: both, thresholds: bounds)
  }

  public func result(_ totals: [Double]) -> Double {
    let counts = ConfusionCounts(totals)
    let labels = counts.truePositives.count / bounds.count
    guard multiLabel, labels > 0 else { return area(counts) }
    let areas = counts.apart(labels).map(area)
    let weights = labelWeights ?? areas.map { _ in 1 }
    return ratio(zip(areas, weights).reduce(0) { $0 + $1.0 * $1.1 }, weights.reduce(0, +))
  }

  private func area(_ counts: ConfusionCounts) -> Double {
    if curve == .pr && summationMethod == .interpolation { return interpolatedPrecision(counts) }
    let recall = zip(counts.truePositives, counts.falseNegatives).map { ratio($0, $0 + $1) }
    let (x, y): ([Double], [Double]) =
      switch curve {
      case .roc: (zip(counts.falsePositives, counts.trueNegatives).map { ratio($0, $0 + $1) }, recall)
      case .pr: (recall, zip(counts.truePositives, counts.falsePositives).map { ratio($0, $0 + $1) })
      }
    return (0..<x.count - 1).reduce(0) { area, i in
      let height =
        switch summationMethod {
        case .interpolation: (y[i] + y[i + 1]) / 2
        case .minoring: min(y[i], y[i + 1])
        case .majoring: max(y[i], y[i + 1])
        }
      return area + (x[i] - x[i + 1]) * height
    }
  }

  private func interpolatedPrecision(_ counts: ConfusionCounts) -> Double {
    let (right, missed) = (counts.truePositives, counts.falseNegatives)
    let positives = zip(right, counts.falsePositives).map { $0 + $1 }
    return (0..<right.count - 1).reduce(0) { area, i in
      let gained = right[i] - right[i + 1]
      let slope = ratio(gained, max(positives[i] - positives[i + 1], 0))
      let intercept = right[i + 1] - slope * positives[i + 1]
      let isCurved = positives[i] > 0 && positives[i + 1] > 0
      let bend = isCurved ? DeterministicMath.log(positives[i] / positives[i + 1]) : 0
      return area + ratio(slope * (gained + intercept * bend), right[i + 1] + missed[i + 1])
    }
  }
}

extension Diagnostic {
  /// E0387: weights of labels for an output that has another number of labels.
  fileprivate static func wrongLabelWeights(_ count: Int, _ prediction: TensorType) -> Diagnostic {
    Diagnostic(
      "E0387", "AUC has \(count) label_weights, the output is \(prediction)",
      help: "give one weight for each number of the output's last axis")
  }
}
