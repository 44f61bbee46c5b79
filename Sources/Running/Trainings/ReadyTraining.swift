package import Analysis
import Config
package import Datasets
import Diagnostics
import Layers
import Optimizers
import RunEvents
import Training

/// A training that is about to begin: the model is compiled and has its first weights, the data are there.
struct ReadyTraining {
  package let trainer: Trainer
  package let part: DataPart
  package let validation: DataPart?
  package var settings: FitSettings
  /// Where a training that was interrupted resumes.
  package var progress: FitProgress?

  package var built: BuiltModel { trainer.built }
}

extension TrainingJob {
  /// Makes ready what earlier cells left in `context`, and hands it to `body`.
  func withReady<Result>(_ context: RunContext, _ body: (ReadyTraining) throws -> Result) throws -> Result? {
    guard let built = context.models[name], let ready = try compiled(context) else { return nil }
    built.training?.memoryUse = memory
    built.takeParts()
    defer { built.giveParts() }
    return try body(started(ready, context))
  }

  /// What is left to do for a training whose results are in the checkpoint of a resumed run.
  package func restore(_ context: RunContext) throws {
    guard try compiled(context) != nil else { return }
    context.histories[name] = TrainingRecord(history: [], epochs: 0, settings: settings)
  }

  /// Compiles the model and finds the data.
  private func compiled(_ context: RunContext) throws -> ReadyTraining? {
    guard let built = context.models[name], let set = context.data[data.data], var part = set[data.part]
    else { return nil }
    try built.train(as: model)
    try compile(built, context)
    if !classWeights.isEmpty { part = part.weighted(byClass: classWeights) }
    built.attachments[Preparation.attachment] = set.preparation.config
    var fit = fit
    fit.batchSize = built.batchSize(batchSize)
    fit.recordsGradientNorms = context.gradientModels.contains(name)
    fit.clock = context.services.clock
    var held = validation.flatMap { context.data[$0.data]?[$0.part] }
    if context.isQuick {
      fit.epochs = min(fit.epochs, fit.initialEpoch + 2)
      fit.stepsPerEpoch = 2
      held = held?.first(2 * fit.batchSize)
    }
    let trainer = Trainer(built, pool: context.services.pool, now: context.services.now)
    return ReadyTraining(trainer: trainer, part: part, validation: held, settings: fit)
  }

  /// Compiles the model, or leaves it as its file had it: then the optimizer goes on where it was.
  private func compile(_ built: BuiltModel, _ context: RunContext) throws {
    // A training that was interrupted has said it already.
    let isFirst = context.interrupted?.model != name
    if compilation == .continued, let training = built.training {
      let words = "goes on with \(settings.optimizer.className) after \(training.iterations) steps"
      return isFirst ? try context.note(words) : ()
    }
    built.training = nil  // what the last optimizer kept is not needed beside that of this one
    try TrainingState.checkMemory(settings, built.slab, of: name)
    Trainer(built, pool: context.services.pool, now: context.services.now).compile(settings)
    if compilation != .new && isFirst {
      try context.note("compiled anew: \(settings.optimizer.className) begins without memory")
    }
  }

  /// Gives the model the weights that the training begins with.
  private func started(_ ready: ReadyTraining, _ context: RunContext) throws -> ReadyTraining {
    var ready = ready
    if let interrupted = context.takeInterruptedFit(of: name) {
      try ready.built.restore(interrupted.snapshot)
      ready.progress = interrupted.progress
      return ready
    }
    if let start {
      try start.apply(to: ready.built)
      try context.note(
        "starts from \(start.origin)" + (start.epochs > 0 ? ", after \(start.epochs) epochs" : ""))
    }
    for layer in try ready.trainer.adapt(to: ready.part) {
      try context.note("adapted '\(layer)' to the \(ready.part.count) samples of \(data.data).\(data.part)")
    }
    return ready
  }
}

extension DataPart {
  /// The first samples of a part.
  package func first(_ count: Int) -> DataPart {
    var copy = self
    copy.rows = .indices(Array(rows.all.prefix(count)))
    return copy
  }
}
