import Diagnostics
import Experiments
import Foundation
import Reporting
import RunEvents
import RunLog
import Training

/// `reports/index.sqlite` and `reports/index.html`: all runs.
enum RunIndexPage {
  /// Takes one run into the index and writes the page anew.
  static func refresh(_ reports: String, with folder: String) throws {
    let index = try RunIndex(folder: reports)
    try index.update(with: folder)
    let runs = try index.log.runs()
    let metrics = columns(runs)
    let rows = runs.map { run in
      IndexPage.Row(
        run: run.name, link: "\(run.name)/report.html",
        status: ReportStatus(rawValue: run.status.rawValue) ?? .finished,
        started: started(run.startedAt), seconds: run.seconds,
        values: metrics.map { title in run.metric(titled: title).map { .number($0.best.value) } ?? .missing })
    }
    let html = IndexWriter().render(IndexPage(columns: metrics, rows: rows))
    try writeFile(Array(html.utf8), to: reports + "/index.html")
  }

  /// Titles of the metrics worth a column: those that most runs have, at most six.
  static func columns(_ runs: [RunSummary]) -> [String] {
    var counts: [String: Int] = [:]
    for run in runs {
      let telling = run.metrics.filter { !$0.name.hasPrefix(GradientNorms.prefix) }
      for title in Set(telling.map(\.title)) { counts[title, default: 0] += 1 }
    }
    let ordered = counts.keys.sorted { (counts[$1] ?? 0, $0) < (counts[$0] ?? 0, $1) }
    return Array(ordered.prefix(6)).sorted()
  }

  /// `2026-03-01 14:02`, in the time of this machine.
  static func started(_ seconds: Double) -> String {
    var time = time_t(seconds)
    var parts = tm()
    localtime_r(&time, &parts)
    func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + "\(number)" }
    return
      "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday)) \(two(parts.tm_hour)):\(two(parts.tm_min))"
  }
}

extension MetricSummary {
  /// What it is called among all runs: the best of a training's epochs, or the one value of an evaluation.
  var title: String { last.epoch == nil ? "\(series).\(name)" : "best \(name)" }
}

extension RunSummary {
  func metric(titled title: String) -> MetricSummary? { metrics.first { $0.title == title } }
}
