import ArgumentParser
import Config
import Datasets
import Diagnostics
import Analysis
import Experiments
import Files
import Plots
import Running
import Foundation
import KerasFiles
import Kernels
import Layers
import Plotting
import Training
import RunService

/// `runexp predict`: what a saved model says of raw rows.
struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Predict with a saved model, for the raw rows of a CSV file.",
    discussion: """
      MODEL is a model file of runexp or Keras, or a run that saved one (mlp-1, latest). A model that runexp trained \
      knows how its data were prepared: DATA needs the columns that were its features, in any order and as they were \
      before, with or without the target. A model of Keras takes the columns as they are, in the order of the file. \
      DATA may be IDX images, too.

      The table goes to stdout: a class and its probability, or the numbers predicted, a row for each row of DATA.
      """)

  @Argument(help: ArgumentHelp("A model file, or a run.", valueName: "model"))
  var model: String
  @Argument(help: ArgumentHelp("A CSV file with a header.", valueName: "data"))
  var data: String
  @Option(name: [.short, .long], help: ArgumentHelp("Write a file instead.", valueName: "file"))
  var output: String?
  @Option(
    name: .customLong("model"),
    help: ArgumentHelp("Which model of a run, if it saved several.", valueName: "name"))
  var name: String?
  @Flag(help: "A column for the probability of each class.")
  var probabilities = false
  @Flag(help: "Columns of the data that are no inputs stand before the predictions.")
  var keep = false
  @Flag(help: "Write JSON: a list with a mapping for each row.")
  var json = false
  @Flag(help: "Write over a file that is there.")
  var force = false
  @Option(
    help:
      "Rows in one step: 256 if left out, or what a stateful model is fixed to; the predictions do not depend on it."
  )
  var batchSize: Int?
  @OptionGroup var threads: ThreadOption
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (1...1_000_000).contains(batchSize ?? 1) else {
      throw ValidationError("--batch-size is between 1 and 1000000")
    }
  }

  func run() throws {
    let terminal = common.terminal
    do {
      if let output, !force, FileManager.default.fileExists(atPath: output) {
        throw Diagnostic.fileIsThere(output)
      }
      let isFile = isModelFile(model)
      let path = try isFile ? model : SavedModels(model, reports: common.reports).file(of: name)
      // Random numbers play no part: nothing is drawn, and nothing trained.
      let loaded = try ModelFile.load(path, seed: 0)
      for note in loaded.notes { terminal.report(note) }
      let (table, separator) = try predictions(of: loaded.built)
      try write(json ? Array((table.json.prettyJSON + "\n").utf8) : table.csv(separator: separator))
      guard let output else { return }
      let count = NumberText.grouped(table.rowCount)
      terminal.say("wrote \(output): \(count) predictions of \(loaded.built.model.name)")
    } catch let diagnostic as Diagnostic {
      terminal.report(diagnostic)
      throw Status.failed
    }
  }

  /// The predictions, and what stands between the cells of the data.
  private func predictions(of built: BuiltModel) throws -> (PredictionTable, separator: UInt8) {
    let (rows, stored) = try built.rows(data)
    let pool = WorkerPool(threads: threads.count)
    // Nobody asks how long it took.
    let trainer = Trainer(built, pool: pool, now: { 0 })
    let table = try PredictionTable(
      trainer, rows.part, stored, keeping: keep ? rows.others : [],
      batchSize: built.batchSize(batchSize, orElse: 256),
      areProbabilitiesShown: probabilities)
    return (table, stored?.separator ?? UInt8(ascii: ","))
  }

  private func write(_ bytes: [UInt8]) throws {
    if let output { return try writeFile(bytes, to: output) }
    try FileHandle.standardOutput.write(contentsOf: Data(bytes))
  }
}

extension Diagnostic {
  /// E0632: a file that nobody said may go.
  static func fileIsThere(_ path: String) -> Diagnostic {
    Diagnostic(
      "E0632", "'\(path)' is already there", help: "nothing was written; --force writes over it")
  }
}
