public import Diagnostics

extension Expression {
  /// Reads one expression.
  /// - Throws: E0120 for what is no expression, E0124 for nesting that no stack should have to bear.
  public init(parsing script: ScriptText) throws(Diagnostic) {
    var parser = ScriptParser(script, try Lexer.tokens(of: script), .expression)
    self = try parser.wholeExpression()
  }
}

/// Recursive descent for what has its own shape, precedence climbing for the operators, with Python's
/// precedences.
struct ScriptParser {
  static let depthLimit = 64
  let script: ScriptText
  let dialect: Dialect
  let tokens: [Token]
  var position = 0
  /// Expressions and statements that are being read.
  var open = 0
  var openBlocks = 0
  var openLoops = 0
  /// Whether the text of an `assert` or `raise` is being read.
  var isInMessage = false

  init(_ script: ScriptText, _ tokens: [Token], _ dialect: Dialect) {
    self.script = script
    self.tokens = tokens
    self.dialect = dialect
  }

  mutating func wholeExpression() throws(Diagnostic) -> Expression {
    let result = try conditional()
    guard current.kind == .end else { throw unexpected("an operator") }
    return result
  }

  // MARK: Tokens

  var current: Token { tokens[min(position, tokens.count - 1)] }
  var previousEnd: Int { tokens[max(0, position - 1)].range.upperBound }

  func at(_ symbol: String) -> Bool { current.kind == .symbol(symbol) }

  mutating func accept(_ symbol: String) -> Bool {
    guard at(symbol) else { return false }
    position += 1
    return true
  }

  mutating func expect(_ symbol: String) throws(Diagnostic) {
    if !accept(symbol) { throw unexpected("'\(symbol)'") }
  }

  func text(_ range: Range<Int>) -> String { String(decoding: script.bytes[range], as: UTF8.self) }

  func unexpected(_ wanted: String, help: String? = nil) -> Diagnostic {
    let found = current
    switch found.kind {
    case .end where dialect == .expression:
      let last = max(0, script.bytes.count - 1)
      return .scriptSyntax(
        "the expression ends where \(wanted) is expected", script.span(last..<script.bytes.count))
    case .newline, .end:
      return .bodySyntax("the line ends where \(wanted) is expected", script.span(found.range), help: help)
    case .indent, .dedent: return .bodySyntax("expected \(wanted)", script.span(found.range), help: help)
    default: break
    }
    let message = "expected \(wanted), found '\(text(found.range))'"
    if dialect == .expression { return .scriptSyntax(message, script.span(found.range)) }
    if case .symbol(let symbol) = found.kind, let refusal = Refusal(keyword: symbol), refusal != .decorator {
      return .refused(refusal, script.span(found.range))
    }
    return .bodySyntax(
      message, script.span(found.range), help: help ?? (at("=") ? "compare with '=='" : nil))
  }

  // MARK: Expressions

  func node(_ kind: Expression.Kind, _ range: Range<Int>) throws(Diagnostic) -> Expression {
    let result = Expression(kind, range)
    if result.depth > Self.depthLimit { throw tooDeep(range) }
    return result
  }

  private func tooDeep(_ range: Range<Int>) -> Diagnostic {
    dialect == .expression
      ? .scriptTooDeep(script.span(range), limit: Self.depthLimit)
      : .bodyTooLarge("an expression is nested more than \(Self.depthLimit) deep", script.span(range))
  }

  /// Guards every way in which reading comes back to itself.
  mutating func nested<Result>(
    _ read: (inout ScriptParser) throws(Diagnostic) -> Result
  ) throws(Diagnostic) -> Result {
    open += 1
    defer { open -= 1 }
    if open > Self.depthLimit { throw tooDeep(current.range) }
    return try read(&self)
  }

  mutating func conditional() throws(Diagnostic) -> Expression {
    try nested { parser throws(Diagnostic) in try parser.unguardedConditional() }
  }

  private mutating func unguardedConditional() throws(Diagnostic) -> Expression {
    let then = try or()
    guard accept("if") else { return then }
    let condition = try or()
    try expect("else")
    let otherwise = try conditional()
    return try node(
      .conditional(then: then, condition: condition, otherwise: otherwise), join(then, otherwise))
  }

  mutating func or() throws(Diagnostic) -> Expression {
    var left = try and()
    while accept("or") {
      let right = try and()
      left = try node(.or(left, right), join(left, right))
    }
    return left
  }

  mutating func and() throws(Diagnostic) -> Expression {
    var left = try not()
    while accept("and") {
      let right = try not()
      left = try node(.and(left, right), join(left, right))
    }
    return left
  }

  mutating func not() throws(Diagnostic) -> Expression {
    var starts: [Int] = []
    while current.kind == .symbol("not") {
      starts.append(current.range.lowerBound)
      position += 1
    }
    var result = try comparison()
    for start in starts.reversed() { result = try node(.not(result), start..<result.range.upperBound) }
    return result
  }

  mutating func comparison() throws(Diagnostic) -> Expression {
    let first = try binary(minimum: 1)
    var rest: [Expression.Comparison] = []
    while let kind = comparisonOperator() {
      rest.append(.init(operator: kind, right: try binary(minimum: 1)))
    }
    guard let last = rest.last else { return first }
    return try node(.comparison(first, rest), join(first, last.right))
  }

  /// Takes an operator of comparison, if there is one; some are two words.
  private mutating func comparisonOperator() -> Expression.Comparison.Operator? {
    guard case .symbol(let symbol) = current.kind else { return nil }
    let next = tokens[min(position + 1, tokens.count - 1)].kind
    if dialect == .body, symbol == "not", next == .symbol("in") {
      position += 2
      return .notIn
    }
    if dialect == .body, symbol == "is", next == .symbol("not") {
      position += 2
      return .isNot
    }
    guard let kind = Expression.Comparison.Operator(rawValue: symbol) else { return nil }
    position += 1
    return kind
  }

  mutating func binary(minimum: Int) throws(Diagnostic) -> Expression {
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
  func precedence(_ kind: Expression.BinaryOperator) -> Int? {
    switch kind {
    case .add, .subtract: 1
    case .multiply, .divide, .floorDivide, .remainder, .matrixMultiply: 2
    case .power: nil
    }
  }

  mutating func unary() throws(Diagnostic) -> Expression {
    var signs: [(isMinus: Bool, start: Int)] = []
    while current.kind == .symbol("-") || current.kind == .symbol("+") {
      signs.append((current.kind == .symbol("-"), current.range.lowerBound))
      position += 1
      if signs.count > Self.depthLimit { throw tooDeep(current.range) }
    }
    var result = try power()
    for sign in signs.reversed() {
      result = try node(sign.isMinus ? .negate(result) : .plus(result), sign.start..<result.range.upperBound)
    }
    return result
  }

  mutating func power() throws(Diagnostic) -> Expression {
    let base = try postfix()
    guard accept("**") else { return base }
    let exponent = try nested { parser throws(Diagnostic) in try parser.unary() }
    return try node(.binary(.power, base, exponent), join(base, exponent))
  }

  func join(_ first: Expression, _ last: Expression) -> Range<Int> {
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
