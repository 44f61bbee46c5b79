import RunEvents
public import RunLog

/// Runs side by side: what they were told that is not the same, and what came out.
///
/// Runs that differ in nothing but the seed are one row.
public struct RunComparison: Sendable {
  /// A metric that has a column.
  public struct Metric: Sendable, Equatable {
    public var series: String
    public var name: String
    public var goal: MetricGoal
    /// `val_loss`, or `test.loss` where it belongs to an evaluation or there are several trainings.
    public var title: String
    /// Whether it has a value for each epoch, of which one is the best.
    public var isOfEpochs: Bool
  }

  /// Runs that differ only in their seeds, most often one.
  public struct Row: Sendable {
    public var runs: [RunSummary]
    /// A value for each of `settings`, as JSON; `nil` where the runs have no such thing.
    public var settings: [String?]
    /// For each of `metrics`.
    public var outcomes: [Outcome?]
    /// Why its numbers may not be compared with those of the first row, and which of its runs did not finish or did not do
    /// everything.
    public var remarks: [String]

    /// `mlp-1`, `mlp-1, mlp-2`, `mlp-1 … mlp-9`.
    public var name: String {
      let names = runs.map(\.name)
      return names.count <= 3 ? names.joined(separator: ", ") : "\(names[0]) … \(names[names.count - 1])"
    }
  }

  /// What came out of a row's runs for one metric.
  public struct Outcome: Sendable, Equatable {
    public var best: Sample
    public var last: Sample
    /// Where the best value of the first run was reached.
    public var step: Int
    public var epoch: Int?
  }

  /// Parameters and settings that are not the same in all runs; with `showingAll` every parameter.
  public private(set) var settings: [String] = []
  public private(set) var metrics: [Metric]
  public private(set) var rows: [Row]

  /// Compares runs in the order they are given.
  /// - Parameters:
  ///   - wanted: the metrics to show, by name or title. Without any, those of evaluations and of validation, and those of
  ///     training where there are no such.
  ///   - showingAll: every parameter and every metric.
  ///   - baseline: the name of the run whose row comes first.
  public init(
    _ runs: [ComparedRun], metrics wanted: [String] = [], showingAll: Bool = false, baseline: String? = nil
  ) {
    let told = runs.map { Told($0) }
    var groups = Told.groups(told)
    if let baseline,
      let place = groups.firstIndex(where: { $0.contains { told[$0].run.summary.name == baseline } })
    {
      groups.insert(groups.remove(at: place), at: 0)
    }
    let metrics = Metric.all(in: runs.map(\.summary)).filter { metric in
      wanted.isEmpty
        || [metric.name, metric.title, "\(metric.series).\(metric.name)"].contains { wanted.contains($0) }
    }
    self.metrics = showingAll || !wanted.isEmpty ? metrics : Metric.telling(metrics)
    let firsts = groups.map { told[$0[0]] }
    let columns = Told.columns(firsts, showingAll: showingAll)
    settings = columns.map(\.name)
    rows = groups.enumerated().map { place, group in
      let summaries = group.map { told[$0].run.summary }
      return Row(
        runs: summaries, settings: columns.map { $0.values[place] }, outcomes: [],
        remarks: place == 0 ? [] : firsts[place].reasonsNotToCompare(with: firsts[0]))
    }
    for place in rows.indices {
      rows[place].outcomes = self.metrics.map { Outcome(of: $0, in: rows[place].runs) }
      rows[place].remarks += rows[place].runs.filter { $0.status != .finished || $0.scope != RunScope() }.map
      {
        "\($0.name): \($0.told)"
      }
    }
  }

  /// The difference of a row from the first one, run by run of the same seed.
  /// - Parameters:
  ///   - row: not 0.
  ///   - metric: its place in `metrics`; the best values are compared.
  /// - Returns: `nil` where no seed has a value in both.
  public func pairedDifference(row: Int, metric: Int) -> PairedDifference? {
    PairedDifference(metrics[metric], of: rows[row].runs, from: rows[0].runs)
  }
}

extension RunComparison.Outcome {
  fileprivate init?(of metric: RunComparison.Metric, in runs: [RunSummary]) {
    let found = runs.compactMap { $0.metric(metric.name, series: metric.series) }
    guard let first = found.first else { return nil }
    best = Sample(found.map(\.best.value))
    last = Sample(found.map(\.last.value))
    step = first.best.step
    epoch = first.best.epoch
  }
}

extension RunComparison.Metric {
  /// The metrics of all runs, in the order in which the first run that has one logged it.
  fileprivate static func all(in runs: [RunSummary]) -> [Self] {
    var known: [Self] = []
    for run in runs {
      for metric in run.metrics
      where !known.contains(where: { $0.series == metric.series && $0.name == metric.name }) {
        known.append(
          Self(
            series: metric.series, name: metric.name, goal: metric.goal, title: metric.name,
            isOfEpochs: metric.last.epoch != nil))
      }
    }
    let trained = Set(known.filter(\.isOfEpochs).map(\.series))
    for place in known.indices where !known[place].isOfEpochs || trained.count > 1 {
      known[place].title = "\(known[place].series).\(known[place].name)"
    }
    return known
  }

  /// Without those of training that are known of validation, too.
  fileprivate static func telling(_ all: [Self]) -> [Self] {
    all.filter { metric in
      !metric.isOfEpochs || !all.contains { $0.series == metric.series && $0.name == "val_\(metric.name)" }
    }
  }
}
