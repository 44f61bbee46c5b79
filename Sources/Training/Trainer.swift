public import Datasets
public import KernelABI
public import Kernels
import Optimizers
public import RunEvents
public import GraphEngine
import Layers
import TensorCore

/// Names and values of one epoch or evaluation, in Keras's order: sorted, with `val_` behind.
public typealias Logs = [(name: String, value: Double)]

/// What training reports while it runs.
public enum TrainingEvent {
  case epochBegan(epoch: Int, steps: Int)
  /// Means over the epoch so far; at most ten times a second.
  case progress(epoch: Int, step: Int, steps: Int, seconds: Double, logs: Logs)
  /// What the steps of an epoch computed, just before it ends or the training is cut off.
  case traced(StepTrace)
  case epochEnded(epoch: Int, steps: Int, seconds: Double, logs: Logs)
}

/// How `fit` goes about it; Keras's arguments with Keras's defaults.
public struct FitSettings: Sendable {
  public var epochs = 1
  public var initialEpoch = 0
  public var batchSize = 32
  public var shuffle = true
  /// Batches in an epoch, if not as many as there are.
  ///
  /// As in Keras the next epoch goes on behind them; samples are shuffled whenever all were seen.
  public var stepsPerEpoch: Int?
  public var callbacks: [any Callback] = []
  /// Epochs between two validations.
  public var validationFrequency = 1
  /// Names the random order of the samples.
  public var stream = "fit"
  /// How often `checkpoint` is called.
  public var checkpoints = CheckpointFrequency.auto
  /// Whether the length of every parameter's gradient is logged, as ``GradientNorms`` names it.
  public var recordsGradientNorms = false
  /// If given, every step of the program for whole batches is timed by it.
  public var clock: StepClock?
  public init() {}
}

/// How a training ended.
public struct FitResult {
  public enum End: Sendable, Equatable { case finished, stopped(by: String), interrupted }
  public var end: End
  /// One entry an epoch, from `initialEpoch` on, also of epochs before a resumption.
  public var history: [Logs]
  /// The epoch, from 1, whose weights the model has now, if a callback restored them.
  public var restoredEpoch: Int?
  /// The first step, counted from 1 over the whole training, with a loss that is not a number.
  public var firstNonFinite: (epoch: Int, step: Int)?
  /// What the steps took, if there was a clock.
  public var costs: StepCosts?
}

/// Trains, evaluates and runs one model.
///
/// Owned by one task.
public final class Trainer {
  public let built: BuiltModel
  let pool: WorkerPool
  let kernels: KernelTable
  let now: () -> Double

  /// - Parameter now: seconds from any start, for progress; no result depends on it.
  public init(
    _ built: BuiltModel, pool: WorkerPool, kernels: KernelTable = Kernels.kernels, now: @escaping () -> Double
  ) {
    self.built = built
    self.pool = pool
    self.kernels = kernels
    self.now = now
  }

  /// Prepares the model for training.
  ///
  /// Compiling again starts with a fresh optimizer.
  public func compile(_ settings: CompileSettings) {
    built.training = TrainingState(
      settings.watching(built.outputs), slab: built.slab, pathStart: built.kerasPathStart, kernels: kernels,
      semantics: built.semantics)
  }

