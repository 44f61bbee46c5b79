import Diagnostics
import Foundation
import RunEvents
import RunLog
import Testing

@Suite struct ResumptionTests {
  let store: RunStore

  init() throws { store = try RunStore(inMemoryFor: .current()) }

  private func resumed(_ checkpoint: Int) -> RunEvent { .runResumed(record(), checkpoint: checkpoint) }

  @Test func `what was logged after a checkpoint is gone when the run goes on there`() throws {
    let dataset = DatasetRecord(name: "d", files: [.init(path: "a", bytes: 3, sha256: "ff")], parts: [])
    let late = DatasetRecord(name: "late", files: [.init(path: "b", bytes: 3, sha256: "ff")], parts: [])
    let file = Artifact(path: "a.png", mediaType: "t", bytes: 1, sha256: "1", caption: "", cell: nil)
    var lateFile = file
    lateFile.path = "b.png"
    try store.append([
      .runStarted(record()), .cellStarted(index: 0, keyword: "data", name: "d"), .dataset(dataset),
      .artifact(file), .cellNote(index: 0, text: "kept"), .cellEnded(index: 0, status: .finished, seconds: 1),
      .cellStarted(index: 1, keyword: "train", name: "mlp"), point("loss", 3, epoch: 1, step: 10),
      .checkpoint(1),
    ])
    let before = try store.log.run(named: "mlp-1").cells
    try store.append([
      point("loss", 2, epoch: 2, step: 20), point("mae", 2, epoch: 2, step: 20),
      .cellNote(index: 1, text: "late"),
      .cellEnded(index: 1, status: .finished, seconds: 1), .cellStarted(index: 2, keyword: "check", name: ""),
      .dataset(late), .artifact(lateFile), .check(CheckResult(expression: "x", passed: true, found: "")),
      .runEnded(status: .interrupted, seconds: 4), resumed(1),
    ])
    let run = try store.log.run(named: "mlp-1")
    #expect(run.resumptions == 1 && run.status == .running && run.seconds == nil)
    #expect(run.cells.map(\.index) == before.map(\.index) && run.cells[0] == before[0])
    let histories = try store.log.metrics(of: "mlp-1")
    #expect(histories.map(\.name) == ["loss"] && histories[0].points.map(\.step) == [10])
    #expect(try store.log.runs()[0].metric("loss")?.last == .init(value: 3, step: 10, epoch: 1))
    #expect(try store.log.datasets(of: "mlp-1") == [dataset])
    #expect(try store.log.artifacts(of: "mlp-1") == [file])
    #expect(try store.log.checks(of: "mlp-1") == [])
    #expect(try store.log.events(of: "mlp-1").map(\.text) == ["kept"])
  }

  @Test func `a second resumption removes what the first one did`() throws {
    try store.append([
      .runStarted(record()), .checkpoint(1), point("loss", 1, epoch: 1, step: 10), .checkpoint(2), resumed(2),
      point("loss", 2, epoch: 2, step: 20), resumed(1), point("loss", 3, epoch: 1, step: 10),
    ])
    #expect(try store.log.metrics(of: "mlp-1")[0].points.map(\.value) == [3])
    #expect(try store.log.run(named: "mlp-1").resumptions == 2)
  }

  @Test func `the best value is that of the points that are left`() throws {
    try store.append([
      .runStarted(record()), point("loss", 5, epoch: 1, step: 1), point("loss", 3, epoch: 2, step: 2),
      .checkpoint(1), point("loss", 1, epoch: 3, step: 3), resumed(1), point("loss", 4, epoch: 3, step: 3),
    ])
    let metric = try #require(try store.log.runs()[0].metric("loss"))
    #expect(metric.best == .init(value: 3, step: 2, epoch: 2))
    #expect(metric.last == .init(value: 4, step: 3, epoch: 3))
  }

  @Test func `a checkpoint the log never heard of is refused`() throws {
    try store.append([.runStarted(record()), .checkpoint(1), .checkpoint(2), .checkpoint(3), .checkpoint(4)])
    #expect(code { try store.append([resumed(5)]) } == "E0711")
    #expect(code { try store.append([resumed(1)]) } == "E0711")
    #expect(code { try store.append([resumed(2)]) } == nil)
  }

  @Test func `a run that another process is at is left alone`() throws {
    try withFolder { folder in
      // The first process of the machine is certainly there.
      var first = ProcessIdentity.current()
      first.pid = 1
      first.startTicks = startTicks(of: 1)
      let path = folder + "/run.sqlite"
      try RunStore(path: path, process: first).append([.runStarted(record()), .checkpoint(1)])
      #expect(code { try RunStore(path: path, process: .current()).append([resumed(1)]) } == "E0710")
      #expect(try RunStore.read(path).run(named: "mlp-1").resumptions == 0)
    }
  }
}

/// When a process started, in the kernel's ticks.
private func startTicks(of pid: Int) -> Int {
  let text = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
  let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
  return fields.count > 19 ? Int(fields[19]) ?? 0 : 0
}
