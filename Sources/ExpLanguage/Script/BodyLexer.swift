internal import Diagnostics

/// Cuts a body into tokens and lines, with Python's rules of indentation.
///
/// A line goes on inside brackets and after a backslash; empty lines and comments are none.
struct BodyLexer {
  private static let longest = 100_000

  private var lexer: Lexer
  private var tokens: [Token] = []
  /// The columns of the blocks that are open, from the outside; the first line sets the outermost.
  private var columns: [Int] = []
  private var brackets: [Token] = []

  static func tokens(of script: ScriptText) throws(Diagnostic) -> [Token] {
    guard script.bytes.count <= longest else {
      throw .bodyTooLarge("the body is longer than \(longest) bytes", script.span(0..<1))
    }
    var body = BodyLexer(lexer: Lexer(script, .body, 0..<script.bytes.count))
    while !body.lexer.rest.isEmpty { try body.line() }
    return try body.finished()
  }

  private init(lexer: Lexer) { self.lexer = lexer }

  private mutating func line() throws(Diagnostic) {
    let start = lexer.position
    let blanks = lexer.rest.prefix { $0 == 0x20 || $0 == 0x09 || $0 == 0x0C || $0 == 0x0D }
    lexer.skip(blanks.count)
    guard let first = lexer.rest.first else { return }
    if first == UInt8(ascii: "\n") { return lexer.skip(1) }
    if first == UInt8(ascii: "#") { return skipComment() }
    if let tab = blanks.firstIndex(of: 0x09) {
      throw .indentation(
        "a tab indents this line", lexer.script.span(tab..<tab + 1), help: "indent with spaces")
    }
    try indent(to: blanks.count, start..<lexer.position)
    while try !token() {}
  }

  private mutating func indent(to column: Int, _ range: Range<Int>) throws(Diagnostic) {
    guard let innermost = columns.last else { return columns.append(column) }
    if column > innermost {
      columns.append(column)
      tokens.append(Token(kind: .indent, range: range))
    }
    while let last = columns.last, column < last {
      columns.removeLast()
      guard let outer = columns.last, column <= outer else {
        throw .indentation(
          "this line is indented by \(column) spaces, which is no block around it",
          lexer.script.span(range), help: "align it with the block that it belongs to")
      }
      tokens.append(Token(kind: .dedent, range: range.upperBound..<range.upperBound))
    }
  }

  /// Takes one token, or what is none; true at the end of the line.
  private mutating func token() throws(Diagnostic) -> Bool {
    lexer.skip(lexer.rest.prefix { $0 == 0x20 || $0 == 0x09 || $0 == 0x0C || $0 == 0x0D }.count)
    guard let first = lexer.rest.first else { return endLine() }
    switch first {
    case UInt8(ascii: "#"):
      skipComment()
      return lexer.rest.isEmpty && endLine()
    case UInt8(ascii: "\n"):
      defer { lexer.skip(1) }
      return brackets.isEmpty && endLine()
    case UInt8(ascii: "\\"):
      let blanks = lexer.rest.dropFirst().prefix { $0 == 0x20 || $0 == 0x0D }.count
      guard lexer.rest.dropFirst(1 + blanks).first == UInt8(ascii: "\n") else {
        throw .bodySyntax(
          "a backslash inside a line", lexer.script.span(lexer.position..<lexer.position + 1),
          help: "a backslash at the end of a line continues it")
      }
      lexer.skip(2 + blanks)
    default:
      let token = try lexer.next()
      try match(token)
      tokens.append(token)
    }
    return false
  }

  private mutating func match(_ token: Token) throws(Diagnostic) {
    guard case .symbol = token.kind, token.range.count == 1 else { return }
    let opening: UInt8
    switch lexer.script.bytes[token.range.lowerBound] {
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): return brackets.append(token)
    case UInt8(ascii: ")"): opening = UInt8(ascii: "(")
    case UInt8(ascii: "]"): opening = UInt8(ascii: "[")
    case UInt8(ascii: "}"): opening = UInt8(ascii: "{")
    default: return
    }
    guard let open = brackets.popLast() else {
      throw .bodySyntax("this closes no bracket", lexer.script.span(token.range))
    }
    guard lexer.script.bytes[open.range.lowerBound] != opening else { return }
    throw .bodySyntax("this closes another bracket than was opened", lexer.script.span(token.range))
  }

  private mutating func endLine() -> Bool {
    tokens.append(Token(kind: .newline, range: lexer.position..<lexer.position))
    return true
  }

  private mutating func skipComment() {
    lexer.skip(lexer.rest.prefix { $0 != UInt8(ascii: "\n") }.count)
  }

  private mutating func finished() throws(Diagnostic) -> [Token] {
    if let open = brackets.last {
      let text = String(decoding: lexer.script.bytes[open.range], as: UTF8.self)
      throw .bodySyntax("'\(text)' is not closed", lexer.script.span(open.range))
    }
    let end = lexer.position..<lexer.position
    for _ in columns.dropFirst() { tokens.append(Token(kind: .dedent, range: end)) }
    return tokens + [Token(kind: .end, range: end)]
  }
}

extension Diagnostic {
  /// E0130: a body that cannot be read.
  static func bodySyntax(_ message: String, _ span: SourceSpan?, help: String? = nil) -> Diagnostic {
    Diagnostic("E0130", message, at: span.map { Label($0, "not understood") }, help: help)
  }

  /// E0131: lines that are not aligned as Python wants them.
  static func indentation(_ message: String, _ span: SourceSpan?, help: String) -> Diagnostic {
    Diagnostic("E0131", message, at: span.map { Label($0, "here") }, help: help)
  }

  /// E0134: a body that is too long or nested too deep.
  static func bodyTooLarge(_ message: String, _ span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0134", message, at: span.map { Label($0, "here") },
      help: "move a part of it into a 'function' or 'layer' cell")
  }
}
