import EngineTestSupport
import GraphEngine
import KernelABI
import Kernels
import TensorCore
import Testing

/// Where a program runs.
struct Place: Sendable, CustomTestStringConvertible {
  var set: InstructionSet
  var threads: Int
  var testDescription: String { "\(set), \(threads) threads" }

  static let all = InstructionSet.supported.flatMap { set in (1...4).map { Place(set: set, threads: $0) } }
}

/// The numbers a graph gives: what is kept, then the gradients, then the weights after a step of gradient descent.
private struct Outcome: Equatable {
  var kept: [[UInt32]] = []
  var gradients: [[UInt32]] = []
  var weights: [[UInt32]] = []

  /// The first part in which two outcomes differ, in a few words.
  func differs(from other: Outcome) -> String? {
    if kept != other.kept { return "kept values" }
    for i in gradients.indices where gradients[i] != other.gradients[i] { return "gradient of p\(i)" }
    for i in weights.indices where weights[i] != other.weights[i] { return "weight p\(i)" }
    return self == other ? nil : "number of results"
  }
}

private let rate: Float = 0.25

extension RandomGraph {
  /// Op by op on one thread.
  fileprivate func eager(_ table: KernelTable) -> Outcome {
    let evaluator = EagerEvaluator(graph, batch: batch, leaves: leaves, kernels: table)
    var outcome = Outcome(kept: kept.map { bits(evaluator[$0].elements) })
    for (parameter, gradient) in zip(parameters, gradients) {
      let slope = evaluator[gradient].elements
      let start = leaves[.parameter(parameter.spec.path)]?.elements ?? []
      outcome.gradients.append(bits(slope))
      outcome.weights.append(bits(zip(start, slope).map { $0.addingProduct(-rate, $1) }))
    }
    return outcome
  }

  /// Compiled; with `isFused` weights change where their gradient is made, and gradients are not seen.
  fileprivate func compiled(
    _ table: KernelTable, _ pool: WorkerPool, isFused: Bool, isFrugal: Bool = false
  ) throws -> Outcome {
    let slab = ParameterSlab(parameters.map(\.spec))
    for (leaf, tensor) in leaves { if case .parameter(let path) = leaf { slab.set(path, tensor) } }
    let slopes = AlignedBuffer(slab.trainableCount)
    let rates = AlignedBuffer(1)
    rates.pointer.pointee = rate
    let update = UpdatePlan(
      gradients: slopes, sinks: zip(parameters, gradients).map { ($0.spec.path, $1) },
      plainRate: isFused ? UnsafePointer(rates.pointer) : nil,
      passes: [descent(slab.storage, slopes, rate: rates, table)])
    let program = try Program(
      graph, keeping: inputs + kept, batch: batch, parameters: slab, update: update,
      isFrugal: isFrugal, pool: pool, kernels: table, parallelThreshold: 0)
    for input in inputs {
      guard case .leaf(let leaf) = graph.nodes[input.id].kind, let tensor = leaves[leaf] else { continue }
      for (i, x) in tensor.elements.enumerated() { program.place(input).pointer[i] = x }
    }
    program.run()
    func numbers(_ value: Value) -> [Float] {
      let place = program.place(value)
      return Array(UnsafeBufferPointer(start: place.pointer, count: place.count))
    }
    return Outcome(
      kept: kept.map { bits(numbers($0)) },
      gradients: isFused ? [] : parameters.map { bits(slab.tensor($0.spec.path, in: slopes).elements) },
      weights: parameters.map { bits(slab.tensor($0.spec.path).elements) })
  }
}

@Suite struct EagerAndProgramTests {
  @Test(arguments: Place.all)
  func `a program gives the bits that its ops give one by one`(place: Place) throws {
    let pool = WorkerPool(threads: place.threads)
    let table = place.set.table
    for seed in 0..<120 as Range<UInt64> {
      let graph = try RandomGraph(seed: seed)
      var expected = graph.eager(table)
      let plain = try graph.compiled(table, pool, isFused: false).differs(from: expected)
      #expect(plain == nil, "seed \(seed)")
      expected.gradients = []
      let fused = try graph.compiled(table, pool, isFused: true).differs(from: expected)
      #expect(fused == nil, "seed \(seed), fused")
      let frugal = try graph.compiled(table, pool, isFused: true, isFrugal: true).differs(from: expected)
      #expect(frugal == nil, "seed \(seed), values computed again")
    }
  }

  @Test func `all instruction sets give the same bits`() throws {
    for seed in 0..<120 as Range<UInt64> {
      let graph = try RandomGraph(seed: seed)
      let outcomes = InstructionSet.supported.map { graph.eager($0.table) }
      for outcome in outcomes { #expect(outcome.differs(from: outcomes[0]) == nil, "seed \(seed)") }
    }
  }

  @Test func `a program can be run again`() throws {
    for seed in 0..<10 as Range<UInt64> {
      let graph = try RandomGraph(seed: seed)
      let slab = ParameterSlab(graph.parameters.map(\.spec))
      for (leaf, tensor) in graph.leaves { if case .parameter(let path) = leaf { slab.set(path, tensor) } }
      let program = try Program(
        graph.graph, keeping: graph.inputs + graph.kept, batch: graph.batch, parameters: slab,
        pool: WorkerPool(threads: 1))
      for input in graph.inputs {
        let place = program.place(input)
        for i in 0..<place.count { place.pointer[i] = 0.5 }
      }
      program.run()
      let first = graph.kept.map { program.place($0).pointer.pointee.bitPattern }
      program.run()
      #expect(graph.kept.map { program.place($0).pointer.pointee.bitPattern } == first, "seed \(seed)")
    }
  }
}
