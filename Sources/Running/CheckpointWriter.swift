package import Analysis
import Diagnostics
import Config
import Foundation
import Reporting
import RunEvents
import Training

/// Writes a run down as it goes.
///
/// Owned by the run's task.
final class CheckpointWriter {
  /// Seconds between checkpoints after cells that train nothing.
  private static let betweenCells = 1.0

  /// When the run began, had it never been cut off.
  package let began: Double
  /// What the cells that are done have to show.
  private(set) var cells: [ReportCell]
  private let store: CheckpointStore
  private let now: () -> Double
  private var number: Int
  private var last: Double

  init(_ folder: String, from resumption: RunCheckpoint?, now: @escaping () -> Double) {
    store = CheckpointStore(folder: folder)
    last = now()
    began = last - (resumption?.seconds ?? 0)
    cells = resumption?.cells ?? []
    number = resumption?.number ?? 0
    self.now = now
  }

  /// Writes down where the run is.
  package func write(_ context: RunContext, _ fit: (model: String, progress: FitProgress)? = nil) throws {
    number += 1
    try context.emit(.checkpoint(number))
    try store.write(checkpoint(context, fit, isComplete: false))
    last = now()
  }

  /// Takes in a cell that is done; one that trained is written down, others where they took their time.
  package func finish(_ cell: ReportCell, isTraining: Bool, _ context: RunContext) throws {
    cells.append(cell)
    if isTraining || now() - last >= Self.betweenCells { try write(context) }
  }

  /// Leaves what another run may start from.
  package func finish(_ context: RunContext) throws {
    number += 1
    try context.emit(.checkpoint(number))
    try store.finish(with: checkpoint(context, nil, isComplete: true))
  }

  private func checkpoint(
    _ context: RunContext, _ fit: (model: String, progress: FitProgress)?, isComplete: Bool
  ) -> RunCheckpoint {
    var checkpoint = RunCheckpoint(
      number: number, isComplete: isComplete, seconds: now() - began, cells: cells)
    checkpoint.results = context.results
    checkpoint.failedChecks = context.failedChecks
    checkpoint.data = context.dataRecords.mapValues { $0.files.map(\.sha256) }
    checkpoint.trainings = context.histories.mapValues {
      .init(history: $0.history, bestEpoch: $0.bestEpoch, epochs: $0.epochs)
    }
    checkpoint.models = context.models.mapValues { ModelSnapshot($0) }
    checkpoint.fit = fit
    return checkpoint
  }
}

extension RunContext {
  /// Makes everything what it was at a checkpoint: cells that later ones need are run again in silence, models get
  /// their numbers.
  /// - Throws: what such a cell throws, E0516 if data have changed, E0512 if the checkpoint is of other models.
  package func restore(_ checkpoint: RunCheckpoint, _ cells: ArraySlice<ExperimentPlan.PlannedCell>) throws {
    isRestoring = true
    defer { isRestoring = false }
    try runAgain(cells)
    try checkData(checkpoint.data)
    for (name, training) in checkpoint.trainings {
      histories[name]?.history = training.history
      histories[name]?.bestEpoch = training.bestEpoch
      histories[name]?.epochs = training.epochs
    }
    results = checkpoint.results
    failedChecks = checkpoint.failedChecks
    for (name, snapshot) in checkpoint.models where name != checkpoint.fit?.model {
      try models[name]?.restore(snapshot)
    }
    if let fit = checkpoint.fit, let snapshot = checkpoint.models[fit.model] {
      interrupted = InterruptedFit(model: fit.model, progress: fit.progress, snapshot: snapshot)
    }
  }

  /// Runs those of some cells whose models and data later cells need.
  func runAgain(_ cells: ArraySlice<ExperimentPlan.PlannedCell>) throws {
    for cell in cells where cell.isRunAgain {
      begin(cell: cell.index)
      try cell.run(self)
    }
  }

  private func checkData(_ hashes: [String: [String]]) throws(Diagnostic) {
    for (name, old) in hashes.sorted(by: { $0.key < $1.key }) {
      let files = dataRecords[name]?.files ?? []
      if files.map(\.sha256) == old { continue }
      let changed = files.count == old.count ? zip(files, old).filter { $0.sha256 != $1 }.map(\.0.path) : []
      throw .dataChanged(name, changed)
    }
  }

  /// The training that was under way when the run was cut off, for its cell to take up once.
  func takeInterruptedFit(of model: String) -> InterruptedFit? {
    guard let fit = interrupted, fit.model == model else { return nil }
    interrupted = nil
    return fit
  }
}

extension RunCheckpoint {
  /// The title of the cell that the run goes on with, its number, and where in it.
  package func place(in plan: ExperimentPlan) -> String {
    guard plan.cells.indices.contains(cells.count) else { return "the report" }
    let cell = "cell \(cells.count + 1), \(plan.cells[cells.count].title)"
    guard let fit else { return cell }
    return cell + ", epoch \(fit.progress.epoch + 1)"
      + (fit.progress.step > 0 ? ", step \(fit.progress.step + 1)" : "")
  }
}

extension Diagnostic {
  /// E0516: data that are others now.
  fileprivate static func dataChanged(_ name: String, _ files: [String]) -> Diagnostic {
    let which = files.isEmpty ? "other files than before" : files.map { "'\($0)'" }.joined(separator: ", ")
    return Diagnostic(
      "E0516", "the data of '\(name)' have changed since the run began: \(which)",
      help: "put the old files back, or start a new run; the log holds their hashes")
  }
}
