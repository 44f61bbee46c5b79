import CAllocations
import Config
import Datasets
import EngineTestSupport
import GraphEngine
import Kernels
import Layers
import Losses
import Optimizers
import Testing
import Training

/// Notes how much was allocated when a batch ended.
private struct Meter: Callback {
  /// One test, one task.
  final class Readings: @unchecked Sendable {
    var all: [Int] = []
    init() { all.reserveCapacity(200) }
  }
  var readings = Readings()
  static var schema: Schema<Self> { Schema("Meter", "Counts allocations.", prototype: Self()) }
  var watchesBatches: Bool { true }
  func handle(_ event: CallbackEvent, _ control: TrainingControl) {
    if case .batchEnded = event { readings.all.append(allocations_of_this_thread()) }
  }
}

@Suite struct AllocationTests {
  private let data = labelled(200, [16], classes: 4)
  private let model = chain(
    [16], Dense(96, activation: .relu), Dropout(0.2), Dense(96, activation: .relu),
    Dense(4, activation: .softmax))

  @Test func `allocations are counted`() {
    let before = allocations_of_this_thread()
    let buffers = (0..<10).map { AlignedBuffer($0) }
    #expect(allocations_of_this_thread() - before >= 2 * buffers.count)
  }

  @Test(arguments: [1, 3])
  func `a training step allocates nothing`(threads: Int) throws {
    for optimizer in [SGD(), SGD(momentum: 0.9), Adam()] as [any Optimizer] {
      let meter = Meter()
      _ = try fitted(model, settings(optimizer), data, threads: threads) {
        $0.batchSize = 1
        $0.stepsPerEpoch = 110
        $0.callbacks = [TerminateOnNaN(), meter]
      }
      let counts = meter.readings.all.prefix(110)
      #expect(counts.count == 110)
      #expect(
        counts[109] == counts[9],
        "\(counts[109] - counts[9]) allocations in 100 steps of \(type(of: optimizer))")
    }
  }

  @Test(arguments: [1, 3])
  func `a run of a program allocates nothing`(threads: Int) throws {
    let graph = try BuiltModel(model, seed: 1)
    let state = TrainingState(settings(SGD()), slab: graph.slab, kernels: kernels)
    let step = try StepProgram(
      graph, settings(SGD()), part: data, batch: 150, state: state, pool: WorkerPool(threads: threads),
      kernels: kernels)
    let rows = (0..<150).map { Int32($0) }
    try rows.withUnsafeBufferPointer { rows in
      guard let base = rows.baseAddress else { return }
      try step.run(base, iteration: 0)
      let before = allocations_of_this_thread()
      for i in 0..<100 { try step.run(base, iteration: i) }
      #expect(allocations_of_this_thread() - before == 0)
    }
  }

  /// Everything that a step can have, beside what the workload has.
  private static let ways: [(name: String, change: @Sendable (inout CompileSettings) -> Void)] = [
    ("as it is", { _ in }),
    ("clipped by the norm", { $0.optimizer.common.globalClipnorm = 1 }),
    (
      "clipped each, with decay",
      {
        $0.optimizer.common.clipnorm = 1
        $0.optimizer.common.weightDecay = 0.01
      }
    ),
    (
      "averaged",
      {
        $0.optimizer.common.useEMA = true
        $0.optimizer.common.emaOverwriteFrequency = 2
      }
    ),
    ("accumulated", { $0.optimizer.common.gradientAccumulationSteps = 2 }),
    ("with little memory", { $0.memory = .low }),
  ]

  @Test(arguments: Workload.small)
  func `no step of a workload allocates anything`(workload: Workload) throws {
    for kind in Workload.Kind.allCases {
      for way in kind == .training ? Self.ways : [Self.ways[0]] {
        let compiled = try workload.step(kind, way.change)
        let step = compiled.step
        var means = Means(compiled.settings, compiled.built)
        let rows = (0..<workload.batch).map { Int32($0) }
        try rows.withUnsafeBufferPointer { rows in
          guard let base = rows.baseAddress else { return }
          var before = 0
          for i in 0..<6 {
            compiled.state?.optimizer.prepare(iterations: i, rate: 0.001)
            try step.run(base, iteration: i)
            if kind != .prediction { means.add(step) }
            if i == 2 { before = allocations_of_this_thread() }
          }
          let count = allocations_of_this_thread() - before
          #expect(count == 0, "\(kind), \(way.name)")
        }
      }
    }
  }

  @Test func `a step with constraints, penalties and metrics allocates nothing`() throws {
    var (hidden, last) = (Dense(24, activation: .relu), Dense(4, activation: .softmax))
    hidden.kernel.constraint = Constraint(MaxNorm())
    hidden.kernel.regularizer = Regularizer(L2())
    last.kernel.constraint = Constraint(NonNeg())
    let model = chain([16], hidden, BatchNormalization(), last)
    var settings = settings(Adam())
    settings.outputs[0].metrics.append(NamedMetric("top", SparseTopKCategoricalAccuracy()))
    let meter = Meter()
    _ = try fitted(model, settings, data) {
      $0.batchSize = 4
      $0.stepsPerEpoch = 40
      $0.callbacks = [meter]
    }
    let counts = meter.readings.all.prefix(40)
    #expect(counts.count == 40)
    #expect(counts[39] == counts[9], "\(counts[39] - counts[9]) allocations in 30 steps")
  }
}
