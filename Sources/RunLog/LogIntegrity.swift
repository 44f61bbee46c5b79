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
      guard try Self.schema(of: db) == Self.schema(ofVersion: version) else {
        throw Diagnostic.notALog(path, "its tables are not those of a log")
      }
      let found = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "it cannot be checked"
      guard found == "ok" else { throw Diagnostic.notALog(path, found.lowercased()) }
    }
  }

  private static func schema(of db: Database) throws -> [[String?]] {
    try Row.fetchAll(db, sql: "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name").map {
      row in
      (0..<4).map { String.fromDatabaseValue(row[$0] as DatabaseValue) }
    }
  }

  private static func schema(ofVersion version: Int) throws -> [[String?]] {
    try DatabaseQueue().write { db in
      for sql in LogSchema.migrations.prefix(version) { try db.execute(sql: sql) }
      return try schema(of: db)
    }
  }
}
