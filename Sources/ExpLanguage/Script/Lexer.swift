internal import Diagnostics

/// A word of the script.
struct Token: Equatable {
  enum Kind: Equatable {
    case int(Int), double(Double), string(String)
    /// An f-string: the offsets of what is between its quotes.
    case formatted(Range<Int>)
    case name(String)
    /// An operator, bracket or keyword, as it is spelled.
    case symbol(String)
    /// The end of a line, and more or less indentation of the next: only in bodies.
    case newline, indent, dedent
    case end
  }
  var kind: Kind
  var range: Range<Int>
}

/// How much of the language there is: expressions in `$(…)`, or whole bodies.
enum Dialect { case expression, body }

/// Cuts a script into tokens, as Python does.
struct Lexer {
  private static let keywords: Set<String> = ["and", "or", "not", "if", "else"]
  private static let bodyKeywords = keywords.union([
    "elif", "for", "while", "in", "is", "return", "pass", "break", "continue", "assert", "raise", "def",
    "lambda", "import", "from", "class", "try", "except", "finally", "with", "yield", "global", "nonlocal",
    "del", "async", "await",
  ])
  /// Longest first.
  private static let operators = spelled([
    "**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "<", ">", "(", ")", "[", "]", ",", ".",
  ])
  private static let bodyOperators = spelled([
    "**=", "//=", "<<=", ">>=", "...", "**", "//", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/=", "%=",
    "@=", "&=", "|=", "^=", "<<", ">>", ":=", "->", "&&", "||", "+", "-", "*", "/", "%", "@", "<", ">", "(",
    ")", "[", "]", "{", "}", ",", ".", ":", "=", ";", "&", "|", "^", "~",
  ])
  private static let longest = 10_000

  let script: ScriptText
  private let dialect: Dialect
  private(set) var position: Int
  let end: Int

  init(_ script: ScriptText, _ dialect: Dialect, _ range: Range<Int>) {
    self.script = script
    self.dialect = dialect
    position = range.lowerBound
    end = range.upperBound
  }

  /// The tokens of an expression.
  static func tokens(of script: ScriptText) throws(Diagnostic) -> [Token] {
    guard script.bytes.count <= longest else {
      throw .scriptSyntax("the expression is longer than \(longest) bytes", script.span(0..<1))
    }
    return try tokens(of: script, in: 0..<script.bytes.count, .expression)
  }

  /// The tokens of an expression that is a part of a script, lines ends counting as spaces.
  static func tokens(
    of script: ScriptText, in range: Range<Int>, _ dialect: Dialect
  ) throws(Diagnostic) -> [Token] {
    var lexer = Lexer(script, dialect, range)
    var tokens: [Token] = []
    repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
    return tokens
  }

  /// Operators by their first byte.
  private static func spelled(_ operators: [String]) -> [UInt8: [(text: String, bytes: [UInt8])]] {
    Dictionary(grouping: operators.map { (text: $0, bytes: Array($0.utf8)) }) { $0.bytes[0] }
  }

  var rest: ArraySlice<UInt8> { script.bytes[position..<end] }

  mutating func skip(_ count: Int) { position = min(end, position + count) }

  /// The next token; spaces and ends of lines are passed over.
  mutating func next() throws(Diagnostic) -> Token {
    skip(rest.prefix { $0 == 0x20 || (0x09...0x0D).contains($0) }.count)
    guard let first = rest.first else { return Token(kind: .end, range: position..<position) }
    let second = rest.dropFirst().first
    if isDigit(first) || (first == UInt8(ascii: ".") && second.map(isDigit) == true) { return try number() }
    if isLetter(first) { return try dialect == .body ? prefixedString() ?? word() : word() }
    if isQuote(first) { return try string(quote: first) }
    let operators = dialect == .body ? Self.bodyOperators : Self.operators
    for symbol in operators[first] ?? [] where rest.starts(with: symbol.bytes) {
      return take(symbol.bytes.count, .symbol(symbol.text))
    }
    let width = first < 0x80 ? 1 : 1 + rest.dropFirst().prefix { $0 & 0xC0 == 0x80 }.count
    throw unexpected(String(decoding: rest.prefix(width), as: UTF8.self), width)
  }

  private func unexpected(_ character: String, _ width: Int) -> Diagnostic {
    let span = script.span(position..<position + width)
    if dialect == .body { return .strayCharacter(character, span) }
    return .scriptSyntax(
      "unexpected '\(character)'", span, help: Self.help(for: character))
  }

