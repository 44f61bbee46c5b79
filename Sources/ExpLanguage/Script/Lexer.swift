internal import Diagnostics

/// A word of the script.
struct Token: Equatable {
  enum Kind: Equatable {
    case int(Int), double(Double), string(String)
    case name(String)
    /// An operator, bracket or keyword, as it is spelled.
    case symbol(String)
    case end
  }
  var kind: Kind
  var range: Range<Int>
}

/// Cuts a script into tokens, as Python does.
struct Lexer {
  static let keywords: Set<String> = ["and", "or", "not", "if", "else"]
  /// Longest first.
  private static let operators = [
    "**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "<", ">", "(", ")", "[", "]", ",", ".",
  ].map { (text: $0, bytes: Array($0.utf8)) }
  private static let longest = 10_000

  private let script: ScriptText
  private var position = 0

  private init(_ script: ScriptText) { self.script = script }

  static func tokens(of script: ScriptText) throws(Diagnostic) -> [Token] {
    guard script.bytes.count <= longest else {
      throw .scriptSyntax("the expression is longer than \(longest) bytes", script.span(0..<1))
    }
    var lexer = Lexer(script)
    var tokens: [Token] = []
    repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
    return tokens
  }

  private var rest: ArraySlice<UInt8> { script.bytes[position...] }

  private mutating func next() throws(Diagnostic) -> Token {
    position += rest.prefix { $0 == 0x20 || (0x09...0x0D).contains($0) }.count
    guard let first = rest.first else { return Token(kind: .end, range: position..<position) }
    let second = rest.dropFirst().first
    if isDigit(first) || (first == UInt8(ascii: ".") && second.map(isDigit) == true) { return try number() }
    if isLetter(first) { return word() }
    if first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") { return try string(quote: first) }
    for symbol in Self.operators where rest.starts(with: symbol.bytes) {
      return take(symbol.bytes.count, .symbol(symbol.text))
    }
    let width = first < 0x80 ? 1 : 1 + rest.dropFirst().prefix { $0 & 0xC0 == 0x80 }.count
    let character = String(decoding: rest.prefix(width), as: UTF8.self)
    throw .scriptSyntax(
      "unexpected '\(character)'", script.span(position..<position + width),
      help: first == UInt8(ascii: "=") ? "compare with '=='" : nil)
  }

  private mutating func take(_ count: Int, _ kind: Token.Kind) -> Token {
    defer { position += count }
    return Token(kind: kind, range: position..<position + count)
  }

  private mutating func word() -> Token {
    let bytes = rest.prefix { isLetter($0) || isDigit($0) }
    let text = String(decoding: bytes, as: UTF8.self)
    return take(bytes.count, Self.keywords.contains(text) ? .symbol(text) : .name(text))
  }

  private mutating func number() throws(Diagnostic) -> Token {
    var previous: UInt8 = 0
    let bytes = rest.prefix { byte in
      defer { previous = byte }
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") {
        return previous | 0x20 == UInt8(ascii: "e")
      }
      return isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: ".")
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let plain = text.filter { $0 != "_" }
    if plain.utf8.allSatisfy(isDigit), let value = Int(plain) { return take(bytes.count, .int(value)) }
    if plain.hasPrefix("0x"), let value = Int(plain.dropFirst(2), radix: 16) {
      return take(bytes.count, .int(value))
    }
    let isDecimal = plain.utf8.allSatisfy { isDigit($0) || ".eE+-".utf8.contains($0) }
    guard isDecimal, let value = Double(plain), value.isFinite else {
      throw .scriptSyntax("'\(text)' is not a number", script.span(position..<position + bytes.count))
    }
    return take(bytes.count, .double(value))
  }

  private mutating func string(quote: UInt8) throws(Diagnostic) -> Token {
    var value: [UInt8] = []
    var index = position + 1
    while index < script.bytes.count {
      let byte = script.bytes[index]
      if byte == quote { return take(index + 1 - position, .string(String(decoding: value, as: UTF8.self))) }
      let isEscape = byte == UInt8(ascii: "\\") && index + 1 < script.bytes.count
      value.append(isEscape ? unescaped(script.bytes[index + 1]) : byte)
      index += isEscape ? 2 : 1
    }
    throw .scriptSyntax("a quoted text is not closed", script.span(position..<position + 1))
  }

  private func unescaped(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "t"): 0x09
    default: byte
    }
  }
}

func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

func isLetter(_ byte: UInt8) -> Bool {
  (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
}

/// Whether a text is a name as Python has them (ASCII only).
func isName(_ text: some StringProtocol) -> Bool {
  guard let first = text.utf8.first, isLetter(first) else { return false }
  return text.utf8.allSatisfy { isLetter($0) || isDigit($0) }
}

extension Diagnostic {
  /// E0120: an expression that cannot be read.
  static func scriptSyntax(_ message: String, _ span: SourceSpan?, help: String? = nil) -> Diagnostic {
    Diagnostic("E0120", message, at: span.map { Label($0, "in this expression") }, help: help)
  }
}
