internal import Config
internal import Diagnostics

/// How a text file becomes a table.
struct TableFormat: Equatable {
  var separator = UInt8(ascii: ",")
  var encoding = TextEncoding.utf8
}

/// The cells of a CSV file, as RFC 4180 describes it, with a header.
struct CSVTable {
  let file: DataPath
  private(set) var header: [String] = []
  /// The first column of each name.
  private var places: [String: Int] = [:]
  private var cells: [CSVCell] = []
  /// The line each row begins in, for messages.
  private(set) var lines: [Int] = []
  private let bytes: [UInt8]
  private let separator: UInt8
  var rowCount: Int { lines.count }

  /// - Throws: E0401 for a file that cannot be read, E0406 for what is no table, E0424 for what is no text.
  init(_ file: DataPath, _ format: TableFormat = TableFormat()) throws(Diagnostic) {
    try self.init(try file.bytes(), of: file, format)
  }

  init(_ raw: [UInt8], of file: DataPath, _ format: TableFormat = TableFormat()) throws(Diagnostic) {
    bytes = try format.encoding.decode(raw, of: file)
    separator = format.separator
    self.file = file
    guard bytes.count < CSVCell.mostBytes else {
      throw .badTable(
        file, line: 1, "it has \(bytes.count) bytes, too many for a table", help: "split the file")
    }
    var scanner = CSVScanner(bytes: bytes, separator: separator, file: file)
    while let row = try scanner.row() {
      if row.count == 1, row[0].range.isEmpty, !row[0].isQuoted { continue }
      if header.isEmpty {
        try readHeader(row)
      } else if row.count == header.count {
        cells += row
        lines.append(scanner.rowLine)
      } else {
        throw unequal(row, line: scanner.rowLine)
      }
    }
    if header.isEmpty {
      throw .badTable(file, line: 1, "the file is empty", help: "the first line names the columns")
    }
    if lines.isEmpty {
      throw .badTable(file, line: 1, "a header without rows", help: "add rows, one a sample")
    }
    if header.count == 1, let meant = CSVScanner.separator(of: header[0], and: text(cells[0])) {
      throw .badTable(
        file, line: 1, "the header has one column, '\(header[0].prefix(60))'", help: separatorHelp(meant))
    }
  }

  /// Columns without a name, such as the index that pandas writes, are called by an empty text.
  private mutating func readHeader(_ row: [CSVCell]) throws(Diagnostic) {
    header.reserveCapacity(row.count)
    for cell in row {
      let name = text(cell)
      guard name.isEmpty || places[name] == nil else {
        throw .badTable(
          file, line: 1, "two columns are named '\(name)'",
          help: Double(name) == nil ? "give each column a name of its own" : Self.headerHelp)
      }
      places[name] = places[name] ?? header.count
      header.append(name)
    }
    if row.count <= 2, header[0].lowercased().hasPrefix("sep=") {
      throw .badTable(
        file, line: 1, "'\(header[0])' is a line for Excel, not the header",
        help: "remove the line, and write its separator as 'csv: {train: FILE, separator: …}'")
    }
  }

  static let headerHelp =
    "the first line is read as the names of the columns, but holds numbers: add a line above it that names them"

  /// Whether the first line looks like a row, as that of a table without a header.
  var hasNumbersForNames: Bool { header.allSatisfy { Double($0) != nil } }

  /// Where the column of a name is.
  func place(of name: String) -> Int? { places[name] }

  /// The text of a cell: without quotes, or without blanks at its ends.
  func text(row: Int, column: Int) -> String { text(cells[row * header.count + column]) }

  /// Whether a cell stands in quotes, so that it is meant as it is.
  func isQuoted(row: Int, column: Int) -> Bool { cells[row * header.count + column].isQuoted }

  private func text(_ cell: CSVCell) -> String {
    let text = String(decoding: bytes[cell.range], as: UTF8.self)
    guard cell.hasDoubledQuotes else { return text }
    return text.split(separator: "\"\"", omittingEmptySubsequences: false).joined(separator: "\"")
  }

  /// What may be the reason for a row with another number of cells than the header has.
  private func unequal(_ row: [CSVCell], line: Int) -> Diagnostic {
    func whole(_ cells: [CSVCell]) -> String {
      guard let first = cells.first, let last = cells.last else { return "" }
      return String(decoding: bytes[first.range.lowerBound..<last.range.upperBound], as: UTF8.self)
    }
    let start = String(decoding: bytes.prefix { $0 != newline && $0 != carriageReturn }, as: UTF8.self)
    let message =
      "a row with \(row.count) cell\(row.count == 1 ? "" : "s"), the header has \(header.count)"
    if header.count > 0, header[0].hasPrefix("#") {
      return .badTable(
        file, line: 1, "the first line begins with '#', but is read as the header",
        help: "a table has no comments: remove the line")
    }
    if text(row[0]).hasPrefix("#") {
      return .badTable(file, line: line, message, help: "a table has no comments: remove the line")
    }
    if header.count == 1 || row.count == 1, let meant = CSVScanner.separator(of: start, and: whole(row)),
      meant != separator
    {
      return .badTable(file, line: line, message, help: separatorHelp(meant))
    }
    return .badTable(file, line: line, message, help: "a cell with the separator in it needs quotes")
  }

  private func separatorHelp(_ meant: UInt8) -> String {
    func shown(_ byte: UInt8) -> String {
      byte == 0x09 ? "tabs" : "'\(Character(UnicodeScalar(byte)))'"
    }
    let fact = "cells seem to be separated by \(shown(meant)), not \(shown(separator))"
    guard file.span != nil else { return "\(fact): write the file as the model's training data were" }
    let setting = meant == 0x09 ? "\"\\t\"" : "'\(Character(UnicodeScalar(meant)))'"
    return "\(fact): write 'csv: {train: \(file.written), separator: \(setting)}'"
  }
}

/// Where a cell lies in the bytes, in one word: tables have many.
struct CSVCell {
  static let mostBytes = 1 << 38
  private static let mostLength = 1 << 24
  private let bits: UInt64

  /// `nil` for a cell of 16 MiB or more.
  init?(_ range: Range<Int>, isQuoted: Bool = false, hasDoubledQuotes: Bool = false) {
    guard range.count < Self.mostLength else { return nil }
    bits =
      UInt64(range.lowerBound) << 26 | UInt64(range.count) << 2 | (isQuoted ? 2 : 0)
      | (hasDoubledQuotes ? 1 : 0)
  }

  var range: Range<Int> {
    let start = Int(bits >> 26)
    return start..<start + Int(bits >> 2 & 0xFF_FFFF)
  }
  var isQuoted: Bool { bits & 2 != 0 }
  var hasDoubledQuotes: Bool { bits & 1 != 0 }
}

let (quote, newline, carriageReturn, space) = (
  UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: " ")
)

extension Diagnostic {
  /// E0406: a file that is no table.
  static func badTable(_ file: DataPath, line: Int, _ message: String, help: String) -> Diagnostic {
    Diagnostic(
      "E0406", "'\(file.name)' line \(line): \(message)", at: file.span.map { Label($0, "read for this") },
      help: help)
  }
}
