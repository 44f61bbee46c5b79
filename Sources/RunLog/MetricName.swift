/// A metric as it is named among runs: `val_loss`, or `test.accuracy` with the training or evaluation it belongs to.
public struct MetricName: Sendable, Equatable {
  public var name: String
  /// `nil` for the first series of a run that has it.
  public var series: String?

  /// - Parameter word: a name, or a series and a name; names may have dots, too, as in `test.precision@0.5`.
  /// - Returns: `nil` if none of the runs has such a metric.
  public init?(_ word: String, in runs: [RunSummary]) {
    let metrics = runs.lazy.flatMap(\.metrics)
    if metrics.contains(where: { $0.name == word }) {
      name = word
      return
    }
    guard let found = metrics.first(where: { $0.title == word }) else { return nil }
    name = found.name
    series = found.series
  }

  /// The best run first.
  public var order: RunOrder { .best(metric: name, series: series) }

  /// Every name that the metrics of runs have, in order.
  public static func known(in runs: [RunSummary]) -> [String] {
    Set(runs.flatMap { run in run.metrics.flatMap { [$0.name, $0.title] } }).sorted()
  }
}

extension MetricSummary {
  /// `test.accuracy`.
  public var title: String { "\(series).\(name)" }
}
