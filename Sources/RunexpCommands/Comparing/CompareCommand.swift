import Analysis
import ArgumentParser
import Config
import Diagnostics
import Experiments
import Files
import Plots
import Running
import Foundation
import RunAnalysis
import RunEvents
import RunLog
import RunService

/// `runexp compare`: runs side by side, only what differs.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compare runs: what differs, and what came out.",
    discussion: """
      Runs that differ only in the seed are one row: n, and the mean ± standard deviation of their values. 'best' is the \
      best value of an epoch, '@' its epoch. A remark says where a number is not of the same thing as in the first row.
      """)

  @Argument(
    help: ArgumentHelp(
      "Runs: mlp-1, latest, 'best(mlp, val_accuracy)', or an experiment for all its runs.", valueName: "run"))
  var runs: [String] = []
  @OptionGroup var common: CommonOptions
  @OptionGroup var filter: FilterOption
  @Option(
    name: .customLong("metric"), help: ArgumentHelp("Only this metric; may be repeated.", valueName: "name"))
  var metrics: [String] = []
  @Option(
    help: ArgumentHelp(
      "Also the difference from this run and those of its row, paired by seed, with a 95 % bootstrap interval.",
      valueName: "run"))
  var baseline: String?
  @Flag(help: "All parameters and metrics, also those that are the same.")
  var all = false
  @Flag(help: "Comma-separated values, a line for each run.")
  var csv = false
  @Flag(help: "JSON for programs.")
  var json = false
  @Flag(help: "A table in Markdown.")
  var markdown = false
  @Option(help: ArgumentHelp("Write a report with the curves overlaid.", valueName: "file.html"))
  var report: String?

  func validate() throws {
    if [csv, json, markdown].count(where: \.self) > 1 {
      throw ValidationError("choose one of --csv, --json and --markdown")
    }
    if runs.isEmpty && filter.condition == nil {
      throw ValidationError("name runs, an experiment, or pick runs with --where")
    }
    if let report, !report.lowercased().hasSuffix(".html") {
      throw ValidationError("--report writes HTML: name a file that ends in .html")
    }
  }

  func run() throws {
    try filter.reporting(common.terminal) {
      let named = try NamedRuns(common.reports)
      named.index?.reportProblems(to: common.terminal)
      let first = try baseline.map { try named.run($0) }
      var names = try named.runs(runs, where: filter.filter())
      if let first, !names.contains(first) { names.insert(first, at: 0) }
      guard let log = named.index?.log, !names.isEmpty else { return common.terminal.say("no run fits") }
      let compared = try log.compared(names)
      try checkMetrics(compared)
      let comparison = RunComparison(compared, metrics: metrics, showingAll: all, baseline: first)
      if let report {
        let page = try ComparisonReport(comparison, named, isPaired: baseline != nil, writtenTo: report)
        try writeFile(Array(page.html.utf8), to: report)
        common.terminal.say("written to \(report)")
        if !(csv || json || markdown) { return }
      }
      print(text(comparison))
    }
  }

  private func text(_ comparison: RunComparison) -> String {
    if json { return comparison.config(isPaired: baseline != nil).prettyJSON }
    if csv { return comparison.csv }
    let table = ComparisonTable(comparison, isPaired: baseline != nil)
    return markdown ? table.markdown : table.text
  }

  /// A name that no run knows is a slip.
  private func checkMetrics(_ runs: [ComparedRun]) throws(Diagnostic) {
    let known = Set(runs.flatMap { $0.summary.metrics.flatMap { [$0.name, "\($0.series).\($0.name)"] } })
    for name in metrics where !known.contains(name) {
      throw .noMetric(
        name, of: runs.map(\.summary.name).prefix(3).joined(separator: ", "), known: known.sorted())
    }
  }
}
