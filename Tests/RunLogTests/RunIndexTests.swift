import Diagnostics
import Foundation
import RunEvents
import RunLog
import Testing

@Suite struct RunIndexTests {
  @Test func `the index is made from the run folders`() throws {
    try withFolder { folder in
      for number in 1...3 { try makeRun("mlp-\(number)", in: folder, events("mlp-\(number)")) }
      #expect(
        try RunIndex(folder: folder).log.runs(sortedBy: .name).map(\.name) == ["mlp-1", "mlp-2", "mlp-3"])
    }
  }

  @Test func `deleting the index loses nothing`() throws {
    try withFolder { folder in
      try makeRun("mlp-1", in: folder, events("mlp-1", loss: [3, .nan, 1]))
      let first = try RunIndex(folder: folder)
      let (runs, run) = (try first.log.runs(), try first.log.run(named: "mlp-1"))
      try FileManager.default.removeItem(atPath: folder + "/index.sqlite")
      let second = try RunIndex(folder: folder)
      #expect(try second.log.run(named: "mlp-1") == run)
      #expect("\(try second.log.runs())" == "\(runs)")
    }
  }

  @Test func `the index knows of a run what the run's own log knows`() throws {
    try withFolder { folder in
      try makeRun("other-1", in: folder, events("other-1"))
      let all: [RunEvent] = [
        .cellStarted(index: 1, keyword: "data", name: "d"), .cellNote(index: 1, text: "n"),
        .dataset(
          .init(
            name: "d", files: [.init(path: "p", bytes: 1, sha256: "s")], parts: [.init(name: "t", count: 2)])),
        .artifact(.init(path: "p", mediaType: "m", bytes: 1, sha256: "s", caption: "c", cell: 1)),
        .check(.init(expression: "e", passed: true, found: "1")),
        .cellEnded(index: 1, status: .finished, seconds: 1),
      ]
      try makeRun("mlp-1", in: folder, events("mlp-1") + all)
      let own = try RunStore.read(folder + "/mlp-1/run.sqlite")
      let index = try RunIndex(folder: folder).log
      #expect(try index.run(named: "mlp-1") == own.run(named: "mlp-1"))
      #expect(try index.metrics(of: "mlp-1").map(\.name) == ["loss"])
      #expect(try index.datasets(of: "mlp-1") == own.datasets(of: "mlp-1"))
      #expect(try index.artifacts(of: "mlp-1") == own.artifacts(of: "mlp-1"))
      #expect(try index.checks(of: "mlp-1") == own.checks(of: "mlp-1"))
      #expect(try index.events(of: "mlp-1") == own.events(of: "mlp-1"))
      #expect(try index.runs(experiment: "mlp") == own.runs())
    }
  }

  @Test func `points and steps stay in the run's own log`() throws {
    try withFolder { folder in
      let trace = StepTrace(epoch: 1, firstStep: 1, losses: [1], digests: [.init(step: 1, value: 1)])
      try makeRun("mlp-1", in: folder, events("mlp-1") + [.steps(cell: 1, series: "m", trace)])
      let index = try RunIndex(folder: folder).log
      #expect(try index.metrics(of: "mlp-1").flatMap(\.points).isEmpty)
      #expect(try index.steps(of: "mlp-1").isEmpty)
      #expect(try index.runs()[0].metric("loss")?.best.value == 1)
    }
  }

  @Test func `a run that was changed is read again, whatever its time`() throws {
    try withFolder { folder in
      try makeRun("mlp-1", in: folder, events("mlp-1", loss: [1]))
      try makeRun("mlp-2", in: folder, events("mlp-2", loss: [2]))
      let index = try RunIndex(folder: folder)
      // Another run in the same place, as old as can be.
      try FileManager.default.removeItem(atPath: folder + "/mlp-2")
      try makeRun("mlp-2", in: folder, events("mlp-2", loss: [3]))
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: folder + "/mlp-2/run.sqlite")
      try index.refresh()
      #expect(try index.log.runs(named: ["mlp-2"]).first?.metric("loss")?.last.value == 3)
    }
  }

  @Test func `tags and notes are written into the run's own log`() throws {
    try withFolder { folder in
      try makeRun("mlp-1", in: folder, events("mlp-1"))
      let path = folder + "/mlp-1/run.sqlite"
      try RunStore.annotate("mlp-1", at: path, tag: .some("best"))
      try RunStore.annotate("mlp-1", at: path, note: .some("a note"))
      #expect(try RunIndex(folder: folder).log.runs().map { [$0.tag, $0.note] } == [["best", "a note"]])
      try RunStore.annotate("mlp-1", at: path, tag: .some(nil))
      #expect(try RunStore.read(path).runs().map { [$0.tag, $0.note] } == [[nil, "a note"]])
      #expect(code { try RunStore.annotate("mlp-2", at: path, tag: .some("x")) } == "E0706")
    }
  }

  @Test func `a run is removed with its folder`() throws {
    try withFolder { folder in
      for number in 1...2 { try makeRun("mlp-\(number)", in: folder, events("mlp-\(number)")) }
      let index = try RunIndex(folder: folder)
      try index.removeFolder("mlp-1")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["index.sqlite", "mlp-2"])
      #expect(try index.log.runs().map(\.name) == ["mlp-2"])
      #expect(code { try index.removeFolder("mlp-1") } == "E0718")
    }
  }

  @Test func `an updated run replaces itself`() throws {
    try withFolder { folder in
      let index = try RunIndex(folder: folder)
      try makeRun("mlp-1", in: folder, [.runStarted(record())])
      try index.update(with: folder + "/mlp-1")
      let store = try RunStore(path: folder + "/mlp-1/run.sqlite", process: .current())
      try store.append([.runEnded(status: .failed, seconds: 5)])
      try store.close()
      try index.update(with: folder + "/mlp-1")
      #expect(try index.log.runs().map(\.status) == [.failed])
    }
  }

  @Test(arguments: [100, 200, 2000, 5000])
  func `a damaged index is replaced`(from byte: Int) throws {
    try withFolder { folder in
      try makeRun("mlp-1", in: folder, events("mlp-1"))
      _ = try RunIndex(folder: folder)
      let path = folder + "/index.sqlite"
      var bytes = try Data(contentsOf: URL(filePath: path))
      bytes.replaceSubrange(byte..., with: Data(repeating: 0x7A, count: bytes.count - byte))
      try bytes.write(to: URL(filePath: path))
      #expect(try RunIndex.rebuilt(in: folder).index.log.runs().map(\.name) == ["mlp-1"])
    }
  }

  @Test(arguments: ["text", "", "database", "run", "folder"])
  func `what is not an index is left as it is`(kind: String) throws {
    try withFolder { folder in
      try makeRun("mlp-1", in: folder, events("mlp-1"))
      let path = folder + "/index.sqlite"
      switch kind {
      case "database": try sql("CREATE TABLE mine (x); INSERT INTO mine VALUES ('precious')", path)
      case "run": try FileManager.default.copyItem(atPath: folder + "/mlp-1/run.sqlite", toPath: path)
      case "folder": try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      default: try Data(String(repeating: kind, count: 500).utf8).write(to: URL(filePath: path))
      }
      let before = try? Data(contentsOf: URL(filePath: path))
      let codes = [
        code { _ = try RunIndex(folder: folder) }, code { _ = try RunIndex.rebuilt(in: folder) },
        code { _ = try RunIndex.current(in: folder) },
      ]
      if kind.isEmpty {
        // An empty file is nobody's.
        #expect(codes == [nil, nil, nil])
      } else if kind == "folder" {
        #expect(codes == ["E0701", "E0701", nil])
      } else {
        #expect(codes == ["E0719", "E0719", "E0719"])
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
      }
    }
  }

  @Test(arguments: [
    "UPDATE run_clock SET started_at = 9e999", "UPDATE run_clock SET started_at = -9e999, seconds = 1e300",
    "INSERT INTO cell VALUES (1, 9223372036854775807, 'train', 'm', 'finished')",
    "UPDATE summary SET last_step = 9223372036854775807",
    "UPDATE summary SET best_epoch = -9223372036854775808",
    "UPDATE run SET segment = 9223372036854775807", "UPDATE run SET command = 'no JSON'",
    "DROP TABLE summary", "DROP TABLE environment; CREATE VIEW environment AS SELECT 1 AS run",
    """
    DROP TABLE parameter;
    CREATE TABLE parameter (run INTEGER, number INTEGER, name TEXT, json TEXT, type TEXT, value REAL);
    INSERT INTO parameter VALUES (1, 0, x'FF', 7, 'what', 'a text')
    """,
  ])
  func `a damaged log keeps no other run out and is told`(change: String) throws {
    try withFolder { folder in
      for number in 1...3 { try makeRun("mlp-\(number)", in: folder, events("mlp-\(number)")) }
      _ = try RunIndex(folder: folder)
      try sql(change, folder + "/mlp-2/run.sqlite")
      let index = try #require(try RunIndex.current(in: folder))
      #expect(try index.log.runs(sortedBy: .name).map(\.name).contains("mlp-3"))
      let isReadable = code { _ = try index.log.run(named: "mlp-2") } == nil
      #expect(!isReadable || index.unreadable.isEmpty)
      #expect(
        ["E0702", nil].contains(
          code { try RunStore.read(folder + "/mlp-2/run.sqlite").readAll(of: "mlp-2") }))
      #expect(code { try RunStore.read(folder + "/mlp-2/run.sqlite").readAll(of: "mlp-2") } == "E0702")
    }
  }

  @Test(arguments: [
    "UPDATE steps SET first_step = 9223372036854775807", "UPDATE steps SET epoch = -9223372036854775808",
    "UPDATE weight_digest SET step = 9223372036854775807", "UPDATE point SET step = 9223372036854775807",
    "UPDATE mark SET last = 9223372036854775807",
  ])
  func `a number that cannot be counted on with is damage`(change: String) throws {
    try withFolder { folder in
      let trace = StepTrace(epoch: 1, firstStep: 1, losses: [1], digests: [.init(step: 1, value: .max)])
      try makeRun(
        "mlp-1", in: folder, events("mlp-1") + [.steps(cell: 1, series: "m", trace), .checkpoint(1)])
      #expect(code { _ = try RunStore.read(folder + "/mlp-1/run.sqlite") } == nil)
      try sql(change, folder + "/mlp-1/run.sqlite")
      #expect(code { _ = try RunStore.read(folder + "/mlp-1/run.sqlite") } == "E0702")
      #expect(try RunIndex(folder: folder).log.runs().map(\.name) == ["mlp-1"])
    }
  }

  @Test func `what a killed removal left is in nobody's way`() throws {
    try withFolder { folder in
      for number in 1...2 { try makeRun("mlp-\(number)", in: folder, events("mlp-\(number)")) }
      let index = try RunIndex(folder: folder)
      for number in 1...2 {
        try FileManager.default.createDirectory(
          atPath: "\(folder)/.mlp-\(number).removed/figures", withIntermediateDirectories: true)
        try Data("x".utf8).write(to: URL(filePath: "\(folder)/.mlp-\(number).removed/figures/x"))
      }
      try index.removeFolder("mlp-1")
      _ = try RunIndex.rebuilt(in: folder)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["index.sqlite", "mlp-2"])
    }
  }

  @Test func `a run is removed that the index does not know`() throws {
    try withFolder { folder in
      try makeRun("mlp-1", in: folder, events("mlp-1"))
      let index = try RunIndex(folder: folder)
      try index.remove("mlp-1")
      try index.removeFolder("mlp-1")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["index.sqlite"])
    }
  }

  @Test func `files of killed writers are swept, those of living ones stay`() throws {
    try withFolder { folder in
      try makeRun("mlp-1", in: folder, events("mlp-1"))
      try FileManager.default.createDirectory(
        atPath: folder + "/mlp-1/figures", withIntermediateDirectories: true)
      let dead = [
        "mlp-1/figures/.a.png.4194999-3.part", "mlp-1/.m.h5.4194999-1.part", ".index.html.4194999-1.part",
      ]
      let alive = ["mlp-1/.m.h5.\(getpid())-1.part", "mlp-1/notes.part", "mlp-1/.x.part"]
      for name in dead + alive { try Data().write(to: URL(filePath: "\(folder)/\(name)")) }
      _ = try RunIndex.rebuilt(in: folder)
      #expect(dead.filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)") } == [])
      #expect(alive.filter { !FileManager.default.fileExists(atPath: "\(folder)/\($0)") } == [])
    }
  }

  @Test func `whoever lists runs while the index is rebuilt misses none`() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for number in 1...10 { try makeRun("mlp-\(number)", in: folder, events("mlp-\(number)")) }
    _ = try RunIndex(folder: folder)
    let counts = try await withThrowingTaskGroup(of: [Int].self) { group in
      group.addTask {
        for _ in 0..<10 { _ = try RunIndex.rebuilt(in: folder) }
        return []
      }
      group.addTask { try (0..<30).map { _ in try RunIndex(folder: folder).log.runs().count } }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(Set(counts) == [10])
  }

  @Test func `an index that cannot be written is one in memory`() throws {
    try withFolder { folder in
      for number in 1...2 { try makeRun("mlp-\(number)", in: folder, events("mlp-\(number)")) }
      try FileManager.default.createDirectory(
        atPath: folder + "/index.sqlite", withIntermediateDirectories: true)
      let index = try #require(try RunIndex.current(in: folder))
      #expect(index.unwritable?.code == "E0701")
      #expect(try index.log.runs(sortedBy: .name).map(\.name) == ["mlp-1", "mlp-2"])
    }
  }

  @Test func `what is written of all runs is written again if one changed meanwhile`() throws {
    try withFolder { folder in
      for number in 1...2 { try makeRun("mlp-\(number)", in: folder, events("mlp-\(number)")) }
      let (first, second) = (try RunIndex(folder: folder), try RunIndex(folder: folder))
      var seen: [Int] = []
      try first.settled {
        seen.append(try first.log.count())
        if seen.count == 1 { try second.remove("mlp-1") }
      }
      #expect(seen == [2, 1])
    }
  }

  @Test func `a run that cannot be read keeps no other out`() throws {
    try withFolder { folder in
      try makeRun("mlp-1", in: folder, events("mlp-1"))
      try FileManager.default.createDirectory(atPath: folder + "/mlp-2", withIntermediateDirectories: true)
      try Data("short".utf8).write(to: URL(filePath: folder + "/mlp-2/run.sqlite"))
      let index = try RunIndex(folder: folder)
      #expect(try index.rebuild().map(\.code) == ["E0702"])
      #expect(try index.log.runs().map(\.name) == ["mlp-1"])
    }
  }

  @Test func `a run that is just beginning is no run that cannot be read`() throws {
    try withFolder { folder in
      try makeRun("mlp-1", in: folder, events("mlp-1"))
      try FileManager.default.createDirectory(atPath: folder + "/mlp-2", withIntermediateDirectories: true)
      try Data().write(to: URL(filePath: folder + "/mlp-2/run.sqlite"))
      let index = try #require(try RunIndex.current(in: folder))
      #expect(index.unreadable.isEmpty)
      #expect(try index.log.runs().map(\.name) == ["mlp-1"])
    }
  }

  @Test func `a removed run is forgotten with all that belongs to it`() throws {
    try withFolder { folder in
      try makeRun("mlp-1", in: folder, events("mlp-1"))
      let index = try RunIndex(folder: folder)
      try index.remove("mlp-1")
      #expect(try index.log.runs() == [])
      #expect(code { try index.remove("mlp-1") } == "E0706")
      #expect(code { _ = try index.log.metrics(of: "mlp-1") } == "E0706")
    }
  }

  @Test func `two writers get along`() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for number in 1...20 { try makeRun("mlp-\(number)", in: folder, events("mlp-\(number)")) }
    try FileManager.default.removeItem(atPath: folder + "/mlp-1")
    _ = try RunIndex(folder: folder)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<2 {
        group.addTask {
          let index = try RunIndex(folder: folder)
          for number in 2...20 where number % 2 == writer {
            try index.update(with: "\(folder)/mlp-\(number)")
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try RunIndex(folder: folder).log.runs().count == 19)
  }
}

