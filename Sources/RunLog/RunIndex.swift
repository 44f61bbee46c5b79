public import Diagnostics
import Foundation
import GRDB
import RunEvents

/// All runs of a reports folder in one database, `index.sqlite`.
///
/// It holds nothing that the run folders do not: it can be deleted at any time, and one that is damaged is replaced.
/// Several processes may update it at once; each update is one transaction.
public struct RunIndex: Sendable {
  /// A run that is not in the index, and why.
  public struct UnreadableRun: Sendable {
    public let name: String
    public let reason: Diagnostic
  }

  /// Reading: `runs`, `run(named:)`, ….
  public let log: LogDatabase
  /// Runs whose logs could not be read when this was brought up to date.
  public private(set) var unreadable: [UnreadableRun] = []
  /// Why the index is in memory alone, where its file cannot be written.
  public private(set) var unwritable: Diagnostic?
  private let folder: String

  /// Opens the index of a reports folder; makes it from the run folders if there is none or it is damaged.
  /// - Throws: E0701 where it cannot be written, E0703 if it is of a newer version, E0704, E0705, E0719 if it is
  ///   somebody else's.
  public init(folder: String, observer: ProcessIdentity = .current()) throws(Diagnostic) {
    let isNew = !FileManager.default.fileExists(atPath: Self.path(in: folder))
    let opened = try IndexFile.open(Self.path(in: folder), observer: observer)
    self.init(folder: folder, log: opened.log)
    if isNew || opened.wasReplaced { try refresh() }
  }

  /// Makes the index of a reports folder anew from its run folders, and sweeps away what killed processes left there.
  /// - Returns: the index, and what kept single runs out of it.
  /// - Throws: E0701, E0703, E0704, E0705, E0719.
  public static func rebuilt(in folder: String) throws(Diagnostic) -> (
    index: RunIndex, complaints: [Diagnostic]
  ) {
    let index = RunIndex(
      folder: folder, log: try IndexFile.openWhole(path(in: folder), observer: .current()))
    let complaints = try index.rebuild()
    try Leftovers.sweep(
      reports: folder, running: Set(index.log.runs().filter { $0.status == .running }.map(\.name)))
    return (index, complaints)
  }

  private init(folder: String, log: LogDatabase) {
    self.folder = folder
    self.log = log
  }

  private static func path(in folder: String) -> String { folder + "/index.sqlite" }

  /// Reads every run folder again, whether it has changed or not.
  ///
  /// Each run replaces itself, so that whoever lists runs meanwhile misses none.
  /// - Returns: what kept single runs out of it.
  @discardableResult
  public func rebuild() throws(Diagnostic) -> [Diagnostic] {
    try takeIn(RunFolder.names(in: folder), all: true).map(\.reason)
  }

  /// Takes in what changed in the run folders since it was last looked at.
  /// - Returns: what kept single runs out of it.
  /// - Throws: E0701, E0703, E0704, E0705.
  @discardableResult
  public func refresh() throws(Diagnostic) -> [Diagnostic] {
    try takeIn(RunFolder.names(in: folder), all: false).map(\.reason)
  }

  private func takeIn(_ names: [String], all: Bool) throws(Diagnostic) -> [UnreadableRun] {
    let known = try stamps()
    let found = Set(names)
    try forget(known.keys.filter { !found.contains($0) }.sorted())
    var unreadable: [UnreadableRun] = []
    var copies: [RunCopy] = []
    for name in names {
      let path = RunFolder.log(in: "\(folder)/\(name)")
      let stamp = RunCopy.stamp(of: path)
      if !all && known[name] == stamp { continue }
      do throws(Diagnostic) {
        copies.append(try RunCopy(of: path, stamp: stamp, observer: log.observer))
      } catch {
        // A folder that was removed meanwhile is no run that cannot be read.
        // And a log with nothing in it is that of a run that is just beginning, or ended before it began.
        guard access(path, F_OK) == 0, error != .emptyLog(path) else { continue }
        unreadable.append(.init(name: name, reason: error))
      }
      // The lock is held for a moment at a time, and little is held in memory.
      if copies.count == Self.atOnce { try insert(&copies) }
    }
    try insert(&copies)
    try forget(unreadable.map(\.name).filter { known[$0] != nil })
    return unreadable
  }

  /// Runs that are taken in in one transaction.
  private static let atOnce = 250

  private func insert(_ copies: inout [RunCopy]) throws(Diagnostic) {
    guard !copies.isEmpty else { return }
    let all = copies
    try log.write { db in for copy in all { try copy.insert(into: db) } }
    copies = []
  }

  private func forget(_ names: [String]) throws(Diagnostic) {
    guard !names.isEmpty else { return }
    try log.write { db in
      for name in names { try db.execute(sql: "DELETE FROM run WHERE name = ?", arguments: [name]) }
    }
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
  ///
  /// Where the file cannot be written, as on a full disk, the index is one in memory, and says so in ``unwritable``.
  /// - Throws: E0703, E0705, E0719, and E0701 or E0704 if not even that can be made.
  public static func current(in folder: String) throws(Diagnostic) -> RunIndex? {
    let names = RunFolder.names(in: folder)
    guard !names.isEmpty else { return nil }
    do throws(Diagnostic) {
      return try current(in: folder, of: names)
    } catch {
      switch error.code {
      case "E0701", "E0704":
        let log = try LogDatabase(":memory:", .memory, observer: .current())
        var index = RunIndex(folder: folder, log: log)
        index.unreadable = try index.takeIn(names, all: true)
        index.unwritable = error
        return index
      case "E0702":
        // Damage that showed only while it was read.
        try IndexFile.remove(path(in: folder))
        return try current(in: folder, of: names)
      default: throw error
      }
    }
  }

  private static func current(in folder: String, of names: [String]) throws(Diagnostic) -> RunIndex {
    let opened = try IndexFile.open(path(in: folder), observer: .current())
    var index = RunIndex(folder: folder, log: opened.log)
    index.unreadable = try index.takeIn(names, all: false)
    return index
  }

  /// Takes in one run, or replaces what was known of it.
  /// - Throws: E0701 to E0705 if the run's log cannot be read or the index not written.
  public func update(with runFolder: String) throws(Diagnostic) {
    let path = RunFolder.log(in: runFolder)
    var copies = [try RunCopy(of: path, stamp: RunCopy.stamp(of: path), observer: log.observer)]
    try insert(&copies)
  }

  /// Does something with all runs, and again if another process changed them meanwhile.
  ///
  /// Of several processes that each write what they read, the last one is then right.
  public func settled(_ body: () throws -> Void) throws {
    var version = try changes()
    for _ in 0..<100 {
      try body()
      let now = try changes()
      if now == version { return }
      version = now
    }
  }

  /// A number that changes when another connection writes.
  private func changes() throws(Diagnostic) -> Int {
    try log.read { db in try Int.fetchOne(db, sql: "PRAGMA data_version") ?? 0 }
  }

  /// Removes a run with its folder.
  /// - Throws: E0718 if the folder cannot be removed.
  public func removeFolder(_ name: String) throws(Diagnostic) {
    let path = "\(folder)/\(name)"
    // Hidden first: nobody should see half a run, and one that is half gone is no run any more.
    let hidden = Leftovers.hidden(name, in: folder)
    try Leftovers.remove(hidden)  // of a removal that was killed
    guard rename(path, hidden) == 0 else { throw .cannotRemove(path, String(cString: strerror(errno))) }
    try forget([name])
    try Leftovers.remove(hidden)
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
