import Archives
import ArgumentParser
import Config
import Diagnostics
import Foundation
import Plotting
import RunEvents
import RunLog
import RunService

/// `runexp archive`: a run in one file, for others to look at, to check and to make again.
struct ArchiveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "archive", abstract: "Write runs into an archive that others can check and make again.",
    discussion: """
      The archive is a zip file that is an RO-Crate (Provenance Run Crate 0.5): the experiment, the log, the report, \
      figures and models, the data, the environment, and a hash of every file. The same run gives the same bytes. \
      'runexp verify' checks it, 'runexp reproduce' makes the run again.

      Of several runs each is a crate of its own, in a folder with its name.
      """)

  @Argument(help: ArgumentHelp("Runs (mlp-1, latest), or their folders.", valueName: "run"))
  var runs: [String]
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The file to write; RUN.zip, or runs.zip for several, if left out.", valueName: "file.zip"))
  var output: String?
  @Flag(help: "Wrap it in a BagIt bag, as libraries keep them.")
  var bag = false
  @Option(
    help: ArgumentHelp(
      "Data files up to so many megabytes are put in, larger ones are named with their hash.", valueName: "MB"
    ))
  var includeDataUpTo = 100
  @Option(
    help: ArgumentHelp(
      "Who made it: \"Name\" or \"Name <ORCID>\"; may be repeated. Those of CITATION.cff if left out.",
      valueName: "author"))
  var author: [String] = []
  @Option(
    help: ArgumentHelp(
      "What may be done with it, as SPDX calls it: CC-BY-4.0. That of CITATION.cff or LICENSE if left out.",
      valueName: "id"))
  var license: String?
  @Flag(help: "Write over a file that is there.")
  var force = false
  @Flag(help: "Say what was written as JSON.")
  var json = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (0...1_000_000).contains(includeDataUpTo) else {
      throw ValidationError("--include-data-up-to is between 0 and 1000000 megabytes")
    }
    if let license, license.wholeMatch(of: /[A-Za-z0-9.+-]+/) == nil {
      throw ValidationError(
        "--license is an identifier such as CC-BY-4.0; https://spdx.org/licenses lists them")
    }
  }

  func run() throws {
    let terminal = common.terminal
    do {
      let folders = try runs.map { try NamedRuns.folder(of: $0, reports: common.reports).path }
      let first = URL(fileURLWithPath: folders.first ?? "run").lastPathComponent
      let path = output ?? (folders.count == 1 ? "\(first).zip" : "runs.zip")
      guard force || !FileManager.default.fileExists(atPath: path) else { throw Diagnostic.fileIsThere(path) }
      var options = ArchiveWriter.Options()
      options.largestInput = includeDataUpTo << 20
      options.isBag = bag
      options.authors = author
      options.licence = license
      let program = Program(version: Runexp.version, sha256: try sha256(file: "/proc/self/exe").sha256)
      let written = try ArchiveWriter(program, options).write(folders, to: path)
      for note in written.notes { terminal.report(note) }
      say(written)
    } catch let diagnostic as Diagnostic {
      terminal.report(diagnostic)
      throw Status.failed
    }
  }

  private func say(_ written: ArchiveWriter.Summary) {
    if json {
      let summary: ConfigNode = [
        "output": written.path.config, "runs": written.runs.config, "files": written.files.config,
        "bytes": written.bytes.config, "sha256": written.sha256.config,
        "left_out": written.notes.map(\.message).config,
      ]
      return print(summary.prettyJSON)
    }
    let count = "\(NumberText.grouped(written.files)) files, \(NumberText.grouped(written.bytes)) bytes"
    print("wrote \(written.path): \(written.runs.joined(separator: ", "))   \(count)")
  }
}
