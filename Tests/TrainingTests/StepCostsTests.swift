import EngineTestSupport
import GraphEngine
import Kernels
import Layers
import Optimizers
import Synchronization
import Testing
import Training

@Suite struct StepCostsTests {
  private final class Ticks: Sendable {
    private let time = Atomic<UInt64>(0)
    func next() -> UInt64 { time.add(1, ordering: .relaxed).newValue }
  }

  private func fit(samples: Int, epochs: Int, clock: StepClock?) throws -> FitResult {
    let model = chain([4], Dense(8, activation: .relu), Dense(3, activation: .softmax))
    let trainer = Trainer(try BuiltModel(model, seed: 1), pool: WorkerPool(threads: 1), now: { 0 })
    trainer.compile(settings(SGD()))
    var fit = FitSettings()
    fit.batchSize = 8
    fit.epochs = epochs
    fit.clock = clock
    return try trainer.fit(
      labelled(samples, [4], classes: 3), validation: nil, fit, isInterrupted: { false },
      observe: { _ in })
  }

  @Test func `without a clock nothing is timed`() throws {
    #expect(try fit(samples: 40, epochs: 1, clock: nil).costs == nil)
  }

  @Test func `whole batches are timed, the first two and the rest of an epoch left out`() throws {
    let ticks = Ticks()
    let costs = try #require(try fit(samples: 43, epochs: 2, clock: { ticks.next() }).costs)
    #expect(costs.batch == 8 && costs.times.runs == 8 && costs.times.isWarm)
    // The clock is looked at twice more around a run than in it.
    #expect(costs.lap == Double(costs.times.whole) / 8 + 2)
  }
}
