public import KernelABI

/// The floating-point operations a second that a pool of threads can make, found by a loop of nothing but multiply-adds
/// on registers.
///
/// It is what the kernels of an instruction set can use of the machine on its threads together.
public enum PeakRate {
  /// Takes some twenty milliseconds.
  ///
  /// All threads run at once, and each thread's best time counts, so that others at work on the machine take little away.
  /// - Parameter clock: nanoseconds from any start; several threads ask at once.
  public static func measure(
    _ kernels: KernelTable, on pool: WorkerPool, clock: @escaping @Sendable () -> UInt64
  ) -> Double {
    let times = UnsafeMutablePointer<Double>.allocate(capacity: pool.count)
    defer { times.deallocate() }
    var best = [Double](repeating: .infinity, count: pool.count)
    var rounds = 64
    func run() {
      let count = rounds
      pool.run { part in
        let start = clock()
        _ = kernels.multiplyAdd(count)
        times[part] = Double(max(1, clock() &- start))
      }
    }
    run()
    while times[0] < 1e6 && rounds < 1 << 30 {
      rounds *= 2
      run()
    }
    for _ in 0..<20 {
      run()
      for part in best.indices { best[part] = min(best[part], times[part]) }
    }
    return best.reduce(0) { $0 + Double(rounds * kernels.roundFlops) / $1 * 1e9 }
  }
}
