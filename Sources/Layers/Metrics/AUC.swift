public import Config
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
  public init() {}

  public static let schema = Schema(
    "AUC", "The area under a curve of right and wrong positives.", prototype: Self(),
    Field("num_thresholds", \.numThresholds, "How many thresholds the curve has.") {
      (2...100_000).contains($0) ? nil : "must be between 2 and 100000"
    },
    Field("curve", \.curve, "ROC: right against wrong positives; PR: precision against recall."),
    Field("summation_method", \.summationMethod, "How the area between two thresholds is taken."),
    Field("from_logits", \.fromLogits, "Whether predictions are logits instead of probabilities."))

  private var thresholds: [Double] {
    let inner = (0..<numThresholds - 2).map { Double($0 + 1) / Double(numThresholds - 1) }
    return [-Double(fuzz)] + inner + [1 + Double(fuzz)]
  }

  public func sums(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> MetricSums {
    let p = fromLogits ? try prediction.mapped(.sigmoid) : prediction
    return try ConfusionCounts.sums(target, p, thresholds: thresholds)
  }

  public func result(_ totals: [Double]) -> Double {
    let counts = ConfusionCounts(totals)
    if curve == .pr && summationMethod == .interpolation { return interpolatedPrecision(counts) }
    let recall = zip(counts.truePositives, counts.falseNegatives).map { ratio($0, $0 + $1) }
    let (x, y): ([Double], [Double])
    switch curve {
    case .roc: (x, y) = (zip(counts.falsePositives, counts.trueNegatives).map { ratio($0, $0 + $1) }, recall)
    case .pr: (x, y) = (recall, zip(counts.truePositives, counts.falsePositives).map { ratio($0, $0 + $1) })
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