@Suite struct RunOrderTests {
  private func names(_ order: RunOrder, limit: Int? = nil) throws -> [String] {
    let store = try RunStore(inMemoryFor: .current())
    try store.append(events("mlp-1", startedAt: 30, rate: "0.1", loss: [3, 2, 2]))
    try store.append(events("mlp-10", startedAt: 20, rate: "\"auto\"", loss: [1, 5]))
    try store.append(events("mlp-2", startedAt: 10, rate: "0.01", loss: []))
    return try store.log.runs(sortedBy: order, limit: limit).map(\.name)
  }

  @Test func `the newest first`() throws { #expect(try names(.started) == ["mlp-1", "mlp-10", "mlp-2"]) }
  @Test func `numbers of names count`() throws { #expect(try names(.name) == ["mlp-1", "mlp-2", "mlp-10"]) }
  @Test func `the quickest first`() throws { #expect(try names(.seconds) == ["mlp-2", "mlp-10", "mlp-1"]) }
  @Test func `the best first, without it last`() throws {
    #expect(try names(.best(metric: "loss")) == ["mlp-10", "mlp-1", "mlp-2"])
  }
  @Test func `the last value is another order`() throws {
    #expect(try names(.last(metric: "loss")) == ["mlp-1", "mlp-10", "mlp-2"])
  }
  @Test func `numbers before texts`() throws {
    #expect(try names(.parameter("rate")) == ["mlp-2", "mlp-1", "mlp-10"])
  }
  @Test func `a limit cuts after sorting`() throws {
    #expect(try names(.name, limit: 2) == ["mlp-1", "mlp-2"])
  }
}
