public import Diagnostics

extension ConfigNode {
  /// Reads one JSON value: RFC 8259 in UTF-8, and Python's `NaN`, `Infinity` and `-Infinity`.
  ///
  /// As in Python, whole numbers stay whole, the last of two equal keys wins and keeps the place of the first.
  /// Whole numbers that `Int` cannot hold become doubles.
  /// - Parameter file: the number of the file in a ``SourceMap``; without it nodes carry no spans.
  /// - Throws: E0150 where the text is not JSON, E0151 where it is nested too deeply, E0152 where it has too many values; all tell
  ///   the offset.
  public init(json text: String, file: Int32? = nil) throws(Diagnostic) {
    try self.init(json: Array(text.utf8), file: file)
  }

  /// Reads one JSON value from bytes that nobody has checked yet.
  public init(json bytes: [UInt8], file: Int32? = nil) throws(Diagnostic) {
    var reader = JSONReader(bytes, file: file)
    self = try reader.document()
  }
}

/// A recursive-descent reader; the depth limit keeps hostile nesting from overflowing the stack.
private struct JSONReader {
  private static let maximumDepth = 200
  /// More values than any model or report has; each takes some hundred bytes, in a file perhaps one.
  private static let mostValues = 2_000_000
  private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

  private let bytes: [UInt8]
  private let file: Int32?
  private var offset = 0
  private var valueCount = 0

  init(_ bytes: [UInt8], file: Int32?) {
    self.bytes = bytes
    self.file = file
  }

  mutating func document() throws(Diagnostic) -> ConfigNode {
    skipSpace()
    let node = try value(depth: 0)
    skipSpace()
    guard offset == bytes.count else { throw wrong("expected the end of the text") }
    return node
  }

  private mutating func value(depth: Int) throws(Diagnostic) -> ConfigNode {
    guard depth < Self.maximumDepth else { throw tooDeep() }
    valueCount += 1
    guard valueCount <= Self.mostValues else { throw tooMany() }
    let start = offset
    let content: ConfigNode.Content
    switch peek {
    case UInt8(ascii: "{"): content = try map(depth: depth)
    case UInt8(ascii: "["): content = try list(depth: depth)
    case UInt8(ascii: "\""): content = .string(try string())
    case UInt8(ascii: "-"): content = try number()
    case let byte? where Self.digits.contains(byte): content = try number()
    default: content = try word()
    }
    return ConfigNode(content, span: span(from: start))
  }

  private mutating func map(depth: Int) throws(Diagnostic) -> ConfigNode.Content {
    var entries: [ConfigNode.Entry] = []
    var places: [String: Int] = [:]
    offset += 1
    skipSpace()
    if skip("}") { return .map([]) }
    repeat {
      skipSpace()
      let start = offset
      guard peek == UInt8(ascii: "\"") else { throw wrong("expected a key in double quotes") }
      let key = try string()
      let keySpan = span(from: start)
      skipSpace()
      guard skip(":") else { throw wrong("expected ':' after a key") }
      skipSpace()
      let node = try value(depth: depth + 1)
      if let place = places[key] {
        entries[place].value = node
      } else {
        places[key] = entries.count
        entries.append(.init(key, node, keySpan: keySpan))
      }
      skipSpace()
    } while skip(",")
    guard skip("}") else { throw wrong("expected ',' or '}'") }
    return .map(entries)
  }

  private mutating func list(depth: Int) throws(Diagnostic) -> ConfigNode.Content {
    var items: [ConfigNode] = []
    offset += 1
    skipSpace()
    if skip("]") { return .list([]) }
    repeat {
      skipSpace()
      items.append(try value(depth: depth + 1))
      skipSpace()
    } while skip(",")
    guard skip("]") else { throw wrong("expected ',' or ']'") }
    return .list(items)
  }

  private mutating func word() throws(Diagnostic) -> ConfigNode.Content {
    if skip("null") { return .null }
    if skip("true") { return .bool(true) }
    if skip("false") { return .bool(false) }
    if skip("NaN") { return .double(.nan) }
    if skip("Infinity") { return .double(.infinity) }
    throw wrong(offset == bytes.count ? "the text ends where a value is expected" : "expected a value")
  }

