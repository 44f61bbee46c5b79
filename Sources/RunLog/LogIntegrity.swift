public import Diagnostics
import GRDB

extension LogDatabase {
  /// Makes sure that the file is what this program writes, before anything in it is believed: a log from somebody else
  /// may have been made to do harm.
  ///
  /// Its tables and views must be those of its version, to the letter, and every value of the type that they declare.
  /// - Throws: E0702 for what is something else, or damaged.
  public func checkIntegrity() throws(Diagnostic) {
    try read { db in
      let version = try LogSchema.check(db, path: path)
      guard try LogSchema.objects(of: db) == LogSchema.objects(ofVersion: version) else {
        throw Diagnostic.notALog(path, "its tables are not those of a log")
      }
      let found = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "it cannot be checked"
      guard found == "ok" else { throw Diagnostic.notALog(path, found.lowercased()) }
    }
  }

  /// Makes sure that what will be read can be: values of the declared types, numbers that can be counted on with.
  /// - Parameter tables: those that will be read; all of them for `nil`.
  /// - Throws: E0702.
  func checkContent(of tables: [String]? = nil) throws(Diagnostic) {
    try read { db in
      let version = try LogSchema.check(db, path: path)
      try LogSchema.checkContent(of: db, path: path, version: version, tables: tables)
    }
  }
}
