import Diagnostics
import EngineTestSupport
import GraphEngine
import KernelABI
import TensorCore
import Testing

@Suite struct GradientTests {
  @Test(arguments: OpCase.all.filter(\.hasGradient))
  func `a gradient is what differences say`(op: OpCase) throws {
    for size in OpCase.sizes {
      let error = try gradientError(op.probes(size), batch: OpCase.batch, op.build)
      #expect(error < 1e-7, "size \(size): relative error \(error)")
    }
  }

  /// Cases with an op that says it has no second derivative: functions that say so, and these.
  private static let unbent: Set<String> = others.union(
    UnaryFunction.allCases.filter { !$0.hasBend }.map { "\($0)" })

  private static let others: Set<String> = [
    "attention", "attention causal",
    "attention causal to less", "attention causal to more", "attention masked",
    "attention masked alike", "attention of many", "attention to values of a size",
    "attention with keys masked", "binary_cross_entropy", "cross_entropy",
    "gru", "gru masked", "gru, dropped", "gru, reset before",
    "gru, reset before, dropped", "lstm", "lstm masked",
    "lstm of other functions", "lstm of soft functions", "lstm, dropped", "normalize",
    "normalize alone", "normalize and shift", "normalize by gamma", "normalize squares",
    "normalize squares, gamma and beta", "product of rows", "product with 0", "simple",
    "simple masked", "simple, dropped", "sparse_cross_entropy",
  ]

  @Test(arguments: OpCase.all.filter(\.hasGradient))
  func `a second derivative is what differences of the first say`(op: OpCase) throws {
    for size in OpCase.sizes.prefix(4) {
      do {
        let error = try bendError(op.probes(size), batch: OpCase.batch, op.build)
        #expect(error < 1e-7, "size \(size): relative error \(error)")
        #expect(!Self.unbent.contains(op.name), "there is one by now")
      } catch let diagnostic as Diagnostic where diagnostic.code == "E0309" {
        #expect(Self.unbent.contains(op.name), "\(diagnostic.message)")
      }
    }
  }

  @Test(arguments: OpCase.refused.indices)
  func `an op without a derivative says so where it stands`(index: Int) throws {
    let (name, code, build) = OpCase.refused[index]
    let graph = Graph()
    let span = SourceSpan(3, 9)
    let x = graph.leaf(.input("x"), TensorType([.batch, .size(4)]))
    graph.origin = span
    let y = try build(x)
    graph.origin = nil
    let loss = try graph.apply(SumAll(), y)
    let error = try #require(throws: Diagnostic.self) { try graph.gradients(of: loss, for: [x]) }
    #expect(error.code == code && error.primary?.span == span, "\(name): \(error)")
  }

  @Test func `products can be differentiated twice`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.batch]))
    let cube = try graph.apply(Binary(.multiply), graph.apply(Binary(.multiply), x, x), x)
    let slope = try graph.gradients(of: graph.apply(SumAll(), cube), for: [x])[0]
    let bend = try graph.gradients(of: graph.apply(SumAll(), slope), for: [x])[0]
    let evaluator = EagerEvaluator(graph, batch: 3, leaves: [.input("x"): Tensor([3], [1, -2, 0.5])])
    #expect(evaluator[slope].elements == [3, 12, 0.75])
    #expect(evaluator[bend].elements == [6, -12, 3])
  }

  @Test func `what the loss does not depend on has gradient 0`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.size(2)]))
    let unused = graph.leaf(.input("unused"), TensorType([.size(2)]))
    let slope = try graph.gradients(of: graph.apply(SumAll(), x), for: [unused])[0]
    let leaves: [Leaf: Tensor] = [.input("x"): Tensor([2], [1, 2]), .input("unused"): Tensor([2], [3, 4])]
    #expect(EagerEvaluator(graph, batch: 1, leaves: leaves)[slope].elements == [0, 0])
  }

  @Test func `a value used twice gets the sum of both gradients`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.size(2)]))
    let y = try graph.apply(Binary(.add), x, graph.apply(Affine(scale: 3, offset: 0), x))
    let slope = try graph.gradients(of: graph.apply(SumAll(), y), for: [x])[0]
    let evaluator = EagerEvaluator(graph, batch: 1, leaves: [.input("x"): Tensor([2], [1, 2])])
    #expect(evaluator[slope].elements == [4, 4])
  }
}
