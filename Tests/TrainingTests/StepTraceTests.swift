import EngineTestSupport
import GraphEngine
import Kernels
import Layers
import Optimizers
import RunEvents
import Testing
import Training

@Suite struct StepTraceTests {
  private let data = labelled(90, [8], classes: 3)
  private let model = chain([8], Dense(20, activation: .relu), Dense(3, activation: .softmax))

  /// 6 steps an epoch, of which the last has 10 samples.
  private func traces(
    _ optimizer: any Optimizer = Adam(), epochs: Int = 2, seed: UInt64 = 9, interruptedBefore step: Int = .max
  ) throws -> (traces: [StepTrace], history: [Logs], built: BuiltModel) {
    let built = try BuiltModel(model, seed: seed)
    let trainer = Trainer(built, pool: WorkerPool(threads: 1), now: { 0 })
    trainer.compile(settings(optimizer))
    var fit = FitSettings()
    fit.epochs = epochs
    fit.batchSize = 16
    var (traces, asked): ([StepTrace], Int) = ([], 0)
    let result = try trainer.fit(
      data, validation: nil, fit,
      isInterrupted: {
        asked += 1
        return asked >= step
      },
      observe: { event in if case .traced(let trace) = event { traces.append(trace) } })
    return (traces, result.history, built)
  }

  @Test func `every step of every epoch has its loss`() throws {
    let (traces, history, _) = try traces()
    #expect(traces.map(\.epoch) == [1, 2] && traces.map(\.firstStep) == [1, 7])
    #expect(traces.map(\.losses.count) == [6, 6])
    for (trace, logs) in zip(traces, history) {
      let weighted = zip(trace.losses, [16, 16, 16, 16, 16, 10.0]).map { Double($0) * $1 }
      let logged = try #require(logs.first { $0.name == "loss" }).value
      #expect(abs(weighted.reduce(0, +) / 90 - logged) < 1e-9)
    }
  }

  @Test func `weights are digested after powers of two and at the end of each epoch`() throws {
    let (traces, _, _) = try traces(epochs: 3)
    #expect(traces.map { $0.digests.map(\.step) } == [[1, 2, 4, 6], [8, 12], [16, 18]])
    #expect(Set(traces.flatMap { $0.digests.map(\.value) }).count == 8)
  }

  @Test func `the same training has the same trace, another seed another one`() throws {
    func words(_ seed: UInt64) throws -> String {
      try traces(seed: seed).traces.map { "\($0.losses.map(\.bitPattern)) \($0.digests)" }.joined()
    }
    let first = try words(9)
    #expect(try words(9) == first)
    #expect(try words(10) != first)
  }

  @Test func `the digest of the last step is that of the weights`() throws {
    let (traces, _, built) = try traces(epochs: 1)
    let last = try #require(traces.last?.digests.last).value
    #expect(weightDigest(built.slab.storage) == last)
    let place = built.slab.entries[0].offset
    built.slab.storage.pointer[place] = built.slab.storage.pointer[place].nextUp
    #expect(weightDigest(built.slab.storage) != last)
  }

  @Test func `a training that is interrupted tells of the steps it did`() throws {
    let (traces, _, _) = try traces(interruptedBefore: 9)
    #expect(traces.map(\.losses.count) == [6, 2])
    #expect(traces.last?.firstStep == 7 && traces.last?.digests.map(\.step) == [8])
  }
}
