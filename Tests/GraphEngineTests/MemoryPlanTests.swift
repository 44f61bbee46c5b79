import EngineTestSupport
import GraphEngine
import KernelABI
import Kernels
import TensorCore
import Testing

@Suite struct MemoryPlanTests {
  private func program(_ graph: RandomGraph, isFrugal: Bool = false) throws -> Program {
    let slab = ParameterSlab(graph.parameters.map(\.spec))
    let update = UpdatePlan(
      gradients: AlignedBuffer(slab.trainableCount),
      sinks: zip(graph.parameters, graph.gradients).map { ($0.spec.path, $1) }, plainRate: nil,
      passes: [])
    return try Program(
      graph.graph, keeping: graph.kept, batch: graph.batch, parameters: slab, update: update,
      isFrugal: isFrugal, pool: WorkerPool(threads: 1))
  }

  @Test func `nothing is written over a part of what it reads`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.size(4), .size(64)]))
    let whole = try x * 2
    let y = try graph.apply(Unary(.negate), whole.sliced(.range(from: 1)))
    let program = try Program(
      graph, keeping: [x, y], batch: 1, parameters: ParameterSlab([]), pool: WorkerPool(threads: 1))
    #expect(program.lines.map(\.name) == ["affine", "negate"])
    #expect(program.place(y).pointer != program.place(whole).pointer)
  }

  @Test func `nothing is written over what another operand shows a part of`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.size(4), .size(64)]))
    let whole = try x.exp()
    let y = try whole - whole.sliced(.at(0))
    let program = try Program(
      graph, keeping: [x, y], batch: 1, parameters: ParameterSlab([]), pool: WorkerPool(threads: 1))
    #expect(program.lines.map(\.name) == ["exp", "subtract"])
    #expect(program.place(y).pointer != program.place(whole).pointer)
  }

  @Test func `values that live at one time do not overlap`() throws {
    for seed in 0..<300 as Range<UInt64> {
      let program = try program(RandomGraph(seed: seed))
      let lives = Lifetimes(program).lives
      for a in lives {
        for b in lives where b.root > a.root && a.memory.overlaps(b.memory) && b.first <= a.last {
          // An op may write over its first operand when nobody else wants it any more.
          let node = program.nodes[b.root]
          let isInPlace =
            b.first == a.last && node.op?.canReuseFirstOperand == true && a.memory == b.memory
          #expect(isInPlace, "seed \(seed): \(a) and \(b)")
        }
      }
    }
  }

  @Test func `every value lies inside the arena`() throws {
    for seed in 0..<100 as Range<UInt64> {
      let program = try program(RandomGraph(seed: seed))
      for life in Lifetimes(program).lives {
        #expect(life.memory.lowerBound >= 0 && life.memory.upperBound <= program.arena.count, "seed \(seed)")
        #expect(life.memory.lowerBound % 16 == 0, "seed \(seed): \(life) is not aligned")
      }
    }
  }

  @Test func `the memory that is needed at one time is found in two ways`() throws {
    for seed in 0..<300 as Range<UInt64> {
      let program = try program(RandomGraph(seed: seed))
      #expect(program.leastArena == Lifetimes(program).peak, "seed \(seed)")
    }
  }

  @Test func `a reshaped value is the same memory`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.batch, .size(6)]))
    let y = try graph.apply(Unary(.tanh), x)
    let seen = try graph.apply(Reshape([.batch, .size(2), .size(3)]), y)
    let z = try graph.apply(Unary(.exp), seen)
    let program = try Program(
      graph, keeping: [seen, z], batch: 2, parameters: ParameterSlab([]), pool: WorkerPool(threads: 1))
    #expect(program.place(seen).pointer == program.place(y).pointer)
    #expect(program.place(seen).shape == [2, 2, 3])
    #expect(program.place(z).pointer != program.place(y).pointer, "what is kept must not be written over")
    #expect(program.lines.map(\.name) == ["tanh", "exp"], "a reshape takes no step")
  }

  @Test func `a chain of elementwise ops takes the memory of one`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.batch, .size(100)]))
    var y = x
    for _ in 0..<5 { y = try graph.apply(Unary(.tanh), y) }
    let program = try Program(
      graph, keeping: [y], batch: 10, parameters: ParameterSlab([]), pool: WorkerPool(threads: 1))
    #expect(program.arena.count == 2 * 1008, "the input and one value")
  }

  @Test func `memory of an operand is free after a gradient that lies elsewhere`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.batch, .size(16)]))
    var (y, specs) = (x, [ParameterSpec]())
    for i in 0..<12 {
      specs.append(ParameterSpec("w\(i)", [16, 16], layout: .panels))
      y = try graph.apply(MatMul(), y, graph.leaf(.parameter("w\(i)"), TensorType([.size(16), .size(16)])))
    }
    let weights = specs.map { graph.leaf(.parameter($0.path), TensorType([.size(16), .size(16)])) }
    let gradients = try graph.gradients(of: graph.apply(MeanAll(), y), for: weights)
    let slab = ParameterSlab(specs)
    let update = UpdatePlan(
      gradients: AlignedBuffer(slab.trainableCount), sinks: zip(specs, gradients).map { ($0.path, $1) },
      plainRate: nil, passes: [])
    let program = try Program(
      graph, keeping: [], batch: 16, parameters: slab, update: update, pool: WorkerPool(threads: 1))
    #expect(program.arena.count <= Lifetimes(program).peak * 115 / 100)
  }

  @Test func `a value that is needed again much later is computed again to save memory`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.batch, .size(100)]))
    let early = try graph.apply(Unary(.exp), x)
    var sum = try graph.apply(SumAll(), early)
    // A wide moment between the two uses of `early`.
    let wide = try (0..<8).map { try graph.apply(Affine(scale: Float($0), offset: 1), x) }
    for value in wide { sum = try graph.apply(Binary(.add), sum, graph.apply(SumAll(), value)) }
    for value in wide { sum = try graph.apply(Binary(.add), sum, graph.apply(MeanAll(), value)) }
    sum = try graph.apply(Binary(.add), sum, graph.apply(MeanAll(), early))
    func program(isFrugal: Bool) throws -> Program {
      try Program(
        graph, keeping: [sum], batch: 10, parameters: ParameterSlab([]), isFrugal: isFrugal,
        pool: WorkerPool(threads: 1))
    }
    let (plain, frugal) = (try program(isFrugal: false), try program(isFrugal: true))
    #expect(plain.arena.count - frugal.arena.count >= 1000)
    #expect(frugal.lines.count > plain.lines.count)
    for (i, number) in noise(1000, "x").enumerated() {
      plain.place(x).pointer[i] = number
      frugal.place(x).pointer[i] = number
    }
    plain.run()
    frugal.run()
    #expect(plain.place(sum).pointer[0].bitPattern == frugal.place(sum).pointer[0].bitPattern)
  }

  @Test func `computing again never needs more memory`() throws {
    for seed in 0..<200 as Range<UInt64> {
      let graph = try RandomGraph(seed: seed)
      let (plain, frugal) = (try program(graph), try program(graph, isFrugal: true))
      #expect(Lifetimes(frugal).peak <= Lifetimes(plain).peak, "seed \(seed)")
    }
  }
}
