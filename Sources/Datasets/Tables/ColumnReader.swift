internal import Config
internal import Diagnostics
internal import TensorCore

/// Reads the columns of a training table, and of a test table with the same header, as numbers or categories.
///
/// A column whose cells are all numbers is numeric. What is nearly a number or nearly unique is never silently a category:
/// a setting decides.
struct ColumnReader {
  let tables: [CSVTable]
  let rules: ColumnRules

  /// - Throws: E0408 for a test table that lacks a column.
  init(_ tables: [CSVTable], _ rules: ColumnRules) throws(Diagnostic) {
    self.tables = tables
    self.rules = rules
    for table in tables.dropFirst() {
      for name in tables[0].header where table.place(of: name) == nil && !rules.dropped.contains(name) {
        throw .noColumn(name, in: table, at: table.file.span)
      }
    }
  }

  func cells(_ name: String, isTarget: Bool = false) throws(Diagnostic) -> ColumnCells {
    try ColumnCells(name, of: tables, rules.missing, isTarget: isTarget)
  }

  /// A feature column.
  /// - Parameter warnings: what is odd about it.
  /// - Throws: E0407 to E0409, E0417 for what cannot become a feature so.
  func column(_ name: String, warnings: inout [Diagnostic]) throws(Diagnostic) -> RawData.TableColumn {
    let cells = try cells(name)
    if rules.kind(of: name) == .text { return .texts(name: name, TextTable.codes(of: cells.texts)) }
    guard try isNumeric(cells) else { return try categories(cells, warnings: &warnings) }
    let (numbers, notation) = try numbers(cells)
    if !rules.canBeMissing, let row = numbers.firstIndex(where: \.isNaN) {
      throw .missing(cells.cell(row), as: "write 'fill_missing: mean', or remove the row")
    }
    return .numbers(name: name, numbers, notation)
  }

  /// Whether a column holds numbers: by the settings, or by what is in it.
  func isNumeric(_ cells: ColumnCells) throws(Diagnostic) -> Bool {
    if let kind = rules.kind(of: cells.name) { return kind != .category && kind != .text }
    return try ColumnGuess(cells, rules).isNumeric()
  }

  /// The numbers of a column, NaN where one is missing.
  /// - Throws: E0409 for what is no number, and for units that differ.
  func numbers(_ cells: ColumnCells) throws(Diagnostic) -> ([Double], NumberNotation) {
    var notation = ColumnGuess(cells, rules).notation
    if notation.form == .number {
      let first = cells.trainRows.lazy.filter { cells.verdicts[$0] == .value }.first
      let written = first.flatMap {
        WrittenNumber(cells.texts[$0], hasDecimalComma: notation.hasDecimalComma)
      }
      notation.unit = written?.unit ?? ""
    }
    var numbers: [Double] = []
    numbers.reserveCapacity(cells.texts.count)
    for (row, text) in cells.texts.enumerated() {
      guard cells.verdicts[row] == .value else {
        numbers.append(.nan)
        continue
      }
      guard let number = notation.number(text) else { throw .notANumber(cells, at: row, notation, rules) }
      numbers.append(rules.missing.names(number) ? .nan : number)
    }
    return (numbers, notation)
  }

  private func categories(
    _ cells: ColumnCells, warnings: inout [Diagnostic]
  ) throws(Diagnostic) -> RawData.TableColumn {
    if let row = cells.verdicts.firstIndex(of: .unclear) { throw .unclearValue(cells, row) }
    if !rules.canBeMissing, let row = cells.verdicts.firstIndex(of: .missing) {
      throw .missing(cells.cell(row), as: "write 'fill_missing: mean' for all zeros, or remove the row")
    }
    let names = Self.sortedNames(cells, cells.texts.indices)
    guard !names.isEmpty else { throw .emptyColumn(cells) }
    let isMeant = rules.kind(of: cells.name) == .category
    try CategoryCount(cells).check(isMeant: isMeant, width: names.count, warnings: &warnings)
    return .categories(name: cells.name, Self.codes(cells, names), names: names)
  }

  /// Each once, in order: whole numbers by size, everything else by its UTF-8 bytes.
  static func sortedNames(_ cells: ColumnCells, _ rows: Range<Int>) -> [String] {
    var found: Set<String> = []
    for row in rows where cells.verdicts[row] == .value { found.insert(cells.texts[row]) }
    let numbers = found.compactMap { Int($0) }
    if numbers.count == found.count { return found.sorted { (Int($0) ?? 0, $0) < (Int($1) ?? 0, $1) } }
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The number of each row's name; -1 for a missing or another one.
  static func codes(_ cells: ColumnCells, _ names: [String]) -> [Int32] {
    let codes = Dictionary(zip(names, Int32(0)...), uniquingKeysWith: { first, _ in first })
    return zip(cells.texts, cells.verdicts).map { $1 == .value ? codes[$0] ?? -1 : -1 }
  }
}

extension Diagnostic {
  /// E0407: a missing value.
  static func missing(_ cell: TableCell, as help: String) -> Diagnostic {
    .inTable("E0407", cell, "a value is missing", help: help)
  }

  /// E0407: a word that is a missing value in some tables, and a value in others.
  static func unclearValue(_ cells: ColumnCells, _ row: Int) -> Diagnostic {
    let words = cells.unclearWords.map(yamlWord).joined(separator: ", ")
    return .inTable(
      "E0407", cells.cell(row), "'\(cells.texts[row])' is a missing value or a category",
      help:
        "write 'missing: [\(words)]' in the data cell if it is missing, 'missing: []' if it is a category like others"
    )
  }

  /// E0407: nothing but missing values.
  static func emptyColumn(_ cells: ColumnCells) -> Diagnostic {
    .inTable(
      "E0407", cells.cell(0), "the column has no values",
      help: "leave it out: 'drop: [\(yamlWord(cells.name))]'")
  }
}

/// A word as it stands in a list of YAML.
func yamlWord(_ word: String) -> String {
  let isPlain =
    word.first.map { $0.isLetter || $0 == "_" } ?? false
    && word.allSatisfy { $0.isLetter || $0.isNumber || "_-/ .".contains($0) } && word.last != " "
    && !["true", "false", "null"].contains(word.lowercased())
  return isPlain ? word : "'" + word.replacing("'", with: "''") + "'"
}
