import ArgumentParser
import Config
import Diagnostics
import Foundation
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
      let list = RunList(runs)
      if json { return print(list.config.prettyJSON) }
      guard !runs.isEmpty else {
        return terminal.say(index == nil ? "no runs here; 'runexp FILE.exp' makes one" : "no run fits")
      }
      print(list.text)
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
}