  private mutating func number() throws(Diagnostic) -> ConfigNode.Content {
    let start = offset
    if skip("-"), skip("Infinity") { return .double(-.infinity) }
    if !skip("0") { try digits() }
    var isWhole = true
    if skip(".") {
      try digits()
      isWhole = false
    }
    if skip("e") || skip("E") {
      if !skip("+") { _ = skip("-") }
      try digits()
      isWhole = false
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    if isWhole, let whole = Int(text) { return .int(whole) }
    guard let number = Double(text) else { throw wrong("expected a number") }
    return .double(number)
  }

  private mutating func digits() throws(Diagnostic) {
    let start = offset
    while let byte = peek, Self.digits.contains(byte) { offset += 1 }
    guard offset > start else { throw wrong("expected a digit") }
  }

  private mutating func string() throws(Diagnostic) -> String {
    let opening = offset
    offset += 1
    var text: [UInt8] = []
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        guard let string = String(validating: text, as: UTF8.self) else {
          offset = opening
          throw wrong("this string is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"):
        text.append(contentsOf: String(try escape()).utf8)
      case 0..<0x20:
        throw wrong("a control character in a string must be escaped")
      default:
        text.append(byte)
        offset += 1
      }
    }
    offset = opening
    throw wrong("this string has no end")
  }

  private mutating func escape() throws(Diagnostic) -> Unicode.Scalar {
    offset += 1
    guard let byte = peek else { throw wrong("the text ends inside a string") }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try scalar()
    default:
      offset -= 1
      throw wrong("unknown escape in a string")
    }
  }

  /// `XXXX` of `\uXXXX`, joined with the second half of a surrogate pair.
  private mutating func scalar() throws(Diagnostic) -> Unicode.Scalar {
    let first = UInt32(try hexadecimal())
    if let scalar = Unicode.Scalar(first) { return scalar }
    if first < 0xDC00, skip("\\u") {
      let second = UInt32(try hexadecimal())
      let joined = 0x10000 + ((first & 0x3FF) << 10) + (second & 0x3FF)
      if second & 0xFC00 == 0xDC00, let scalar = Unicode.Scalar(joined) { return scalar }
    }
    throw wrong("half of a surrogate pair")
  }

  private mutating func hexadecimal() throws(Diagnostic) -> UInt16 {
    let end = offset + 4
    guard end <= bytes.count, bytes[offset..<end].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt16(String(decoding: bytes[offset..<end], as: UTF8.self), radix: 16)
    else { throw wrong("expected four hexadecimal digits") }
    offset = end
    return unit
  }

  private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skip(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard bytes.count - offset >= count else { return false }
    for index in 0..<count where bytes[offset + index] != word.utf8Start[index] { return false }
    offset += count
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
  }

  private func span(from start: Int) -> SourceSpan? { file.map { SourceSpan(file: $0, start, offset) } }

  private func place(_ text: String) -> Diagnostic.Label? {
    file.map { Diagnostic.Label(SourceSpan(file: $0, offset, min(offset + 1, bytes.count)), text) }
  }

  /// E0150: the text is not JSON.
  private func wrong(_ fact: String) -> Diagnostic {
    Diagnostic("E0150", "not valid JSON at byte \(offset): \(fact)", at: place(fact))
  }

  /// E0152: more values than anything real has.
  private func tooMany() -> Diagnostic {
    Diagnostic(
      "E0152", "JSON with more than \(Self.mostValues) values at byte \(offset)", at: place("too many"),
      help: "no model or report has as many; the text is damaged or made to do harm")
  }

  /// E0151: nesting that no real configuration has.
  private func tooDeep() -> Diagnostic {
    Diagnostic(
      "E0151", "JSON nested more than \(Self.maximumDepth) levels deep at byte \(offset)",
      at: place("too deep"),
      help: "no model needs that many levels; the text is probably damaged")
  }
}
