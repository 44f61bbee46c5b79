import ArgumentParser
import Config
import Diagnostics
import ExpLanguage
import Foundation
import Plotting
import RunEvents
import RunLog

/// `runexp list`: all runs, or those that an expression picks.
struct List: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "List runs.")

  @Argument(help: ArgumentHelp("Only runs of this experiment.", valueName: "experiment"))
  var experiment: String?
  @OptionGroup var common: CommonOptions
  @Option(name: .customLong("where"), help: ArgumentHelp("Only runs for which this holds: \"val_accuracy > 0.88 and learning_rate < 0.1\".", valueName: "expression"))
  var condition: String?
  @Option(help: ArgumentHelp("Order by 'started', 'name', 'seconds', a metric (best first) or a parameter.", valueName: "key"))
  var sort = "started"
  @Option(help: ArgumentHelp("At most so many.", valueName: "n"))
  var limit: Int?
  @Flag(help: "JSON for programs.")
  var json = false

  func run() throws {
    let terminal = common.terminal
    do {
      let index = try RunIndex(folder: Places.reports(common.reports))
      _ = try index.rebuild()
      let all = try index.log.runs(experiment: experiment, sortedBy: try order(index))
      let picked = try all.filter { try holds($0) }
      let runs = limit.map { Array(picked.prefix($0)) } ?? picked
      if json { return print(ConfigNode(.list(runs.map(\.config))).prettyJSON) }
      guard !runs.isEmpty else { return terminal.say("no runs here; 'runexp experiments/mlp.exp' makes one") }
      print(table(runs))
    } catch let diagnostic as Diagnostic {
      terminal.report(diagnostic)
      throw Status.failed
    }
  }

  private func order(_ index: RunIndex) throws -> RunOrder {
    switch sort {
    case "started": return .started
    case "name": return .name
    case "seconds": return .seconds
    default:
      let runs = try index.log.runs(experiment: experiment)
      if runs.contains(where: { $0.metric(sort) != nil }) { return .best(metric: sort) }
      return .parameter(sort)
    }
  }

  /// Metrics mean their last value, `best_NAME` their best.
  private func holds(_ run: RunSummary) throws -> Bool {
    guard let condition else { return true }
    var values: [String: ScriptValue] = ["status": .string(run.status.rawValue), "seed": .int(Int(clamping: run.seed))]
    for parameter in run.parameters { values[parameter.name] = ScriptValue(parameter.value) }
    for metric in run.metrics {
      values[metric.name] = .double(metric.last.value)
      values["best_\(metric.name)"] = .double(metric.best.value)
      values["\(metric.series).\(metric.name)"] = .double(metric.last.value)
    }
    let known = values
    let names = try Expression(parsing: ScriptText(condition)).names
    // A run without the metric or parameter is simply not one of those looked for.
    if names.contains(where: { known[$0] == nil }) { return false }
    return try evaluate(condition, in: ScriptScope("value", names: known.keys.sorted()) { known[$0] }).isTrue
  }

  private func table(_ runs: [RunSummary]) -> String {
    let parameters = Set(runs.flatMap { $0.parameters.map(\.name) }).sorted()
    let metrics = RunIndexPage.columns(runs)
    var rows = [["run", "status", "started", "time"] + parameters + metrics]
    for run in runs {
      let own = parameters.map { name in run.parameters.first { $0.name == name }?.json ?? "" }
      let values = metrics.map { name in run.metric(name).map { NumberText.significant($0.last.value, digits: 4) } ?? "" }
      rows.append(
        [run.name, run.status.rawValue, RunIndexPage.started(run.startedAt), run.seconds.map(ConsoleSink.duration) ?? ""] + own + values)
    }
    return TextTable.render(rows, rightFrom: 3)
  }
}

extension RunRecord.Parameter {
  /// The value behind its JSON.
  var value: ConfigNode { (try? ConfigNode(json: json)) ?? ConfigNode(.string(json)) }
}

extension RunSummary {
  fileprivate var config: ConfigNode {
    let metrics = self.metrics.map { metric -> ConfigNode in
      [
        "series": metric.series.config, "name": metric.name.config, "last": metric.last.value.config,
        "best": metric.best.value.config, "best_epoch": (metric.best.epoch).config,
      ]
    }
    return [
      "run": name.config, "experiment": experiment.config, "status": status.rawValue.config, "seed": Int(clamping: seed).config,
      "started_at": startedAt.config, "seconds": seconds.config,
      "parameters": ConfigNode(.map(parameters.map { .init($0.name, $0.value.config) })), "metrics": ConfigNode(.list(metrics)),
    ]
  }
}

/// Columns of text, aligned.
enum TextTable {
  /// - Parameter rightFrom: the first column that is aligned to the right.
  static func render(_ rows: [[String]], rightFrom: Int) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      row.enumerated().map { column, text in
        let space = String(repeating: " ", count: widths[column] - text.count)
        return column >= rightFrom ? space + text : text + space
      }.joined(separator: "  ").trimmingCharacters(in: .whitespaces)
    }.joined(separator: "\n")
  }
}
