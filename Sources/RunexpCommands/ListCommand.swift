import ArgumentParser
import Config
import Diagnostics
import Foundation
import Plotting
import Reporting
import RunEvents
import RunLog
import RunService

/// `runexp list`: all runs, or those that an expression picks.
struct List: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List runs.")

  @Argument(help: ArgumentHelp("Only runs of this experiment.", valueName: "experiment"))
  var experiment: String?
  @OptionGroup var common: CommonOptions
  @OptionGroup var filter: FilterOption
  @Option(
    help: ArgumentHelp(
      "Order by 'started', 'name', 'seconds', a metric such as val_loss or test.accuracy (best first) or a parameter.",
      valueName: "key"))
  var sort = "started"
  @Option(help: ArgumentHelp("At most so many.", valueName: "n"))
  var limit: Int?
  @Flag(help: "JSON for programs.")
  var json = false

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit is at least 1") }
  }

  func run() throws {
    let terminal = common.terminal
    try filter.reporting(terminal) {
      let filter = try filter.filter()
      let index = try RunIndex.current(in: Places.reports(common.reports))
      index?.reportProblems(to: terminal)
      let picked = try index?.log.runs(experiment: experiment, where: filter) ?? []
      let sorted = try order(picked).sort(picked)
      let runs = limit.map { Array(sorted.prefix($0)) } ?? sorted
      if json { return print(ConfigNode(.list(runs.map(\.config))).prettyJSON) }
      guard !runs.isEmpty else {
        return terminal.say(index == nil ? "no runs here; 'runexp FILE.exp' makes one" : "no run fits")
      }
      print(table(runs))
    }
  }

  private func order(_ runs: [RunSummary]) throws -> RunOrder {
    switch sort {
    case "started": return .started
    case "name": return .name
    case "seconds": return .seconds
    default:
      // The heading of a column is a name, too.
      let word = sort.hasPrefix("best ") ? String(sort.dropFirst("best ".count)) : sort
      if let metric = MetricName(word, in: runs) { return metric.order }
      let parameters = Set(runs.flatMap { $0.parameters.map(\.name) })
      if runs.isEmpty || parameters.contains(sort) { return .parameter(sort) }
      let known =
        ["started", "name", "seconds"] + parameters.sorted() + MetricName.known(in: runs)
      let near = nearest(to: sort, in: known).map { "; did you mean '\($0)'?" } ?? ""
      throw ValidationError("--sort: no run has '\(sort)'\(near)")
    }
  }

  private func table(_ runs: [RunSummary]) -> String {
    let parameters = Set(runs.flatMap { $0.parameters.map(\.name) }).sorted()
    let metrics = RunIndexPage.columns(runs)
    let isTagged = runs.contains { $0.tag != nil }
    var rows = [
      ["run", "status"] + (isTagged ? ["tag"] : []) + ["started", "time"] + parameters + metrics.map(\.title)
    ]
    for run in runs {
      let own = parameters.map { name in run.parameters.first { $0.name == name }?.json ?? "" }
      let values = metrics.map { column in
        column.value(in: run).map { NumberText.significant($0, digits: 4) } ?? ""
      }
      rows.append(
        [
          run.name, run.told,
        ] + (isTagged ? [run.tag ?? ""] : []) + [
          RunIndexPage.started(run.startedAt), run.seconds.map(DurationText.text) ?? "",
        ] + own + values)
    }
    return TextTable.render(rows, rightFrom: isTagged ? 4 : 3)
  }
}

extension RunRecord.Parameter {
  /// The value behind its JSON.
  var value: ConfigNode { (try? ConfigNode(json: json)) ?? ConfigNode(.string(json)) }
}

extension RunSummary {
  fileprivate var config: ConfigNode {
    [
      "run": name.config, "experiment": experiment.config, "status": status.rawValue.config,
      "quick": scope.isQuick.config, "until": scope.until.map { $0 + 1 }.config,
      "seed": Int(clamping: seed).config, "tag": tag.config, "note": note.config,
      "started_at": startedAt.config, "seconds": seconds.config,
      "parameters": ConfigNode(.map(parameters.map { .init($0.name, $0.value.config) })),
      "metrics": ConfigNode(.list(metrics.map(\.config))),
    ]
  }
}
