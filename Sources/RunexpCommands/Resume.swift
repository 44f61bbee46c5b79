import ArgumentParser
import RunLog
import RunService

/// `runexp resume`: goes on with a run that was cut off, in its folder.
struct Resume: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Go on with a run that was interrupted or killed.")

  @Argument(
    help: ArgumentHelp(
      "A run (mlp-1, latest) or its folder. The last that was cut off if left out.", valueName: "run"))
  var what: String?
  @OptionGroup var common: CommonOptions
  @OptionGroup var threads: ThreadOption
  @OptionGroup var events: EventOption
  @Flag(name: [.short, .long], help: "Say nothing but mistakes.")
  var quiet = false

  func run() throws {
    try common.reporting { terminal in
      let folder =
        try what.map { try NamedRuns.folder(of: $0, reports: common.reports) }
        ?? ResumableRun.last(in: Places.reports(common.reports))
      let run = try ResumableRun(folder, standardInput: FileOptions.standardInput)
      if let warning = run.warning { terminal.report(warning) }
      let service = try RunService(
        threads: threads.count, on: terminal, isQuiet: quiet, events: events.sink())
      try terminal.finish(service.resume(run))
    }
  }
}
