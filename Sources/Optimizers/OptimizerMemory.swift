public import GraphEngine

/// What an optimizer works on and remembers: runs of memory laid out as the trained numbers.
public final class OptimizerMemory {
  public let gradients: AlignedBuffer
  /// One run for each slot, the groups of ``Optimizer/slots`` one after another.
  public let slots: [AlignedBuffer]
  /// The moving averages of the weights, if they are kept.
  public let averages: AlignedBuffer?
  /// Sums of gradients since the last step, if several batches make one.
  public let accumulators: AlignedBuffer?
  /// What each slot is called and starts from.
  private let starts: [Float]

  /// - Parameter count: of the trained numbers, padding included.
  public init(_ optimizer: any Optimizer, count: Int) {
    let common = optimizer.common
    gradients = AlignedBuffer(count)
    starts = optimizer.slots.joined().map(\.start)
    slots = starts.map { _ in AlignedBuffer(count) }
    averages = common.useEMA ? AlignedBuffer(count) : nil
    accumulators = common.gradientAccumulationSteps == nil ? nil : AlignedBuffer(count)
    reset()
  }

  /// Forgets everything.
  public func reset() {
    for (slot, start) in zip(slots, starts) { slot.pointer.update(repeating: start, count: slot.count) }
    for run in [averages, accumulators] { run?.pointer.update(repeating: 0, count: run?.count ?? 0) }
  }
}
