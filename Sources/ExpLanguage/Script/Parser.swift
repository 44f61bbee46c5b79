public import Diagnostics

extension Expression {
  /// Reads one expression.
  /// - Throws: E0120 for what is no expression, E0124 for nesting that no stack should have to bear.
  public init(parsing script: ScriptText) throws(Diagnostic) {
    var parser = ExpressionParser(script, try Lexer.tokens(of: script))
    self = try parser.whole()
  }
}

/// Recursive descent for what has its own shape, precedence climbing for the operators, with Python's
/// precedences.
private struct ExpressionParser {
  private static let depthLimit = 64
  private let script: ScriptText
  private let tokens: [Token]
  private var position = 0
  private var open = 0

  init(_ script: ScriptText, _ tokens: [Token]) {
    self.script = script
    self.tokens = tokens
  }

  mutating func whole() throws(Diagnostic) -> Expression {
    let result = try conditional()
    guard current.kind == .end else { throw unexpected("an operator") }
    return result
  }

  // MARK: Tokens

  private var current: Token { tokens[min(position, tokens.count - 1)] }

  private mutating func accept(_ symbol: String) -> Bool {
    guard current.kind == .symbol(symbol) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ symbol: String) throws(Diagnostic) {
    if !accept(symbol) { throw unexpected("'\(symbol)'") }
  }

  private func unexpected(_ wanted: String) -> Diagnostic {
    let found = current
    guard found.kind != .end else {
      let last = max(0, script.bytes.count - 1)
      return .scriptSyntax(
        "the expression ends where \(wanted) is expected", script.span(last..<script.bytes.count))
    }
    let text = String(decoding: script.bytes[found.range], as: UTF8.self)
    return .scriptSyntax("expected \(wanted), found '\(text)'", script.span(found.range))
  }

  // MARK: Expressions

  private func node(_ kind: Expression.Kind, _ range: Range<Int>) throws(Diagnostic) -> Expression {
    let result = Expression(kind, range)
    if result.depth > Self.depthLimit { throw .scriptTooDeep(script.span(range), limit: Self.depthLimit) }
    return result
  }

  /// Guards every way back into itself.
  private mutating func conditional() throws(Diagnostic) -> Expression {
    open += 1
    defer { open -= 1 }
    if open > Self.depthLimit { throw .scriptTooDeep(script.span(current.range), limit: Self.depthLimit) }
    let then = try or()
    guard accept("if") else { return then }
    let condition = try or()
    try expect("else")
    let otherwise = try conditional()
    return try node(
      .conditional(then: then, condition: condition, otherwise: otherwise), join(then, otherwise))
  }

  private mutating func or() throws(Diagnostic) -> Expression {
    var left = try and()
    while accept("or") {
      let right = try and()
      left = try node(.or(left, right), join(left, right))
    }
    return left
  }

  private mutating func and() throws(Diagnostic) -> Expression {
    var left = try not()
    while accept("and") {
      let right = try not()
      left = try node(.and(left, right), join(left, right))
    }
    return left
  }

  private mutating func not() throws(Diagnostic) -> Expression {
    var starts: [Int] = []
    while current.kind == .symbol("not") {
      starts.append(current.range.lowerBound)
      position += 1
    }
    var result = try comparison()
    for start in starts.reversed() { result = try node(.not(result), start..<result.range.upperBound) }
    return result
  }

  private mutating func comparison() throws(Diagnostic) -> Expression {
    let first = try binary(minimum: 1)
    var rest: [Expression.Comparison] = []
    while case .symbol(let symbol) = current.kind, let kind = Expression.Comparison.Operator(rawValue: symbol)
    {
      position += 1
      rest.append(.init(operator: kind, right: try binary(minimum: 1)))
    }
    guard let last = rest.last else { return first }
    return try node(.comparison(first, rest), join(first, last.right))
  }

