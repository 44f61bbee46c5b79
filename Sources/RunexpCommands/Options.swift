import ArgumentParser
import Diagnostics
import Experiments
import Plots
import Running
import Foundation
import RunEvents
import RunLog
import RunService

/// Options that every command has.
struct CommonOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Folder of the runs.", valueName: "dir"))
  var reports: String?
  @Option(help: ArgumentHelp("Colour: auto, always or never.", valueName: "when"))
  var color = "auto"

  func validate() throws {
    guard ["auto", "always", "never"].contains(color) else {
      throw ValidationError("--color is auto, always or never, not '\(color)'")
    }
  }

  var terminal: Terminal { Terminal(color: color) }

  /// Runs the body of a command: what it throws is shown, and the command ends with status 1, or as it says itself.
  func reporting(_ body: (Terminal) throws -> Void) throws {
    let terminal = terminal
    do {
      try body(terminal)
    } catch let exit as ExitCode {
      throw exit
    } catch let errors as ExperimentErrors {
      terminal.report(errors.diagnostics, errors.sources)
      throw Status.wrongFile
    } catch {
      terminal.report(error as? Diagnostic ?? Diagnostic("E0906", "\(error)"))
      throw Status.failed
    }
  }
}

/// How many threads compute.
struct ThreadOption: ParsableArguments {
  @Option(help: "Threads to compute with; the results do not depend on it.")
  var threads: Int?

  func validate() throws {
    if let threads, !(1...256).contains(threads) { throw ValidationError("--threads is between 1 and 256") }
  }

  /// As asked for, as `RUNEXP_THREADS` says, or one for each processor.
  var count: Int { Machine.threads(threads) }
}

/// Options that change what a file says.
struct FileOptions: ParsableArguments {
  @Option(
    name: [.customShort("p"), .customLong("param")],
    help: ArgumentHelp("Sets a parameter; may be repeated.", valueName: "key=value"))
  var parameters: [String] = []
  @Option(help: "Where random numbers start, instead of the file's seed.")
  var seed: UInt64?

  /// What stands for standard input in the place of a file.
  static let standardInput = "-"

  /// Makes sure that standard input, which can be read once, is asked for once.
  static func check(_ files: [String]) throws(ValidationError) {
    if files.count(where: { $0 == standardInput }) > 1 {
      throw ValidationError("standard input can be read once: '-' stands once among the files")
    }
  }

  /// - Parameters:
  ///   - path: a file, or `-` for standard input, which is read then.
  ///   - reports: the folder of the runs, as it was asked for.
  func request(_ path: String, reports: String?) -> ExperimentRequest {
    let text = path == Self.standardInput ? [UInt8](FileHandle.standardInput.readDataToEndOfFile()) : nil
    var request = ExperimentRequest(path: path, text: text, reports: Places.reports(reports, for: path))
    request.overrides = parameters.map { .typed($0) }
    request.seed = seed
    return request
  }
}
