import RunEvents
import RunLog
import Testing

@Suite struct StepTests {
  let store: RunStore

  init() throws {
    store = try RunStore(inMemoryFor: .current())
    try store.append([.runStarted(record())])
  }

  @Test func `losses and digests come back to the bit`() throws {
    let losses: [Float] = [
      0.1, -.zero, .infinity, .nan, Float(bitPattern: 0x7F80_0001), .leastNonzeroMagnitude,
    ]
    let digests: [StepTrace.Digest] = [.init(step: 8, value: .max), .init(step: 10, value: 1 << 63)]
    let trace = StepTrace(epoch: 2, firstStep: 5, losses: losses, digests: digests)
    try store.append([.steps(cell: 3, series: "mlp", trace)])
    let logged = try store.log.steps(of: "mlp-1")
    #expect(logged.count == 1 && logged[0].cell == 3 && logged[0].series == "mlp")
    #expect(logged[0].trace.epoch == 2 && logged[0].trace.firstStep == 5)
    #expect(logged[0].trace.losses.map(\.bitPattern) == losses.map(\.bitPattern))
    #expect(logged[0].trace.digests == digests)
  }

  @Test func `steps after a checkpoint are gone when the run goes on there`() throws {
    func steps(_ epoch: Int) -> RunEvent {
      .steps(
        cell: 1, series: "mlp",
        StepTrace(
          epoch: epoch, firstStep: epoch * 10, losses: [1],
          digests: [.init(step: epoch * 10, value: UInt64(epoch))]))
    }
    try store.append([steps(1), .checkpoint(1), steps(2), .runResumed(record(), checkpoint: 1), steps(3)])
    let logged = try store.log.steps(of: "mlp-1")
    #expect(logged.map(\.trace.epoch) == [1, 3])
    #expect(logged.flatMap(\.trace.digests).map(\.value) == [1, 3])
  }

  @Test func `a log of before there were steps has none`() throws {
    try withFolder { folder in
      try makeRun("mlp-1", in: folder, [.runStarted(record())])
      try sql(
        "DROP TABLE weight_digest; DROP TABLE steps; PRAGMA user_version = 2", "\(folder)/mlp-1/run.sqlite")
      #expect(try RunStore.read("\(folder)/mlp-1/run.sqlite").steps(of: "mlp-1").isEmpty)
    }
  }
}
