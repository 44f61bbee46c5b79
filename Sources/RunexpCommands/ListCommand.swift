import ArgumentParser
import Config
import Diagnostics
import ExpLanguage
import Foundation
import Plotting
import Reporting
import RunEvents
import RunLog

/// `runexp list`: all runs, or those that an expression picks.
struct List: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List runs.")

  @Argument(help: ArgumentHelp("Only runs of this experiment.", valueName: "experiment"))
  var experiment: String?
  @OptionGroup var common: CommonOptions
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Only runs for which this holds: \"val_accuracy > 0.88 and learning_rate < 0.1\".",
      valueName: "expression"))
  var condition: String?
  @Option(
    help: ArgumentHelp(
      "Order by 'started', 'name', 'seconds', a metric (best first) or a parameter.", valueName: "key"))
  var sort = "started"
  @Option(help: ArgumentHelp("At most so many.", valueName: "n"))
  var limit: Int?
  @Flag(help: "JSON for programs.")
  var json = false

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit is at least 1") }
    guard let condition else { return }
    do throws(Diagnostic) {
      _ = try Expression(parsing: ScriptText(condition))
    } catch {
      throw ValidationError("--where: \(error.message)")
    }
  }

  func run() throws {
    let terminal = common.terminal
    do {
      let index = try RunIndex.current(in: Places.reports(common.reports))
      let all = try index?.log.runs(experiment: experiment, sortedBy: order(index)) ?? []
      try checkNames(all)
      let picked = try all.filter { try holds($0) }
      let runs = limit.map { Array(picked.prefix($0)) } ?? picked
      if json { return print(ConfigNode(.list(runs.map(\.config))).prettyJSON) }
      guard !runs.isEmpty else {
        return terminal.say(all.isEmpty ? "no runs here; 'runexp FILE.exp' makes one" : "no run fits")
      }
      print(table(runs))
    } catch let diagnostic as Diagnostic {
      terminal.report(diagnostic)
      throw Status.failed
    }
  }

  private func order(_ index: RunIndex?) throws -> RunOrder {
    switch sort {
    case "started": return .started
    case "name": return .name
    case "seconds": return .seconds
    default:
      let runs = try index?.log.runs(experiment: experiment) ?? []
      if runs.contains(where: { $0.metric(sort) != nil }) { return .best(metric: sort) }
      if runs.isEmpty || runs.contains(where: { $0.parameters.contains { $0.name == sort } }) {
        return .parameter(sort)
      }
      throw unknown(sort, in: ["started", "name", "seconds"] + runs.flatMap(names), option: "--sort")
    }
  }

  /// A name that no run knows is a slip, not a condition that holds for none.
  private func checkNames(_ runs: [RunSummary]) throws {
    guard let condition, !runs.isEmpty else { return }
    let known = Set(runs.flatMap(names))
    for name in try Expression(parsing: ScriptText(condition)).names where !known.contains(name) {
      throw unknown(name, in: known.sorted(), option: "--where")
    }
  }

  private func unknown(_ name: String, in known: [String], option: String) -> ValidationError {
    let near = nearest(to: name, in: known).map { "; did you mean '\($0)'?" } ?? ""
    return ValidationError("\(option): no run has '\(name)'\(near)")
  }

  private func names(_ run: RunSummary) -> [String] { values(run).map(\.name) }

  /// What a condition may name.
  ///
  /// Metrics mean their last value, `best_NAME` their best.
  private func values(_ run: RunSummary) -> [(name: String, value: ScriptValue)] {
    var values: [(String, ScriptValue)] = [
      ("status", .string(run.status.rawValue)), ("seed", .int(Int(clamping: run.seed))),
      ("experiment", .string(run.experiment)), ("run", .string(run.name)),
    ]
    for parameter in run.parameters {
      if let value = ScriptValue(parameter.value) { values.append((parameter.name, value)) }
    }
    for metric in run.metrics {
      values.append((metric.name, .double(metric.last.value)))
      values.append(("best_\(metric.name)", .double(metric.best.value)))
      values.append(("\(metric.series).\(metric.name)", .double(metric.last.value)))
    }
    return values
  }

  private func holds(_ run: RunSummary) throws -> Bool {
    guard let condition else { return true }
    let known = Dictionary(values(run).map { ($0.name, $0.value) }) { _, last in last }
    // A run without the metric or parameter is simply not one of those looked for.
    if try Expression(parsing: ScriptText(condition)).names.contains(where: { known[$0] == nil }) {
      return false
    }
    return try evaluate(condition, in: ScriptScope("value", names: known.keys.sorted()) { known[$0] }).isTrue
  }

  private func table(_ runs: [RunSummary]) -> String {
    let parameters = Set(runs.flatMap { $0.parameters.map(\.name) }).sorted()
    let metrics = RunIndexPage.columns(runs)
    var rows = [["run", "status", "started", "time"] + parameters + metrics]
    for run in runs {
      let own = parameters.map { name in run.parameters.first { $0.name == name }?.json ?? "" }
      let values = metrics.map { title in
        run.metric(titled: title).map { NumberText.significant($0.best.value, digits: 4) } ?? ""
      }
      rows.append(
        [
          run.name, run.status.rawValue, RunIndexPage.started(run.startedAt),
          run.seconds.map(DurationText.text) ?? "",
        ] + own + values)
    }
    return TextTable.render(rows, rightFrom: 3)
  }
}

extension RunRecord.Parameter {
  /// The value behind its JSON.
  var value: ConfigNode { (try? ConfigNode(json: json)) ?? ConfigNode(.string(json)) }
}

extension RunSummary {
  /// JSON has neither NaN nor infinities.
  private func number(_ value: Double) -> ConfigNode { value.isFinite ? value.config : nil }

  fileprivate var config: ConfigNode {
    let metrics = self.metrics.map { metric -> ConfigNode in
      [
        "series": metric.series.config, "name": metric.name.config, "last": number(metric.last.value),
        "best": number(metric.best.value), "best_epoch": (metric.best.epoch).config,
      ]
    }
    return [
      "run": name.config, "experiment": experiment.config, "status": status.rawValue.config,
      "seed": Int(clamping: seed).config,
      "started_at": startedAt.config, "seconds": seconds.config,
      "parameters": ConfigNode(.map(parameters.map { .init($0.name, $0.value.config) })),
      "metrics": ConfigNode(.list(metrics)),
    ]
  }
}