  /// Trains the model.
  /// - Parameters:
  ///   - progress: where to resume; the model and its optimizer have to be what they were there.
  ///   - outlet: what callbacks do outside of the training.
  ///   - isInterrupted: asked before every step.
  ///   - checkpoint: writes down how far the training is, with the model and its optimizer as they are.
  /// - Throws: `Diagnostic`s of the trace, and what `outlet` and `checkpoint` throw.
  public func fit(
    _ part: DataPart, validation: DataPart?, _ settings: FitSettings, from progress: FitProgress? = nil,
    outlet: Outlet = Outlet(),
    isInterrupted: () -> Bool, checkpoint: (FitProgress) throws -> Void = { _ in },
    observe: (TrainingEvent) throws -> Void
  ) throws -> FitResult {
    guard let state = built.training else { preconditionFailure("fit before compile") }
    try built.checkBatches(of: settings.batchSize, samples: part.count)
    let batch = min(settings.batchSize, max(1, part.count))
    let batches = (part.count + batch - 1) / batch
    state.keepsGradients = settings.recordsGradientNorms
    let steps = batches == 0 ? 0 : settings.stepsPerEpoch ?? batches
    let full = try program(part, batch: batch, state: state, clock: settings.clock)
    let lastBatch = part.count - (batches - 1) * batch
    let last = lastBatch < batch ? try program(part, batch: lastBatch, state: state) : full
    let evaluator = try validation.map { try Evaluator(self, state.settings, $0, batchSize: batch) }
    let control = TrainingControl(built, state, outlet, firstEpoch: settings.initialEpoch)
    var end = FitResult.End.finished
    var course = Course(
      settings,
      Means(
        state.settings, built,
        gradients: settings.recordsGradientNorms ? GradientNorms(built.slab, state.gradients) : nil),
      steps: steps)
    let order = Order(part.rows.all)
    var lap = settings.clock.map { LapTimer($0) }
    var clock = CheckpointClock(settings.checkpoints, at: now())
    func trace(_ course: inout Course, isWhole: Bool) throws {
      let trace = course.takeTrace(built.slab.storage, iterations: state.iterations, isWhole: isWhole)
      if !trace.losses.isEmpty { try observe(.traced(trace)) }
    }
    func write(_ course: Course, _ clock: inout CheckpointClock) throws {
      let start = now()
      try checkpoint(course.progress(control))
      clock.wrote(from: start, to: now())
    }

    try course.begin(progress, full.totals, control)
    epochs: for epoch in course.epoch..<max(settings.epochs, course.epoch) {
      let began = now()
      var shown = began
      course.reserve(steps)
      try course.beginEpoch(control)
      try observe(.epochBegan(epoch: epoch + 1, steps: steps))
      for step in course.step..<max(steps, course.step) {
        if isInterrupted() {
          end = .interrupted
          try write(course, &clock)
          try trace(&course, isWhole: false)
          break epochs
        }
        lap?.begin()
        let (pass, index) = (epoch * steps + step).quotientAndRemainder(dividingBy: batches)
        if settings.shuffle && pass != order.pass {
          order.shuffle(for: pass, seed: built.seed, settings.stream)
        }
        let program = index == batches - 1 ? last : full
        state.optimizer.prepare(iterations: state.iterations, rate: state.learningRate)
        try program.run(order.pointer + index * batch, iteration: state.iterations)
        state.iterations += 1
        let loss = Double(program.totals.loss?.pointee ?? 0)
        try course.add(program, loss: loss, iterations: state.iterations, control)
        if let reason = control.stopReason {
          end = .stopped(by: reason)
          try trace(&course, isWhole: false)
          break epochs
        }
        let time = now()
        if time - shown >= 0.1 {
          shown = time
          let logs = course.means.logs()
          try observe(
            .progress(epoch: epoch + 1, step: step + 1, steps: steps, seconds: time - began, logs: logs))
        }
        if program === full { lap?.end() }
        if clock.isDue(afterStep: state.iterations, at: time) { try write(course, &clock) }
      }
      let isNotANumber = course.means.loss.isNaN
      var logs = course.means.logs()
      if let evaluator, (epoch + 1) % settings.validationFrequency == 0 {
        try course.tell(.validationBegan, control)
        logs += try evaluator.run().map { ("val_" + $0.name, $0.value) }
      }
      if course.logsLearningRate { logs.append(("learning_rate", control.learningRate)) }
      course.history.append(logs)
      try trace(&course, isWhole: true)
      try observe(.epochEnded(epoch: epoch + 1, steps: steps, seconds: now() - began, logs: logs))
      try course.endEpoch(logs, control)
      // Weights that are not numbers never become numbers again. Keras trains on; a batch run has better things to do.
      if control.stopReason == nil && isNotANumber { control.stopReason = "A loss that is not a number" }
      if let reason = control.stopReason {
        end = .stopped(by: reason)
        break
      }
      if clock.isDue(afterEpochAt: now()) { try write(course, &clock) }
    }
    state.finish()
    try course.tell(.ended, control)
    return FitResult(
      end: end, history: course.history, restoredEpoch: control.restoredEpoch,
      firstNonFinite: course.firstNonFinite, costs: lap.flatMap { StepCosts(full, $0) })
  }

