import Diagnostics
import Analysis
import Experiments
import Files
import Foundation
import Reporting
import RunEvents
package import RunLog
import Training

/// `reports/index.sqlite` and `reports/index.html`: all runs.
package enum RunIndexPage {
  /// Takes one run into the index and writes the page anew.
  package static func refresh(_ reports: String, with folder: String) throws {
    let index = try RunIndex(folder: reports)
    try index.update(with: folder)
    try write(index, to: reports)
  }

  /// Writes the page of all runs; again where a run ended meanwhile, so that the last page is right.
  package static func write(_ index: RunIndex, to reports: String) throws {
    try index.settled { try writeOnce(index, to: reports) }
  }

  private static func writeOnce(_ index: RunIndex, to reports: String) throws {
    let runs = try index.log.runs()
    let metrics = columns(runs)
    let rows = runs.map { run in
      IndexPage.Row(
        run: run.name, link: "\(run.name)/\(RunFile.page)",
        status: ReportStatus(rawValue: run.status.rawValue) ?? .finished, told: run.told,
        started: started(run.startedAt), seconds: run.seconds,
        values: metrics.map { column in column.value(in: run).map { .number($0) } ?? .missing })
    }
    let html = IndexWriter().render(IndexPage(columns: metrics.map(\.title), rows: rows))
    try writeFile(Array(html.utf8), to: reports + "/index.html")
  }

  /// The metrics worth a column: those that most runs have, at most six.
  package static func columns(_ runs: [RunSummary]) -> [MetricColumn] {
    var counts: [MetricColumn: Int] = [:]
    for run in runs {
      let telling = run.metrics.filter { !$0.name.hasPrefix(GradientNorms.prefix) }
      for column in Set(telling.map(MetricColumn.init)) { counts[column, default: 0] += 1 }
    }
    let ordered = counts.keys.sorted { (counts[$1] ?? 0, $0.title) < (counts[$0] ?? 0, $1.title) }
    return ordered.prefix(6).sorted { $0.title < $1.title }
  }

  /// `2026-03-01 14:02`, in the time of this machine.
  package static func started(_ seconds: Double) -> String {
    // Up to the year 9999; what is no moment is its beginning.
    var time = time_t(seconds.isFinite ? max(0, min(seconds, 253_402_300_799)) : 0)
    var parts = tm()
    localtime_r(&time, &parts)
    func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + "\(number)" }
    return
      "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) \(two(parts.tm_hour)):\(two(parts.tm_min))"
  }
}

/// A metric among all runs: the best of a training's epochs, or the one value of an evaluation.
package struct MetricColumn: Hashable {
  /// The evaluation; empty for a training, whichever it is.
  package let series: String
  package let name: String

  package init(_ metric: MetricSummary) {
    series = metric.last.epoch == nil ? metric.series : ""
    name = metric.name
  }

  package var title: String { series.isEmpty ? "best \(name)" : "\(series).\(name)" }

  package func value(in run: RunSummary) -> Double? {
    let found = run.metrics.first { metric in
      metric.name == name
        && (series.isEmpty ? metric.last.epoch != nil : metric.series == series && metric.last.epoch == nil)
    }
    return found?.best.value
  }
}
