internal import Diagnostics

/// Values, and what stands behind them: calls, attributes, indices.
extension ScriptParser {
  mutating func postfix() throws(Diagnostic) -> Expression {
    var result = try atom()
    while true {
      let start = result.range.lowerBound
      if accept("[") {
        let index = try dialect == .body ? subscripts() : conditional()
        try expect("]")
        result = try node(.index(result, index), start..<previousEnd)
      } else if dialect == .body, accept(".") {
        let name = try attributeName()
        result = try node(.attribute(result, name), start..<previousEnd)
      } else if dialect == .body, at("(") {
        if case .name("print") = result.kind { throw .refused(.printing, script.span(result.range)) }
        position += 1
        let arguments = try arguments()
        result = try node(.call(result, arguments), start..<previousEnd)
      } else {
        return result
      }
    }
  }

  private mutating func atom() throws(Diagnostic) -> Expression {
    let token = current
    position += 1
    switch token.kind {
    case .int(let value): return try node(.literal(.int(value)), token.range)
    case .double(let value): return try node(.literal(.double(value)), token.range)
    case .string(let value): return try adjacentTexts(value, token)
    case .formatted(let inside):
      guard isInMessage else { throw .refused(.formattedText, script.span(token.range)) }
      return try formatted(inside, token.range)
    case .name(let name): return try named(name, token)
    case .symbol("("): return try dialect == .body ? parenthesized(token) : grouped()
    case .symbol("["): return try list(token)
    case .symbol("{") where dialect == .body: return try dictionary(token)
    case .symbol("...") where dialect == .body: return try node(.ellipsis, token.range)
    default:
      position -= 1
      throw unexpected("a value")
    }
  }

  /// A literal word, or a name; outside bodies with its dots, and a call.
  private mutating func named(_ word: String, _ token: Token) throws(Diagnostic) -> Expression {
    switch word {
    case "True", "true": return try node(.literal(.bool(true)), token.range)
    case "False", "false": return try node(.literal(.bool(false)), token.range)
    case "None", "null": return try node(.literal(.none), token.range)
    default: break
    }
    if dialect == .body { return try node(.name(word), token.range) }
    var name = word
    while accept(".") { name += "." + (try attributeName()) }
    let result = try node(.name(name), token.range.lowerBound..<previousEnd)
    guard accept("(") else { return result }
    let arguments = try items(until: ")").map { Expression.Argument(value: $0, range: $0.range) }
    return try node(.call(result, arguments), token.range.lowerBound..<previousEnd)
  }

  private mutating func attributeName() throws(Diagnostic) -> String {
    guard case .name(let name) = current.kind else { throw unexpected("a name") }
    position += 1
    return name
  }

  /// Texts beside each other are one text.
  private mutating func adjacentTexts(_ first: String, _ token: Token) throws(Diagnostic) -> Expression {
    var value = first
    while dialect == .body, case .string(let next) = current.kind {
      value += next
      position += 1
    }
    return try node(.literal(.string(value)), token.range.lowerBound..<previousEnd)
  }

  // MARK: Brackets

  mutating func items(until close: String) throws(Diagnostic) -> [Expression] {
    var items: [Expression] = []
    while !accept(close) {
      items.append(try conditional())
      if accept(close) { break }
      try expect(",")
    }
    return items
  }

  private mutating func grouped() throws(Diagnostic) -> Expression {
    let inner = try conditional()
    try expect(")")
    return inner
  }

  /// `(x)`, `(x, y)`, `()`.
  private mutating func parenthesized(_ token: Token) throws(Diagnostic) -> Expression {
    if accept(")") { return try node(.tuple([]), token.range.lowerBound..<previousEnd) }
    let first = try conditional()
    if at("for") { throw .refused(.generator, script.span(current.range)) }
    if accept(")") { return first }
    try expect(",")
    let rest = try items(until: ")")
    return try node(.tuple([first] + rest), token.range.lowerBound..<previousEnd)
  }

  private mutating func list(_ token: Token) throws(Diagnostic) -> Expression {
    let start = token.range.lowerBound
    guard dialect == .body, !at("]") else {
      let items = try items(until: "]")
      return try node(.list(items), start..<previousEnd)
    }
    let first = try conditional()
    if accept("for") { return try comprehension(first, start) }
    if accept("]") { return try node(.list([first]), start..<previousEnd) }
    try expect(",")
    let rest = try items(until: "]")
    return try node(.list([first] + rest), start..<previousEnd)
  }

  private mutating func comprehension(_ element: Expression, _ start: Int) throws(Diagnostic) -> Expression {
    let target = try targets()
    try expect("in")
    let iterable = try or()
    let condition = accept("if") ? try or() : nil
    if at("for") || at("if") { throw .refused(.nestedComprehension, script.span(current.range)) }
    try expect("]")
    let parts = Expression.Comprehension(
      element: element, target: target, iterable: iterable, condition: condition)
    return try node(.comprehension(parts), start..<previousEnd)
  }