  /// The loss and the metrics over a part of the data.
  public func evaluate(_ part: DataPart, _ settings: CompileSettings, batchSize: Int) throws -> Logs {
    try Evaluator(self, settings, part, batchSize: batchSize).run()
  }

  /// The model's outputs for every row of a part: for each output all its numbers, row after row.
  ///
  /// Where an output is as long as the input, padded sequences keep their padding, so that all rows have one shape.
  public func predict(_ part: DataPart, batchSize: Int) throws -> [[Float]] {
    var outputs = [[Float]](repeating: [], count: built.outputs.count)
    try eachOutput(part, batchSize: batchSize) { places, _ in
      for (i, place) in places.enumerated() {
        outputs[i] += UnsafeBufferPointer(start: place.pointer, count: place.count)
      }
    }
    return outputs
  }

  /// Lends the outputs of each batch in turn, and tells how many rows it has.
  func eachOutput(_ part: DataPart, batchSize: Int, _ body: ([Place], Int) throws -> Void) throws {
    try built.checkBatches(of: batchSize, samples: part.count)
    var part = part
    if built.outputs.contains(where: \.isOpen) {
      for i in part.features.indices { part.features[i].lengths = nil }
    }
    let order = Order(part.rows.all)
    for batch in Batches(count: part.count, size: batchSize) {
      // At most two sizes: the programs are few and small.
      let program = try StepProgram(
        built, nil, part: part, batch: batch.size, state: nil, pool: pool, kernels: kernels)
      for first in batch.starts {
        try program.run(order.pointer + first, iteration: 0)
        try body(program.outputs, batch.size)
      }
    }
  }

  fileprivate func program(_ part: DataPart, batch: Int, state: TrainingState, clock: StepClock? = nil) throws
    -> StepProgram
  {
    try StepProgram(
      built, state.settings, part: part, batch: batch, state: state, pool: pool, kernels: kernels,
      clock: clock)
  }

  /// Programs for one part of the data, kept from epoch to epoch.
  private struct Evaluator {
    private let order: Order
    private let programs: [(StepProgram, [Int])]
    private let settings: CompileSettings
    private let built: BuiltModel

    init(_ trainer: Trainer, _ settings: CompileSettings, _ part: DataPart, batchSize: Int) throws {
      self.settings = settings
      built = trainer.built
      try built.checkBatches(of: batchSize, samples: part.count)
      order = Order(part.rows.all)
      programs = try Batches(count: part.count, size: batchSize).map { batch in
        let program = try StepProgram(
          trainer.built, settings, part: part, batch: batch.size, state: nil, pool: trainer.pool,
          kernels: trainer.kernels)
        return (program, batch.starts)
      }
    }

    func run() throws -> Logs {
      var means = Means(settings, built)
      for (program, starts) in programs {
        for first in starts {
          try program.run(order.pointer + first, iteration: 0)
          means.add(program)
        }
      }
      return means.logs()
    }
  }
}

/// The batches of a part: all of one size, and perhaps a smaller last one.
private struct Batches: Sequence, IteratorProtocol {
  private var groups: [(size: Int, starts: [Int])] = []

  init(count: Int, size: Int) {
    let full = count / size
    if full > 0 { groups.append((size, (0..<full).map { $0 * size })) }
    if count % size > 0 { groups.append((count % size, [full * size])) }
    groups.reverse()
  }

  mutating func next() -> (size: Int, starts: [Int])? { groups.popLast() }
}
