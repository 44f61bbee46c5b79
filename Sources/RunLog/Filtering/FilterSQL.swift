import Config
import Diagnostics
import GRDB
import RunEvents

/// Makes a filter a condition on the table `run` joined with `run_clock` and `lineage`; every name and value of it is bound, none is
/// part of the text.
struct FilterSQL {
  let db: Database
  private(set) var text = ""
  private(set) var arguments: [DatabaseValue] = []

  /// - Throws: E0716 for a name that no run has, E0717 for a comparison that cannot hold.
  init(_ filter: RunFilter, _ db: Database) throws {
    self.db = db
    try write(filter.condition)
  }

  private mutating func write(_ condition: RunFilter.Condition) throws {
    switch condition {
    case .comparison(let comparison): try write(comparison)
    case .not(let inner):
      text += "NOT "
      try write([inner], joinedBy: "")
    case .all(let parts): try write(parts, joinedBy: " AND ")
    case .any(let parts): try write(parts, joinedBy: " OR ")
    }
  }

  private mutating func write(_ parts: [RunFilter.Condition], joinedBy word: String) throws {
    text += "("
    for (i, part) in parts.enumerated() {
      if i > 0 { text += word }
      try write(part)
    }
    text += ")"
  }

  private mutating func write(_ comparison: FilterComparison) throws {
    let column = try column(comparison)
    let number = comparison.isBare ? comparison.value.flatMap { Double($0) } : nil
    if comparison.name == "status", column.isField { try checkStatus(comparison) }
    if let value = comparison.value, number == nil, column.text == nil {
      throw Diagnostic.notANumber(comparison.name, value, at: comparison.valueSpan)
    }
    switch comparison.comparison {
    case .contains, .like:
      guard let words = column.text, let value = comparison.value else {
        throw Diagnostic.notText(comparison.name, comparison.comparison.rawValue, at: comparison.span)
      }
      let isWord = comparison.comparison == .contains
      try write(words, " LIKE ? ESCAPE '\\'", isWord ? "%" + value.escapedForLike + "%" : value)
    case .equal, .unequal:
      let sql = comparison.comparison == .equal ? " IS ?" : " IS NOT ?"
      guard let value = comparison.value else { return try write(column.any, sql, nil) }
      try write(column, sql, value, as: number)
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      guard let value = comparison.value else {
        throw Diagnostic.notOrdered(comparison.comparison.rawValue, at: comparison.valueSpan)
      }
      try write(column, " \(comparison.comparison.rawValue) ?", value, as: number)
    }
  }

  private mutating func write(
    _ column: FilterColumn, _ sql: String, _ value: String, as number: Double?
  ) throws {
    if let number, let numbers = column.number {
      // Whole numbers as such: seeds have more digits than a double.
      try write(numbers, sql, Int64(value).map { $0 } ?? number)
    } else {
      try write(column.text ?? column.any, sql, value)
    }
  }

  /// A comparison is true or false, never unknown.
  private mutating func write(_ operand: BoundSQL, _ sql: String, _ value: (any DatabaseValueConvertible)?)
    throws
  {
    text += "coalesce(\(operand.text)\(sql), 0)"
    arguments += operand.arguments + [value?.databaseValue ?? .null]
  }

  private func checkStatus(_ comparison: FilterComparison) throws {
    let known = RunStatus.allCases.map(\.rawValue)
    guard let value = comparison.value, !comparison.comparison.isOrder, comparison.comparison != .like,
      comparison.comparison != .contains, !known.contains(value)
    else { return }
    throw Diagnostic.unknownStatus(value, in: known, at: comparison.valueSpan)
  }

  /// Where the values of a name are: a field, a parameter or a metric, in this order.
  private func column(_ comparison: FilterComparison) throws -> FilterColumn {
    let name = comparison.name
    if comparison.part == .any, let field = FilterColumn.fields.first(where: { $0.name == name }) {
      return field.column
    }
    if comparison.part == .any, try exists("parameter WHERE name = ?", [name]) { return .parameter(name) }
    let part = comparison.part == .last ? "last" : "best"
    if try exists("metric WHERE name = ?", [name]) { return .metric(name, nil, part) }
    // Where the dot is the log knows: names of metrics have dots, too.
    let full = "SELECT series, name FROM metric WHERE series || '.' || name = ?"
    if let found = try Row.fetchOne(db, sql: full, arguments: [name]) {
      return .metric(found[1], found[0], part)
    }
    throw Diagnostic.unknownName(name, in: try knownNames(comparison.part), at: comparison.span)
  }

  private func exists(_ sql: String, _ arguments: StatementArguments) throws -> Bool {
    try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT * FROM \(sql))", arguments: arguments) ?? false
  }

  private func knownNames(_ part: FilterComparison.Part) throws -> [String] {
    let metrics = try String.fetchAll(db, sql: "SELECT DISTINCT name FROM metric ORDER BY name")
    if part != .any { return metrics }
    let parameters = try String.fetchAll(db, sql: "SELECT DISTINCT name FROM parameter ORDER BY name")
    return FilterColumn.fields.map(\.name) + parameters + metrics
  }
}

