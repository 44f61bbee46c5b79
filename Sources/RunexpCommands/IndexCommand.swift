import ArgumentParser
import Config
import Diagnostics
import RunLog
import RunService

/// `runexp index --rebuild`: makes the index of all runs anew from their folders.
struct IndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index", abstract: "Rebuild the index of all runs from their folders.")

  @OptionGroup var common: CommonOptions
  @Flag(help: "Forget the index and read every run folder; the only thing this command does.")
  var rebuild = false
  @Flag(help: "What was found as JSON, for programs.")
  var json = false

  func validate() throws {
    if !rebuild { throw ValidationError("say '--rebuild'; 'runexp list' shows the index") }
  }

  func run() throws {
    let terminal = common.terminal
    let reports = Places.reports(common.reports)
    do {
      let (index, complaints) = try RunIndex.rebuilt(in: reports)
      for complaint in complaints { terminal.report(complaint) }
      let count = try index.log.count()
      terminal.say("\(count) run\(count == 1 ? "" : "s") in \(reports)/index.sqlite")
      if json {
        let outcome: ConfigNode = ["runs": count.config, "unreadable": complaints.map(\.message).config]
        print(outcome.prettyJSON)
      }
    } catch {
      terminal.report(error)
      throw Status.failed
    }
  }
}
