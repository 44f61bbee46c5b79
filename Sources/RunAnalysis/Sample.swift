import RunLog

/// Values of one quantity in several runs.
public struct Sample: Sendable, Equatable {
  public var values: [Double]

  public init(_ values: [Double]) { self.values = values }

  public var count: Int { values.count }
  /// NaN if one of them is, or there is none.
  public var mean: Double { values.reduce(0, +) / Double(values.count) }

  /// The standard deviation of the population, estimated with n - 1; `nil` for less than two values.
  public var deviation: Double? {
    guard count > 1 else { return nil }
    let mean = mean
    let squares = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
    return (squares / Double(count - 1)).squareRoot()
  }
}

/// How much better or worse runs are than others with the same seeds.
public struct PairedDifference: Sendable, Equatable {
  /// The mean of the differences.
  public var mean: Double
  /// Where the mean lies in 95 % of bootstrap resamples; `nil` for a single pair.
  public var interval: ClosedRange<Double>?
  /// How many seeds both have.
  public var count: Int

  /// Whether the interval is on one side of 0.
  public var isClear: Bool { interval.map { !$0.contains(0) } ?? false }

  /// - Returns: `nil` where no seed has a value in both.
  init?(_ metric: RunComparison.Metric, of runs: [RunSummary], from baseline: [RunSummary]) {
    let differences = runs.compactMap { run -> Double? in
      guard let own = run.metric(metric.name, series: metric.series)?.best.value,
        let partner = baseline.first(where: { $0.seed == run.seed }),
        let other = partner.metric(metric.name, series: metric.series)?.best.value
      else { return nil }
      return own - other
    }
    guard !differences.isEmpty else { return nil }
    mean = Sample(differences).mean
    count = differences.count
    interval = Bootstrap.interval(of: differences)
  }
}
