internal import Diagnostics

/// The cells of one column, of the training table first and then of the test table.
struct ColumnCells {
  let name: String
  /// Whether it is to be predicted.
  let isTarget: Bool
  let texts: [String]
  let verdicts: [MissingWords.Verdict]
  /// How many rows the training table has: what kind a column is, is decided by these alone.
  let trainCount: Int
  private let tables: [CSVTable]
  private let places: [Int]

  /// - Throws: E0408 for a column that the test table does not have.
  init(
    _ name: String, of tables: [CSVTable], _ missing: MissingWords, isTarget: Bool
  ) throws(Diagnostic) {
    self.name = name
    self.isTarget = isTarget
    self.tables = tables
    trainCount = tables[0].rowCount
    let count = tables.reduce(0) { $0 + $1.rowCount }
    var (places, texts, verdicts) = ([Int](), [String](), [MissingWords.Verdict]())
    texts.reserveCapacity(count)
    verdicts.reserveCapacity(count)
    for table in tables {
      guard let place = table.place(of: name) else { throw .noColumn(name, in: table, at: table.file.span) }
      places.append(place)
      for row in 0..<table.rowCount {
        let text = table.text(row: row, column: place)
        texts.append(text)
        verdicts.append(missing.verdict(text, isQuoted: table.isQuoted(row: row, column: place)))
      }
    }
    self.places = places
    self.texts = texts
    self.verdicts = verdicts
  }

  var trainRows: Range<Int> { 0..<trainCount }

  /// Where a row of the column stands.
  func cell(_ row: Int) -> TableCell {
    let isTest = row >= trainCount
    let table = tables[isTest ? 1 : 0]
    return TableCell(table: table, line: table.lines[isTest ? row - trainCount : row], column: name)
  }

  /// The usual words for missing values that are in it, each once.
  var unclearWords: [String] {
    Set(zip(texts, verdicts).lazy.filter { $0.1 == .unclear }.map { $0.0 }).sorted()
  }
}

/// A place in a table, for messages.
struct TableCell {
  var table: CSVTable
  var line: Int
  var column: String
  var text: String { "'\(table.file.name)' line \(line), column '\(column)'" }
}

extension Diagnostic {
  static func inTable(_ code: String, _ cell: TableCell, _ message: String, help: String) -> Diagnostic {
    Diagnostic(
      code, "\(cell.text): \(message)", at: cell.table.file.span.map { Label($0, "read for this") },
      help: help)
  }
}
