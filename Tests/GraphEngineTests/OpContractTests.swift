import EngineTestSupport
import GraphEngine
import KernelABI
import Kernels
import TensorCore
import Testing

/// What holds for every op, whatever it computes.
@Suite struct OpContractTests {
  @Test(arguments: OpCase.all)
  func `a program gives the bits of the ops one by one, with any number of threads`(op: OpCase) throws {
    let pools = (1...4).map { WorkerPool(threads: $0) }
    for size in OpCase.sizes {
      let graph = Graph()
      let probes = op.probes(size)
      let inputs = probes.enumerated().map { graph.leaf(.input("x\($0)"), $1.type) }
      let result = try op.build(inputs)
      let varied = probes.indices.filter { probes[$0].isVaried }.map { inputs[$0] }
      let kept = try [result] + graph.gradients(of: graph.apply(SumAll(), result.square()), for: varied)
      var leaves: [Leaf: Tensor] = [:]
      for (i, probe) in probes.enumerated() {
        leaves[.input("x\(i)")] = Tensor(probe.type.shape(batch: OpCase.batch), probe.numbers)
      }
      let evaluator = EagerEvaluator(graph, batch: OpCase.batch, leaves: leaves)
      let expected = kept.map { bits(evaluator[$0].elements) }
      for pool in pools {
        let program = try Program(
          graph, keeping: inputs + kept, batch: OpCase.batch, parameters: ParameterSlab([]), pool: pool,
          parallelThreshold: 0)
        for (input, probe) in zip(inputs, probes) {
          for (i, x) in probe.numbers.enumerated() { program.place(input).pointer[i] = x }
        }
        for _ in 0..<2 {
          program.run()
          let found = kept.map { value in
            let place = program.place(value)
            return bits(Array(UnsafeBufferPointer(start: place.pointer, count: place.count)))
          }
          #expect(found == expected, "size \(size), \(pool.count) threads")
        }
      }
    }
  }

  @Test(arguments: OpCase.all)
  func `all instruction sets give the same bits`(op: OpCase) throws {
    for size in OpCase.sizes {
      let graph = Graph()
      let probes = op.probes(size)
      var leaves: [Leaf: Tensor] = [:]
      for (i, probe) in probes.enumerated() {
        leaves[.input("x\(i)")] = Tensor(probe.type.shape(batch: OpCase.batch), probe.numbers)
      }
      let inputs = probes.enumerated().map { graph.leaf(.input("x\($0)"), $1.type) }
      let result = try op.build(inputs)
      let varied = probes.indices.filter { probes[$0].isVaried }.map { inputs[$0] }
      let kept = try [result] + graph.gradients(of: graph.apply(SumAll(), result.square()), for: varied)
      let outcomes = InstructionSet.supported.map { set in
        let evaluator = EagerEvaluator(graph, batch: OpCase.batch, leaves: leaves, kernels: set.table)
        return kept.map { bits(evaluator[$0].elements) }
      }
      #expect(Set(outcomes).count == 1, "size \(size)")
    }
  }
}
