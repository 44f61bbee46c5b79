import Config
import Diagnostics
import EngineTestSupport
import GraphEngine
import KernelABI
import Kernels
import Optimizers
import Testing

/// An optimizer on a few parameters, outside of any program.
final class OptimizerBench {
  let memory: OptimizerMemory
  let bound: BoundOptimizer
  let weights: AlignedBuffer
  let parameters: [Range<Int>]
  private let workspace = AlignedBuffer(GemmTask.workspace)

  /// - Parameter start: the numbers of each parameter; each gets a run of its own, rounded up to 16.
  init(
    _ optimizer: any Optimizer, _ start: [[Float]], shapes: [[Int]]? = nil,
    kernels: KernelTable = Kernels.kernels, semantics: Semantics = .keras3
  ) {
    let shapes = shapes ?? start.map { [$0.count] }
    let entries = ParameterSlab.entries(
      of: shapes.enumerated().map { ParameterSpec("w\($0.offset)", $0.element) })
    parameters = entries.map { $0.offset..<$0.offset + $0.footprint }
    let count = parameters.last?.upperBound ?? 0
    weights = AlignedBuffer(count)
    memory = OptimizerMemory(optimizer, count: count)
    bound = BoundOptimizer(
      optimizer, memory, weights: weights.pointer, parameters: entries.map { OptimizedParameter($0) },
      kernels: kernels,
      semantics: semantics)
    put(start, into: weights)
  }

  func put(_ numbers: [[Float]], into run: AlignedBuffer) {
    for (range, values) in zip(parameters, numbers) {
      for (i, x) in values.enumerated() { run.pointer[range.lowerBound + i] = x }
    }
  }

  func numbers(_ counts: [Int], in run: AlignedBuffer) -> [Double] {
    zip(parameters, counts).flatMap { range, count in
      (0..<count).map { Double(run.pointer[range.lowerBound + $0]) }
    }
  }

  func step(_ iteration: Int, rate: Double, _ gradients: [[Float]], parts: Int = 1) {
    put(gradients, into: memory.gradients)
    bound.prepare(iterations: iteration, rate: rate)
    for pass in bound.passes {
      for part in 0..<parts {
        let worker = Worker(part: part, parts: parts, workspace: workspace.pointer)
        switch pass {
        case .ranges(let body):
          let share = worker.share(of: weights.count, grain: 16)
          if !share.isEmpty { body(share) }
        case .whole(let body): body(worker)
        }
      }
    }
  }
}

@Suite struct OptimizerTests {
  private func optimizer(_ fixture: ConfigNode, _ semantics: Semantics) -> (any Optimizer)? {
    let ours: Set = ["jit_compile", "is_legacy_optimizer"]
    let config = (fixture["config"]?.entries ?? []).filter { !ours.contains($0.key) }
    var bag = DiagnosticBag()
    let node: ConfigNode = ["class_name": fixture["class_name"] ?? nil, "config": ConfigNode(.map(config))]
    return OptimizerRegistry.decode(node, into: &bag)
  }

