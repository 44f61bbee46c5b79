import ArgumentParser
import Config
import Diagnostics
import Experiments
import Plots
import Running
import Foundation
import KerasFiles
import Plotting
import Reporting
import RunEvents
import RunLog
import RunService

/// `runexp show`: a run's record, a file with its parameters filled in, or what a model file holds.
struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a run, an experiment file or a model file.")

  @Argument(
    help: ArgumentHelp(
      "A run (mlp-1, latest, 'best(mlp, val_loss)'), an experiment file, or a Keras .h5 or .keras.",
      valueName: "what"))
  var what: String
  @OptionGroup var file: FileOptions
  @OptionGroup var common: CommonOptions
  @Flag(help: "The weights of a model file: shape, mean, deviation, range.")
  var weights = false
  @Flag(help: "The layers of models used as layers, too.")
  var expand = false
  @Flag(help: "A run's record, or the layers of a model, as JSON for programs.")
  var json = false
  @Option(help: ArgumentHelp("Draw the model into a PNG, SVG or PDF file.", valueName: "file"))
  var graph: String?
  @Option(
    help: ArgumentHelp(
      "Which model of a run, if it saved several; or of a file's trainings.", valueName: "name"))
  var model: String?
  @Flag(help: "What a training step of the model is compiled to: every step with its sizes and its memory.")
  var program = false
  @Flag(
    help: "What an experiment file gives names to: what each is, where it is defined and where it is used.")
  var names = false
  @Option(help: "Samples in the step that --program shows: 32 if left out, or what the model is fixed to.")
  var batch: Int?

  func validate() throws {
    if !(1...1_000_000).contains(batch ?? 1) { throw ValidationError("--batch is between 1 and 1000000") }
  }

  func run() throws {
    let terminal = common.terminal
    do {
      if isModelFile(what) { return print(try modelText(what)) }
      if what == "-" || what.hasSuffix(".exp") || what.hasSuffix(".exp.yaml") {
        return try showFile(terminal)
      }
      let run = try SavedModels(what, reports: common.reports)
      if showsModel { return print(try modelText(run.file(of: model))) }
      let view = try RunView(run.run, log: run.log)
      print(json ? view.config.prettyJSON : view.text)
    } catch let diagnostic as Diagnostic {
      terminal.report(diagnostic)
      throw Status.failed
    }
  }

  private func showFile(_ terminal: Terminal) throws {
    let checked = CheckedExperiment(file.request(what, reports: common.reports))
    terminal.report(checked.diagnostics, checked.sources)
    if names, let symbols = checked.symbols {
      let view = NamesView(symbols: symbols, sources: checked.sources)
      print(json ? view.config.prettyJSON : view.text)
    }
    guard let plan = checked.plan else { throw Status.wrongFile }
    if names { return }
    print(program ? text(of: try plan.program(of: model, batch: batch)) : plan.resolved)
  }

  private func text(of program: ProgramView) -> String {
    json ? program.json.prettyJSON : program.text
  }

  /// Whether it is a run's model that is asked for.
  private var showsModel: Bool { graph != nil || model != nil || weights || expand || program }

  private func modelText(_ path: String) throws -> String {
    if program { return text(of: try ModelView(path).built.program(batch: batch)) }
    let view: ModelView
    do {
      view = try ModelView(path)
    } catch var diagnostic as Diagnostic where graph == nil && !json {
      // A file of any layers can be listed; what is missing to make a model of it is said.
      let isPackage = path.lowercased().hasSuffix(".keras")
      let archive = try isPackage ? KerasArchive.ofPackage(path) : KerasArchive.read(path)
      diagnostic.severity = .warning
      common.terminal.report(diagnostic)
      return try ModelText.text(of: archive, weights: weights)
    }
    if let graph { try view.draw(to: graph, expandingNested: expand) }
    if json { return view.json }
    let compiled = ModelText.compilation(view.archive)
    var parts = [view.text(expandingNested: expand)] + (compiled.isEmpty ? [] : [compiled])
    if weights { parts += ["", try ModelText.statistics(view.archive)] }
    return parts.joined(separator: "\n")
  }
}
