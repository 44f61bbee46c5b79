import ArgumentParser
import Config
import Diagnostics
import RunEvents
import RunLog
import RunService

/// `runexp rm`: removes runs with all their files.
struct Remove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm", abstract: "Remove runs with their folders.",
    discussion: """
      It never asks: of what --where picks, and of all runs of an experiment, it only says which would go, until --yes is \
      given. Names are not given again: the next run has the next number.
      """)

  @Argument(help: ArgumentHelp("Runs: mlp-1, latest, 'best(mlp, val_accuracy)'.", valueName: "run"))
  var runs: [String] = []
  @OptionGroup var common: CommonOptions
  @OptionGroup var filter: FilterOption
  @Flag(help: "Remove what --where picks, and all runs of an experiment.")
  var yes = false
  @Flag(name: .customLong("dry-run"), help: "Only say which runs would go.")
  var isDry = false
  @Flag(help: "The runs as JSON, for programs.")
  var json = false

  func validate() throws {
    if runs.isEmpty && filter.condition == nil {
      throw ValidationError("name runs, or pick them with --where")
    }
  }

  func run() throws {
    let terminal = common.terminal
    try filter.reporting(terminal) {
      let named = try NamedRuns(common.reports)
      let names = try named.runs(runs, where: filter.filter())
      guard let index = named.index, !names.isEmpty else { return terminal.say("no run fits") }
      let isEachNamed = try filter.condition == nil && !runs.contains(where: named.isExperiment)
      let isDry = isDry || !(yes || isEachNamed)
      let known = try index.log.runs(named: names)
      if let running = known.first(where: { $0.status == .running }) {
        throw Diagnostic.cannotRemove(running.name)
      }
      if !isDry {
        for name in names { try index.removeFolder(name) }
        try RunIndexPage.write(index, to: named.reports)
      }
      if json {
        let outcome: ConfigNode = ["removed": (!isDry).config, "runs": names.config]
        print(outcome.prettyJSON)
      } else {
        print(names.joined(separator: "\n"))
        if isDry { terminal.say("nothing was removed; '--yes' removes \(names.count == 1 ? "it" : "them")") }
      }
    }
  }
}

extension Diagnostic {
  /// E0914: a run that is under way.
  fileprivate static func cannotRemove(_ run: String) -> Diagnostic {
    Diagnostic(
      "E0914", "'\(run)' is under way and cannot be removed",
      help: "end it with Ctrl-C or kill its process first; nothing was removed")
  }
}
