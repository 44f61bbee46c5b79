import TensorCore

/// How sure a mean of a few differences is: a percentile bootstrap (Efron, 1979).
///
/// Resamples are drawn from a counted random stream, so that the same differences always have the same interval.
enum Bootstrap {
  static let resamples = 4000
  static let level = 0.95

  /// The interval that holds 95 % of the means of resamples; `nil` for less than two values, or one that is no number.
  static func interval(of values: [Double]) -> ClosedRange<Double>? {
    guard values.count > 1, values.allSatisfy(\.isFinite) else { return nil }
    let stream = RandomStream(seed: 0, "compare/bootstrap")
    let count = UInt64(values.count)
    var means: [Double] = []
    means.reserveCapacity(resamples)
    var next = 0
    for _ in 0..<resamples {
      var sum = 0.0
      for _ in values {
        // The bias of taking the high half of a product is below 2⁻²⁰ for any number of runs.
        sum += values[Int((UInt64(stream[next]) &* count) >> 32)]
        next += 1
      }
      means.append(sum / Double(values.count))
    }
    means.sort()
    return quantile((1 - level) / 2, of: means)...quantile((1 + level) / 2, of: means)
  }

  /// The value below which a share of sorted values lies, between two of them in proportion.
  private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let lower = Int(place)
    guard lower + 1 < sorted.count else { return sorted[lower] }
    return sorted[lower] + (sorted[lower + 1] - sorted[lower]) * (place - Double(lower))
  }
}
