package import Config
package import Datasets
package import Diagnostics
import Foundation
import GraphEngine
import KerasFiles
import Layers
import Optimizers
package import RunEvents
package import Training

/// The header's `resume`: trainings start from the models of an earlier run, or of a file.
package struct WarmStart: Configurable {
  /// What is taken from there.
  package enum Mode: String, CaseIterable, ConfigConvertible {
    /// Weights, the optimizer's state and the number of epochs: epochs count from the start of the earlier training.
    case `continue`
    /// Weights alone, for a training of its own.
    case weights
  }

  package var from = ConfigNode(.null)
  package var mode = Mode.continue

  package static let schema = Schema(
    "resume", "Trainings start from the models of an earlier run, or of a file.", prototype: WarmStart(),
    Field(
      "from", \.from,
      "A run such as mlp-3 or latest, the best of several as best(mlp, val_accuracy), or a .h5 file."
    )
    .required,
    Field("mode", \.mode, "continue: weights, optimizer and epochs; weights: only those."))
}

/// What a training starts from: read again when it begins, so that no plan holds weights.
package struct StartingPoint: Sendable {
  /// Where the weights are.
  package enum Source: Sendable {
    /// The last checkpoint of a run, in its folder.
    case run(folder: String, CheckedFile)
    case model(CheckedFile, seed: UInt64)
  }

  /// A run's name, or a file.
  package let origin: String
  package let mode: WarmStart.Mode
  package let source: Source
  /// Epochs that count as done.
  package let epochs: Int

  /// Gives a compiled model its start.
  /// - Throws: E0525 if the file has changed, what is wrong with it otherwise.
  package func apply(to built: BuiltModel) throws {
    let snapshot = try snapshot(of: built.model.name)
    guard mode == .continue else { return try built.restoreWeights(snapshot) }
    try built.resumeTraining(from: snapshot)
  }

  private func snapshot(of model: String) throws -> ModelSnapshot {
    switch source {
    case .run(let folder, let file):
      try file.verify()
      guard let found = try CheckpointStore(folder: folder).read().checkpoint.models[model] else {
        throw Diagnostic.unreadable(checkpointIn: folder)
      }
      return found
    case .model(let file, let seed):
      try file.verify()
      return ModelSnapshot(try ModelFile.load(file.path, named: model, seed: seed).built)
    }
  }
}

