import Diagnostics
import Files
import Foundation
import GRDB

/// What an index has of the runs of one log, of one moment.
struct RunCopy {
  private var runs: [Row]
  private var tables: [(name: String, rows: [Row])]
  private var stamp: String

  /// - Parameter stamp: of the file before it was read.
  /// - Throws: E0701 to E0705.
  init(of path: String, stamp: String, observer: ProcessIdentity) throws(Diagnostic) {
    self.stamp = stamp
    let source = try RunStore.read(path, tables: ["run"] + LogSchema.tables, observer: observer)
    let found = try source.read { db in
      (
        runs: try Row.fetchAll(db, sql: "SELECT * FROM run"),
        tables: try LogSchema.tables.map { table in
          let sql = try LogSchema.rows(of: table, in: db)
          return (name: table, rows: try Row.fetchAll(db, sql: sql + " ORDER BY 1, 2"))
        }
      )
    }
    runs = found.runs
    tables = found.tables
    try source.close()
  }

  /// Tells whether a log has changed.
  ///
  /// A run that writes beside it, in a `-wal` file, is under way or was killed, and is read again in any case.
  static func stamp(of path: String) -> String { fileStamp(path) }

  func insert(into db: Database) throws {
    for run in runs {
      let old: Int64 = run[0]
      try db.cachedStatement(sql: "DELETE FROM run WHERE name = ?").execute(arguments: [run["name"] as String]
      )
      try insert([run], replacingFirst: nil, into: "run", db)
      let new = db.lastInsertedRowID
      for (table, rows) in tables {
        try insert(
          runs.count == 1 ? rows : rows.filter { $0[0] == old }, replacingFirst: new, into: table, db)
      }
      try db.cachedStatement(sql: "INSERT INTO taken_in VALUES (?, ?)").execute(arguments: [new, stamp])
    }
  }

  /// The first column is the number of the run, which is another one here.
  private func insert(_ rows: [Row], replacingFirst id: Int64?, into table: String, _ db: Database) throws {
    guard let first = rows.first else { return }
    let names = first.columnNames.joined(separator: ", ")
    let marks = Array(repeating: "?", count: first.count).joined(separator: ", ")
    let statement = try db.cachedStatement(sql: "INSERT INTO \(table) (\(names)) VALUES (\(marks))")
    for row in rows {
      let values = [id?.databaseValue ?? .null] + row.databaseValues.dropFirst()
      try statement.execute(arguments: StatementArguments(values))
    }
  }
}
