import Config
import Diagnostics
import GraphEngine
import Layers
import RunEvents

/// How far a training has come: where it is, what its callbacks remember, and what was logged.
struct Course {
  /// Longer epochs get their room as they go.
  private static let mostRoom = 1 << 20
  /// A digest for each power of two, and one for the end of the epoch.
  private static let mostDigests = 64

  private(set) var epoch: Int
  /// Steps of the epoch that are done.
  private(set) var step = 0
  private(set) var means: Means
  /// What the steps of the epoch computed.
  private var trace = StepTrace(epoch: 0, firstStep: 0)
  var history: [Logs] = []
  private(set) var firstNonFinite: (epoch: Int, step: Int)?
  private var callbacks: [any Callback]
  /// After how many batches each wants to hear what was logged.
  private let periods: [Int?]
  /// Steps of an epoch, to count them over the whole training.
  private let steps: Int
  private let firstEpoch: Int
  /// The means of no step.
  private let none: Means

  /// - Parameter steps: of an epoch.
  init(_ settings: FitSettings, _ means: Means, steps: Int) {
    epoch = settings.initialEpoch
    firstEpoch = settings.initialEpoch
    self.steps = steps
    callbacks = settings.callbacks
    periods = callbacks.map(\.batchPeriod)
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
    epoch = progress.epoch
    self.step = progress.step
    history = progress.history
    firstNonFinite = progress.firstNonFinite
    trace = progress.trace
    for (i, memory) in zip(callbacks.indices, progress.callbacks) { callbacks[i].memory = memory }
    control.keep(progress.kept)
  }

  /// Takes in a step.
  @inline(__always) mutating func add(
    _ program: StepProgram, loss: Double, iterations: Int, _ control: TrainingControl
  ) throws {
    step += 1
    means.add(program)
    trace.losses.append(Float(loss))
    if iterations.nonzeroBitCount == 1 { digest(program.weights, after: iterations) }
    if !loss.isFinite && firstNonFinite == nil { firstNonFinite = (epoch + 1, iterations) }
    for i in callbacks.indices where callbacks[i].watchesBatches {
      try callbacks[i].handle(.batchEnded(loss: loss), control)
    }
    let batches = (epoch - firstEpoch) * steps + step
    for i in callbacks.indices {
      guard let period = periods[i], batches % period == 0 else { continue }
      try callbacks[i].handle(.batchesLogged(epoch: epoch, batch: step - 1, logs: means.logs()), control)
    }
  }

  /// Makes room for the steps of an epoch, so that none of them allocates anything.
  mutating func reserve(_ steps: Int) {
    trace.losses.reserveCapacity(min(steps, Self.mostRoom))
    trace.digests.reserveCapacity(Self.mostDigests)
  }

  /// What the steps of the epoch computed, for the log; the next epoch begins without.
  /// - Parameter isWhole: whether the epoch has ended.
  mutating func takeTrace(_ weights: AlignedBuffer, iterations: Int, isWhole: Bool) -> StepTrace {
    if isWhole && trace.digests.last?.step != iterations { digest(weights, after: iterations) }
    defer {
      trace.losses = []
      trace.digests = []
    }
    trace.epoch = epoch + 1
    trace.firstStep = iterations - trace.losses.count + 1
    return trace
  }

  private mutating func digest(_ weights: AlignedBuffer, after step: Int) {
    trace.digests.append(.init(step: step, value: weightDigest(weights)))
  }

  /// Tells the callbacks that an epoch begins; not of one that had begun before a resumption.
  mutating func beginEpoch(_ control: TrainingControl) throws {
    if step == 0 { try tell(.epochBegan(epoch: epoch), control) }
  }

  /// Whether the learning rate is logged: a callback sets it.
  var logsLearningRate: Bool { callbacks.contains { $0.setsLearningRate } }

  /// Ends an epoch, and goes to the first step of the next one.
  mutating func endEpoch(_ logs: Logs, _ control: TrainingControl) throws {
    control.history = history
    try tell(.epochEnded(epoch: epoch, logs: logs), control)
    epoch += 1
    step = 0
    means = none
  }

  mutating func tell(_ event: CallbackEvent, _ control: TrainingControl) throws {
    for i in callbacks.indices { try callbacks[i].handle(event, control) }
  }

  func progress(_ control: TrainingControl) -> FitProgress {
    FitProgress(
      epoch: epoch, step: step, totals: means.sums, history: history, firstNonFinite: firstNonFinite,
      trace: trace, callbacks: callbacks.map(\.memory), kept: control.kept)
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
