import Analysis
import ArgumentParser
import Config
import Descriptions
import Diagnostics
import Experiments
import Files
import Plots
import Running
import Foundation

/// `runexp init`: a first experiment, and the schema that editors check it with.
struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a first experiment and the editor's schema.")

  @Argument(help: ArgumentHelp("Folder to write 'experiments' into.", valueName: "folder"))
  var folder = "."
  @OptionGroup var common: CommonOptions

  func run() throws {
    let terminal = common.terminal
    let experiments = folder == "." ? "experiments" : folder + "/experiments"
    let files = [
      ("\(experiments)/first.exp", Self.experiment),
      ("\(experiments)/schema.json", ExperimentSchema.node.prettyJSON + "\n"),
    ]
    if let taken = files.first(where: { FileManager.default.fileExists(atPath: $0.0) }) {
      terminal.report(
        Diagnostic(
          "E0909", "'\(taken.0)' is already there", help: "nothing was written; choose another folder"))
      throw Status.failed
    }
    for (path, text) in files {
      do {
        try writeFile(Array(text.utf8), to: path)
      } catch {
        terminal.report(error)
        throw Status.failed
      }
      terminal.say("wrote \(path)")
    }
    terminal.say("next: runexp \(experiments)/first.exp")
  }

  private static let experiment = """
    # yaml-language-server: $schema=schema.json
    experiment: first
    title: Reading handwritten digits
    seed: 1

    params:
      units: 64
      epochs: 20

    cells:
      - text: |
          # Handwritten digits
          Small pictures of 8 × 8 pixels, and one hidden layer of {{ units }} units.

      - data: digits
        source: digits
        split: {validation: 0.1, test: 0.2}
        shuffle: true

      - show: digits.train

      - model: mlp
        input: [8, 8]
        layers:
          - Flatten
          - Dense: {units: $units, activation: relu}
          - Dense: {units: 10, activation: softmax}

      - train: mlp
        data: digits
        loss: sparse_categorical_crossentropy
        optimizer: adam
        metrics: [accuracy]
        epochs: $epochs

      - plot: learning_curves
        of: mlp

      - evaluate: mlp
        data: digits.test

      - plot: confusion_matrix
        of: mlp
        data: digits.test

      - save: mlp

    """
}
