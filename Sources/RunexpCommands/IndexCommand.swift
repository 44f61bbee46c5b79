import ArgumentParser
import Diagnostics
import RunLog

/// `runexp index --rebuild`: makes the index of all runs anew from their folders.
struct IndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index", abstract: "Rebuild the index of all runs from their folders.")

  @OptionGroup var common: CommonOptions
  @Flag(help: "Forget the index and read every run folder; the only thing this command does.")
  var rebuild = false

  func validate() throws {
    if !rebuild { throw ValidationError("say '--rebuild'; 'runexp list' shows the index") }
  }

  func run() throws {
    let terminal = common.terminal
    let reports = Places.reports(common.reports)
    do {
      for complaint in try RunIndex.rebuild(reports) { terminal.report(complaint) }
      let runs = try RunIndex(folder: reports).log.runs()
      terminal.say("\(runs.count) run\(runs.count == 1 ? "" : "s") in \(reports)/index.sqlite")
    } catch {
      terminal.report(error)
      throw Status.failed
    }
  }
}
