import ArgumentParser
import Config
import Diagnostics
import RunAnalysis
import RunLog
import RunService

/// `runexp diff`: in what two runs differ, down to the first step at which they part.
struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Say in what two runs differ, down to the first training step.",
    discussion: "Exits with 0 whether they differ or not; '--json' says so as \"same_result\".")

  @Argument(help: ArgumentHelp("A run: mlp-1, latest, or 'best(mlp, val_accuracy)'.", valueName: "run"))
  var first: String
  @Argument(help: ArgumentHelp("Another one.", valueName: "run"))
  var second: String
  @OptionGroup var common: CommonOptions
  @Flag(help: "JSON for programs.")
  var json = false

  func run() throws {
    do {
      let runs = try NamedRuns(common.reports)
      let names = [try runs.run(first), try runs.run(second)]
      let evidence = [
        try runs.log(names[0]).evidence(of: names[0]), try runs.log(names[1]).evidence(of: names[1]),
      ]
      let difference = RunDifference(of: evidence[0], and: evidence[1])
      let view = DifferenceView(first: names[0], second: names[1], difference)
      print(json ? view.config.prettyJSON : view.text)
    } catch {
      common.terminal.report(error)
      throw Status.failed
    }
  }
}
