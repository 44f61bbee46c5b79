public import Diagnostics
import Foundation
import GRDB
import RunEvents

/// All runs of a reports folder in one database, `index.sqlite`.
///
/// It holds nothing that the run folders do not: it can be deleted at any time, and one that is damaged is replaced.
/// Several processes may update it at once; each update is one transaction.
public struct RunIndex: Sendable {
  /// Reading: `runs`, `run(named:)`, ….
  public let log: LogDatabase
  private let folder: String

  /// Opens the index of a reports folder; makes it from the run folders if there is none or it is damaged.
  /// - Throws: E0701 where it cannot be written, E0703 if it is of a newer version, E0704, E0705.
  public init(folder: String, observer: ProcessIdentity = .current()) throws(Diagnostic) {
    let path = folder + "/index.sqlite"
    let isNew = !FileManager.default.fileExists(atPath: path)
    let opened = try Self.open(path, observer)
    self.folder = folder
    log = opened.log
    if isNew || opened.wasDamaged { try rebuild() }
  }

  private static func open(
    _ path: String, _ observer: ProcessIdentity
  ) throws(Diagnostic) -> (log: LogDatabase, wasDamaged: Bool) {
    do throws(Diagnostic) {
      return (try LogDatabase(path, .readWrite, observer: observer), false)
    } catch {
      guard error.code == "E0702" else { throw error }
      for file in [path, path + "-journal"] { unlink(file) }
      return (try LogDatabase(path, .readWrite, observer: observer), true)
    }
  }

  /// Makes the index of `folder` anew from its run folders.
  /// - Returns: what kept single runs out of it.
  /// - Throws: E0701, E0703, E0704, E0705.
  public static func rebuild(_ folder: String) throws(Diagnostic) -> [Diagnostic] {
    try RunIndex(folder: folder).rebuild()
  }

  /// Replaces everything by what the run folders hold now, in one transaction.
  /// - Returns: what kept single runs out of it.
  @discardableResult
  public func rebuild() throws(Diagnostic) -> [Diagnostic] {
    var bag = DiagnosticBag()
    let copies = runFolders().compactMap { folder in
      bag.collect { () throws(Diagnostic) in try RunCopy(of: folder + "/run.sqlite", observer: log.observer) }
    }
    try log.write { db in
      try db.execute(sql: "DELETE FROM run")
      for copy in copies { try copy.insert(into: db) }
    }
    return bag.all
  }

  /// Takes in what changed in the run folders since the index was last written.
  /// - Returns: what kept single runs out of it.
  /// - Throws: E0701, E0703, E0704, E0705.
  @discardableResult
  public func refresh() throws(Diagnostic) -> [Diagnostic] {
    let known = try log.runs()
    let running = Set(known.filter { $0.status == .running }.map(\.name))
    let (folders, written) = (runFolders(), Self.modified(log.path))
    let names = folders.map { URL(fileURLWithPath: $0).lastPathComponent }
    guard Set(known.map(\.name)).isSubset(of: names) else { return try rebuild() }
    var bag = DiagnosticBag()
    for (folder, name) in zip(folders, names) {
      let isKnown = known.contains { $0.name == name } && !running.contains(name)
      if isKnown && Self.modified(folder + "/run.sqlite") < written { continue }
      _ = bag.collect { () throws(Diagnostic) in try update(with: folder) }
    }
    return bag.all
  }

  /// The index of a reports folder, up to date; `nil` where there are no runs, and nothing is written then.
  /// - Throws: E0701, E0703, E0704, E0705.
  public static func current(in folder: String) throws(Diagnostic) -> RunIndex? {
    guard !runFolders(in: folder).isEmpty else { return nil }
    let index = try RunIndex(folder: folder)
    try index.refresh()
    return index
  }

  private static func modified(_ path: String) -> Date {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return attributes?[.modificationDate] as? Date ?? .distantFuture
  }

  /// Takes in one run, or replaces what was known of it.
  /// - Throws: E0701 to E0705 if the run's log cannot be read or the index not written.
  public func update(with runFolder: String) throws(Diagnostic) {
    let copy = try RunCopy(of: runFolder + "/run.sqlite", observer: log.observer)
    try log.write { db in try copy.insert(into: db) }
  }

  /// Forgets a run whose folder was removed.
  /// - Throws: E0706 if there is none of that name.
  public func remove(_ name: String) throws(Diagnostic) {
    try log.write { db in
      try db.execute(sql: "DELETE FROM run WHERE name = ?", arguments: [name])
      guard db.changesCount > 0 else { throw Diagnostic.noSuchRun(name, in: log.path) }
    }
  }

  private func runFolders() -> [String] { Self.runFolders(in: folder) }

  private static func runFolders(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().map { folder + "/" + $0 }.filter {
      FileManager.default.fileExists(atPath: $0 + "/run.sqlite")
    }
  }
}

/// All rows of the runs of one log, of one moment.
private struct RunCopy {
  private var runs: [Row]
  private var tables: [(name: String, rows: [Row])]

  init(of path: String, observer: ProcessIdentity) throws(Diagnostic) {
    let source = try RunStore.read(path, observer: observer)
    (runs, tables) = try source.read { db in
      (
        try Row.fetchAll(db, sql: "SELECT * FROM run"),
        try LogSchema.tables.map { table in
          // Points have no number of their own: their order is that of their insertion.
          let order = table == "point" ? "rowid" : "1, 2"
          return (table, try Row.fetchAll(db, sql: "SELECT * FROM \(table) ORDER BY \(order)"))
        }
      )
    }
    try source.close()
  }

  func insert(into db: Database) throws {
    for run in runs {
      let old: Int64 = run["id"]
      try db.execute(sql: "DELETE FROM run WHERE name = ?", arguments: [run["name"] as String])
      try insert(run, replacingFirst: nil, into: "run", db)
      let new = db.lastInsertedRowID
      for (table, rows) in tables {
        for row in rows where row[0] == old { try insert(row, replacingFirst: new, into: table, db) }
      }
    }
  }

  /// The first column is the number of the run, which is another one here.
  private func insert(_ row: Row, replacingFirst id: Int64?, into table: String, _ db: Database) throws {
    let names = row.columnNames.joined(separator: ", ")
    let marks = Array(repeating: "?", count: row.count).joined(separator: ", ")
    let values: [DatabaseValue] = [id?.databaseValue ?? .null] + row.databaseValues.dropFirst()
    try db.cachedStatement(sql: "INSERT INTO \(table) (\(names)) VALUES (\(marks))")
      .execute(arguments: StatementArguments(values))
  }
}
