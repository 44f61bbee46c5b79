public import KernelABI

/// The floating-point operations a second that a pool of threads can make, found by a loop of nothing but multiply-adds
/// on registers.
///
/// It is what the kernels of an instruction set can use of the machine at this moment, on its threads together.
public enum PeakRate {
  /// Takes some twenty milliseconds.
  /// - Parameter clock: nanoseconds from any start.
  public static func measure(_ kernels: KernelTable, on pool: WorkerPool, clock: () -> UInt64) -> Double {
    var rounds = 64
    func time() -> Double {
      let count = rounds
      let start = clock()
      pool.run { _ in _ = kernels.multiplyAdd(count) }
      return Double(max(1, clock() &- start))
    }
    while time() < 1e6 && rounds < 1 << 30 { rounds *= 2 }
    let shortest = (0..<10).map { _ in time() }.min() ?? 1
    return Double(rounds * KernelTable.roundFlops * pool.count) / shortest * 1e9
  }
}
