import Diagnostics
import EngineTestSupport
import GraphEngine
import KernelABI
import TensorCore
import Testing

/// The engine against the same ops in double precision.
@Suite struct ReferenceTests {
  @Test(arguments: OpCase.all)
  func `a kernel is within its roundings of the exact result`(op: OpCase) throws {
    for size in OpCase.sizes {
      for step in try steps(of: op, size) where step.isOff {
        Issue.record("size \(size): \(step.words)")
      }
    }
  }

  @Test(arguments: ["matmul depth", "softmax", "lstm", "gru", "attention masked", "normalize", "conv2d same"])
  func `the bounds are narrow`(name: String) throws {
    let op = try #require(OpCase.all.first { $0.name == name })
    for step in try steps(of: op, 16) {
      guard let most = step.exact.numbers.map({ abs($0) }).max(), most > 0 else { continue }
      let widest = zip(step.bounds, step.isCounted).filter(\.1).map(\.0).max() ?? 0
      #expect(widest < 1e-3 * most, "\(step.words)")
    }
  }

  @Test func `an evaluator takes what a graph begins with`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.size(2)]))
    let w = graph.leaf(.parameter("w"), TensorType([.size(2)]))
    let labels = graph.leaf(.input("labels"), TensorType([.size(2)], .int32))
    let y =
      try x * w + graph.constant(0.25) + labels.cast(to: .float32)
      + graph.constant(whole: [1, 2]).cast(
        to: .float32)
    let leaves: [Leaf: Tensor] = [
      .input("x"): Tensor([2], [0.1, 3]), .parameter("w"): Tensor([2], [2, -1]),
      .input("labels"): Tensor([2], [asFloat(7), asFloat(-2)]),
    ]
    let expected = [Double(0.1 as Float) * 2 + 0.25 + 7 + 1, -3 + 0.25 - 2 + 2]
    #expect(ReferenceEvaluator(graph, batch: 2, leaves: leaves)[y].numbers == expected)
  }

  @Test func `what is held by a stopped gradient does not move`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.batch]))
    let y = try x * graph.apply(StopGradient(), x * 3)
    let here = ReferenceEvaluator(
      graph, batch: 1, leaves: [.input("x"): ReferenceTensor([1], [2])] as [Leaf: ReferenceTensor])
    #expect(here[y].numbers == [12])
    #expect(here.moving([.input("x"): ReferenceTensor([1], [5])])[y].numbers == [30])
    #expect(here[y].numbers == [12])
  }

  @Test func `single precision is not the reference's`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.batch]))
    let y = try (x + 1e-9) - x
    let leaves: [Leaf: Tensor] = [.input("x"): Tensor([1], [1])]
    #expect(EagerEvaluator(graph, batch: 1, leaves: leaves)[y].elements == [0])
    #expect(abs(ReferenceEvaluator(graph, batch: 1, leaves: leaves)[y].numbers[0] - 1e-9) < 1e-15)
  }

  // MARK: Steps

  /// One op of a graph: what it gave in single precision, and should have given for the same operands.
  private struct Step {
    let name: String
    let found: ReferenceTensor
    let exact: ReferenceTensor
    let bounds: [Double]
    /// Where the op says what it writes.
    let isCounted: [Bool]

    private var worst: (place: Int, excess: Double)? {
      exact.numbers.indices.filter { isCounted[$0] }.compactMap { i in
        let (a, b) = (found.numbers[i], exact.numbers[i])
        if a == b || (a.isNaN && b.isNaN) { return nil }
        let excess = abs(a - b) / bounds[i]
        return excess <= 1 ? nil : (i, excess)
      }.max { $0.excess < $1.excess }
    }
    var isOff: Bool { worst != nil || found.shape != exact.shape }
    var words: String {
      guard let (i, excess) = worst else { return "\(name) \(found.shape)" }
      return "\(name) \(exact.shape) at \(i): \(found.numbers[i]), not \(exact.numbers[i]), "
        + "\(excess) times the bound \(bounds[i])"
    }
  }

  /// Every op of a case, of its gradient and, where there is one, of its second derivative.
  private func steps(of op: OpCase, _ size: Int) throws -> [Step] {
    let graph = Graph()
    let probes = op.probes(size)
    let inputs = probes.enumerated().map { graph.leaf(.input("x\($0)"), $1.type) }
    let result = try op.build(inputs)
    let varied = probes.indices.filter { probes[$0].isVaried }.map { inputs[$0] }
    let slopes = try graph.gradients(of: graph.apply(SumAll(), result.square()), for: varied)
    let end = graph.nodes.count
    if let slope = slopes.first {
      _ = try? graph.gradients(of: graph.apply(SumAll(), slope.square()), for: varied)
    }
    var leaves: [Leaf: Tensor] = [:]
    for (i, probe) in probes.enumerated() {
      leaves[.input("x\(i)")] = Tensor(probe.type.shape(batch: OpCase.batch), probe.numbers)
    }
    let evaluator = EagerEvaluator(graph, batch: OpCase.batch, leaves: leaves)
    // Second derivatives of many numbers take long and add no other ops.
    let last = size <= 17 ? graph.nodes.count : end
    return (0..<last).compactMap { id in
      guard case .op(let op, let ids) = graph.nodes[id].kind else { return nil }
      let types = ids.map { graph.nodes[$0].type }
      let operands = ids.map { exactly(evaluator[graph.value($0)], graph.nodes[$0].type) }
      let found = exactly(evaluator[graph.value(id)], graph.nodes[id].type)
      let exact = op.reference(operands, found.shape)
      let rounding = AppliedOp(op: op, shapes: operands.map(\.shape), result: found.shape).rounding
      return Step(
        name: op.name, found: found, exact: exact, bounds: rounding.bounds(op, operands, types, exact: exact),
        isCounted: counted(op, operands, found.shape))
    }
  }

  private func exactly(_ tensor: Tensor, _ type: TensorType) -> ReferenceTensor {
    ReferenceTensor(tensor, type.element)
  }

  /// A recurrence's gradients leave room for what is only needed on the way.
  private func counted(_ op: any Op, _ operands: [ReferenceTensor], _ shape: [Int]) -> [Bool] {
    let count = shape.reduce(1, *)
    guard type(of: op).name == "recurrent_gradient" else { return Array(repeating: true, count: count) }
    let (states, kernel) = (operands[0].shape, operands[2].shape)
    let isSimple = kernel[0] == kernel[1]
    return (0..<count).map { i in
      let (step, column) = (i / shape[2] / shape[1], i % shape[2])
      return step == states[0] ? column < states[2] : !isSimple || column < kernel[0]
    }
  }
}
