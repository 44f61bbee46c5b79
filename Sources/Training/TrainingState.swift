public import Config
public import Diagnostics
public import GraphEngine
public import KernelABI
public import Optimizers

/// An optimizer at work: what it remembers, and how far it is.
public final class TrainingState {
  public let settings: CompileSettings
  /// Gradients, slots, averages and sums of gradients, all laid out as the trained part of the slab.
  public let memory: OptimizerMemory
  /// Batches trained on.
  public var iterations = 0
  /// Whether every gradient is to be found in ``gradients`` after a step, even where none needs to be written down.
  public var keepsGradients = false
  /// What steps compiled from now on do to take less memory.
  public var memoryUse: CompileSettings.Memory
  /// The bound optimizer; call ``BoundOptimizer/prepare(iterations:rate:)`` before every step.
  public let optimizer: BoundOptimizer
  private var constantRate: Double
  private let schedule: (any Schedule)?
  private let slab: ParameterSlab
  private let pathStart: Int

  /// - Parameters:
  ///   - pathStart: characters of the slab's paths that Keras's do not have; see ``BuiltModel/kerasPathStart``.
  ///   - semantics: whose averages of weights are kept, if they are.
  public init(
    _ settings: CompileSettings, slab: ParameterSlab, pathStart: Int = 0, kernels: KernelTable,
    semantics: Semantics = .keras3
  ) {
    self.pathStart = pathStart
    self.settings = settings
    self.slab = slab
    memoryUse = settings.memory
    memory = OptimizerMemory(settings.optimizer, count: slab.trainableCount)
    optimizer = BoundOptimizer(
      settings.optimizer, memory, weights: slab.storage.pointer,
      parameters: slab.entries.filter(\.spec.isTrainable).map {
        OptimizedParameter($0, pathStart: pathStart)
      },
      kernels: kernels, semantics: semantics)
    switch settings.optimizer.common.learningRate {
    case .constant(let rate):
      constantRate = rate
      schedule = nil
    case .schedule(let schedule):
      constantRate = 0
      self.schedule = schedule
    }
  }

  /// Whether there is the memory for gradients and for what the optimizer keeps for each trained number.
  /// - Throws: E0315.
  public static func checkMemory(
    _ settings: CompileSettings, _ slab: ParameterSlab, of name: String
  ) throws(Diagnostic) {
    let (floats, overflow) = slab.trainableCount.multipliedReportingOverflow(by: runs(settings))
    try MemoryNeed.check(
      overflow ? .max : floats, for: "the gradients of '\(name)' and what its optimizer keeps")
  }

  /// The same before there is a model: its weights, and a copy of one while it is drawn or written, are counted too.
  /// - Throws: E0315.
  public static func checkMemory(
    _ settings: CompileSettings, parameters: Int, of name: String, at span: SourceSpan?
  ) throws(Diagnostic) {
    let (floats, overflow) = parameters.multipliedReportingOverflow(by: 2 + runs(settings))
    try MemoryNeed.check(
      overflow ? .max : floats,
      for: "training '\(name)', with its weights, their gradients and what the optimizer keeps,", at: span)
  }

  /// How many numbers are kept for each trained one, its gradient among them.
  private static func runs(_ settings: CompileSettings) -> Int {
    let common = settings.optimizer.common
    return 1 + settings.optimizer.slots.joined().count + (common.useEMA ? 1 : 0)
      + (common.gradientAccumulationSteps == nil ? 0 : 1)
  }

  /// Whether a slot of a weight is among what Keras saves.
  public func keeps(_ slot: OptimizerSlot, of path: String) -> Bool {
    let weight = OptimizedParameter(slab.entry(path), pathStart: pathStart)
    return settings.optimizer.keeps(slot, ofWeight: weight.path, shape: weight.shape)
  }

  /// Whether the learning rate follows a schedule, and so cannot be set.
  public var hasSchedule: Bool { schedule != nil }

  /// The rate of the next step: what the schedule says, or the optimizer's unless a callback changed it.
  ///
  /// Setting it under a schedule has no effect.
  public var learningRate: Double {
    get { schedule.map { Double($0.rate(at: iterations)) } ?? constantRate }
    set { constantRate = newValue }
  }

  public var gradients: AlignedBuffer { memory.gradients }
  /// One run for each of the optimizer's slots.
  public var slots: [AlignedBuffer] { memory.slots }

  /// What a program does with the gradients of the trained parameters.
  public func update(_ sinks: [(path: String, gradient: Value)]) -> UpdatePlan {
    UpdatePlan(
      gradients: gradients, sinks: sinks, plainRate: keepsGradients ? nil : optimizer.plainRate,
      passes: optimizer.passes, slots: slots.count)
  }

  /// Ends a training: weights that were averaged are replaced by their averages, as Keras does after `fit`.
  public func finish() {
    guard let averages = memory.averages, iterations > 0 else { return }
    slab.storage.pointer.update(from: averages.pointer, count: slab.trainableCount)
  }
}
