internal import Config
internal import Diagnostics

/// The cells of a CSV file, as RFC 4180 describes it, with a header.
struct CSVTable {
  private struct Cell {
    var range: Range<Int>
    var isQuoted = false
    var hasDoubledQuotes = false
  }
  let file: DataPath
  private(set) var header: [String] = []
  private var cells: [Cell] = []
  /// The line each row begins in, for messages.
  private(set) var lines: [Int] = []
  private let bytes: [UInt8]
  var rowCount: Int { lines.count }

  /// - Throws: E0406 for what is no table.
  init(_ bytes: [UInt8], of file: DataPath, separator: UInt8 = UInt8(ascii: ",")) throws(Diagnostic) {
    self.bytes = bytes
    self.file = file
    var scanner = Scanner(bytes: bytes, separator: separator)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { scanner.position = 3 }
    while let row = try scanner.row(of: file) {
      if row.count == 1, row[0].range.isEmpty, !row[0].isQuoted { continue }
      if header.isEmpty {
        try readHeader(row)
      } else if row.count == header.count {
        cells += row
        lines.append(scanner.rowLine)
      } else {
        throw .badTable(
          file, line: scanner.rowLine, "a row with \(row.count) cells, the header has \(header.count)",
          help: "a cell with the separator in it needs quotes")
      }
    }
    if header.isEmpty {
      throw .badTable(file, line: 1, "the file is empty", help: "the first line names the columns")
    }
    if lines.isEmpty {
      throw .badTable(file, line: 1, "a header without rows", help: "add rows, one a sample")
    }
  }

  private mutating func readHeader(_ row: [Cell]) throws(Diagnostic) {
    for cell in row {
      let name = text(cell)
      if name.isEmpty {
        throw .badTable(
          file, line: 1, "column \(header.count + 1) has no name", help: "name it in the header")
      }
      if header.contains(name) {
        throw .badTable(
          file, line: 1, "two columns are named '\(name)'", help: "give each column a name of its own")
      }
      header.append(name)
    }
  }

  /// The text of a cell: without quotes, or without blanks at its ends.
  func text(row: Int, column: Int) -> String { text(cells[row * header.count + column]) }

  private func text(_ cell: Cell) -> String {
    let text = String(decoding: bytes[cell.range], as: UTF8.self)
    guard cell.hasDoubledQuotes else { return text }
    return text.split(separator: "\"\"", omittingEmptySubsequences: false).joined(separator: "\"")
  }

  private struct Scanner {
    let bytes: [UInt8]
    let separator: UInt8
    var position = 0
    var line = 1
    var rowLine = 1

    init(bytes: [UInt8], separator: UInt8) {
      self.bytes = bytes
      self.separator = separator
    }

    /// The cells of the next row; `nil` at the end.
    mutating func row(of file: DataPath) throws(Diagnostic) -> [Cell]? {
      guard position < bytes.count else { return nil }
      rowLine = line
      var row: [Cell] = []
      while true {
        row.append(try cell(of: file))
        guard position < bytes.count else { return row }
        let end = bytes[position]
        position += 1
        if end == separator { continue }
        if end == carriageReturn, position < bytes.count, bytes[position] == newline { position += 1 }
        line += 1
        return row
      }
    }

    /// Stops at a separator, a line's end or the end.
    private mutating func cell(of file: DataPath) throws(Diagnostic) -> Cell {
      while position < bytes.count, bytes[position] == space { position += 1 }
      if position < bytes.count, bytes[position] == quote { return try quoted(of: file) }
      let start = position
      while position < bytes.count, !isEnd(bytes[position]) { position += 1 }
      var end = position
      while end > start, bytes[end - 1] == space { end -= 1 }
      return Cell(range: start..<end)
    }

    private mutating func quoted(of file: DataPath) throws(Diagnostic) -> Cell {
      let (start, firstLine) = (position + 1, line)
      var hasDoubledQuotes = false
      position = start
      while position < bytes.count {
        if bytes[position] == newline { line += 1 }
        if bytes[position] == quote {
          guard position + 1 < bytes.count, bytes[position + 1] == quote else { break }
          hasDoubledQuotes = true
          position += 1
        }
        position += 1
      }
      guard position < bytes.count else {
        throw .badTable(
          file, line: firstLine, "a quoted cell is not closed", help: "quotes inside of quotes are doubled")
      }
      let end = position
      position += 1
      while position < bytes.count, bytes[position] == space { position += 1 }
      guard position >= bytes.count || isEnd(bytes[position]) else {
        throw .badTable(
          file, line: line, "text behind a quoted cell", help: "quotes inside of quotes are doubled")
      }
      return Cell(range: start..<end, isQuoted: true, hasDoubledQuotes: hasDoubledQuotes)
    }

    private func isEnd(_ byte: UInt8) -> Bool {
      byte == separator || byte == newline || byte == carriageReturn
    }
  }
}

private let (quote, newline, carriageReturn, space) = (
  UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: " ")
)

extension Diagnostic {
  /// E0406: a file that is no table.
  fileprivate static func badTable(_ file: DataPath, line: Int, _ message: String, help: String) -> Diagnostic
  {
    Diagnostic(
      "E0406", "'\(file.name)' line \(line): \(message)", at: file.span.map { Label($0, "read for this") },
      help: help)
  }
}
