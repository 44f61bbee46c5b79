package import Config
package import Plotting
package import RunLog

/// One metric of several runs over the epochs: a line for each row of a comparison, with a band where a row has runs of
/// several seeds.
package struct RunCurves {
  /// How the runs of a row are shown around their mean.
  package enum Band: String, CaseIterable {
    /// From the smallest to the largest value.
    case range
    /// A standard deviation to both sides.
    case sd
    case none
  }

  package enum Across: String, CaseIterable { case epoch, step }

  package var band = Band.range
  package var across = Across.epoch
  package var isLogarithmic = false
  /// The histories of a run, from its log.
  private let histories: [String: [MetricHistory]]

  /// - Parameter histories: of the metrics of each run.
  package init(_ histories: [String: [MetricHistory]]) { self.histories = histories }

  /// The chart of a metric; `nil` where no run has more than one value of it.
  package func chart(_ metric: RunComparison.Metric, of comparison: RunComparison) -> LineChart? {
    let names = Self.names(comparison)
    let series = zip(comparison.rows, names).compactMap { row, name in line(metric, row, name) }
    guard series.contains(where: { $0.points.count > 1 }) else { return nil }
    var chart = LineChart(title: metric.title, xLabel: across.rawValue, yLabel: "", series: series)
    chart.wholeNumbers = true
    chart.logarithmic = isLogarithmic
    if series.contains(where: { !$0.band.isEmpty }) {
      chart.subtitle =
        band == .sd
        ? "mean over seeds, with a standard deviation" : "mean over seeds, from the smallest to the largest"
    }
    return chart
  }

  private func line(_ metric: RunComparison.Metric, _ row: RunComparison.Row, _ name: String) -> LineChart
    .Series?
  {
    let runs = row.runs.compactMap { run -> [Int: Double]? in
      let history = histories[run.name]?.first { $0.series == metric.series && $0.name == metric.name }
      guard let history, !history.points.isEmpty else { return nil }
      // Of two points at one place, as of two trainings of one model, the later one.
      return Dictionary(history.points.map { (across == .epoch ? $0.epoch ?? $0.step : $0.step, $0.value) }) {
        $1
      }
    }
    guard let first = runs.first else { return nil }
    // A mean of fewer runs than before would jump: it ends where the first of them ends.
    let places = first.keys.filter { place in runs.allSatisfy { $0[place] != nil } }.sorted()
    let samples = places.map { place in Sample(runs.compactMap { $0[place] }) }
    var series = LineChart.Series(name, zip(places, samples).map { (Double($0), $1.mean) })
    if runs.count > 1 && band != .none {
      series.band = samples.map { sample in
        let (low, high) = (sample.values.min() ?? sample.mean, sample.values.max() ?? sample.mean)
        let deviation = sample.deviation ?? 0
        return band == .range ? (low, high) : (sample.mean - deviation, sample.mean + deviation)
      }
    }
    return series
  }

  /// What tells rows apart: up to two settings, if that does; otherwise the names of runs.
  private static func names(_ comparison: RunComparison) -> [String] {
    let told = comparison.rows.map { row in
      zip(comparison.settings, row.settings).map { "\($0) \(ComparisonTable.short($1))" }.joined(
        separator: ", ")
        + (row.runs.count > 1 ? " (n=\(row.runs.count))" : "")
    }
    let isEnough = (1...2).contains(comparison.settings.count) && Set(told).count == told.count
    return isEnough
      ? told : comparison.rows.map { $0.name + ($0.runs.count > 1 ? " (n=\($0.runs.count))" : "") }
  }
}

extension LineChart {
  /// The lines, for programs.
  package var config: ConfigNode {
    let lines = series.map { line -> ConfigNode in
      [
        "name": line.name.config, "x": line.points.map(\.x).config,
        "y": ConfigNode(.list(line.points.map { Optional($0.y).finite })),
        "lower": ConfigNode(.list(line.band.map { Optional($0.lower).finite })),
        "upper": ConfigNode(.list(line.band.map { Optional($0.upper).finite })),
      ]
    }
    return ["metric": title.config, "lines": ConfigNode(.list(lines))]
  }
}
