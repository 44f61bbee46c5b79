package import Diagnostics
import Foundation
import Plotting
import PlottingCairo
import Reporting
package import RunAnalysis
import RunEvents
import RunLog

/// `runexp compare --report`: a comparison as a page, with curves.
package struct ComparisonReport {
  package let html: String

  /// - Parameters:
  ///   - isPaired: whether differences from the first row are wanted.
  ///   - path: where it will be written, for links to the runs' reports.
  /// - Throws: E0701 to E0706 if a run's log cannot be read, E0910 and E0911 if a figure cannot be drawn.
  package init(_ comparison: RunComparison, _ named: NamedRuns, isPaired: Bool, writtenTo path: String)
    throws(Diagnostic)
  {
    let curves = RunCurves(try named.histories(of: comparison))
    var figures: [ReportFigure] = []
    for metric in comparison.metrics {
      guard let chart = curves.chart(metric, of: comparison) else { continue }
      figures.append(
        ReportFigure(path: "\(metric.title).png", caption: Self.caption(metric), png: try renderPNG(chart)))
    }
    let runs = comparison.rows.flatMap(\.runs)
    let experiments = Set(runs.map(\.experiment)).sorted().joined(separator: ", ")
    let rows = comparison.rows.count
    let page = ComparisonPage(
      title: "Comparison of \(experiments)",
      subtitle: runs.count == rows
        ? "\(rows) run\(rows == 1 ? "" : "s")"
        : "\(runs.count) runs; those that differ only in the seed are one row",
      warnings: comparison.rows.contains { !$0.remarks.isEmpty }
        ? [
          "Not all numbers are of the same thing, or of runs that finished: the remarks in the table say which."
        ] : [],
      results: Self.results(comparison), figures: figures,
      tables: (isPaired ? [Self.differences(comparison)] : []) + [Self.runs(runs, named, path)])
    html = ComparisonWriter().render(page)
  }

  private static func caption(_ metric: RunComparison.Metric) -> String {
    "\(metric.title): the \(metric.goal.rawValue), the better"
  }

  private static func results(_ comparison: RunComparison) -> ComparisonPage.Table {
    let table = ComparisonTable(comparison)
    let keys = comparison.rows.map { row in
      comparison.metrics.indices.flatMap { metric -> [Double?] in
        let outcome = row.outcomes[metric]
        return comparison.metrics[metric].isOfEpochs
          ? [outcome?.best.mean, outcome?.last.mean] : [outcome?.best.mean]
      }
    }
    let areRemarked = comparison.rows.contains { !$0.remarks.isEmpty }
    let firstMetric = table.header.count - (keys.first?.count ?? 0) - (areRemarked ? 1 : 0)
    let rows = zip(table.rows, keys).map { row, keys in
      row.enumerated().map { column, text in
        let metric = column - firstMetric
        return ComparisonPage.Cell(text, key: keys.indices.contains(metric) ? keys[metric] : nil)
      }
    }
    return .init(
      title: "Results", note: "Best value of an epoch, with its epoch; a click on a column sorts by it.",
      header: table.header, alignments: table.alignments, rows: rows)
  }

  /// The differences from the first row: a row for each other one, columns for each metric.
  private static func differences(_ comparison: RunComparison) -> ComparisonPage.Table {
    let rows = comparison.rows.indices.dropFirst().map { row in
      [ComparisonPage.Cell(comparison.rows[row].name)]
        + comparison.metrics.indices.map { metric in
          let difference = comparison.pairedDifference(row: row, metric: metric)
          let isBetter = ((difference?.mean ?? 0) > 0) == (comparison.metrics[metric].goal == .larger)
          return ComparisonPage.Cell(
            difference.map(ComparisonTable.text) ?? "", key: difference?.mean,
            tone: difference?.isClear == true ? isBetter ? .good : .bad : nil)
        }
    }
    return .init(
      title: "Differences from \(comparison.rows[0].name)",
      note:
        "Of the best values, run by run of the same seed: the mean, its 95 % bootstrap interval, and the number of seeds. Green and red are those whose interval leaves out 0.",
      header: ["run"] + comparison.metrics.map(\.title),
      alignments: [.left] + comparison.metrics.map { _ in .right }, rows: Array(rows))
  }

  private static func runs(_ runs: [RunSummary], _ named: NamedRuns, _ path: String) -> ComparisonPage.Table {
    let here = URL(fileURLWithPath: path).deletingLastPathComponent()
    let rows = runs.map { run -> [ComparisonPage.Cell] in
      let report = URL(fileURLWithPath: "\(named.folder(run.name))/\(RunFile.page)")
      let link =
        FileManager.default.fileExists(atPath: report.path) ? relative(report.path, from: here.path) : nil
      return [
        .init(run.name, link: link), .init(run.status.rawValue), .init("\(run.seed)"), .init(run.tag ?? ""),
        .init(RunIndexPage.started(run.startedAt)),
        .init(run.seconds.map(DurationText.text) ?? "", key: run.seconds),
      ] + run.parameters.map { .init(ComparisonTable.short($0.json), key: Double($0.json)) }
    }
    let names = runs.first?.parameters.map(\.name) ?? []
    let areAlike = runs.allSatisfy { $0.parameters.map(\.name) == names }
    return .init(
      title: "Runs",
      header: ["run", "status", "seed", "tag", "started", "duration"] + (areAlike ? names : []),
      alignments: [.left, .left, .right, .left, .left, .right] + names.map { _ in .right },
      rows: areAlike ? rows : rows.map { Array($0.prefix(6)) })
  }

  /// A path as a browser follows it from a folder.
  private static func relative(_ path: String, from folder: String) -> String {
    let (a, b) = (folder.split(separator: "/"), path.split(separator: "/"))
    let shared = zip(a, b).prefix { $0 == $1 }.count
    let words = a.dropFirst(shared).map { _ in ".." } + b.dropFirst(shared).map(String.init)
    return "./"
      + words.map { $0.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? $0 }.joined(
        separator: "/")
  }
}
