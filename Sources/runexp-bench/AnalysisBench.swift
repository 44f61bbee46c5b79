import Datasets
import ArgumentParser
import Diagnostics
import Analysis
import Experiments
import Plots
import Running
import Foundation
import Plotting

/// `runexp-bench analysis`: how long it takes to know what an experiment says.
struct AnalysisBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analysis",
    abstract: "Times checking of experiments, also again after an edit, and of a large table.",
    discussion: """
      Of each experiment the first check is shown, with nothing remembered of its data, and the median of checks of \
      an edited text after it. Then the same of a table that is made for it. RUNEXP_DATA is where large data sets are.
      """)

  @Argument(help: ArgumentHelp("Experiment files.", valueName: "file"))
  var files: [String] = []
  @Option(help: "Checks after an edit.")
  var repeats = 20
  @Option(help: "Rows of the table; 0 for none.")
  var rows = 2_000_000

  func validate() throws {
    guard repeats > 0, rows >= 0 else { throw ValidationError("--repeats is above zero, --rows not below") }
  }

  func run() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "runexp-bench-\(getpid())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var table = files
    if rows > 0 { table.append(try write(to: folder)) }
    for (number, file) in table.enumerated() {
      let cache = DataShapeCache(folder: folder.path + "/cache-\(number)", program: "bench")
      let text = try [UInt8](Data(contentsOf: URL(filePath: file)))
      let first = try milliseconds(file, text, cache)
      let later = try (0..<repeats).map {
        try milliseconds(file, text + Array("\n# edit \($0)\n".utf8), cache)
      }
      let median = NumberText.fixed(later.sorted()[repeats / 2], decimals: 1)
      print("\(file): first \(NumberText.fixed(first, decimals: 1)) ms, after an edit \(median) ms")
    }
  }

  private func milliseconds(_ file: String, _ text: [UInt8], _ cache: DataShapeCache) throws -> Double {
    var request = ExperimentRequest(path: file, text: text)
    request.shapes = cache
    request.files.searchFolders = ["experiments/data"]
    request.files.dataFolder = ProcessInfo.processInfo.environment["RUNEXP_DATA"]
    var checked: CheckedExperiment?
    let time = ContinuousClock().measure { checked = CheckedExperiment(request) }
    if let checked, checked.plan == nil {
      throw ValidationError(TextRenderer(checked.sources).render(checked.diagnostics))
    }
    return Double(time.components.seconds) * 1e3 + Double(time.components.attoseconds) * 1e-15
  }

  /// Writes a table of numbers and an experiment that trains on it.
  private func write(to folder: URL) throws -> String {
    let path = folder.appending(path: "table.csv").path
    try Data("a,b,c,d,y\n".utf8).write(to: URL(filePath: path))
    let handle = try FileHandle(forWritingTo: URL(filePath: path))
    try handle.seekToEnd()
    for start in stride(from: 0, to: rows, by: 10_000) {
      let lines = (start..<min(rows, start + 10_000)).map { row in
        "\(row % 997).5,\(row % 89),\(row % 7),\(row),\(row % 3)\n"
      }
      try handle.write(contentsOf: Data(lines.joined().utf8))
    }
    try handle.close()
    let experiment = """
      cells:
        - data: t
          csv: table.csv
          target: y
          types: {y: category}
        - model: m
          input: [4]
          layers: [{Dense: {units: 3, activation: softmax}}]
        - train: m
          data: t
          loss: sparse_categorical_crossentropy
          optimizer: sgd
      """
    let file = folder.appending(path: "table.exp")
    try Data(experiment.utf8).write(to: file)
    return file.path
  }
}
