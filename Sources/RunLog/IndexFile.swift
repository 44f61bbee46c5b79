import Diagnostics
import Foundation
import GRDB

/// The file of an index: whose it is, which is asked before anything is put in its place.
enum IndexFile {
  /// What is in `index.sqlite`, seen from the outside.
  private enum Owner {
    case nobody
    case runexp
    case others(String)
  }

  /// Opens an index; one that is damaged is made anew, but nothing is removed that was not made here.
  /// - Returns: the index, and whether it was replaced.
  /// - Throws: E0701, E0703 to E0705, E0719 for what is no index of this program.
  static func open(
    _ path: String, observer: ProcessIdentity
  ) throws(Diagnostic) -> (log: LogDatabase, wasReplaced: Bool) {
    do throws(Diagnostic) {
      let log = try LogDatabase(path, .readWrite, observer: observer)
      try check(log)
      return (log, false)
    } catch {
      guard error.code == "E0702" else { throw error }
      try remove(path)
      return (try LogDatabase(path, .readWrite, observer: observer), true)
    }
  }

  /// Reads every page of an index and makes it anew if one is damaged.
  /// - Throws: E0701, E0703 to E0705, E0719.
  static func openWhole(_ path: String, observer: ProcessIdentity) throws(Diagnostic) -> LogDatabase {
    let (log, _) = try open(path, observer: observer)
    do throws(Diagnostic) {
      try log.checkIntegrity()
      return log
    } catch {
      guard error.code == "E0702" else { throw error }
      try log.close()
      try remove(path)
      return try LogDatabase(path, .readWrite, observer: observer)
    }
  }

  /// Takes a damaged index away.
  /// - Throws: E0719 if it is not an index of this program.
  static func remove(_ path: String) throws(Diagnostic) {
    if case .others(let reason) = owner(of: path) { throw .foreignIndex(path, reason) }
    for file in [path, path + "-journal"] { unlink(file) }
  }

  /// An index has no points: a run's log in its place would lose its run.
  private static func check(_ log: LogDatabase) throws(Diagnostic) {
    let isRun = try log.read { db in
      guard try LogSchema.isIntact(db, version: LogSchema.migrations.count) else {
        throw Diagnostic.notALog(log.path, "its tables are not those of a log")
      }
      return try Bool.fetchOne(
        db,
        sql:
          "SELECT EXISTS (SELECT * FROM point) OR EXISTS (SELECT * FROM steps) OR EXISTS (SELECT * FROM mark)"
      )
    }
    if isRun == true { throw .foreignIndex(log.path, "it is the log of a run") }
  }

  /// The mark that every log has in its first bytes, also when the rest is damaged.
  private static func owner(of path: String) -> Owner {
    let descriptor = Foundation.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      return errno == ENOENT ? .nobody : .others("it cannot be read")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return .others("it is not a file")
    }
    if status.st_size == 0 { return .nobody }
    var header = [UInt8](repeating: 0, count: 72)
    guard pread(descriptor, &header, header.count, 0) == header.count,
      header.starts(with: "SQLite format 3\0".utf8)
    else { return .others("it is not a database") }
    let mark = header[68...].reduce(0) { $0 << 8 | Int($1) }
    return mark == LogSchema.applicationID ? .runexp : .others("it is a database of another program")
  }
}

extension Diagnostic {
  /// E0719: something of somebody else in the place of the index.
  fileprivate static func foreignIndex(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      "E0719", "'\(path)' is not the index of runs: \(reason)",
      help: "it was left as it is; move it away, or choose another folder with --reports")
  }
}