/// Where trainings may start from, looked up when the file is checked.
package struct StartingPoints {
  package let name: String
  private let mode: WarmStart.Mode
  private let span: SourceSpan?
  private let source: Source
  /// Models whose training was given its start.
  private var taken: Set<String> = []

  /// The files it is made of.
  package let input: RunInput

  private enum Source {
    case run(RunCheckpoint, folder: String)
    case file(String)
  }

  /// - Parameters:
  ///   - access: where the experiment's files are.
  /// - Throws: E0520 for an unknown run, E0521 for one that kept no models, E06xx for files.
  package init(_ settings: WarmStart, among runs: inout EarlierRuns, in access: FileAccess)
    throws(Diagnostic)
  {
    mode = settings.mode
    span = settings.from.span
    guard let written = settings.from.string else {
      throw .mismatch(settings.from, "the name of a run, best(EXPERIMENT, METRIC) or a .h5 file")
    }
    if written.hasSuffix(".h5") || written.hasSuffix(".keras") {
      name = written
      let path = access.path(of: written)
      source = .file(path)
      input = RunInput(.model, name: written, place: path)
      return
    }
    name = try runs.find(settings.from)
    let run = "\(runs.folder)/\(name)"
    let checkpoint: RunCheckpoint
    do throws(Diagnostic) {
      checkpoint = try CheckpointStore(folder: run).read().checkpoint
    } catch {
      throw .noModels(name, error.message, at: span)
    }
    guard checkpoint.isComplete else { throw .unfinished(name, at: span) }
    source = .run(checkpoint, folder: run)
    // What a checkpoint has to show it takes from the run's figures.
    let figures =
      (try? FileManager.default.contentsOfDirectory(atPath: "\(run)/\(RunFile.figures)"))?.sorted() ?? []
    let files = [RunFile.log, RunFile.state] + figures.map { "\(RunFile.figures)/\($0)" }
    input = RunInput(.run, name: name, place: URL(fileURLWithPath: run).path, files: files)
  }

  /// What the training of a model starts from; `nil` if the run does not have the model, or for a second training.
  /// - Throws: E0522 if it is another model there, E0523 if it was trained with another optimizer, what is wrong with
  ///   a file.
  package mutating func take(
    _ model: ModelInfo, _ training: TrainingInfo, seed: UInt64
  ) throws -> StartingPoint? {
    let model = (name: model.model.name, info: model)
    guard !taken.contains(model.name) else { return nil }
    var epochs = 0
    let snapshot: ModelSnapshot
    let start: StartingPoint.Source
    switch source {
    case .run(let checkpoint, let folder):
      guard let found = checkpoint.models[model.name], let done = checkpoint.trainings[model.name] else {
        return nil
      }
      snapshot = found
      epochs = done.epochs
      start = .run(folder: folder, CheckedFile(CheckpointStore(folder: folder).last))
    case .file(let path):
      do {
        snapshot = ModelSnapshot(try ModelFile.load(path, named: model.name, seed: seed).built)
      } catch let diagnostic as Diagnostic {
        throw diagnostic.located(at: span, "starts from it")
      }
      start = .model(CheckedFile(path), seed: seed)
    }
    try check(snapshot, model.info)
    if mode == .continue { try check(snapshot.optimizer, training.settings.optimizer, of: model.name) }
    taken.insert(model.name)
    return StartingPoint(origin: name, mode: mode, source: start, epochs: mode == .continue ? epochs : 0)
  }

  private func check(_ snapshot: ModelSnapshot, _ info: ModelInfo) throws(Diagnostic) {
    let own = info.trace.scope.parameters.map(\.spec)
    let saved = Dictionary(snapshot.parameters.map { ($0.path, $0.shape) }) { first, _ in first }
    for spec in own {
      guard let shape = saved[spec.path] else {
        throw .otherModel(info.model.name, "'\(spec.path)' is not in \(name)", at: span)
      }
      if shape != spec.shape {
        throw .otherModel(
          info.model.name, "'\(spec.path)' has shape \(spec.shape) here, \(shape) in \(name)", at: span)
      }
    }
    let count = snapshot.parameters.map { $0.shape.reduce(1, *) }.reduce(0, +)
    if count != info.parameterCount {
      throw .otherModel(
        info.model.name, "it has \(info.parameterCount) parameters here, \(count) in \(name)", at: span)
    }
  }

  private func check(
    _ saved: OptimizerSnapshot?, _ optimizer: any Optimizer, of model: String
  ) throws(Diagnostic) {
    guard let saved else {
      throw .otherOptimizer(model, "nothing is known of its optimizer in \(name)", at: span)
    }
    guard saved.className == optimizer.className else {
      throw .otherOptimizer(model, "\(optimizer.className) here, \(saved.className) in \(name)", at: span)
    }
    guard saved.memory.count == OptimizerMemory(optimizer, count: 0).runCount else {
      throw .otherOptimizer(model, "the one here remembers something else than that in \(name)", at: span)
    }
  }

  /// After all cells: whether nothing started from it.
  /// - Throws: E0524.
  package func checkUse() throws(Diagnostic) {
    guard taken.isEmpty else { return }
    var known: [String] = []
    if case .run(let checkpoint, _) = source { known = checkpoint.trainings.keys.sorted() }
    throw .nothingStarts(name, known: known, at: span)
  }
}

extension OptimizerMemory {
  /// Runs of numbers that live longer than a step.
  fileprivate var runCount: Int { slots.count + (averages == nil ? 0 : 1) + (accumulators == nil ? 0 : 1) }
}

extension Diagnostic {
  /// E0521: a run that kept no models.
  fileprivate static func noModels(_ run: String, _ reason: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0521", "nothing can start from '\(run)': \(reason)", at: span.map { Label($0, "no models") },
      help: "name a run that trained a model to its end, or one of its .h5 files")
  }

  /// E0521: a run that was cut off.
  fileprivate static func unfinished(_ run: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0521", "'\(run)' did not get to its end", at: span.map { Label($0, "cut off, or still running") },
      help: "finish it first: 'runexp resume \(run)'")
  }

  /// E0522: a model that is another one there.
  fileprivate static func otherModel(_ model: String, _ what: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0522", "'\(model)' cannot start from there: \(what)", at: span.map { Label($0, "another model") },
      help: "give the model the same layers, or name another run")
  }

  /// E0523: an optimizer that is another one there.
  fileprivate static func otherOptimizer(_ model: String, _ what: String, at span: SourceSpan?) -> Diagnostic
  {
    Diagnostic(
      "E0523", "the training of '\(model)' cannot go on: \(what)",
      at: span.map { Label($0, "another optimizer") },
      help: "use the same optimizer with the same settings, or take the weights alone: 'mode: weights'")
  }

  /// E0524: a header that no training follows.
  fileprivate static func nothingStarts(_ name: String, known: [String], at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0524", "no training starts from '\(name)'", at: span.map { Label($0, "has other models") },
      help: known.isEmpty
        ? "add a 'train' cell, or remove 'resume'"
        : "it trained \(known.joined(separator: ", ")); models are matched by their names")
  }
}