/// A piece of SQL with what is bound to its marks.
struct BoundSQL: Sendable {
  var text: String
  var arguments: [DatabaseValue] = []
}

/// What a name stands for, as a number and as a text; `nil` where it never is one.
struct FilterColumn: Sendable {
  var number: BoundSQL?
  var text: BoundSQL?
  var isField = false

  /// Of a type that is told apart from having nothing.
  var any: BoundSQL { text ?? number ?? BoundSQL(text: "NULL") }

  private static func field(number: String? = nil, text: String? = nil) -> FilterColumn {
    FilterColumn(
      number: number.map { BoundSQL(text: $0) }, text: text.map { BoundSQL(text: $0) }, isField: true)
  }

  /// What every run has.
  static let fields: [(name: String, column: FilterColumn)] = [
    ("name", field(text: "run.name")), ("run", field(text: "run.name")),
    ("experiment", field(text: "experiment")), ("title", field(text: "title")), ("tag", field(text: "tag")),
    ("note", field(text: "note")), ("parent", field(text: "parent")),
    ("status", field(text: LogSchema.shownStatus)),
    ("seed", field(number: "CAST(seed AS NUMERIC)", text: "seed")), ("seconds", field(number: "seconds")),
    ("resumptions", field(number: "segment")),
    // Texts of this form are ordered as the times are.
    ("started", field(text: "strftime('%Y-%m-%d %H:%M:%S', started_at, 'unixepoch', 'localtime')")),
  ]

  static func parameter(_ name: String) -> FilterColumn {
    func value(_ sql: String) -> BoundSQL {
      BoundSQL(
        text: "(SELECT \(sql) FROM parameter WHERE parameter.run = run.id AND name = ?)",
        arguments: [name.databaseValue])
    }
    return FilterColumn(
      number: value("value"),
      text: value("CASE type WHEN 'text' THEN json ->> '$' WHEN 'null' THEN NULL ELSE json END"))
  }

  /// - Parameter part: `best` or `last`.
  static func metric(_ name: String, _ series: String?, _ part: String) -> FilterColumn {
    let ofSeries = series == nil ? "" : " AND series = ?"
    let sql = """
      (SELECT \(part) FROM metric JOIN summary ON summary.run = metric.run AND metric = number
      WHERE metric.run = run.id AND name = ?\(ofSeries) ORDER BY number LIMIT 1)
      """
    let arguments = [name.databaseValue] + (series.map { [$0.databaseValue] } ?? [])
    return FilterColumn(number: BoundSQL(text: sql, arguments: arguments))
  }
}

extension String {
  /// With a backslash before what has a meaning in a pattern of SQL.
  fileprivate var escapedForLike: String {
    String(flatMap { "%_\\".contains($0) ? ["\\", $0] : [$0] })
  }
}

extension Diagnostic {
  /// E0716: a name that is neither a field nor a parameter nor a metric of any run.
  fileprivate static func unknownName(_ name: String, in known: [String], at span: SourceSpan) -> Diagnostic {
    Diagnostic(
      "E0716", "no run has '\(name)'", at: Label(span, "unknown"),
      help: nearest(to: name, in: known).map { "did you mean '\($0)'?" }
        ?? "known are " + known.prefix(20).joined(separator: ", ") + (known.count > 20 ? ", …" : ""))
  }

  /// E0717: a text where a number is wanted.
  fileprivate static func notANumber(_ name: String, _ value: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(
      "E0717", "'\(name)' is a number, '\(value)' is not", at: Label(span, "not a number"),
      help: "compare it with a number, such as \(name) > 0.5, or with null")
  }

  /// E0717: a search in what is no text.
  fileprivate static func notText(_ name: String, _ word: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(
      "E0717", "'\(name)' is no text that '\(word)' could search", at: Label(span, "not a text"),
      help: "numbers are compared with =, !=, <, <=, > and >=")
  }

  /// E0717: an order with nothing.
  fileprivate static func notOrdered(_ word: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(
      "E0717", "nothing is '\(word)' than null", at: Label(span, "no order"),
      help: "null goes with = and !=: 'tag = null' holds for runs without a tag")
  }

  /// E0717: a status that no run can have.
  fileprivate static func unknownStatus(_ value: String, in known: [String], at span: SourceSpan)
    -> Diagnostic
  {
    Diagnostic(
      "E0717", "there is no status '\(value)'", at: Label(span, "unknown"),
      help: nearest(to: value, in: known).map { "did you mean '\($0)'?" }
        ?? "a run is " + known.joined(separator: ", "))
  }
}
