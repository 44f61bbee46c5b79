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
    let isNew = !FileManager.default.fileExists(atPath: folder + "/index.sqlite")
    let opened = try Self.open(folder + "/index.sqlite", observer)
    (self.folder, log) = (folder, opened.log)
    if isNew || opened.wasDamaged { try refresh() }
  }

  /// Makes the index of a reports folder anew from its run folders.
  /// - Returns: the index, and what kept single runs out of it.
  /// - Throws: E0701, E0703, E0704, E0705.
  public static func rebuilt(in folder: String) throws(Diagnostic) -> (
    index: RunIndex, complaints: [Diagnostic]
  ) {
    let index = RunIndex(folder: folder, log: try open(folder + "/index.sqlite", .current()).log)
    return (index, try index.rebuild())
  }

  private init(folder: String, log: LogDatabase) { (self.folder, self.log) = (folder, log) }

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

  /// Replaces everything by what the run folders hold now.
  /// - Returns: what kept single runs out of it.
  @discardableResult
  public func rebuild() throws(Diagnostic) -> [Diagnostic] {
    try log.write { db in try db.execute(sql: "DELETE FROM run") }
    return try refresh()
  }

  /// Takes in what changed in the run folders since it was last looked at.
  /// - Returns: what kept single runs out of it.
  /// - Throws: E0701, E0703, E0704, E0705.
  @discardableResult
  public func refresh() throws(Diagnostic) -> [Diagnostic] {
    let known = try stamps()
    let names = RunFolder.names(in: folder)
    let found = Set(names)
    let gone = known.keys.filter { !found.contains($0) }.sorted()
    if !gone.isEmpty {
      try log.write { db in
        for name in gone { try db.execute(sql: "DELETE FROM run WHERE name = ?", arguments: [name]) }
      }
    }
    var bag = DiagnosticBag()
    var copies: [RunCopy] = []
    for name in names {
      let path = "\(folder)/\(name)/run.sqlite"
      let stamp = RunCopy.stamp(of: path)
      if known[name] == stamp { continue }
      let copy = bag.collect { () throws(Diagnostic) in
        try RunCopy(of: path, stamp: stamp, observer: log.observer)
      }
      if let copy { copies.append(copy) }
      // The lock is held for a moment at a time, and little is held in memory.
      if copies.count == Self.atOnce { try insert(&copies) }
    }
    try insert(&copies)
    return bag.all
  }

  /// Runs that are taken in in one transaction.
  private static let atOnce = 250

  private func insert(_ copies: inout [RunCopy]) throws(Diagnostic) {
    guard !copies.isEmpty else { return }
    let all = copies
    try log.write { db in for copy in all { try copy.insert(into: db) } }
    copies = []
  }

  /// What each run's log was when it was read; nothing for runs that were under way, which change without a sign.
  private func stamps() throws(Diagnostic) -> [String: String] {
    try log.read { db in
      let rows = try Row.fetchCursor(
        db,
        sql:
          "SELECT name, iif(status = 'running', '', coalesce(stamp, '')) FROM run LEFT JOIN taken_in ON run = id"
      )
      var stamps: [String: String] = [:]
      while let row = try rows.next() { stamps[row[0]] = row[1] as String }
      return stamps
    }
  }

  /// The index of a reports folder, up to date; `nil` where there are no runs, and nothing is written then.
  /// - Throws: E0701, E0703, E0704, E0705.
  public static func current(in folder: String) throws(Diagnostic) -> RunIndex? {
    guard !RunFolder.names(in: folder).isEmpty else { return nil }
    let index = try RunIndex(folder: folder)
    try index.refresh()
    return index
  }

  /// Takes in one run, or replaces what was known of it.
  /// - Throws: E0701 to E0705 if the run's log cannot be read or the index not written.
  public func update(with runFolder: String) throws(Diagnostic) {
    let path = runFolder + "/run.sqlite"
    var copies = [try RunCopy(of: path, stamp: RunCopy.stamp(of: path), observer: log.observer)]
    try insert(&copies)
  }

  /// Removes a run with its folder.
  /// - Throws: E0718 if the folder cannot be removed.
  public func removeFolder(_ name: String) throws(Diagnostic) {
    let path = "\(folder)/\(name)"
    // Hidden first: nobody should see half a run, and one that is half gone is no run any more.
    let hidden = "\(folder)/.\(name).removed"
    guard rename(path, hidden) == 0 else { throw .cannotRemove(path, String(cString: strerror(errno))) }
    try remove(name)
    do { try FileManager.default.removeItem(atPath: hidden) } catch {
      throw .cannotRemove(hidden, "\(error)")
    }
  }

  /// Forgets a run whose folder was removed.
  /// - Throws: E0706 if there is none of that name.
  public func remove(_ name: String) throws(Diagnostic) {
    try log.write { db in
      try db.execute(sql: "DELETE FROM run WHERE name = ?", arguments: [name])
      guard db.changesCount > 0 else { throw Diagnostic.noSuchRun(name, in: log.path) }
    }
  }
}

extension Diagnostic {
  /// E0718: the folder of a run that cannot be removed.
  fileprivate static func cannotRemove(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic("E0718", "cannot remove '\(path)': \(reason)", help: "check who owns the folder and its files")
  }
}
