import ArgumentParser
import Diagnostics
import Foundation
import KerasFiles
import Layers
import ModelScripts
import RunEvents
import Training

/// `runexp export`: a model file as source code of another framework.
struct Export: ParsableCommand {
  enum Language: String, ExpressibleByArgument, CaseIterable {
    case kerasPython = "keras-python"
  }

  static let configuration = CommandConfiguration(
    abstract: "Write a model as source code: a Python module for Keras 3.",
    discussion: """
      MODEL is any model file of Keras 1 to 3, or of runexp. The module has a function make_model(), and \
      load_weights(model, path) to fill in the weights of an .h5 file that runexp wrote for Keras 3. Models and layers \
      that were written by hand become classes whose 'call' is the text of the experiment.
      """)

  @Argument(help: ArgumentHelp("The model file to read.", valueName: "model"))
  var input: String
  @Option(help: "What is written: keras-python.")
  var to: Language
  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file"))
  var output: String
  @Flag(help: "Write over a file that is there.")
  var force = false
  @OptionGroup var common: CommonOptions

  func run() throws {
    let terminal = common.terminal
    do {
      guard force || !FileManager.default.fileExists(atPath: output) else {
        throw Diagnostic(
          "E0632", "'\(output)' is already there", help: "nothing was written; --force writes over it")
      }
      // Random numbers play no part: nothing is drawn, and nothing trained.
      let loaded = try ModelFile.load(input, seed: 0)
      for note in loaded.notes { terminal.report(note) }
      let functions = try StoredFunctions(config: loaded.built.attachments[StoredFunctions.attachment])
      let module = try PythonModule(loaded.built.model, functions: functions)
      try write(module.text)
      print("wrote \(output) for Keras 3: \(loaded.built.model.name)")
    } catch let diagnostic as Diagnostic {
      terminal.report(diagnostic)
      throw Status.failed
    }
  }

  private func write(_ text: String) throws(Diagnostic) {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: output), options: .atomic)
    } catch {
      throw Diagnostic(
        "E0606", "cannot write '\(output)': \(error.localizedDescription)",
        help: "check that the folder exists, may be written to and has room")
    }
  }
}
