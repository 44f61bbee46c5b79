import ArgumentParser
import Config
import Diagnostics
import Foundation
import KerasFiles
import Layers
import Optimizers
import Plotting
import Training

/// `runexp convert`: a model file in the words of the other Keras, or in another container.
struct Convert: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case keras2, keras3 }

  static let configuration = CommandConfiguration(
    abstract: "Write a model file for another Keras, or as another kind of file.",
    discussion: """
      IN is any model file of Keras 1 to 3, or of runexp. The name of OUT says what is written: .keras or .h5 (.hdf5) \
      with the training settings and the optimizer's state, .weights.h5 with the weights and that state.

      Without --format an .h5 file is written for the Keras whose arithmetic the model follows: the one that wrote \
      IN. A .keras file is written for Keras 3.
      """)

  @Argument(help: ArgumentHelp("The file to read.", valueName: "in"))
  var input: String
  @Argument(help: ArgumentHelp("The file to write.", valueName: "out"))
  var output: String
  @Option(help: "The Keras that is to read it: keras2 or keras3.")
  var format: Format?
  @Flag(help: "Write over a file that is there.")
  var force = false
  @Flag(help: "Say what was written as JSON.")
  var json = false
  @OptionGroup var common: CommonOptions

  func run() throws {
    let terminal = common.terminal
    do {
      let container = try ModelFile.Container(for: output)
      guard force || !FileManager.default.fileExists(atPath: output) else {
        throw Diagnostic.fileIsThere(output)
      }
      // Random numbers play no part: nothing is drawn, and nothing trained.
      let loaded = try ModelFile.load(input, seed: 0)
      for note in loaded.notes { terminal.report(note) }
      let semantics = semantics(of: loaded, container)
      for note in try ModelFile.save(loaded.built, to: output, as: semantics) { terminal.report(note) }
      say(loaded, semantics)
    } catch let diagnostic as Diagnostic {
      terminal.report(diagnostic)
      throw Status.failed
    }
  }

  private func semantics(of loaded: LoadedModel, _ container: ModelFile.Container) -> Semantics {
    switch format {
    case .keras2: .keras2
    case .keras3: .keras3
    case nil: container == .h5 ? loaded.built.semantics : .keras3
    }
  }

  private func say(_ loaded: LoadedModel, _ semantics: Semantics) {
    let built = loaded.built
    let optimizer = built.training?.settings.optimizer.className
    if json {
      let summary: ConfigNode = [
        "input": input.config, "output": output.config, "format": semantics.rawValue.config,
        "model": built.model.name.config, "class_name": built.model.className.config,
        "parameters": built.parameterCount.config, "optimizer": optimizer?.config ?? nil,
        "iterations": built.training?.iterations.config ?? nil,
      ]
      return print(summary.prettyJSON)
    }
    let count = NumberText.grouped(built.parameterCount)
    let training =
      optimizer.map { ", \($0) after \(built.training?.iterations ?? 0) steps" } ?? ", not compiled"
    print("wrote \(output) for \(semantics.rawValue): \(built.model.name), \(count) parameters\(training)")
  }
}
