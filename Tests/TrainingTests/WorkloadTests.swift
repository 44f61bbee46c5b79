import EngineTestSupport
import GraphEngine
import Layers
import Testing
import Training

/// The memory of the steps that the benchmarks time.
@Suite struct WorkloadTests {
  @Test(arguments: Workload.all)
  func `a training step takes hardly more memory than lives at one time`(workload: Workload) throws {
    let program = try workload.step().step.program
    let (count, bound) = (program.arena.count, Lifetimes(program).peak)
    #expect(count <= bound * 105 / 100)
  }

  /// Parts of the memory, in hundredths, that a frugal step does without.
  @Test(arguments: [(Workload.cnn(), 15), (Workload.transformer(), 50)])
  func `a frugal training step takes less memory`(workload: Workload, saved: Int) throws {
    let plain = try workload.step().step.program.arena.count
    let frugal = try workload.step { $0.memory = .low }.step.program.arena.count
    #expect(frugal <= plain * (100 - saved) / 100, "\(plain) floats become \(frugal)")
  }

  @Test(arguments: Workload.small, [1, 3])
  func `a frugal training has the same bits`(workload: Workload, threads: Int) throws {
    func weights(_ memory: CompileSettings.Memory) throws -> [[UInt32]] {
      var settings = workload.settings
      settings.memory = memory
      return weightBits(
        try fitted(workload.model, settings, workload.data, threads: threads) {
          $0.batchSize = workload.batch
          $0.epochs = 3
        }.built)
    }
    #expect(try weights(.low) == weights(.normal))
  }
}
