import ArgumentParser
import Config
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
    // One list for all files, so that what is printed is one piece of JSON.
    var found: [ConfigNode] = []
    for path in files {
      let checked = CheckedExperiment(file.request(path, reports: common.reports))
      switch format {
      case .json:
        found += try ConfigNode(json: JSONRenderer(checked.sources).render(checked.diagnostics)).list ?? []
      case .text:
        terminal.report(checked.diagnostics, checked.sources)
        if let plan = checked.plan { terminal.say(plan.summary) }
      }
      if checked.plan == nil { isRight = false }
    }
    if format == .json { print(ConfigNode(.list(found)).prettyJSON) }
    if !isRight { throw Status.wrongFile }
  }
}
