import ArgumentParser
import Diagnostics
import Exports
import Analysis
import Experiments
import Files
import Plots
import Running
import Foundation
import KerasFiles
import Layers
import ModelScripts
import Reporting
import RunEvents
import RunLog
import Training
import RunService

/// `runexp export`: runs and models as other programs read them.
struct Export: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case tensorboard, mlflow, csv, jsonl, ipynb
    case kerasPython = "keras-python"
  }

  static let configuration = CommandConfiguration(
    abstract: "Write runs for TensorBoard, MLflow, spreadsheets or Jupyter, a model as Python source.",
    discussion: """
      tensorboard   event files in tensorboard/RUN, for 'tensorboard --logdir tensorboard'
      mlflow        MLflow's file store in mlruns, for 'mlflow migrate-filestore'
      csv, jsonl    every logged value: run, series, metric, epoch, step, value; to stdout
      ipynb         the report as a notebook, RUN.ipynb
      keras-python  a model as a Python module for Keras 3: make_model(), and load_weights(model, path) for the weights \
      of an .h5 file that runexp wrote for Keras 3; parts that were written by hand become classes whose 'call' is the \
      text of the experiment. WHAT may also be any model file of Keras 1 to 3.
      """)

  @Argument(help: ArgumentHelp("Runs (mlp-1, latest), or a model file.", valueName: "what"))
  var what: [String]
  @Option(help: ArgumentHelp("What is written.", valueName: "format"))
  var to: Format
  @Option(
    name: .shortAndLong, help: ArgumentHelp("The file or folder to write; - for stdout.", valueName: "path"))
  var output: String?
  @Option(help: ArgumentHelp("Which model of a run, if it saved several.", valueName: "name"))
  var model: String?
  @Flag(help: "Write over files that are there.")
  var force = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if what.count > 1 && (to == .ipynb || to == .kerasPython) {
      throw ValidationError("--to \(to.rawValue) takes one at a time")
    }
    if output == "-" && (to == .tensorboard || to == .mlflow) {
      throw ValidationError("--to \(to.rawValue) writes a folder; name it with -o FOLDER")
    }
  }

  func run() throws {
    do {
      switch to {
      case .csv: try write(PointTable.csv(runs().map(\.1)), standard: "-")
      case .jsonl: try write(PointTable.jsonLines(runs().map(\.1)), standard: "-")
      case .ipynb:
        let (saved, _) = try runs()[0]
        try write(
          NotebookWriter().render(ReportFile.read("\(saved.folder)/\(RunFile.report)")),
          standard: "\(saved.run).ipynb")
      case .tensorboard:
        for (saved, run) in try runs() {
          try write(
            TensorBoardLog.files(run), below: "\(output ?? RunFile.tensorBoard)/\(run.name)",
            from: saved.folder)
        }
      case .mlflow:
        let folder = output ?? "mlruns"
        let root = URL(fileURLWithPath: folder, isDirectory: true).standardizedFileURL.absoluteString
        for (saved, run) in try runs() {
          try write(
            MLflowStore.files(run, root: root.hasSuffix("/") ? String(root.dropLast()) : root), below: folder,
            from: saved.folder)
        }
      case .kerasPython: try writeModule()
      }
    } catch let diagnostic as Diagnostic {
      common.terminal.report(diagnostic)
      throw Status.failed
    }
  }

  private func runs() throws -> [(SavedModels, ExportedRun)] {
    try what.map { name in
      if isModelFile(name) { throw Diagnostic.notARun(name, to.rawValue) }
      let saved = try SavedModels(name, reports: common.reports)
      return (saved, try ExportedRun(saved.run, in: RunStore.read(saved.log)))
    }
  }

  private func writeModule() throws {
    let path =
      try isModelFile(what[0])
      ? what[0] : SavedModels(what[0], reports: common.reports).file(of: model)
    // Random numbers play no part: nothing is drawn, and nothing trained.
    let loaded = try ModelFile.load(path, seed: 0)
    for note in loaded.notes { common.terminal.report(note) }
    let functions = try StoredFunctions(config: loaded.built.attachments[StoredFunctions.attachment])
    let (model, notes) = try loaded.built.inKeras3Words()
    for note in notes { common.terminal.report(note) }
    let module = try PythonModule(model, functions: functions)
    try write(
      module.text, standard: "\(model.name).py", " for Keras 3: \(model.name)")
  }

  /// Writes one file, or to stdout.
  /// - Parameter remark: what else is said of it.
  private func write(_ text: String, standard: String, _ remark: String = "") throws {
    let path = output ?? standard
    if path == "-" { return printFile(text) }
    try check(path)
    try writeFile(Array(text.utf8), to: path)
    print("wrote \(path)\(remark)")
  }

  /// Writes the files of a run, and tells where.
  private func write(_ files: [ExportFile], below folder: String, from run: String) throws {
    for file in files where !file.isShared { try check("\(folder)/\(file.path)") }
    try files.write(below: folder, from: run)
    print("wrote \(folder): \(files.count) file\(files.count == 1 ? "" : "s")")
  }

  private func check(_ path: String) throws(Diagnostic) {
    guard force || !FileManager.default.fileExists(atPath: path) else {
      throw Diagnostic(
        "E0632", "'\(path)' is already there", help: "nothing was written; --force writes over it")
    }
  }
}

extension Diagnostic {
  /// E0638: a model file where a run is wanted.
  fileprivate static func notARun(_ name: String, _ format: String) -> Diagnostic {
    Diagnostic(
      "E0638", "'\(name)' is a model file, and \(format) is made of runs",
      help: "name a run such as mlp-1 or latest; a model file can be exported to keras-python")
  }
}
