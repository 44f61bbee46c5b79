import KernelABI
import Kernels
import Synchronization
import Testing

@Suite struct PeakRateTests {
  /// A clock that is a millisecond later whenever it is looked at.
  private final class Ticks: Sendable {
    private let time = Atomic<UInt64>(0)
    func next() -> UInt64 { time.add(1_000_000, ordering: .relaxed).newValue }
  }

  private func rate(threads: Int) -> Double {
    let ticks = Ticks()
    return PeakRate.measure(kernels, on: WorkerPool(threads: threads)) { ticks.next() }
  }

  @Test func `the rate is operations over the time that went by`() {
    #expect(rate(threads: 1) == 64 * 1536 * 1000)
  }

  @Test func `every thread adds what it does`() {
    // No thread's time is shorter than a tick, nor longer than those of all three.
    #expect((0.5...3).contains(rate(threads: 3) / (64 * 1536 * 1000)))
  }

  @Test(arguments: InstructionSet.supported)
  func `the loop ends in a number on every instruction set`(set: InstructionSet) {
    // Every sum goes to y / (1 - x): 0.25, in 16 lanes of 6 or of 12 sums.
    let sum = set.table.multiplyAdd(100)
    #expect(abs(sum - 16 * 0.25 * (set == .avx512 ? 12 : 6)) < 1e-3)
  }
}
