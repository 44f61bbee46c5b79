import ArgumentParser
import Config
import Diagnostics
import Analysis
import Experiments
import Files
import Plots
import Running
import Plotting
import PlottingCairo
import RunAnalysis
import RunLog
import RunService

/// `runexp plot`: one metric of several runs in one picture.
struct Plot: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot", abstract: "Draw a metric of several runs in one picture.",
    discussion: "Runs that differ only in the seed are one line, their mean, with a band.")

  @Argument(
    help: ArgumentHelp(
      "Runs: mlp-1, latest, 'best(mlp, val_accuracy)', or an experiment for all its runs.", valueName: "run"))
  var runs: [String] = []
  @OptionGroup var common: CommonOptions
  @OptionGroup var filter: FilterOption
  @Option(help: ArgumentHelp("What to draw, such as val_loss or mlp.val_loss.", valueName: "name"))
  var metric: String
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The picture: .png, .svg or .pdf; METRIC.png if left out.", valueName: "file"))
  var output: String?
  @Option(help: ArgumentHelp("Along the horizontal axis: epoch or step.", valueName: "axis"))
  var across = RunCurves.Across.epoch
  @Option(help: ArgumentHelp("Around a mean: range, sd (standard deviation) or none.", valueName: "kind"))
  var band = RunCurves.Band.range
  @Flag(name: .customLong("log"), help: "Powers of ten on the vertical axis.")
  var isLogarithmic = false
  @Flag(help: "The lines as JSON, for programs, instead of a picture.")
  var json = false

  func validate() throws {
    if runs.isEmpty && filter.condition == nil {
      throw ValidationError("name runs, an experiment, or pick runs with --where")
    }
  }

  func run() throws {
    try filter.reporting(common.terminal) {
      let named = try NamedRuns(common.reports)
      let names = try named.runs(runs, where: filter.filter())
      guard let log = named.index?.log, !names.isEmpty else { return common.terminal.say("no run fits") }
      let comparison = RunComparison(try log.compared(names), metrics: [metric])
      var curves = RunCurves(try named.histories(of: comparison))
      curves.band = band
      curves.across = across
      curves.isLogarithmic = isLogarithmic
      let charts = comparison.metrics.compactMap { curves.chart($0, of: comparison) }
      guard let chart = charts.first else {
        let known = comparison.rows.flatMap {
          $0.runs.flatMap { $0.metrics.filter { $0.last.epoch != nil }.map(\.name) }
        }
        throw Diagnostic.nothingToDraw(
          metric, known: Set(known).sorted(), isKnown: !comparison.metrics.isEmpty)
      }
      if json { return print(chart.config.prettyJSON) }
      let path = output ?? "\(metric).png"
      guard let format = FigureFormat(path: path) else { throw Diagnostic.noDrawing(path) }
      try writeFile(render(chart, as: format), to: path)
      common.terminal.say("written to \(path)")
    }
  }
}

extension RunCurves.Across: ExpressibleByArgument {}
extension RunCurves.Band: ExpressibleByArgument {}

extension Diagnostic {
  /// E0912 if no run has the metric, E0913 if it has one value a run.
  fileprivate static func nothingToDraw(_ metric: String, known: [String], isKnown: Bool) -> Diagnostic {
    if !isKnown { return noMetric(metric, of: "these", known: known) }
    return Diagnostic(
      "E0913", "'\(metric)' has one value in each run, there is no curve to draw",
      help: known.isEmpty
        ? "'runexp compare' shows the values" : "curves are there for " + known.joined(separator: ", "))
  }
}
