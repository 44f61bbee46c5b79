import Archives
import ArgumentParser
import Config
import Diagnostics
import Experiments
import Files
import Plots
import Running
import Foundation
import RunLog
import RunService

/// `runexp reproduce`: makes a run again, and says whether the same came out.
struct Reproduce: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make an archived run again, and judge whether the same came out.",
    discussion: """
      The experiment runs again in a temporary folder, from what the archive holds. The verdict is 'identical' if \
      weights, metrics, figures and every step of training are the same to the bit; 'equal' if metrics and weights \
      differ by no more than the tolerance, or only files that show them differ; otherwise 'different', with what \
      differs first. Of a run its own folder and the data on this machine are taken.

      Exit status: 0 identical or equal, 4 different, 1 if it cannot be told.
      """)

  @Argument(
    help: ArgumentHelp(
      "An archive, the folder it was unpacked into, or a run (mlp-1, latest).", valueName: "what"))
  var what: String
  @Option(
    name: .customLong("run"), help: ArgumentHelp("Which run of an archive of several.", valueName: "name"))
  var name: String?
  @OptionGroup var threads: ThreadOption
  @Option(help: "How much numbers may differ to be equal, as a share of the larger one.")
  var tolerance = 1e-5
  @Option(help: ArgumentHelp("Keep the new run in this folder.", valueName: "folder"))
  var keep: String?
  @Flag(help: "Write JSON.")
  var json = false
  @Flag(name: [.short, .long], help: "Say nothing but mistakes and the verdict.")
  var quiet = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard tolerance >= 0, tolerance < 1 else {
      throw ValidationError("--tolerance is at least 0 and below 1")
    }
  }

  func run() throws {
    try common.reporting { terminal in
      let service = RunService(threads: threads.count, on: terminal, isQuiet: quiet, isKept: keep != nil)
      let verdict = try TemporaryFolder.with { folder in
        let source =
          try NamedRuns.isArchive(what)
          ? UnpackedArchive(what, run: name, into: folder + "/archive").folder
          : NamedRuns.folder(of: what, reports: common.reports).path
        func complain(_ errors: ExperimentErrors) { terminal.report(errors.diagnostics, errors.sources) }
        do {
          return try Reproduction(
            of: source, in: keep ?? folder + "/again", by: service, complain: complain
          ).verdict(tolerance: tolerance)
        } catch let errors as ExperimentErrors {
          complain(errors)
          throw Status.failed
        }
      }
      guard let verdict else { throw Status.interrupted }
      print(json ? verdict.config.prettyJSON : verdict.text)
      if verdict.outcome == .different { throw Status.different }
    }
  }
}