  private mutating func dictionary(_ token: Token) throws(Diagnostic) -> Expression {
    var entries: [Expression.Entry] = []
    while !accept("}") {
      if at("**") { throw .refused(.starredArgument, script.span(current.range)) }
      let key = try conditional()
      if at(",") || at("}") {
        throw .refused(.setDisplay, script.span(token.range.lowerBound..<key.range.upperBound))
      }
      if at("for") { throw .refused(.dictComprehension, script.span(current.range)) }
      try expect(":")
      entries.append(.init(key: key, value: try conditional()))
      if at("for") { throw .refused(.dictComprehension, script.span(current.range)) }
      if accept("}") { break }
      try expect(",")
    }
    return try node(.dictionary(entries), token.range.lowerBound..<previousEnd)
  }

  /// What is between `[` and `]`: one index, or several as a tuple.
  private mutating func subscripts() throws(Diagnostic) -> Expression {
    let start = current.range.lowerBound
    let first = try subscriptItem()
    guard at(",") else { return first }
    var items = [first]
    while accept(","), !at("]") { items.append(try subscriptItem()) }
    return try node(.tuple(items), start..<previousEnd)
  }

  private mutating func subscriptItem() throws(Diagnostic) -> Expression {
    let start = current.range.lowerBound
    let lower = at(":") ? nil : try conditional()
    guard accept(":") else {
      guard let lower else { throw unexpected("an index") }
      return lower
    }
    let upper = try sliceEnd()
    let step = accept(":") ? try sliceEnd() : nil
    return try node(.slice(lower: lower, upper: upper, step: step), start..<previousEnd)
  }

  private mutating func sliceEnd() throws(Diagnostic) -> Expression? {
    at(":") || at(",") || at("]") ? nil : try conditional()
  }

  private mutating func arguments() throws(Diagnostic) -> [Expression.Argument] {
    var arguments: [Expression.Argument] = []
    while !accept(")") {
      arguments.append(try argument(after: arguments))
      if at("for") { throw .refused(.generator, script.span(current.range)) }
      if accept(")") { break }
      try expect(",")
    }
    return arguments
  }

  private mutating func argument(
    after others: [Expression.Argument]
  ) throws(Diagnostic) -> Expression.Argument {
    let start = current
    if at("*") || at("**") { throw .refused(.starredArgument, script.span(start.range)) }
    if case .name(let keyword) = start.kind, tokens[min(position + 1, tokens.count - 1)].kind == .symbol("=")
    {
      if others.contains(where: { $0.keyword == keyword }) {
        throw .bodySyntax("'\(keyword)' is given twice", script.span(start.range))
      }
      position += 2
      let value = try conditional()
      return .init(keyword: keyword, value: value, range: join(start.range, value))
    }
    let value = try conditional()
    if others.contains(where: { $0.keyword != nil }) {
      throw .bodySyntax(
        "a positional argument behind a keyword argument", script.span(value.range),
        help: "write its name before it, with '='")
    }
    return .init(value: value, range: value.range)
  }

  private func join(_ start: Range<Int>, _ last: Expression) -> Range<Int> {
    start.lowerBound..<max(start.lowerBound, last.range.upperBound)
  }

  // MARK: Formatted texts

  /// The texts and expressions between the quotes of an f-string.
  private mutating func formatted(_ inside: Range<Int>, _ whole: Range<Int>) throws(Diagnostic) -> Expression
  {
    var parts: [Expression] = []
    var (start, index) = (inside.lowerBound, inside.lowerBound)
    let (left, right) = (UInt8(ascii: "{"), UInt8(ascii: "}"))
    func literal(_ end: Int) throws(Diagnostic) -> [Expression] {
      end > start ? [try node(.literal(.string(text(start..<end))), start..<end)] : []
    }
    while index < inside.upperBound {
      let byte = script.bytes[index]
      let isDoubled = index + 1 < inside.upperBound && script.bytes[index + 1] == byte
      if byte == left || byte == right, isDoubled {
        parts += try literal(index + 1)
        index += 2
        start = index
      } else if byte == left {
        parts += try literal(index)
        guard let close = script.bytes[index..<inside.upperBound].firstIndex(of: right) else {
          throw .bodySyntax("a brace in the f-string is not closed", script.span(index..<index + 1))
        }
        parts.append(try embedded(index + 1..<close))
        index = close + 1
        start = index
      } else {
        index += 1
      }
    }
    parts += try literal(inside.upperBound)
    return try node(.formatted(parts), whole)
  }

  private func embedded(_ range: Range<Int>) throws(Diagnostic) -> Expression {
    if let format = startOfFormat(in: range) {
      throw .refused(.formatSpecification, script.span(format..<range.upperBound))
    }
    var parser = ScriptParser(script, try Lexer.tokens(of: script, in: range, .body), .body)
    parser.open = open
    let result = try parser.nested { inner throws(Diagnostic) in try inner.conditional() }
    guard parser.current.kind == .end else { throw parser.unexpected("'}'") }
    return result
  }

  /// Where a `:` or `!` outside brackets begins a format.
  private func startOfFormat(in range: Range<Int>) -> Int? {
    var depth = 0
    for index in range {
      switch script.bytes[index] {
      case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ":") where depth == 0: return index
      case UInt8(ascii: "!") where depth == 0:
        if index + 1 == range.upperBound || script.bytes[index + 1] != UInt8(ascii: "=") { return index }
      default: break
      }
    }
    return nil
  }
}
