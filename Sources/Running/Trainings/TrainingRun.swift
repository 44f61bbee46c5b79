package import Analysis
import Diagnostics
import ExpLanguage
import Foundation
import Layers
import Plotting
import Reporting
import RunEvents
import Training

extension TrainingJob {
  /// Trains: events for whoever looks on, and what came of it for later cells and for the report.
  /// - Throws: `Runner.Interruption` if it was interrupted, E0501 if the loss is not a number.
  package func run(_ context: RunContext) throws {
    try withReady(context) { try run($0, context) }
  }

  private func run(_ ready: ReadyTraining, _ context: RunContext) throws {
    let total = ready.settings.epochs
    let result = try ready.trainer.fit(
      ready.part, validation: ready.validation, ready.settings, from: ready.progress,
      outlet: context.outlet(for: ready.built),
      isInterrupted: context.services.isInterrupted, checkpoint: { try context.checkpoint((name, $0)) },
      observe: { try context.tell($0, of: ready.built, epochs: total) })
    keep(result, context)
    if !result.history.isEmpty {
      context.show(.table(Self.table(result.history, context.histories[name]?.bestEpoch)))
    }
    if let costs = result.costs { try context.show(costs, of: name) }
    switch result.end {
    case .interrupted: throw Runner.Interruption()
    case .stopped(let reason):
      let words = "\(reason) ended the training after \(result.history.count) of \(total) epochs"
      context.show(
        .remark(
          .note, words + (result.restoredEpoch.map { "; the weights are those of epoch \($0)." } ?? ".")))
      try context.note(words)
    case .finished: break
    }
    if let (epoch, step) = result.firstNonFinite {
      throw Diagnostic.notANumber(name, epoch: epoch, step: step)
    }
  }

  /// Keeps what later cells may ask for.
  private func keep(_ result: FitResult, _ context: RunContext) {
    context.histories[name] = TrainingRecord(
      history: result.history, bestEpoch: result.restoredEpoch ?? Self.best(result.history),
      epochs: fit.initialEpoch + result.history.count, settings: settings)
    context.results["\(name).epochs"] = .int(result.history.count)
    for (metric, value) in result.history.last?.shown ?? [] {
      context.results["\(name).\(metric)"] = .double(value)
    }
  }

  /// The epoch, from 1, with the smallest validation loss, or loss.
  private static func best(_ history: [Logs]) -> Int? {
    let key = history.contains { $0.contains { $0.name == "val_loss" } } ? "val_loss" : "loss"
    let values = history.map { logs in logs.first { $0.name == key }?.value ?? .nan }
    return values.indices.filter { !values[$0].isNaN }.min { values[$0] < values[$1] }.map { $0 + 1 }
  }

  private static func table(_ history: [Logs], _ best: Int?) -> ReportTable {
    var picked = [1, history.count]
    if let best { picked.append(best) }
    // Epochs without a validation log less.
    let names = (history.max { $0.count < $1.count } ?? []).shown.map(\.name)
    let rows = Set(picked).sorted().map { epoch -> [String] in
      let logs = history[epoch - 1]
      return [epoch == best ? "\(epoch) (best)" : "\(epoch)"]
        + names.map { name in
          logs.first { $0.name == name }.map { NumberText.significant($0.value, digits: 4) } ?? ""
        }
    }
    return ReportTable(header: ["epoch"] + names, rows: rows, alignments: [.left] + names.map { _ in .right })
  }
}

extension RunContext {
  /// Passes on what a training tells, as events of the run.
  fileprivate func tell(_ event: TrainingEvent, of built: BuiltModel, epochs: Int) throws {
    let model = built.model.name
    if case .traced(let trace) = event { return try emit(.steps(cell: cell, series: model, trace)) }
    guard var progress = EpochProgress(event, model: model, epochs: epochs) else { return }
    if progress.isEpochEnd {
      for (metric, value) in progress.metrics {
        let step = built.training?.iterations ?? 0
        try emit(
          .metric(MetricPoint(series: model, name: metric, epoch: progress.epoch, step: step, value: value)))
      }
    }
    progress.metrics = progress.metrics.shown
    try emit(.progress(progress))
  }
}

extension RunContext {
  /// What callbacks may write and say: into the run's folder, in the run's log.
  func outlet(for built: BuiltModel) -> Outlet {
    Outlet(
      save: { [self] path in
        try save(
          built, to: path, caption: "\(built.model.name) after \(built.training?.iterations ?? 0) steps")
      },
      write: { [self] bytes, path in
        let isTable = path.hasSuffix(".csv")
        try write(
          bytes, to: path, mediaType: isTable ? "text/csv" : "application/octet-stream",
          caption: "what the training of \(built.model.name) logged")
      },
      read: { [folder] in FileManager.default.contents(atPath: folder + "/" + $0).map(Array.init) },
      say: { [self] in try note($0) })
  }
}

extension Logs {
  /// What is told of an epoch: lengths of gradients are for figures only.
  fileprivate var shown: Logs { filter { !$0.name.hasPrefix(GradientNorms.prefix) } }
}

extension EpochProgress {
  fileprivate init?(_ event: TrainingEvent, model: String, epochs: Int) {
    switch event {
    case .epochBegan, .traced: return nil
    case .progress(let epoch, let step, let steps, let seconds, let logs):
      self.init(
        model: model, epoch: epoch, epochs: epochs, step: step, steps: steps, seconds: seconds, metrics: logs,
        isEpochEnd: false)
    case .epochEnded(let epoch, let steps, let seconds, let logs):
      self.init(
        model: model, epoch: epoch, epochs: epochs, step: steps, steps: steps, seconds: seconds,
        metrics: logs,
        isEpochEnd: true)
    }
  }
}

extension Diagnostic {
  /// E0501: a loss that is not a number.
  fileprivate static func notANumber(_ model: String, epoch: Int, step: Int) -> Diagnostic {
    Diagnostic(
      "E0501", "the loss of '\(model)' is not a number from epoch \(epoch), step \(step) on",
      help: "a smaller learning_rate, or inputs of the size of 1 (scale, standardize), most often mend it")
  }
}
