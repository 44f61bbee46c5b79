import ArgumentParser
import Diagnostics
import Experiments

/// `runexp check`: every mistake of a file, nothing run.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check experiments; run nothing.")

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Argument(help: ArgumentHelp("Experiment files.", valueName: "file"))
  var files: [String]
  @OptionGroup var file: FileOptions
  @OptionGroup var common: CommonOptions
  @Option(help: "text for people, json for editors.")
  var format = Format.text

  func run() throws {
    let terminal = common.terminal
    var isRight = true
    for path in files {
      let checked = CheckedExperiment(file.request(path))
      switch format {
      case .json: print(JSONRenderer(checked.sources).render(checked.diagnostics))
      case .text:
        terminal.report(checked.diagnostics, checked.sources)
        if let plan = checked.plan { terminal.say(plan.summary) }
      }
      if checked.plan == nil { isRight = false }
    }
    if !isRight { throw Status.wrongFile }
  }
}
