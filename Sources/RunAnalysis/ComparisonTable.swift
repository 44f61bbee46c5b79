package import Config
import Foundation
import Plotting
package import Reporting
import RunEvents
import RunLog

/// A comparison as rows of text, for the console, Markdown and the report.
package struct ComparisonTable {
  package var header: [String]
  package var rows: [[String]]
  package var alignments: [ReportTable.Alignment]

  /// Runs, what they were told, what came out; with a baseline, the differences from it.
  package init(_ comparison: RunComparison, isPaired: Bool = false) {
    let areGrouped = comparison.rows.contains { $0.runs.count > 1 }
    let areSeedsShown = areGrouped || Set(comparison.rows.flatMap { $0.runs.map(\.seed) }).count > 1
    let areRemarked = comparison.rows.contains { !$0.remarks.isEmpty }
    header = ["run"] + (areSeedsShown ? [areGrouped ? "n" : "seed"] : []) + comparison.settings
    alignments = [.left] + (areSeedsShown ? [.right] : []) + comparison.settings.map { _ in .right }
    rows = comparison.rows.map { row in
      [row.name] + (areSeedsShown ? [areGrouped ? "\(row.runs.count)" : "\(row.runs[0].seed)"] : [])
        + row.settings.map(Self.short)
    }
    for (place, metric) in comparison.metrics.enumerated() {
      header += metric.isOfEpochs ? ["\(metric.title) best", "last"] : [metric.title]
      alignments += metric.isOfEpochs ? [.right, .right] : [.right]
      for (row, outcome) in comparison.rows.map({ $0.outcomes[place] }).enumerated() {
        rows[row] +=
          metric.isOfEpochs
          ? [Self.best(outcome), outcome.map { Self.text($0.last) } ?? ""]
          : [outcome.map { Self.text($0.best) } ?? ""]
      }
      guard isPaired else { continue }
      header.append("difference")
      alignments.append(.right)
      for row in rows.indices {
        rows[row].append(
          row == 0 ? "baseline" : comparison.pairedDifference(row: row, metric: place).map(Self.text) ?? "")
      }
    }
    if areRemarked {
      header.append("remarks")
      alignments.append(.left)
      for (place, row) in comparison.rows.enumerated() {
        rows[place].append(row.remarks.joined(separator: "; "))
      }
    }
  }

  package var text: String { TextTable.render([header] + rows, aligned: alignments) }

  /// As GitHub reads it.
  package var markdown: String {
    func line(_ cells: [String]) -> String {
      "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
    let rule = alignments.map { $0 == .right ? "---:" : "---" }
    return ([line(header), line(rule)] + rows.map(line)).joined(separator: "\n")
  }

  /// JSON as people read it: texts without quotes, long values by their beginning.
  package static func short(_ json: String?) -> String {
    guard let json else { return "" }
    let text = (try? ConfigNode(json: json))?.string ?? json
    return text.count > 40 ? String(text.prefix(39)) + "…" : text
  }

  /// `0.8912 ± 0.0011`.
  package static func text(_ sample: Sample) -> String {
    let mean = NumberText.significant(sample.mean, digits: 4)
    guard let deviation = sample.deviation else { return mean }
    // Both to two digits of the deviation; without one, as in runs that are alike, the mean as it is.
    guard deviation > 1e-6, deviation < 10, sample.mean.magnitude < 1e5 else {
      return "\(mean) ± \(NumberText.significant(deviation, digits: 2))"
    }
    let decimals = max(0, 1 - Int(log10(deviation).rounded(.down)))
    return
      "\(NumberText.fixed(sample.mean, decimals: decimals)) ± \(NumberText.fixed(deviation, decimals: decimals))"
  }

  /// The best value, and the epoch of a single run's.
  private static func best(_ outcome: RunComparison.Outcome?) -> String {
    guard let outcome else { return "" }
    guard outcome.best.count == 1 else { return text(outcome.best) }
    return text(outcome.best) + (outcome.epoch.map { " @ \($0)" } ?? "")
  }

  /// `+0.0123 [+0.0081, +0.0160] n=5`.
  package static func text(_ difference: PairedDifference) -> String {
    func signed(_ value: Double) -> String {
      (value > 0 ? "+" : "") + NumberText.significant(value, digits: 3)
    }
    let interval = difference.interval.map { " [\(signed($0.lowerBound)), \(signed($0.upperBound))]" } ?? ""
    return "\(signed(difference.mean))\(interval) n=\(difference.count)"
  }
}

extension RunComparison {
  /// A row for each run, with numbers as they are: for spreadsheets and data frames.
  package var csv: String {
    let titles = metrics.flatMap { metric in
      metric.isOfEpochs
        ? ["\(metric.title).best", "\(metric.title).best_epoch", "\(metric.title).last"] : [metric.title]
    }
    var lines = [["run", "group", "seed", "status"] + settings + titles + ["remarks"]]
    for (group, row) in rows.enumerated() {
      for run in row.runs {
        let values = metrics.flatMap { metric -> [String] in
          let own = run.metric(metric.name, series: metric.series)
          let best = own.map { "\($0.best.value)" } ?? ""
          guard metric.isOfEpochs else { return [best] }
          return [best, own?.best.epoch.map(String.init) ?? "", own.map { "\($0.last.value)" } ?? ""]
        }
        let told = row.settings.map { $0.map { (try? ConfigNode(json: $0))?.string ?? $0 } ?? "" }
        lines.append(
          [run.name, "\(group + 1)", "\(run.seed)", run.status.rawValue] + told + values
            + [row.remarks.joined(separator: "; ")])
      }
    }
    return lines.map { CSV.row($0) }.joined(separator: "\n")
  }

  /// - Parameter isPaired: with the differences from the first row.
  package func config(isPaired: Bool) -> ConfigNode {
    let rows = self.rows.enumerated().map { place, row -> ConfigNode in
      let told = zip(settings, row.settings).map { name, json in
        ConfigNode.Entry(name, json.flatMap { try? ConfigNode(json: $0) } ?? nil)
      }
      let outcomes = metrics.indices.compactMap { metric in
        row.outcomes[metric].map { outcome in
          config(
            outcome, metrics[metric],
            isPaired && place > 0 ? pairedDifference(row: place, metric: metric) : nil)
        }
      }
      return [
        "runs": ConfigNode(
          .list(row.runs.map { ["run": $0.name.config, "seed": Int(clamping: $0.seed).config] })),
        "n": row.runs.count.config, "settings": ConfigNode(.map(told)),
        "metrics": ConfigNode(.list(outcomes)),
        "remarks": row.remarks.config,
      ]
    }
    return [
      "settings": settings.config, "metrics": metrics.map(\.title).config, "rows": ConfigNode(.list(rows)),
    ]
  }

  private func config(_ outcome: Outcome, _ metric: Metric, _ difference: PairedDifference?) -> ConfigNode {
    func config(_ sample: Sample) -> ConfigNode {
      ["mean": Optional(sample.mean).finite, "deviation": sample.deviation.finite]
    }
    var entries: [ConfigNode.Entry] = [
      .init("metric", metric.title.config), .init("goal", metric.goal.rawValue.config),
      .init("best", config(outcome.best)),
      .init("best_epoch", outcome.best.count == 1 ? outcome.epoch.config : nil),
      .init("best_step", outcome.best.count == 1 ? outcome.step.config : nil),
      .init("last", config(outcome.last)),
    ]
    if let difference {
      entries.append(
        .init(
          "difference",
          [
            "mean": Optional(difference.mean).finite, "lower": (difference.interval?.lowerBound).finite,
            "upper": (difference.interval?.upperBound).finite, "n": difference.count.config,
          ]))
    }
    return ConfigNode(.map(entries))
  }
}
