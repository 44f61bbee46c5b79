import EngineTestSupport
import GraphEngine
import KernelABI
import Kernels
import Synchronization
import TensorCore
import Testing

@Suite struct StepTimesTests {
  /// A clock that is one nanosecond later whenever it is looked at.
  private func ticking() -> StepClock {
    let ticks = Ticks()
    return { ticks.next() }
  }

  private func program(threads: Int, clock: StepClock?) throws -> Program {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.batch, .size(8)]))
    let y = try graph.apply(Softmax(), graph.apply(Unary(.tanh), x))
    return try Program(
      graph, keeping: [y], batch: 4, parameters: ParameterSlab([]), prologue: { _ in },
      pool: WorkerPool(threads: threads), parallelThreshold: 0, clock: clock)
  }

  @Test func `a program without a clock has no times`() throws {
    let program = try program(threads: 1, clock: nil)
    program.run()
    #expect(program.times == nil)
  }

  @Test func `every step is timed, the filling of inputs first`() throws {
    let program = try program(threads: 1, clock: ticking())
    program.run()
    let times = try #require(program.times)
    #expect(times.steps.map(\.line.name) == ["feed", "tanh", "softmax"])
    #expect(times.steps.map(\.calls) == [1, 1, 1])
    #expect(times.steps.map(\.busy) == [[1], [1], [1]])
    #expect(times.steps.map(\.waiting) == [[1], [1], [1]])
    #expect(times.starting == [1] && times.whole == 7)
  }

  @Test(arguments: [1, 2, 3])
  func `what threads do and wait for is the whole`(threads: Int) throws {
    let program = try program(threads: threads, clock: ticking())
    for _ in 0..<20 { program.run() }
    let times = try #require(program.times)
    #expect(times.parts == threads)
    for part in 0..<threads {
      let steps = times.steps.map { $0.busy[part] + $0.waiting[part] }.reduce(0, +)
      #expect(times.starting[part] + steps == times.whole)
    }
  }

  @Test(arguments: [(1, 1, false), (2, 2, false), (3, 1, true), (12, 10, true)])
  func `the first two runs count only where there are no others`(runs: Int, counted: Int, isWarm: Bool) throws
  {
    let program = try program(threads: 2, clock: ticking())
    for _ in 0..<runs { program.run() }
    let times = try #require(program.times)
    #expect(times.runs == counted && times.isWarm == isWarm)
    #expect(times.steps.map(\.calls) == [counted, counted, counted])
  }

  @Test func `the steps of four runs are traced, in order on each thread`() throws {
    let program = try program(threads: 2, clock: ticking())
    for _ in 0..<10 { program.run() }
    let spans = try #require(program.times).spans
    #expect(spans.count == 4 * 2 * 3)
    for part in 0..<2 {
      let own = spans.filter { $0.part == part }
      #expect(own.map(\.step) == Array([[0, 1, 2], [0, 1, 2], [0, 1, 2], [0, 1, 2]].joined()))
      #expect(zip(own, own.dropFirst()).allSatisfy { $0.time.upperBound < $1.time.lowerBound })
    }
  }

  @Test func `a run that a condition ends is counted as far as it came`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.size(1)]))
    let condition = try graph.apply(Unary(.tanh), x)
    let y = try graph.apply(Unary(.exp), condition)
    let program = try Program(
      graph, keeping: [y], batch: 1, parameters: ParameterSlab([]),
      guards: [Guard(condition, expected: true)], pool: WorkerPool(threads: 1), clock: ticking())
    program.run()
    program.place(x).pointer[0] = 1
    program.run()
    #expect(try #require(program.times).steps.map(\.calls) == [2, 1])
  }

  @Test func `timing changes no result`() throws {
    let programs = try [nil, ticking()].map { try program(threads: 2, clock: $0) }
    for program in programs {
      for (i, x) in noise(32, "x").enumerated() { program.arena.pointer[i] = x }
      program.run()
    }
    #expect(programs[0].lines.count == programs[1].lines.count)
    #expect(
      bits(Array(UnsafeBufferPointer(start: programs[0].arena.pointer, count: programs[0].arena.count)))
        == bits(Array(UnsafeBufferPointer(start: programs[1].arena.pointer, count: programs[1].arena.count))))
  }
}

private final class Ticks: Sendable {
  private let time = Atomic<UInt64>(0)
  func next() -> UInt64 { time.add(1, ordering: .relaxed).newValue }
}