  @Test(arguments: ["k2_optimizers", "k3_optimizers"])
  func `optimizers take Keras's steps`(file: String) throws {
    var fixtures = KerasFixtures(file)
    fixtures.each { fixture in
      let semantics: Semantics = file.hasPrefix("k2") ? .keras2 : .keras3
      guard let optimizer = optimizer(fixture, semantics), let start = fixture["initial"]?.list else {
        return false
      }
      let bench = OptimizerBench(
        optimizer, start.map(\.floats), shapes: optimizer is Muon ? [[3, 2], [2]] : nil, semantics: semantics)
      let counts = start.map(\.floats.count)
      let tag = fixture["tag"]?.string ?? ""
      for (step, slopes) in (fixture["gradients"]?.list ?? []).enumerated() {
        let rate: Double =
          switch optimizer.common.learningRate {
          case .constant(let rate): rate
          case .schedule(let schedule): Double(schedule.rate(at: step))
          }
        bench.step(step, rate: rate, (slopes.list ?? []).map(\.floats), parts: 1 + step % 3)
        let expected = fixture["trajectory"]?.list?[step].numbers ?? []
        #expect(
          distance(bench.numbers(counts, in: bench.weights), expected) < 4e-5, "\(tag) step \(step)")
      }
      let saved = (fixture["variables"]?.list ?? []).filter { $0["shape"]?.list?.isEmpty == false }
      let runs = [bench.memory.averages, bench.memory.accumulators].compactMap { $0 } + bench.memory.slots
      let isStateless = semantics == .keras2 && optimizer.slots.isEmpty
      #expect(isStateless || optimizer is Muon || saved.count == runs.count * counts.count, "\(tag)")
      for range in bench.parameters {
        let padding = range.dropFirst(6).map { bench.weights.pointer[$0] }
        #expect(padding == padding.map { _ in 0 }, "\(tag)")
      }
      return true
    }
    // What it remembers of matrices is no run of numbers for each of theirs.
    let waiting = ["Adafactor"]
    #expect(fixtures.unchecked.filter { !waiting.contains($0) } == [])
  }

  @Test(arguments: ["k2_schedules", "k3_schedules"])
  func `schedules give Keras's rates`(file: String) {
    var fixtures = KerasFixtures(file)
    fixtures.each { fixture in
      var bag = DiagnosticBag()
      guard let schedule = ScheduleRegistry.decode(fixture, into: &bag) else { return false }
      let rates = (fixture["steps"]?.numbers ?? []).map { Double(schedule.rate(at: Int($0))) }
      #expect(distance(rates, fixture["values"]?.numbers ?? []) < 1e-6, "\(fixture)")
      return true
    }
    #expect(fixtures.unchecked == [])
  }

  private static let variants: [any Optimizer] = {
    var clipped = SGD()
    clipped.common.clipnorm = 0.5
    var together = Adam()
    together.common.globalClipnorm = 0.5
    var averaged = SGD(momentum: 0.9)
    averaged.common.useEMA = true
    averaged.common.emaOverwriteFrequency = 2
    var collected = RMSprop()
    collected.common.gradientAccumulationSteps = 2
    return [clipped, together, averaged, collected, Lamb(), Nadam(), Ftrl(), Lion(), Adagrad(), AdamW()]
  }()

  @Test(arguments: variants)
  func `steps do not depend on threads or instruction sets`(optimizer: any Optimizer) {
    let sizes = [20_000, 7, 300, 0]
    let start = sizes.map { noise($0, "weights \($0)") }
    func result(_ table: KernelTable, parts: Int) -> [Float] {
      let bench = OptimizerBench(optimizer, start, kernels: table)
      for step in 0..<5 {
        bench.step(step, rate: 0.01, sizes.map { noise($0, "slopes \(step) \($0)") }, parts: parts)
      }
      return (0..<bench.weights.count).map { bench.weights.pointer[$0] }
    }
    let expected = bits(result(kernels, parts: 1))
    for set in InstructionSet.supported {
      for parts in [1, 2, 3] { #expect(bits(result(set.table, parts: parts)) == expected) }
    }
  }

  @Test(arguments: OptimizerRegistry.all.names)
  func `what has no gradient does not move, with an epsilon of 0 either`(name: String) throws {
    let entry = try #require(OptimizerRegistry.all.find(name))
    let hasEpsilon = entry.defaults["epsilon"] != nil
    let inner: ConfigNode = name == "LossScaleOptimizer" ? ["inner_optimizer": ["Adam": ["epsilon": 0]]] : [:]
    let config: ConfigNode = hasEpsilon ? ["epsilon": 0] : inner
    var bag = DiagnosticBag()
    let optimizer = try #require(
      OptimizerRegistry.decode(["class_name": .init(.string(name)), "config": config], into: &bag))
    let bench = OptimizerBench(optimizer, [[0, 0.5, 0]])
    for step in 0..<3 { bench.step(step, rate: 0.1, [[0, 0.25, 0]]) }
    let found = bench.numbers([16], in: bench.weights)
    #expect(found[0] == 0 && found[2...].allSatisfy { $0 == 0 })
    // Without an epsilon Adadelta never finds a scale to begin with.
    #expect(found[1].isFinite && (found[1] != 0.5 || name == "Adadelta"))
  }

  @Test func `a gradient whose norm is not finite makes weights that are no numbers`() {
    var optimizer = SGD()
    optimizer.common.globalClipnorm = 1
    let bench = OptimizerBench(optimizer, [[1], [2]])
    bench.step(0, rate: 0.1, [[.infinity], [1]])
    #expect(bench.numbers([1, 1], in: bench.weights).filter { !$0.isNaN } == [])
  }

  @Test func `two ways of clipping are E0230`() {
    var bag = DiagnosticBag()
    let node: ConfigNode = ["SGD": ["clipnorm": 1, "clipvalue": 0.5]]
    #expect(OptimizerRegistry.decode(node, into: &bag) == nil)
    #expect(bag.all.map(\.code) == ["E0230"])
  }

  @Test func `a schedule with too few values is E0231`() {
    var bag = DiagnosticBag()
    let rate: ConfigNode = ["PiecewiseConstantDecay": ["boundaries": [5], "values": [0.1]]]
    #expect(OptimizerRegistry.decode(["SGD": ["learning_rate": rate]], into: &bag) == nil)
    #expect(bag.all.map(\.code) == ["E0231"])
  }

  @Test func `a schedule decides the rate of every step`() throws {
    var bag = DiagnosticBag()
    let rate: ConfigNode = ["PiecewiseConstantDecay": ["boundaries": [0], "values": [0.5, 0.25]]]
    let optimizer = try #require(OptimizerRegistry.decode(["SGD": ["learning_rate": rate]], into: &bag))
    guard case .schedule(let schedule) = optimizer.common.learningRate else { return #expect(Bool(false)) }
    #expect([0, 1, 2].map { schedule.rate(at: $0) } == [0.5, 0.25, 0.25])
  }
}
