public import Config
public import GraphEngine
public import KernelABI

/// An optimizer in its place: the passes over the trained numbers that make one step.
///
/// As in Keras, gradients are first divided by the scale of the loss, added up over batches, and clipped; then
/// weights decay, the optimizer takes its step, and averages follow.
public final class BoundOptimizer {
  /// Set if the update is nothing but `w -= rate · g`.
  public let plainRate: UnsafePointer<Float>?
  /// What a program does after the gradients are there.
  public private(set) var passes: [UpdatePass] = []
  private let optimizer: any Optimizer
  private let memory: OptimizerMemory
  private let numbers: StepNumbers
  private let weights: UnsafeMutablePointer<Float>
  private let semantics: Semantics

  /// - Parameters:
  ///   - weights: the trained numbers, which will not move.
  ///   - parameters: the single parameters among them.
  ///   - semantics: whose averages of weights are meant: Keras 2 starts them from the weights before the first step,
  ///     Keras 3 from those after it.
  public init(
    _ optimizer: any Optimizer, _ memory: OptimizerMemory, weights: UnsafeMutablePointer<Float>,
    parameters: [OptimizedParameter], kernels: KernelTable, semantics: Semantics = .keras3
  ) {
    self.optimizer = optimizer
    self.memory = memory
    self.weights = weights
    self.semantics = semantics
    let numbers = StepNumbers(slots: memory.slots)
    self.numbers = numbers
    let (common, gradients) = (optimizer.common, memory.gradients.pointer)
    let isPlain = common.isPlain && optimizer.rule == .descent
    plainRate = isPlain ? UnsafePointer(numbers[.own]) : nil

    let pass = {
      (rule: UpdateRule, number: StepNumbers.Name, slot: AlignedBuffer?, condition: StepNumbers.Condition) in
      Sweep(
        kernels: kernels, rule: rule.rawValue, weights: weights, gradients: gradients,
        slots: slot.map { numbers.slots(for: $0) } ?? numbers.slots, numbers: UnsafePointer(numbers[number]),
        condition: numbers[condition])
    }
    var before: [Sweep] = []
    if common.lossScaleFactor != nil { before.append(pass(.scale, .scale, nil, .always)) }
    if let sums = memory.accumulators {
      before.append(pass(.accumulate, .own, sums, .waits))
      before.append(pass(.accumulatedMean, .batches, sums, .steps))
    }
    var step: [Sweep] = []
    if common.clipvalue != nil { step.append(pass(.clip, .clip, nil, .steps)) }
    let muon = optimizer.innermost as? Muon
    if common.weightDecay != nil && muon == nil { step.append(pass(.decay, .decay, nil, .steps)) }
    if muon == nil { step.append(pass(optimizer.rule, .own, nil, .steps)) }
    var after: [Sweep] = []
    if let averages = memory.averages {
      after.append(pass(.average, .average, averages, .always))
      after.append(pass(.overwrite, .own, averages, .overwrites))
    }

    let norms = {
      ParameterNorms(
        parameters.map(\.range), weights: weights, gradients: gradients, kernels: kernels,
        condition: numbers[.steps],
        slots: numbers.slots)
    }
    if let limit = common.clipnorm ?? common.globalClipnorm, limit > 0 {
      append(before)
      passes += norms().clipping(to: limit, together: common.clipnorm == nil)
      before = []
    }
    if let muon {
      append(before + step)
      passes +=
        MuonSteps(
          muon, parameters, weights: weights, gradients: gradients, numbers: numbers, kernels: kernels
        ).passes
      append(after)
    } else if optimizer.rule.isLayerwise {
      append(before + step)
      passes += norms().steps(rate: UnsafePointer(numbers[.own]))
      append(after)
    } else {
      append(before + step + after)
    }
  }

  private func append(_ sweeps: [Sweep]) {
    if !sweeps.isEmpty { passes.append(.ranges(Sweep.all(sweeps))) }
  }

  /// Sets the numbers of the next step.
  /// - Parameters:
  ///   - iterations: batches seen before.
  ///   - rate: the learning rate; Keras holds it in single precision.
  public func prepare(iterations: Int, rate: Double) {
    let (common, rate) = (optimizer.common, Float(rate))
    let batches = common.gradientAccumulationSteps ?? 1
    let steps = iterations / batches
    optimizer.write(numbers[.own], step: steps + 1, rate: Double(rate))
    numbers[.scale].pointee = Float(1 / (common.lossScaleFactor ?? 1))
    numbers[.batches].pointee = Float(batches)
    numbers[.clip].pointee = common.clipvalue.map { $0 > 0 ? Float($0) : .infinity } ?? .infinity
    numbers[.decay].pointee = Float(common.weightDecay ?? 0) * rate
    if semantics == .keras2, iterations == 0, let averages = memory.averages {
      averages.pointer.update(from: weights, count: averages.count)
    }
    // In Keras 3 the first step makes the average.
    numbers[.average].pointee = steps == 0 && semantics == .keras3 ? 0 : Float(common.emaMomentum)
    numbers[.steps].pointee = (iterations + 1) % batches == 0
    numbers[.waits].pointee = (iterations + 1) % batches != 0
    numbers[.overwrites].pointee = common.emaOverwriteFrequency.map { (steps + 1) % $0 == 0 } ?? false
  }
}

/// One rule over any range of the trained numbers.
private struct Sweep {
  let kernels: KernelTable
  let rule: Int32
  let weights: UnsafeMutablePointer<Float>
  let gradients: UnsafeMutablePointer<Float>
  let slots: UnsafePointer<UnsafeMutablePointer<Float>>
  let numbers: UnsafePointer<Float>
  let condition: UnsafePointer<Bool>

  @inline(__always) func callAsFunction(_ range: Range<Int>) {
    if condition.pointee {
      kernels.update(rule, weights, gradients, slots, range.lowerBound, range.count, numbers)
    }
  }

  /// All of them, one after another on pieces that stay in the cache.
  static func all(_ sweeps: [Sweep]) -> (Range<Int>) -> Void {
    let first = sweeps[0]
    if sweeps.count == 1 { return { first($0) } }
    // Closures in closures: a loop over a list would allocate where it is not optimised away.
    let together = sweeps.dropFirst().reduce({ first($0) } as (Range<Int>) -> Void) { before, sweep in
      {
        before($0)
        sweep($0)
      }
    }
    return { range in
      var start = range.lowerBound
      while start < range.upperBound {
        let end = min(start + 4096, range.upperBound)
        together(start..<end)
        start = end
      }
    }
  }
}
