import Diagnostics
import GRDB
import Synchronization

/// What a log may hold, asked of one from somewhere else before it is believed: tables that are tables, values of the
/// declared types, and numbers that can be counted on with.
extension LogSchema {
  /// Numbers of rows, steps and bytes: nothing that is added to one of them overflows.
  private static let counts = -1...(1 << 53)
  /// Rows of a run, of which nobody has as many.
  private static let places = -1...(1 << 31)
  /// Up to the year 9999.
  private static let seconds = -1e12...253_402_300_799.0
  /// Columns of 64 bits of whatever meaning.
  private static let anything: Set<String> = ["digest", "start_ticks"]
  private static let placeColumns: Set<String> = [
    "number", "cell", "metric", "dataset", "segment", "steps", "checkpoint", "pid",
  ]
  private static let clockTables: Set<String> = ["run_clock", "cell_clock"]

  /// Whether the tables, views and indexes of a log are those of its version, to the letter, and nothing is set off by a
  /// change of them.
  static func isIntact(_ db: Database, version: Int) throws -> Bool {
    let own = try objects(ofVersion: version)
    let found = try objects(of: db)
    return own.allSatisfy(found.contains)
      && found.allSatisfy { $0.first != "trigger" && $0.first != "view" || own.contains($0) }
  }

  /// Everything in a log that has a name: its kind, name, table and text.
  static func objects(of db: Database) throws -> [[String?]] {
    try Row.fetchAll(db, sql: "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name").map {
      row in
      (0..<4).map { String.fromDatabaseValue(row[$0] as DatabaseValue) }
    }
  }

  /// The same of a log that was just made.
  ///
  /// Worked out once, since every log that is read is compared, and for no version that is not asked for.
  static func objects(ofVersion version: Int) throws -> [[String?]] {
    guard (0...migrations.count).contains(version) else { return [] }
    if let known = knownObjects.withLock({ $0[version] }) { return known }
    let made = try DatabaseQueue().write { db in
      for sql in migrations.prefix(version) { try db.execute(sql: sql) }
      return try objects(of: db)
    }
    knownObjects.withLock { $0[version] = made }
    return made
  }

  private static let knownObjects = Mutex<[Int: [[String?]]]>([:])

  /// Makes sure that a log can be read without harm.
  /// - Parameter tables: those that will be read; all of them for `nil`.
  /// - Throws: E0702.
  static func checkContent(of db: Database, path: String, version: Int, tables: [String]?) throws {
    guard try isIntact(db, version: version) else {
      throw Diagnostic.notALog(path, "its tables are not those of a log")
    }
    let all = try objects(ofVersion: version).compactMap { $0[0] == "table" ? $0[1] : nil }
    for table in all where tables?.contains(table) ?? !table.hasPrefix("sqlite_") {
      let columns = try db.columns(in: table)
      let conditions = columns.map { condition(of: $0, in: table) }
      let sql = "SELECT EXISTS (SELECT * FROM \(table) WHERE NOT (\(conditions.joined(separator: " AND "))))"
      guard try Bool.fetchOne(db, sql: sql) == true else { continue }
      let wrong = try zip(columns, conditions).first { _, condition in
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT * FROM \(table) WHERE NOT (\(condition)))") == true
      }
      throw Diagnostic.notALog(path, "'\(table).\(wrong?.0.name ?? "")' has a value that no run writes")
    }
  }

  private static func condition(of column: ColumnInfo, in table: String) -> String {
    let name = column.name
    let isKey = name == "id" || name == "run"
    let kind = "typeof(\(name)) = '\(column.type.lowercased())'"
    let condition =
      switch column.type.uppercased() {
      case "INTEGER" where anything.contains(name): kind
      case "INTEGER":
        "\(kind) AND \(name) BETWEEN \(placeColumns.contains(name) ? bounds(places) : bounds(counts))"
      case "REAL" where clockTables.contains(table):
        "\(kind) AND \(name) BETWEEN \(seconds.lowerBound) AND \(seconds.upperBound)"
      default: kind
      }
    // Keys are not declared to be there: a table numbered by one cannot lack it.
    return column.isNotNull || isKey ? "(\(condition))" : "(\(name) IS NULL OR \(condition))"
  }

  private static func bounds(_ range: ClosedRange<Int>) -> String {
    "\(range.lowerBound) AND \(range.upperBound)"
  }
}
