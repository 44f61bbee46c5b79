/// Samples in the order of their scores, and which of them are of the class that is looked for.
public struct Ranking: Sendable {
  /// Samples above each threshold, from the highest down; equal scores share one.
  private var steps: [(right: Int, wrong: Int)] = []
  private let positives: Int
  private let negatives: Int

  /// How many samples were scored.
  public var count: Int { positives + negatives }

  /// - Parameter scores: higher for what is more likely of the class; what is not a number ranks last.
  public init(scores: [Float], isPositive: [Bool]) {
    let samples = zip(scores, isPositive).map { (score: $0.isNaN ? -Float.infinity : $0, isPositive: $1) }
      .sorted { $0.score > $1.score }
    positives = samples.count { $0.isPositive }
    negatives = samples.count - positives
    var (right, wrong) = (0, 0)
    for (index, sample) in samples.enumerated() {
      if sample.isPositive { right += 1 } else { wrong += 1 }
      let isLast = index == samples.count - 1 || samples[index + 1].score != sample.score
      if isLast { steps.append((right, wrong)) }
    }
  }

  private var isComparable: Bool { positives > 0 && negatives > 0 }

  /// False positive rate and true positive rate for falling thresholds; empty without samples of both kinds.
  public var roc: [(x: Double, y: Double)] {
    guard isComparable else { return [] }
    return [(0, 0)]
      + steps.map { (Double($0.wrong) / Double(negatives), Double($0.right) / Double(positives)) }
  }

  /// The area under ``roc``: how likely one of the class scores higher than one that is not.
  public var areaUnderROC: Double {
    let points = roc
    guard !points.isEmpty else { return .nan }
    return zip(points, points.dropFirst()).map { ($1.x - $0.x) * ($1.y + $0.y) / 2 }.reduce(0, +)
  }

  /// Recall and precision for falling thresholds, until all of the class are found; empty without samples of both
  /// kinds.
  public var precisionRecall: [(x: Double, y: Double)] {
    guard isComparable, let first = steps.first else { return [] }
    func precision(_ step: (right: Int, wrong: Int)) -> Double {
      Double(step.right) / Double(step.right + step.wrong)
    }
    let last = steps.firstIndex { $0.right == positives } ?? steps.count - 1
    return [(0, precision(first))]
      + steps[...last].map { (Double($0.right) / Double(positives), precision($0)) }
  }

  /// The precision at each threshold, weighted by how much recall it adds.
  public var averagePrecision: Double {
    let points = precisionRecall
    guard !points.isEmpty else { return .nan }
    return zip(points, points.dropFirst()).map { ($1.x - $0.x) * $1.y }.reduce(0, +)
  }
}
