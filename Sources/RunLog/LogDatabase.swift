import Diagnostics
import GRDB

/// A log in SQLite, with one run or many; reading is in ``LogDatabase`` itself, writing in ``RunStore`` and
/// ``RunIndex``.
public struct LogDatabase: Sendable {
  /// The file, for messages.
  public let path: String
  /// Whose view decides whether a run's process still lives.
  let observer: ProcessIdentity
  private let queue: DatabaseQueue

  enum Access {
    case readOnly, readWrite, memory
    /// The log of a run, in WAL mode from its first table on.
    case run
  }

  init(_ path: String, _ access: Access, observer: ProcessIdentity) throws(Diagnostic) {
    self.path = path
    self.observer = observer
    do {
      var configuration = Configuration()
      configuration.readonly = access == .readOnly
      // Writers wait for each other: an update of the index takes milliseconds.
      configuration.busyMode = .timeout(20)
      configuration.label = "runexp log"
      configuration.prepareDatabase { $0.add(function: LogSchema.hasEnded(seenFrom: observer)) }
      queue =
        access == .memory
        ? try DatabaseQueue(named: nil, configuration: configuration)
        : try DatabaseQueue(path: path, configuration: configuration)
      if access == .readOnly {
        let version = try queue.read { try LogSchema.check($0, path: path) }
        guard version > 0 else { throw Diagnostic.emptyLog(path) }
      } else {
        // Somebody who only looks should not have to wait for a writer.
        let version = try queue.read { try LogSchema.check($0, path: path) }
        if version < LogSchema.migrations.count {
          if access == .run {
            try queue.writeWithoutTransaction {
              try $0.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
            }
          }
          try queue.write { try LogSchema.migrate($0, path: path) }
        }
      }
    } catch {
      throw .log(error, path)
    }
  }

  func read<T>(_ body: (Database) throws -> T) throws(Diagnostic) -> T {
    do { return try queue.read(body) } catch { throw .log(error, path) }
  }

  /// Runs `body` in one transaction: all of it is logged, or nothing.
  func write<T>(_ body: (Database) throws -> T) throws(Diagnostic) -> T {
    do { return try queue.write(body) } catch { throw .log(error, path) }
  }

  /// Runs a statement that may not stand in a transaction.
  func pragma(_ sql: String) throws(Diagnostic) {
    do {
      try queue.writeWithoutTransaction { db in try db.execute(sql: sql) }
    } catch {
      throw .log(error, path)
    }
  }

  func close() throws(Diagnostic) {
    do { try queue.close() } catch { throw .log(error, path) }
  }
}
