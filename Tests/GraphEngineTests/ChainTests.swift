import EngineTestSupport
import GraphEngine
import Kernels
import TensorCore
import Testing

/// Elementwise ops that became one step.
@Suite struct ChainTests {
  private func program(_ graph: Graph, _ kept: [Value], batch: Int, threads: Int = 1) throws -> Program {
    try Program(
      graph, keeping: kept, batch: batch, parameters: ParameterSlab([]), pool: WorkerPool(threads: threads),
      parallelThreshold: 0)
  }

  /// A function of three operands, the second and third repeated, of many elementwise ops; some are read twice.
  private func function(_ x: Value, _ row: Value, _ column: Value) throws -> Value {
    let scaled = try (x - row) * column
    let bent = try scaled.tanh() + scaled.square() * 0.5
    let isLarge = try bent .> 0.25
    return try Value.select(isLarge, bent, (bent - 1).exp()) / (1 + scaled.abs())
  }

  @Test(arguments: [(1, 1), (3, 7), (5, 1024), (2, 2500), (700, 10), (33, 100)], 1...4)
  func `a chain gives the bits of its ops one by one`(shape: (batch: Int, width: Int), threads: Int) throws {
    let graph = Graph()
    let shapes: [[Dim]] = [[.batch, .size(shape.width)], [.size(shape.width)], [.batch, .size(1)]]
    let inputs = shapes.enumerated().map { graph.leaf(.input("x\($0)"), TensorType($1)) }
    let y = try function(inputs[0], inputs[1], inputs[2])
    var leaves: [Leaf: Tensor] = [:]
    for (i, input) in inputs.enumerated() {
      let sizes = input.type.shape(batch: shape.batch)
      leaves[.input("x\(i)")] = Tensor(sizes, noise(sizes.reduce(1, *), "x\(i)"))
    }
    let program = try program(graph, inputs + [y], batch: shape.batch, threads: threads)
    #expect(program.lines.count == 1)
    for (i, input) in inputs.enumerated() {
      for (j, x) in (leaves[.input("x\(i)")]?.elements ?? []).enumerated() {
        program.place(input).pointer[j] = x
      }
    }
    program.run()
    let expected = EagerEvaluator(graph, batch: shape.batch, leaves: leaves)[y].elements
    let found = UnsafeBufferPointer(start: program.place(y).pointer, count: expected.count)
    #expect(bits(Array(found)) == bits(expected))
  }

  @Test func `a chain is named after its ops, a long one after the first and the last`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.batch, .size(4)]))
    let (short, long) = (try x.tanh().exp(), try x.sigmoid().square().exp().tanh())
    let program = try program(graph, [short, long], batch: 2)
    #expect(program.lines.map(\.name) == ["tanh+exp", "sigmoid+…+tanh"])
  }

  @Test func `what is kept, or read outside, is a step of its own`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.batch, .size(4)]))
    let kept = try x.tanh()
    let shared = try kept.exp()
    let program = try program(graph, [kept, shared.softmax(), shared.square()], batch: 2)
    #expect(program.lines.map(\.name) == ["tanh", "exp", "softmax", "square"])
  }

  @Test func `the mask of a dropout is the same within a chain`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.batch, .size(37)]))
    let step = graph.leaf(.input("step"), TensorType([.size(2)]))
    let row = graph.leaf(.input("row"), TensorType([.size(37)]))
    let dropped = try graph.apply(Dropout(rate: 0.5, stream: RandomStream(seed: 1, "d")), x * row, step)
    let y = try dropped + x
    let leaves: [Leaf: Tensor] = [
      .input("x"): Tensor([90, 37], noise(90 * 37, "x")), .input("row"): Tensor([37], noise(37, "row")),
      .input("step"): Tensor([2], [asFloat(3), 0]),
    ]
    let program = try program(graph, [x, step, row, y], batch: 90, threads: 2)
    #expect(program.lines.map(\.name) == ["multiply+dropout+add"])
    for input in [x, step, row] {
      guard case .leaf(let leaf) = graph.nodes[input.id].kind else { continue }
      for (j, number) in (leaves[leaf]?.elements ?? []).enumerated() {
        program.place(input).pointer[j] = number
      }
    }
    program.run()
    let expected = EagerEvaluator(graph, batch: 90, leaves: leaves)[y].elements
    #expect(
      bits(Array(UnsafeBufferPointer(start: program.place(y).pointer, count: 90 * 37))) == bits(expected))
  }

  @Test func `nothing is computed later where that keeps more in memory`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.batch, .size(64)]))
    let (a, b) = (try x.softmax(), try x.exp().softmax())
    let (sum, bent) = (try a + b, try x.sigmoid().softmax().tanh())
    // Both are read after other work: the sum stands for two values, the other for one.
    let far = try x.square().softmax()
    let program = try program(graph, [sum * far, bent * far], batch: 8)
    #expect(program.lines.map(\.name).contains("add"))
    #expect(program.lines.map(\.name).contains("tanh+multiply"))
  }
}
