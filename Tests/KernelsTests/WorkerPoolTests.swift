import Kernels
import Synchronization
import Testing

@Suite struct WorkerPoolTests {
  @Test(arguments: [1, 2, 3, 5])
  func `every part runs once a job and all meet at a barrier`(threads: Int) {
    let pool = WorkerPool(threads: threads)
    let done = Atomic<Int>(0)
    let early = Atomic<Int>(0)
    for _ in 0..<200 {
      pool.run { _ in
        done.add(1, ordering: .relaxed)
        pool.barrier()
        if done.load(ordering: .relaxed) % threads != 0 { early.add(1, ordering: .relaxed) }
        pool.barrier()
      }
    }
    #expect(done.load(ordering: .relaxed) == 200 * threads)
    #expect(early.load(ordering: .relaxed) == 0)
  }

  @Test func `the flags of a machine decide what it runs`() {
    #expect(InstructionSet.supported(cpuinfo: "flags\t: fpu sse2") == [.baseline])
    #expect(InstructionSet.supported(cpuinfo: "flags\t: fma avx2") == [.baseline, .avx2])
    #expect(InstructionSet.supported(cpuinfo: "") == [.baseline])
  }
}
