import Analysis
import ArgumentParser
import Config
import Diagnostics
import Experiments
import Plots
import Running
import ExpLanguage
import Foundation
import Plotting
import RunEvents
import RunService

/// `runexp run`: checks files, then runs them one after another.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run experiments.",
    discussion:
      "Of an experiment from standard input, as in 'make-experiment | runexp -', files are named from the working folder."
  )

  @Argument(help: ArgumentHelp("Experiment files; - for standard input.", valueName: "file"))
  var files: [String]
  @OptionGroup var file: FileOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var threads: ThreadOption
  @Option(help: "Name of the runs, instead of the file's.")
  var name: String?
  @Option(help: "A word to find the run by.")
  var tag: String?
  @Option(help: "A sentence about the run.")
  var note: String?
  @Option(
    help: ArgumentHelp("The name of the run or sweep that the runs belong to.", valueName: "run"))
  var parent: String?
  @Flag(help: "Two batches a cell: does everything work?")
  var quick = false
  @Option(
    help: ArgumentHelp(
      "Stop after this cell: its number, its kind and name, or one of them.", valueName: "cell"))
  var until: String?
  @Flag(help: "Check the files and show the plan; run nothing.")
  var dryRun = false
  @Flag(help: "Write what was logged for TensorBoard, too: into \(RunFile.tensorBoard)/ in the run's folder.")
  var tensorboard = false
  @Flag(
    help:
      "Time every step of trainings: tables on the console and in the report, \(RunFile.profile) for ui.perfetto.dev."
  )
  var profile = false
  @OptionGroup var events: EventOption
  @Flag(name: [.short, .long], help: "Say nothing but mistakes.")
  var quiet = false

  func validate() throws {
    try FileOptions.check(files)
    if let name, !isFileName(name) {
      throw ValidationError("--name is made of letters, digits, '_' and '-'")
    }
    if let parent, !isFileName(parent) {
      throw ValidationError("--parent is made of letters, digits, '_' and '-'")
    }
  }

  func run() throws {
    let terminal = common.terminal
    var plans: [ExperimentPlan] = []
    for path in files {
      var request = file.request(path, reports: common.reports)
      // Of several experiments the later ones may wait long, and hold memory that the first one needs.
      request.isRunNext = files.count == 1 && !dryRun
      let checked = CheckedExperiment(request)
      terminal.report(checked.diagnostics.map(hinted), checked.sources)
      guard let plan = checked.plan else { continue }
      plans.append(plan)
      if !quiet { terminal.say(plan.summary) }
    }
    guard plans.count == files.count else { throw Status.wrongFile }
    let lasts = try plans.map(lastCell)
    if dryRun {
      for (plan, last) in zip(plans, lasts) {
        for cell in plan.cells.prefix((last ?? .max - 1) + 1) { print("\(cell.index + 1)  \(cell.title)") }
      }
      return
    }
    var told: EventLines?
    try common.reporting { _ in told = try events.sink() }
    var service = RunService(threads: threads.count, on: terminal, isQuiet: quiet, events: told)
    service.writesEvents = tensorboard
    service.clock = profile ? Machine.nanoseconds : nil
    var first: ExitCode?
    for (plan, last) in zip(plans, lasts) {
      do {
        try common.reporting { terminal in
          let reports = Places.reports(common.reports, for: plan.path)
          try terminal.finish(service.start(plan, in: reports, request(until: last)))
        }
      } catch let status as ExitCode {
        if status == Status.interrupted { throw status }
        first = first ?? status
      }
    }
    if let first { throw first }
  }

  private func request(until last: Int?) -> RunService.Request {
    var request = RunService.Request(command: ["runexp"] + CommandLine.arguments.dropFirst())
    request.options.isQuick = quick
    request.options.until = last
    request.options.name = name
    request.tag = tag
    request.note = note
    request.parent = parent
    return request
  }

  /// The index of the cell that `--until` means.
  private func lastCell(_ plan: ExperimentPlan) throws -> Int? {
    guard let until else { return nil }
    if let cell = plan.cell(called: until) { return cell.index }
    let near = nearest(to: until, in: plan.cells.flatMap { [$0.title, $0.name] })
    let hint = near.map { "did you mean '\($0)'?" } ?? "--dry-run lists the cells"
    throw ValidationError("--until: there is no cell '\(until)' in \(plan.path); \(hint)")
  }

  /// A word that is no file may be meant as a command.
  private func hinted(_ diagnostic: Diagnostic) -> Diagnostic {
    guard diagnostic.code == "E0904", files.count == 1, !files[0].contains("."), !files[0].contains("/"),
      !FileManager.default.fileExists(atPath: files[0])
    else {
      return diagnostic
    }
    // What removes is not proposed to a slip of the keyboard.
    let commands = Runexp.configuration.subcommands.filter { $0 != Remove.self }.compactMap {
      $0.configuration.commandName
    }
    guard let near = nearest(to: files[0], in: commands) else { return diagnostic }
    var copy = diagnostic
    copy.help = "did you mean 'runexp \(near)'?"
    return copy
  }
}

extension ExperimentPlan {
  /// What a check has to say of a right file.
  var summary: String {
    let count = models.count
    let parameters = models.map(\.parameters).reduce(0, +)
    let named =
      count == 0
      ? "" : ", \(count) model\(count == 1 ? "" : "s") (\(NumberText.grouped(parameters)) parameters)"
    return
      "checked \(path == "-" ? "<stdin>" : path): \(cells.count) cell\(cells.count == 1 ? "" : "s")\(named)"
  }
}
