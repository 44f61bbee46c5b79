internal import Diagnostics

/// Finds the cells of a table, row by row.
struct CSVScanner {
  let bytes: [UInt8]
  let separator: UInt8
  let file: DataPath
  private var position = 0
  private var line = 1
  /// The line that the last row began in.
  private(set) var rowLine = 1

  init(bytes: [UInt8], separator: UInt8, file: DataPath) {
    self.bytes = bytes
    self.separator = separator
    self.file = file
  }

  /// The cells of the next row; `nil` at the end.
  /// - Throws: E0406 for quotes that do not match, and a cell that is too long.
  mutating func row() throws(Diagnostic) -> [CSVCell]? {
    guard position < bytes.count else { return nil }
    rowLine = line
    var row: [CSVCell] = []
    while true {
      row.append(try cell())
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
  private mutating func cell() throws(Diagnostic) -> CSVCell {
    skipBlanks()
    if position < bytes.count, bytes[position] == quote { return try quoted() }
    let start = position
    while position < bytes.count, !isEnd(bytes[position]) { position += 1 }
    var end = position
    while let length = blank(before: end, from: start) { end -= length }
    return try made(start..<end, line: line)
  }

  private mutating func quoted() throws(Diagnostic) -> CSVCell {
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
    skipBlanks()
    guard position >= bytes.count || isEnd(bytes[position]) else {
      throw .badTable(
        file, line: line, "text behind a quoted cell", help: "quotes inside of quotes are doubled")
    }
    return try made(start..<end, line: firstLine, isQuoted: true, hasDoubledQuotes: hasDoubledQuotes)
  }

  private func made(
    _ range: Range<Int>, line: Int, isQuoted: Bool = false, hasDoubledQuotes: Bool = false
  ) throws(Diagnostic) -> CSVCell {
    if let cell = CSVCell(range, isQuoted: isQuoted, hasDoubledQuotes: hasDoubledQuotes) { return cell }
    throw .badTable(
      file, line: line, "a cell of \(range.count) bytes",
      help: "look for a quote that is not closed, or for line ends that are missing")
  }

  private func isEnd(_ byte: UInt8) -> Bool {
    byte == separator || byte == newline || byte == carriageReturn
  }

  private mutating func skipBlanks() {
    while position < bytes.count {
      if bytes[position] == space {
        position += 1
      } else if bytes[position] >= 0x80 || bytes[position] == tab, let length = blank(at: position) {
        position += length
      } else {
        return
      }
    }
  }

  /// The length of a blank that is no plain space: a tab that separates nothing, and those of Unicode.
  private func blank(at place: Int) -> Int? {
    if bytes[place] == tab { return separator == tab ? nil : 1 }
    return Self.wideBlanks.first { bytes[place...].starts(with: $0) }?.count
  }

  /// The length of a blank that ends here.
  private func blank(before end: Int, from start: Int) -> Int? {
    guard end > start else { return nil }
    let last = bytes[end - 1]
    if last == space || last == tab { return 1 }
    guard last >= 0x80 else { return nil }
    return Self.wideBlanks.first {
      end - start >= $0.count && bytes[..<end].suffix($0.count).elementsEqual($0)
    }?
    .count
  }

  /// The white space of Unicode beyond ASCII that lines may have in them, and spaces of no width, in UTF-8.
  private static let wideBlanks: [[UInt8]] =
    ([0xA0, 0x1680, 0x202F, 0x205F, 0x3000, 0x200B, 0x2060, 0xFEFF] + Array(0x2000...0x200A)).compactMap {
      Unicode.Scalar($0).map { Array(String($0).utf8) }
    }

  /// What separates the cells of two lines, if something else than what was taken for it cuts both into as many.
  static func separator(of header: String, and row: String) -> UInt8? {
    func count(_ byte: UInt8, _ text: String) -> Int {
      var isQuoted = false
      return text.utf8.reduce(0) { sum, next in
        if next == quote { isQuoted.toggle() }
        return next == byte && !isQuoted ? sum + 1 : sum
      }
    }
    return ";\t|,".utf8.first { count($0, header) > 0 && count($0, header) == count($0, row) }
  }
}

private let tab = UInt8(ascii: "\t")
