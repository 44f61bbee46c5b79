import Diagnostics
import EngineTestSupport
import GraphEngine
import KernelABI
import Kernels
import TensorCore
import Testing

@Suite struct ProgramTests {
  private let pool = WorkerPool(threads: 1)

  @Test func `lines are named after functions`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.batch, .size(2)]))
    let y = try graph.apply(Softmax(), graph.apply(Unary(.tanh), x))
    let program = try Program(graph, keeping: [y], batch: 1, parameters: ParameterSlab([]), pool: pool)
    #expect(program.lines.map(\.name) == ["tanh", "softmax"])
  }

  @Test(arguments: 1...4)
  func `the threads of a pool end with the last program that uses them`(threads: Int) throws {
    weak var pool: WorkerPool?
    try {
      let graph = Graph()
      let x = graph.leaf(.input("x"), TensorType([.batch, .size(2)]))
      let y = try graph.apply(Softmax(), x)
      let shared = WorkerPool(threads: threads)
      pool = shared
      for _ in 1...2 {
        try Program(
          graph, keeping: [y], batch: 8, parameters: ParameterSlab([]), pool: shared, parallelThreshold: 0
        ).run()
      }
    }()
    #expect(pool == nil)
  }

  @Test(arguments: [Layout.rowMajor, .panels])
  func `a weight seen with another shape is read where it lies`(layout: Layout) throws {
    let graph = Graph()
    let weights = noise(40, "weights")
    let w = graph.leaf(.parameter("w"), TensorType([.size(2), .size(20)]))
    let y = try graph.apply(Affine(scale: 1, offset: 0), graph.apply(Reshape([.size(40)]), w))
    let slab = ParameterSlab([ParameterSpec("w", [2, 20], layout: layout)])
    slab.set("w", Tensor([2, 20], weights))
    let program = try Program(graph, keeping: [y], batch: 1, parameters: slab, pool: pool)
    program.run()
    #expect(Array(UnsafeBufferPointer(start: program.place(y).pointer, count: 40)) == weights)
  }

  @Test func `a weight that is read after its gradient is updated at the end`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.batch, .size(4)]))
    let w = graph.leaf(.parameter("w"), TensorType([.size(4), .size(4)]))
    let y = try graph.apply(MatMul(), x, w)
    let slope = try graph.gradients(of: graph.apply(SumAll(), y), for: [w])[0]
    // Read through another shape, later than the gradient.
    let seen = try graph.apply(Affine(scale: 1, offset: 0), graph.apply(Reshape([.size(16)]), w))
    let slab = ParameterSlab([ParameterSpec("w", [4, 4], layout: .panels)])
    let start = noise(16, "w")
    slab.set("w", Tensor([4, 4], start))
    let rate = AlignedBuffer(1)
    rate.pointer.pointee = 1
    let gradients = AlignedBuffer(slab.trainableCount)
    let update = UpdatePlan(
      gradients: gradients, sinks: [("w", slope)], plainRate: UnsafePointer(rate.pointer),
      passes: [descent(slab.storage, gradients, rate: rate, kernels)])
    let program = try Program(
      graph, keeping: [x, seen], batch: 1, parameters: slab, update: update, pool: pool)
    for i in 0..<4 { program.place(x).pointer[i] = 1 }
    program.run()
    #expect(Array(UnsafeBufferPointer(start: program.place(seen).pointer, count: 16)) == start)
    #expect(slab.tensor("w").elements == start.map { $0 - 1 })
  }

  @Test func `what follows from constants is known before a run`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.batch, .size(3)]))
    let slope = try graph.gradients(of: (x * 2).mean(), for: [x])[0]
    let program = try Program(graph, keeping: [slope], batch: 4, parameters: ParameterSlab([]), pool: pool)
    #expect(program.lines.isEmpty)
    program.run()
    #expect((0..<12).allSatisfy { program.place(slope).pointer[$0] == 2 / 12 })
  }

  @Test func `constants with different results are no constant`() throws {
    let graph = Graph()
    let ones = graph.constant(1, [.size(2), .size(3)])
    let sums = try ones.cumulativeSum(along: 1)
    let program = try Program(graph, keeping: [sums], batch: 1, parameters: ParameterSlab([]), pool: pool)
    program.run()
    #expect((0..<6).map { program.place(sums).pointer[$0] } == [1, 2, 3, 1, 2, 3])
  }

  @Test func `equal ops on equal operands run once`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.batch, .size(2)]))
    let (a, b) = (try graph.apply(Softmax(), x), try graph.apply(Softmax(), x))
    let y = try graph.apply(Binary(.add), a, b)
    let program = try Program(graph, keeping: [y], batch: 1, parameters: ParameterSlab([]), pool: pool)
    #expect(program.lines.map(\.name) == ["softmax", "add"])
  }

  @Test func `dropouts of two layers are two ops`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.batch, .size(2)]))
    let step = graph.leaf(.input("step"), TensorType([.size(2)]))
    let masks = try ["a", "b"].map {
      try graph.apply(Dropout(rate: 0.5, stream: RandomStream(seed: 1, $0)), x, step)
    }
    let program = try Program(graph, keeping: masks, batch: 1, parameters: ParameterSlab([]), pool: pool)
    #expect(program.lines.map(\.name) == ["dropout", "dropout"])
  }

  @Test func `what nothing reads is not computed`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.batch, .size(2)]))
    _ = try graph.apply(Unary(.exp), x)
    let y = try graph.apply(Unary(.tanh), x)
    let program = try Program(graph, keeping: [y], batch: 1, parameters: ParameterSlab([]), pool: pool)
    #expect(program.lines.map(\.name) == ["tanh"])
  }
}
