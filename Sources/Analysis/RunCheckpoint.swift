import Config
package import Diagnostics
package import ExpLanguage
package import Reporting
package import Training

/// All that a run must know to go on: what is done, what came of it, and the training under way.
///
/// Data sets are not in it, since they are read again, nor is anything that the log or the run's folder holds.
public struct RunCheckpoint {
  /// A model's training that is done, but for its settings, which are in the experiment.
  package struct Training {
    package var history: [Logs]
    package var bestEpoch: Int?
    /// The number of the last epoch.
    package var epochs: Int

    package init(history: [Logs], bestEpoch: Int?, epochs: Int) {
      self.history = history
      self.bestEpoch = bestEpoch
      self.epochs = epochs
    }
  }

  /// From 1; the log knows it by this number.
  public var number: Int
  /// Whether there is nothing left to do.
  public var isComplete: Bool
  /// How long the run took until here.
  package var seconds: Double
  /// Cells that are done, with what they have to show.
  package var cells: [ReportCell]
  package var results: [String: ScriptValue] = [:]
  package var failedChecks = 0
  /// The SHA-256 of every file of each data set that was read.
  package var data: [String: [String]] = [:]
  package var trainings: [String: Training] = [:]
  package var models: [String: ModelSnapshot] = [:]
  /// The training of the cell at work.
  package var fit: (model: String, progress: FitProgress)?

  package init(number: Int, isComplete: Bool, seconds: Double, cells: [ReportCell]) {
    self.number = number
    self.isComplete = isComplete
    self.seconds = seconds
    self.cells = cells
  }
}

extension RunCheckpoint {
  /// As a file.
  func encoded() -> CheckpointFile {
    var arrays: [NamedNumbers] = []
    func part(_ part: (facts: ConfigNode, arrays: [NamedNumbers])) -> ConfigNode {
      arrays += part.arrays
      return part.facts
    }
    func map<T>(_ values: [String: T], _ body: (String, T) -> ConfigNode) -> ConfigNode {
      ConfigNode(.map(values.sorted { $0.key < $1.key }.map { .init($0.key, body($0.key, $0.value)) }))
    }
    let facts: ConfigNode = [
      "number": number.config, "is_complete": isComplete.config,
      "seconds": seconds.config, "cells": ConfigNode(.list(cells.map(\.config))),
      "results": map(results) { $1.config }, "failed_checks": failedChecks.config,
      "data": map(data) { $1.config },
      "trainings": map(trainings) { _, training in
        [
          "history": FitProgress.encode(training.history), "best_epoch": training.bestEpoch.config,
          "epochs": training.epochs.config,
        ]
      },
      "models": map(models) { name, model in part(model.encoded(as: "models/\(name)")) },
      "fit": fit.map { fit in
        ["model": fit.model.config, "progress": part(fit.progress.encoded(as: "fit"))]
      } ?? nil,
    ]
    return CheckpointFile(facts: facts, arrays: arrays)
  }

  /// Reads what `encoded()` made.
  /// - Parameter folder: of the run, which has the figures that cells show.
  /// - Throws: E0513 if it is something else, E0514 if a figure is missing.
  package init(_ file: CheckpointFile, folder: String) throws(Diagnostic) {
    let facts = file.facts
    guard case .int(let number)? = facts["number"]?.content,
      case .bool(let isComplete)? = facts["is_complete"]?.content, let list = facts["cells"]?.list,
      let seconds = facts["seconds"].flatMap({ try? Double(config: $0) }),
      let results = facts["results"]?.entries, case .int(let failedChecks)? = facts["failed_checks"]?.content,
      let data = facts["data"]?.entries, let trainings = facts["trainings"]?.entries,
      let models = facts["models"]?.entries
    else { throw .unreadable(checkpointIn: folder) }
    self.number = number
    self.isComplete = isComplete
    self.seconds = seconds
    self.failedChecks = failedChecks
    cells = []
    for node in list {
      guard let cell = try ReportCell(node, folder: folder) else { throw .unreadable(checkpointIn: folder) }
      cells.append(cell)
    }
    self.results = [:]
    for entry in results { self.results[entry.key] = ScriptValue(entry.value) }
    self.data = [:]
    for entry in data { self.data[entry.key] = (try? [String](config: entry.value)) ?? [] }
    self.trainings = [:]
    for entry in trainings { self.trainings[entry.key] = Training(entry.value) }
    self.models = [:]
    for entry in models {
      self.models[entry.key] = ModelSnapshot(entry.value, named: "models/\(entry.key)", in: file.arrays)
    }
    if let node = facts["fit"], let model = node["model"]?.string, let progress = node["progress"] {
      fit = FitProgress(progress, named: "fit", in: file.arrays).map { (model, $0) }
      if fit == nil { throw .unreadable(checkpointIn: folder) }
    }
    guard self.results.count == results.count, self.trainings.count == trainings.count,
      self.models.count == models.count
    else { throw .unreadable(checkpointIn: folder) }
  }
}

extension RunCheckpoint.Training {
  fileprivate init?(_ node: ConfigNode) {
    guard let history = node["history"].flatMap(FitProgress.history),
      case .int(let epochs)? = node["epochs"]?.content,
      (0...(1 << 53)).contains(epochs)
    else { return nil }
    self.history = history
    self.epochs = epochs
    bestEpoch = node["best_epoch"].flatMap { try? Int?(config: $0) } ?? nil
  }
}

extension Diagnostic {
  /// E0513: a checkpoint whose facts are others than expected.
  package static func unreadable(checkpointIn folder: String) -> Diagnostic {
    Diagnostic(
      "E0513", "the checkpoint in '\(folder)' does not say what a checkpoint says",
      help: "the run was made by another version of runexp; start the run again")
  }
}
