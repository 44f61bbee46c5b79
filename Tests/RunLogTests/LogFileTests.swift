import Diagnostics
import Foundation
import GRDB
import RunEvents
import RunLog
import Testing

/// What may be wrong with the file a log is in.
@Suite struct LogFileTests {
  private func open(_ path: String) -> String? { code { _ = try RunStore(path: path, process: .current()) } }
  private func read(_ path: String) -> String? { code { _ = try RunStore.read(path).runs() } }

  @Test func `a folder that is not there is told`() {
    #expect(open("/nowhere/at/all/run.sqlite") == "E0701")
    #expect(read("/nowhere/at/all/run.sqlite") == "E0701")
  }

  @Test func `a text file is not a log`() throws {
    try withFolder { folder in
      let path = folder + "/run.sqlite"
      try Data(String(repeating: "not a database. ", count: 100).utf8).write(to: URL(filePath: path))
      #expect(open(path) == "E0702")
      #expect(read(path) == "E0702")
    }
  }

  @Test func `a database of another program is not touched`() throws {
    try withFolder { folder in
      let path = folder + "/run.sqlite"
      let queue = try DatabaseQueue(path: path)
      try queue.write { try $0.execute(sql: "CREATE TABLE theirs (x)") }
      try queue.close()
      let before = try Data(contentsOf: URL(filePath: path))
      #expect(open(path) == "E0702")
      #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }
  }

  @Test func `a newer log is refused`() throws {
    try withFolder { folder in
      try makeRun("mlp-1", in: folder, events("mlp-1"))
      let path = folder + "/mlp-1/run.sqlite"
      let queue = try DatabaseQueue(path: path)
      try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 99") }
      try queue.close()
      #expect(open(path) == "E0703")
      #expect(read(path) == "E0703")
    }
  }

  @Test func `a log that is opened again keeps its runs`() throws {
    try withFolder { folder in
      try makeRun("mlp-1", in: folder, events("mlp-1"))
      let store = try RunStore(path: folder + "/mlp-1/run.sqlite", process: .current())
      #expect(try store.log.runs().map(\.name) == ["mlp-1"])
    }
  }

  @Test(arguments: 0..<40)
  func `a damaged log is read or refused`(seed: Int) throws {
    try withFolder { folder in
      try makeRun("mlp-1", in: folder, events("mlp-1", loss: (0..<500).map { 1 / Double($0 + 1) }))
      let path = folder + "/mlp-1/run.sqlite"
      var bytes = try Data(contentsOf: URL(filePath: path))
      var random = UInt64(seed)
      for _ in 0..<50 {
        random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes[Int((random >> 20) % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random >> 56)
      }
      if seed % 2 == 0 { bytes.removeLast(bytes.count / (seed + 2)) }
      try bytes.write(to: URL(filePath: path))
      let codes = [
        read(path), code { _ = try RunStore.read(path).metrics(of: "mlp-1") },
        code { try RunStore.read(path).readAll(of: "mlp-1") },
      ]
      #expect(codes.allSatisfy { $0 == nil || $0?.hasPrefix("E07") == true }, "\(codes)")
    }
  }

  @Test func `what was logged stays readable when the disk is full`() throws {
    try withFolder { folder in
      let store = try RunStore(path: folder + "/run.sqlite", process: .current())
      try store.append([.runStarted(record()), point("loss", 1, epoch: 1, step: 1)])
      try store.limitForTesting(pages: 60)
      let flood = (0..<20_000).map { point("loss", Double($0), epoch: $0, step: $0) }
      #expect(code { try store.append(flood) } == "E0704")
      #expect(try RunStore.read(folder + "/run.sqlite").metrics(of: "mlp-1")[0].points.count == 1)
    }
  }

  @Test func `a run that another process is writing can be read`() throws {
    try withFolder { folder in
      let store = try RunStore(path: folder + "/run.sqlite", process: .current())
      try store.append([.runStarted(record()), point("loss", 1, epoch: 1, step: 1)])
      #expect(try RunStore.read(folder + "/run.sqlite").runs().map(\.status) == [.running])
    }
  }

  @Test func `what a killed run logged can be read`() throws {
    try withFolder { folder in
      let store = try RunStore(path: folder + "/run.sqlite", process: .current())
      try store.append([.runStarted(record()), point("loss", 1, epoch: 1, step: 1)])
      // The files as they lie on the disk of a run that never closes them.
      try FileManager.default.createDirectory(atPath: folder + "/killed", withIntermediateDirectories: true)
      for name in ["run.sqlite", "run.sqlite-wal"] {
        try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(folder)/killed/\(name)")
      }
      #expect(try RunStore.read(folder + "/killed/run.sqlite").metrics(of: "mlp-1")[0].points.count == 1)
    }
  }

  @Test func `every table of a new log is strict`() throws {
    try withFolder { folder in
      try makeRun("mlp-1", in: folder, events("mlp-1"))
      let queue = try DatabaseQueue(path: folder + "/mlp-1/run.sqlite")
      let sql =
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%'"
      #expect(try queue.read { try String.fetchAll($0, sql: sql) } == [])
      #expect(try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 5)
    }
  }

  @Test func `an empty file becomes a log when opened for writing and is none when read`() throws {
    try withFolder { folder in
      try Data().write(to: URL(filePath: folder + "/run.sqlite"))
      #expect(read(folder + "/run.sqlite") == "E0702")
      #expect(open(folder + "/run.sqlite") == nil)
      #expect(read(folder + "/run.sqlite") == nil)
    }
  }

  @Test func `a log in a folder that may not be written to can be read`() throws {
    try withFolder { folder in
      try makeRun("mlp-1", in: folder, events("mlp-1"))
      try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder + "/mlp-1")
      defer {
        try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder + "/mlp-1")
      }
      #expect(try RunStore.read(folder + "/mlp-1/run.sqlite").runs().count == 1)
    }
  }
}

@Suite struct ProcessIdentityTests {
  private func status(_ change: (inout ProcessIdentity) -> Void) throws -> RunStatus {
    var process = ProcessIdentity.current()
    change(&process)
    return try withFolder { folder in
      let store = try RunStore(path: folder + "/run.sqlite", process: process)
      try store.append([.runStarted(record()), .cellStarted(index: 1, keyword: "train", name: "mlp")])
      let log = try RunStore.read(folder + "/run.sqlite", observer: .current())
      let run = try log.run(named: "mlp-1")
      #expect(run.cells[0].status == run.status)
      #expect(try log.runs()[0].status == run.status)
      return run.status
    }
  }

  @Test func `a living run is running`() throws { #expect(try status { _ in } == .running) }

  @Test func `a run whose process is gone is interrupted`() throws {
    #expect(try status { $0.pid = 4_194_305 } == .interrupted)
  }

  @Test func `a run whose number another process has is interrupted`() throws {
    #expect(try status { $0.startTicks += 1 } == .interrupted)
  }

  @Test func `a run from before the machine was started is interrupted`() throws {
    #expect(try status { $0.bootID = "another" } == .interrupted)
  }

  @Test func `a run on another machine may be running`() throws {
    #expect(
      try status {
        $0.host = "elsewhere"
        $0.pid = 4_194_305
      } == .running)
  }
}
