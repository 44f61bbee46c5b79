public import RunLog

/// A metric whose points are not the same in two runs.
public struct MetricDifference: Sendable, Equatable {
  public var series: String
  public var name: String
  /// The last point of each; `nil` where there is none.
  public var first: MetricHistory.Point?
  public var second: MetricHistory.Point?
  /// How many points each has.
  public var firstCount: Int
  public var secondCount: Int
  /// The first point that differs, as the first run has it; `nil` if one only goes on where the other ends.
  public var parting: MetricHistory.Point?
  /// The largest difference between points of the same place, divided by the larger of the two.
  ///
  /// 0 if none differs, infinite where only one is a number.
  public var largestRelative: Double

  /// The metrics that are not the same, in the order of the first run, then of the second.
  static func between(_ first: [MetricHistory], _ second: [MetricHistory]) -> [MetricDifference] {
    func partner(_ own: MetricHistory, _ others: [MetricHistory]) -> MetricHistory? {
      others.first { $0.series == own.series && $0.name == own.name }
    }
    return first.compactMap { MetricDifference($0, partner($0, second)) }
      + second.filter { partner($0, first) == nil }.compactMap { MetricDifference(nil, $0) }
  }

  private init?(_ first: MetricHistory?, _ second: MetricHistory?) {
    guard let known = first ?? second else { return nil }
    series = known.series
    name = known.name
    let (a, b) = (first?.points ?? [], second?.points ?? [])
    self.first = a.last
    self.second = b.last
    firstCount = a.count
    secondCount = b.count
    parting = zip(a, b).first { !$0.isSame(as: $1) }?.0
    largestRelative = zip(a, b).map { relativeDifference($0.value, $1.value) }.max() ?? 0
    if parting == nil && a.count == b.count { return nil }
  }
}

extension MetricHistory.Point {
  fileprivate func isSame(as other: Self) -> Bool {
    step == other.step && epoch == other.epoch && relativeDifference(value, other.value) == 0
  }
}

/// |a - b| / max(|a|, |b|); two that are not numbers, and equal infinities, do not differ.
func relativeDifference(_ a: Double, _ b: Double) -> Double {
  if a == b || (a.isNaN && b.isNaN) { return 0 }
  let difference = abs(a - b) / max(abs(a), abs(b))
  return difference.isFinite ? difference : .infinity
}
