import ArgumentParser
import Experiments
import Files
import Foundation
import RunEvents
import RunLog

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
    var request = ExperimentRequest(path: path, reports: Places.reports(reports, for: path))
    if path == Self.standardInput { request.text = [UInt8](FileHandle.standardInput.readDataToEndOfFile()) }
    request.overrides = parameters
    request.seed = seed
    return request
  }
}

extension ExperimentRequest {
  /// A request that finds what is on this machine.
  init(path: String, reports: String) {
    self.init(path: path)
    earlier.folder = reports
    searchFolders = Places.dataFolders
    dataFolder = Places.environment("RUNEXP_DATA").map { URL(fileURLWithPath: $0).path }
    shapes = Places.cache.map { DataShapeCache(folder: $0, program: fileStamp("/proc/self/exe")) }
    earlier.best = { experiment, metric in try? NamedRuns(in: reports).best(experiment, metric) }
  }
}
