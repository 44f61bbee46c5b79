public import Diagnostics
public import RunEvents
import Foundation
import GRDB

/// The log of one run, `run.sqlite`: the truth about it.
///
/// While the run writes, the log is in WAL mode: readers never make the writer wait, and a killed run loses at most the
/// epoch it was in. ``close()`` folds everything into the one file, which can then be copied and read anywhere.
public struct RunStore: Sendable {
  /// Reading: what the run has logged so far.
  public let log: LogDatabase
  private let process: ProcessIdentity

  /// Opens the log at `path` for writing; makes it if there is none, and brings an old one to this version.
  /// - Throws: E0701 where it cannot be written, E0702 if the file is something else or damaged, E0703 if it is newer.
  public init(path: String, process: ProcessIdentity) throws(Diagnostic) {
    log = try LogDatabase(path, .run, observer: process)
    self.process = process
    // Where shared memory is missing (some network file systems) SQLite keeps its usual journal, which is as safe.
    try Self.patiently { () throws(Diagnostic) in try log.pragma("PRAGMA journal_mode = WAL") }
    try log.pragma("PRAGMA synchronous = NORMAL")
  }

  /// Makes a copy of a log another run's, so quickly that a crash may damage it: for benchmarks with thousands of runs.
  package static func rename(unsafely path: String, to name: String, seed: UInt64) throws(Diagnostic) {
    let log = try LogDatabase(path, .readWrite, observer: .current())
    try log.pragma("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY")
    try log.write { db in
      try db.execute(sql: "UPDATE run SET name = ?, seed = ?", arguments: [name, String(seed)])
    }
    try log.close()
  }

  /// A log that is gone with its last user.
  public init(inMemoryFor process: ProcessIdentity) throws(Diagnostic) {
    log = try LogDatabase(":memory:", .memory, observer: process)
    self.process = process
  }

  /// Opens the log of a run for reading alone.
  /// - Throws: E0701 if there is none, E0702 if it is something else or damaged, E0703 if it is newer.
  public static func read(_ path: String, observer: ProcessIdentity = .current()) throws(Diagnostic)
    -> LogDatabase
  {
    try read(path, tables: nil, observer: observer)
  }

  /// The same for who reads only some of its tables.
  static func read(
    _ path: String, tables: [String]?, observer: ProcessIdentity
  ) throws(Diagnostic) -> LogDatabase {
    let log = try LogDatabase(path, .readOnly, observer: observer)
    try log.checkContent(of: tables)
    return log
  }

  /// Changes the tag or the note of a run in its log, also while it is under way.
  /// - Parameters:
  ///   - tag: `.some(nil)` takes it away, `nil` leaves it as it is.
  ///   - note: likewise.
  /// - Throws: E0701 to E0706.
  public static func annotate(_ run: String, at path: String, tag: String?? = nil, note: String?? = nil)
    throws(Diagnostic)
  {
    let log = try LogDatabase(path, .readWrite, observer: .current())
    try log.write { db in
      for (column, value) in [("tag", tag), ("note", note)] {
        guard let value else { continue }
        try db.execute(sql: "UPDATE run SET \(column) = ? WHERE name = ?", arguments: [value, run])
        guard db.changesCount > 0 else { throw Diagnostic.noSuchRun(run, in: path) }
      }
    }
    try log.close()
  }

  /// Writes events in one transaction: all of them, or none and the reason.
  ///
  /// The first must be `runStarted`, or `runResumed` for a run that is in the log already. Progress is not logged.
  /// - Throws: E0701 to E0706.
  public func append(_ events: [RunEvent]) throws(Diagnostic) {
    try log.write { db in
      for event in events {
        switch event {
        case .runStarted(let record): _ = try RunWriter.begin(record, process, in: db)
        case .runResumed(_, let checkpoint): try writer(db).resume(process, from: checkpoint)
        default: try writer(db).write(event)
        }
      }
    }
  }

  /// Puts what was written on the disk, so that not even a power failure takes it back.
  public func sync() throws(Diagnostic) {
    try log.pragma("PRAGMA wal_checkpoint(PASSIVE)")
  }

  /// Folds everything into one file and closes it.
  /// - Throws: E0701 to E0705; nothing is lost then, but a file ending in `-wal` belongs to the log.
  public func close() throws(Diagnostic) {
    try Self.patiently { () throws(Diagnostic) in try log.pragma("PRAGMA journal_mode = DELETE") }
    try log.close()
  }

  /// Copies a log into a folder as one file, whatever state its last writer left it in.
  /// - Returns: where the copy is.
  /// - Throws: E0701 to E0705.
  public static func copy(_ path: String, into folder: String) throws(Diagnostic) -> String {
    let copy = RunFolder.log(in: folder)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for ending in ["", "-wal"] where FileManager.default.fileExists(atPath: path + ending) {
        try FileManager.default.copyItem(atPath: path + ending, toPath: copy + ending)
      }
    } catch {
      throw .cannotUseLog(path, Leftovers.systemReason(of: error).lowercased())
    }
    guard FileManager.default.fileExists(atPath: copy + "-wal") else { return copy }
    try RunStore(path: copy, process: .current()).close()
    return copy
  }

  /// SQLite does not wait for others when it changes the journal, and a list of runs being made reads this one.
  private static func patiently(_ change: () throws(Diagnostic) -> Void) throws(Diagnostic) {
    for _ in 0..<500 {
      do {
        return try change()
      } catch {
        guard error.code == "E0705" else { throw error }
        usleep(10_000)
      }
    }
    try change()
  }

  /// Makes the log full after so many pages: the way to a full disk that a test can take.
  package func limitForTesting(pages: Int) throws(Diagnostic) {
    try log.pragma("PRAGMA max_page_count = \(pages)")
  }

  private func writer(_ db: Database) throws -> RunWriter {
    guard let run = try Int64.fetchOne(db, sql: "SELECT max(id) FROM run") else {
      throw Diagnostic.noSuchRun("", in: log.path)
    }
    return RunWriter(db: db, run: run)
  }
}