  private static func help(for character: String) -> String? {
    switch character {
    case "=": "compare with '=='"
    case ":": "this is one expression, without statements: write 'a if condition else b'"
    default: nil
    }
  }

  private mutating func take(_ count: Int, _ kind: Token.Kind) -> Token {
    defer { position += count }
    return Token(kind: kind, range: position..<position + count)
  }

  private mutating func word() -> Token {
    var bytes = rest.prefix { isLetter($0) || isDigit($0) }
    // The result of one of a metric's thresholds: precision@0.5. In a body it would be a product of matrices.
    let part = rest[bytes.endIndex...].prefix {
      isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "@")
    }
    if dialect != .body, part.first == UInt8(ascii: "@"), part.count > 1 { bytes = rest[..<part.endIndex] }
    let text = String(decoding: bytes, as: UTF8.self)
    let keywords = dialect == .body ? Self.bodyKeywords : Self.keywords
    return take(bytes.count, keywords.contains(text) ? .symbol(text) : .name(text))
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
      let span = script.span(position..<position + bytes.count)
      if dialect == .expression { throw .scriptSyntax("'\(text)' is not a number", span) }
      let isComplex = plain.last == "j" && Double(plain.dropLast()) != nil
      throw isComplex ? .refused(.complexNumber, span) : .bodySyntax("'\(text)' is not a number", span)
    }
    return take(bytes.count, .double(value))
  }

  // MARK: Texts

  /// `r'…'`, `f'…'`: a word of one or two letters with a quote behind it.
  private mutating func prefixedString() throws(Diagnostic) -> Token? {
    let letters = rest.prefix { isLetter($0) }
    guard letters.count <= 2, let quote = rest.dropFirst(letters.count).first, isQuote(quote) else {
      return nil
    }
    let prefix = String(decoding: letters, as: UTF8.self).lowercased()
    let span = script.span(position..<position + letters.count)
    guard ["r", "u", "f", "fr", "rf"].contains(prefix) else {
      throw prefix.contains("b")
        ? .refused(.bytes, span) : .bodySyntax("a text cannot begin with '\(prefix)'", span)
    }
    let start = position
    position += letters.count
    var token = try string(quote: quote, isRaw: prefix.contains("r"), isFormatted: prefix.contains("f"))
    token.range = start..<token.range.upperBound
    return token
  }

  private mutating func string(
    quote: UInt8, isRaw: Bool = false, isFormatted: Bool = false
  ) throws(Diagnostic) -> Token {
    let isTriple = dialect == .body && rest.prefix(3).elementsEqual([quote, quote, quote])
    let width = isTriple ? 3 : 1
    var value: [UInt8] = []
    var index = position + width
    while index < end {
      let byte = script.bytes[index]
      if byte == quote, !isTriple || script.bytes[index..<end].prefix(3).elementsEqual([quote, quote, quote])
      {
        let inside = position + width..<index
        let text = Token.Kind.string(String(decoding: value, as: UTF8.self))
        return take(index + width - position, isFormatted ? .formatted(inside) : text)
      }
      if dialect == .body, !isTriple, byte == UInt8(ascii: "\n") { break }
      let isEscape = byte == UInt8(ascii: "\\") && index + 1 < end
      if isEscape && isRaw { value.append(byte) }
      value.append(
        isEscape && !isRaw ? unescaped(script.bytes[index + 1]) : script.bytes[index + (isEscape ? 1 : 0)])
      index += isEscape ? 2 : 1
    }
    let span = script.span(position..<position + width)
    let message = "a quoted text is not closed"
    throw dialect == .body ? .bodySyntax(message, span) : .scriptSyntax(message, span)
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

private func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") }

/// Whether a text is a name as Python has them (ASCII only).
public func isName(_ text: some StringProtocol) -> Bool {
  guard let first = text.utf8.first, isLetter(first) else { return false }
  return text.utf8.allSatisfy { isLetter($0) || isDigit($0) }
}

extension Diagnostic {
  /// E0120: an expression that cannot be read.
  static func scriptSyntax(_ message: String, _ span: SourceSpan?, help: String? = nil) -> Diagnostic {
    Diagnostic("E0120", message, at: span.map { Label($0, "in this expression") }, help: help)
  }
}
