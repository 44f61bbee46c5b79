import Diagnostics
import Foundation
import GRDB
import RunEvents
import RunLog
import Testing

/// Runs that belong to another run, or to a sweep.
@Suite struct ParentTests {
  private func start(_ name: String, of parent: String?) -> RunEvent {
    var record = record(name)
    record.parent = parent
    return .runStarted(record)
  }

  @Test func `a run keeps its parent`() throws {
    let store = try RunStore(inMemoryFor: .current())
    try store.append([start("mlp-1", of: "sweep-1")])
    try store.append([start("mlp-2", of: nil)])
    #expect(try store.log.run(named: "mlp-1").record.parent == "sweep-1")
    #expect(try store.log.run(named: "mlp-2").record.parent == nil)
    #expect(try store.log.runs(sortedBy: .name).map(\.parent) == ["sweep-1", nil])
  }

  @Test(arguments: [
    ("parent = 'sweep-1'", ["mlp-1"]), ("parent = null", ["mlp-2"]),
    ("parent != sweep-1", ["mlp-2", "mlp-3"]),
    ("parent like 'sweep-%'", ["mlp-1", "mlp-3"]), ("parent = mlp-1", []),
  ]) func `runs are picked by their parent`(filter: String, names: [String]) throws {
    let store = try RunStore(inMemoryFor: .current())
    for (name, parent) in [("mlp-1", "sweep-1"), ("mlp-2", nil), ("mlp-3", "sweep-2")] {
      try store.append([start(name, of: parent)])
    }
    #expect(try store.log.runs(where: RunFilter(filter), sortedBy: .name).map(\.name) == names)
  }

  @Test func `an index has the parents of runs, and follows when a run is taken in again`() throws {
    try withFolder { folder in
      try makeRun("mlp-1", in: folder, [start("mlp-1", of: "sweep-1")])
      let index = try RunIndex(folder: folder)
      try index.update(with: folder + "/mlp-1")
      #expect(try index.log.runs().map(\.parent) == ["sweep-1"])
      try FileManager.default.removeItem(atPath: folder + "/mlp-1")
      try makeRun("mlp-1", in: folder, [start("mlp-1", of: nil)])
      try index.update(with: folder + "/mlp-1")
      #expect(try index.log.runs().map(\.parent) == [nil])
    }
  }

  /// As a version of the program left it that knew no parents.
  private func makeOldRun(_ name: String, in folder: String) throws {
    try makeRun(name, in: folder, events(name))
    try sql("DROP TABLE lineage; PRAGMA user_version = 4", "\(folder)/\(name)/run.sqlite")
  }

  @Test func `a log of before there were parents is read as it is`() throws {
    try withFolder { folder in
      try makeOldRun("mlp-1", in: folder)
      let path = folder + "/mlp-1/run.sqlite"
      let before = try Data(contentsOf: URL(filePath: path))
      let log = try RunStore.read(path)
      try log.checkIntegrity()
      #expect(try log.run(named: "mlp-1").record.parent == nil)
      #expect(try log.runs(where: RunFilter("parent = null")).map(\.name) == ["mlp-1"])
      #expect(try RunIndex(folder: folder).log.runs().map(\.name) == ["mlp-1"])
      #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }
  }

  @Test func `an old log that is written to gets the new table and keeps its run`() throws {
    try withFolder { folder in
      try makeOldRun("mlp-1", in: folder)
      let path = folder + "/mlp-1/run.sqlite"
      let whole = try RunStore.read(path).run(named: "mlp-1")
      try RunStore.annotate("mlp-1", at: path, tag: "new")
      var found = try RunStore.read(path).run(named: "mlp-1")
      #expect(found.record.tag == "new")
      found.record.tag = whole.record.tag
      #expect(found == whole)
      try RunStore.read(path).checkIntegrity()
      let queue = try DatabaseQueue(path: path)
      #expect(try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 5)
    }
  }

  @Test func `an index of before there were parents is kept and takes them in`() throws {
    try withFolder { folder in
      try makeOldRun("mlp-1", in: folder)
      _ = try RunIndex(folder: folder)
      try sql("DROP TABLE lineage; PRAGMA user_version = 4", folder + "/index.sqlite")
      try makeRun("mlp-2", in: folder, [start("mlp-2", of: "sweep-1")])
      let runs = try RunIndex.current(in: folder)?.log.runs(sortedBy: .name)
      #expect(runs?.map(\.name) == ["mlp-1", "mlp-2"])
      #expect(runs?.map(\.parent) == [nil, "sweep-1"])
    }
  }
}
