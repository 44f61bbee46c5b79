import KernelABI
import Kernels
import Testing

@Suite struct PeakRateTests {
  @Test(arguments: [1, 3])
  func `the rate counts the operations of all threads in the time that went by`(threads: Int) {
    var time: UInt64 = 0
    let rate = PeakRate.measure(kernels, on: WorkerPool(threads: threads)) {
      // A millisecond between any two looks.
      time += 1_000_000
      return time
    }
    #expect(rate == Double(64 * 1536 * threads) * 1000)
  }

  @Test(arguments: InstructionSet.supported)
  func `the loop ends in a number on every instruction set`(set: InstructionSet) {
    // Every sum goes to y / (1 - x): 0.25, in 16 lanes of 6 or of 12 sums.
    let sum = set.table.multiplyAdd(100)
    #expect(abs(sum - 16 * 0.25 * (set == .avx512 ? 12 : 6)) < 1e-3)
  }
}
