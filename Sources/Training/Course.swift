import Config
import Diagnostics
import Layers

/// How far a training has come: where it is, what its callbacks remember, and what was logged.
struct Course {
  private(set) var epoch: Int
  /// Steps of the epoch that are done.
  private(set) var step = 0
  private(set) var means: Means
  var history: [Logs] = []
  private(set) var firstNonFinite: (epoch: Int, step: Int)?
  private var callbacks: [any Callback]
  /// The means of no step.
  private let none: Means

  init(_ settings: FitSettings, _ means: Means) {
    epoch = settings.initialEpoch
    callbacks = settings.callbacks
    self.means = means
    none = means
  }

  /// Tells the callbacks that it begins, and goes to where an earlier training was.
  /// - Parameter step: a step of this training.
  /// - Throws: E0517 if the earlier one was another.
  mutating func begin(_ progress: FitProgress?, _ step: StepTotals, _ control: TrainingControl) throws {
    try tell(.began, control)
    guard let progress else { return }
    guard means.restore(progress.totals, of: step) else { throw Diagnostic.otherTraining() }
    (epoch, self.step, history) = (progress.epoch, progress.step, progress.history)
    firstNonFinite = progress.firstNonFinite
    for (i, memory) in zip(callbacks.indices, progress.callbacks) { callbacks[i].memory = memory }
    control.keep(progress.kept)
  }

  /// Takes in a step.
  @inline(__always) mutating func add(
    _ program: StepProgram, loss: Double, iterations: Int, _ control: TrainingControl
  ) throws {
    step += 1
    means.add(program)
    if !loss.isFinite && firstNonFinite == nil { firstNonFinite = (epoch + 1, iterations) }
    for i in callbacks.indices where callbacks[i].watchesBatches {
      try callbacks[i].handle(.batchEnded(loss: loss), control)
    }
  }

  /// Ends an epoch, and goes to the first step of the next one.
  mutating func endEpoch(_ logs: Logs, _ control: TrainingControl) throws {
    try tell(.epochEnded(epoch: epoch, logs: logs), control)
    (epoch, step, means) = (epoch + 1, 0, none)
  }

  mutating func tell(_ event: CallbackEvent, _ control: TrainingControl) throws {
    for i in callbacks.indices { try callbacks[i].handle(event, control) }
  }

  func progress(_ control: TrainingControl) -> FitProgress {
    FitProgress(
      epoch: epoch, step: step, totals: means.sums, history: history, firstNonFinite: firstNonFinite,
      callbacks: callbacks.map(\.memory), kept: control.kept)
  }
}

extension Diagnostic {
  /// E0517: a checkpoint of another training.
  fileprivate static func otherTraining() -> Diagnostic {
    Diagnostic(
      "E0517", "the checkpoint is of a training with other losses or metrics",
      help: "the run was made by another version of runexp, or its folder was changed; start the run again")
  }
}
