import ArgumentParser
import Glibc
import Kernels

/// `runexp-bench gemm`: how fast matrices are multiplied.
struct GemmBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gemm", abstract: "Times matrix products of the sizes that training meets.",
    discussion: """
      Prints a line for each product: its kind and sizes (m n k), the median and the shortest time of one product \
      in microseconds, and the speed in GFLOP/s that the median means. Repeats of all products alternate, so that \
      a busy moment of the machine does not fall on one of them.
      """)

  @Option(help: "How many threads share a product.")
  var threads = 1

  @Option(
    help: "The instruction set: baseline, avx2 or avx512. The best one of this machine unless said.",
    transform: supportedSet)
  var isa = InstructionSet.current

  @Option(help: "How often each product is timed.")
  var repeats = 9

  @Option(help: "Seconds for one timing, in which a product is run as often as fits.")
  var budget = 0.03

  @Flag(help: "Read products such as 'nn 32 300 784' from standard input and answer each with one timing.")
  var interactive = false

  private static func supportedSet(_ name: String) throws -> InstructionSet {
    guard let isa = InstructionSet.supported.first(where: { $0.rawValue == name }) else {
      let names = InstructionSet.supported.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("this machine has no '\(name)', only \(names)")
    }
    return isa
  }

  func validate() throws {
    guard threads > 0 && repeats > 0 && budget > 0 else {
      throw ValidationError("threads, repeats and budget must be above zero")
    }
  }

  func run() throws {
    let pool = WorkerPool(threads: threads)
    if interactive {
      try answer(pool)
    } else {
      timeAll(pool)
    }
  }

  private func timeAll(_ pool: WorkerPool) {
    let shapes = GemmShape.watched
    var watches = [Stopwatch](repeating: Stopwatch(), count: shapes.count)
    for _ in 0..<repeats {
      for (i, shape) in shapes.enumerated() { time(shape, pool, &watches[i]) }
    }
    for (shape, watch) in zip(shapes, watches) { report(shape, watch) }
  }

  private func answer(_ pool: WorkerPool) throws {
    while let line = readLine() {
      guard let shape = GemmShape(line) else { throw ValidationError("not a product: '\(line)'") }
      var watch = Stopwatch()
      time(shape, pool, &watch)
      report(shape, watch)
      fflush(nil)
    }
  }

  private func time(_ shape: GemmShape, _ pool: WorkerPool, _ watch: inout Stopwatch) {
    let product = GemmCase(shape, isa.table, pool)
    // The system may wake a worker on its caller's processor and move it only milliseconds later.
    var warmUp = Stopwatch()
    warmUp.repeat(for: threads > 1 ? 0.03 : 0.002) { product.run() }
    watch.repeat(for: budget) { product.run() }
  }

  private func report(_ shape: GemmShape, _ watch: Stopwatch) {
    let speed = Int((shape.operations / watch.median * 1e-9).rounded())
    print(shape, micro(watch.median), micro(watch.shortest), speed)
  }

  /// Microseconds with one decimal.
  private func micro(_ seconds: Double) -> Double { (seconds * 1e7).rounded() / 10 }
}
