import ArgumentParser
import Experiments

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

  func request(_ path: String) -> ExperimentRequest {
    var request = ExperimentRequest(path: path)
    (request.overrides, request.seed) = (parameters, seed)
    (request.searchFolders, request.dataFolder) = (Places.dataFolders, Places.environment("RUNEXP_DATA"))
    return request
  }
}