  private mutating func binary(minimum: Int) throws(Diagnostic) -> Expression {
    var left = try unary()
    while case .symbol(let symbol) = current.kind, let kind = Expression.BinaryOperator(rawValue: symbol),
      let strength = precedence(kind), strength >= minimum
    {
      position += 1
      let right = try binary(minimum: strength + 1)
      left = try node(.binary(kind, left, right), join(left, right))
    }
    return left
  }

  /// `nil` for `**`, which binds closer than the signs.
  private func precedence(_ kind: Expression.BinaryOperator) -> Int? {
    switch kind {
    case .add, .subtract: 1
    case .multiply, .divide, .floorDivide, .remainder: 2
    case .power: nil
    }
  }

  private mutating func unary() throws(Diagnostic) -> Expression {
    var signs: [(isMinus: Bool, start: Int)] = []
    while current.kind == .symbol("-") || current.kind == .symbol("+") {
      signs.append((current.kind == .symbol("-"), current.range.lowerBound))
      position += 1
      if signs.count > Self.depthLimit {
        throw .scriptTooDeep(script.span(current.range), limit: Self.depthLimit)
      }
    }
    var result = try power()
    for sign in signs.reversed() {
      result = try node(sign.isMinus ? .negate(result) : .plus(result), sign.start..<result.range.upperBound)
    }
    return result
  }

  private mutating func power() throws(Diagnostic) -> Expression {
    let base = try postfix()
    guard accept("**") else { return base }
    open += 1
    defer { open -= 1 }
    if open > Self.depthLimit { throw .scriptTooDeep(script.span(current.range), limit: Self.depthLimit) }
    let exponent = try unary()
    return try node(.binary(.power, base, exponent), join(base, exponent))
  }

  private mutating func postfix() throws(Diagnostic) -> Expression {
    var result = try atom()
    while accept("[") {
      let index = try conditional()
      try expect("]")
      result = try node(.index(result, index), result.range.lowerBound..<previousEnd)
    }
    return result
  }

  private var previousEnd: Int { tokens[max(0, position - 1)].range.upperBound }

  private mutating func atom() throws(Diagnostic) -> Expression {
    let token = current
    position += 1
    switch token.kind {
    case .int(let value): return try node(.literal(.int(value)), token.range)
    case .double(let value): return try node(.literal(.double(value)), token.range)
    case .string(let value): return try node(.literal(.string(value)), token.range)
    case .name(let name): return try named(name, token)
    case .symbol("("):
      let inner = try conditional()
      try expect(")")
      return inner
    case .symbol("["):
      let items = try items(until: "]")
      return try node(.list(items), token.range.lowerBound..<previousEnd)
    default:
      position -= 1
      throw unexpected("a value")
    }
  }

  /// A literal word, a call, or a name with its dots.
  private mutating func named(_ word: String, _ token: Token) throws(Diagnostic) -> Expression {
    switch word {
    case "True", "true": return try node(.literal(.bool(true)), token.range)
    case "False", "false": return try node(.literal(.bool(false)), token.range)
    case "None", "null": return try node(.literal(.none), token.range)
    default: break
    }
    var name = word
    while accept(".") {
      guard case .name(let next) = current.kind else { throw unexpected("a name") }
      position += 1
      name += "." + next
    }
    guard accept("(") else { return try node(.name(name), token.range.lowerBound..<previousEnd) }
    let arguments = try items(until: ")")
    return try node(.call(function: name, arguments), token.range.lowerBound..<previousEnd)
  }

  private mutating func items(until close: String) throws(Diagnostic) -> [Expression] {
    var items: [Expression] = []
    while !accept(close) {
      items.append(try conditional())
      if accept(close) { break }
      try expect(",")
    }
    return items
  }

  private func join(_ first: Expression, _ last: Expression) -> Range<Int> {
    first.range.lowerBound..<max(first.range.lowerBound, last.range.upperBound)
  }
}

extension Diagnostic {
  /// E0124: an expression nested too deep.
  fileprivate static func scriptTooDeep(_ span: SourceSpan?, limit: Int) -> Diagnostic {
    Diagnostic(
      "E0124", "the expression is nested more than \(limit) deep", at: span.map { Label($0, "too deep") },
      help: "split it into several parameters")
  }
}
