internal import Diagnostics

/// Statements and blocks.
extension ScriptParser {
  private static let blockLimit = 32

  /// A whole body, with or without a `def` line.
  mutating func body() throws(Diagnostic) -> (ScriptSignature?, [Statement]) {
    while at("@") { throw .refused(.decorator, script.span(lineRange)) }
    guard accept("def") else { return (nil, try statements()) }
    let signature = try signature()
    if accept("->") { _ = try conditional() }
    let statements = try block()
    guard current.kind == .end else { throw .refused(.functions, script.span(lineRange)) }
    return (signature, statements)
  }

  private mutating func statements() throws(Diagnostic) -> [Statement] {
    var statements: [Statement] = []
    while current.kind != .end, current.kind != .dedent { statements.append(try statement()) }
    return statements
  }

  /// What is left of the line.
  private var lineRange: Range<Int> {
    let end = tokens[position...].first { $0.kind == .newline || $0.kind == .end } ?? current
    return current.range.lowerBound..<max(current.range.lowerBound, end.range.lowerBound)
  }

  // MARK: One statement

  private mutating func statement() throws(Diagnostic) -> Statement {
    let start = current
    guard start.kind != .indent else {
      throw .indentation(
        "this line is indented, but opens no block", script.span(start.range),
        help: "align it with the line above")
    }
    if case .symbol(let keyword) = start.kind {
      switch keyword {
      case "if": return try conditionalStatement(start)
      case "for": return try forLoop(start)
      case "while": return try whileLoop(start)
      case "elif", "else":
        throw .misplaced("'\(keyword)' has no 'if' above it", script.span(start.range))
      default: break
      }
      if !["(", "[", "{", "-", "+", "not", "...", "~"].contains(keyword),
        let refusal = Refusal(keyword: keyword)
      {
        throw .refused(refusal, script.span(start.range))
      }
    }
    let kind = try simpleStatement()
    let range = start.range.lowerBound..<max(start.range.lowerBound, previousEnd)
    guard current.kind == .newline else { throw behindStatement(start) }
    position += 1
    return Statement(kind: kind, range: range)
  }

  private func behindStatement(_ start: Token) -> Diagnostic {
    if case .name(let word) = start.kind {
      let next = tokens.firstIndex(of: start).map { tokens[min($0 + 1, tokens.count - 1)].kind }
      switch (word, next) {
      case ("match", .name), ("match", .symbol("(")): return .refused(.matching, script.span(start.range))
      case ("print", .string): return .refused(.printing, script.span(start.range))
      default: break
      }
    }
    return unexpected("the end of the line")
  }

  private mutating func simpleStatement() throws(Diagnostic) -> Statement.Kind {
    let keyword = current
    if accept("pass") { return .pass }
    if accept("break") { return try inLoop(.break, keyword) }
    if accept("continue") { return try inLoop(.continue, keyword) }
    if accept("return") { return .return(current.kind == .newline ? nil : try expressions()) }
    if accept("assert") {
      let condition = try conditional()
      return .assertion(condition, accept(",") ? try message() : nil)
    }
    if accept("raise") { return .raise(current.kind == .newline ? nil : try message()) }
    return try assignment()
  }

  private func inLoop(_ kind: Statement.Kind, _ token: Token) throws(Diagnostic) -> Statement.Kind {
    if openLoops > 0 { return kind }
    throw .misplaced("'\(text(token.range))' is in no loop", script.span(token.range))
  }

  private mutating func message() throws(Diagnostic) -> Expression {
    isInMessage = true
    defer { isInMessage = false }
    return try conditional()
  }

  /// An expression, or an assignment of any kind.
  private mutating func assignment() throws(Diagnostic) -> Statement.Kind {
    if at("*") { throw .refused(.starredTarget, script.span(current.range)) }
    let first = try expressions()
    if accept(":") { return try annotated(first) }
    if let kind = augmentation() {
      guard let target = try? target(first), !target.isTuple else { throw try notAssignable(first) }
      return .augmented(target, kind, try expressions())
    }
    var (targets, value) = ([AssignmentTarget](), first)
    while accept("=") {
      targets.append(try target(value))
      value = try expressions()
    }
    if !targets.isEmpty { return .assignment(targets, value) }
    if case .literal(.string) = first.kind { return .pass }
    return .expression(first)
  }

  /// `name: type = value`; the type is read and forgotten.
  private mutating func annotated(_ name: Expression) throws(Diagnostic) -> Statement.Kind {
    let target = try target(name)
    if target.isTuple { throw try notAssignable(name) }
    _ = try conditional()
    return accept("=") ? .assignment([target], try expressions()) : .pass
  }

  private mutating func augmentation() -> Expression.BinaryOperator? {
    guard case .symbol(let symbol) = current.kind, symbol.hasSuffix("="),
      let kind = Expression.BinaryOperator(rawValue: String(symbol.dropLast()))
    else { return nil }
    position += 1
    return kind
  }

  /// One expression, or several with commas as a tuple.
  private mutating func expressions() throws(Diagnostic) -> Expression {
    let first = try conditional()
    guard at(",") else { return first }
    var items = [first]
    while accept(","), !isAtEndOfExpressions {
      if at("*") { throw .refused(.starredTarget, script.span(current.range)) }
      items.append(try conditional())
    }
    return try node(.tuple(items), first.range.lowerBound..<previousEnd)
  }

  private var isAtEndOfExpressions: Bool { current.kind == .newline || at("=") || at(":") }

  // MARK: Targets

  /// What a `for` binds: names with commas, nested in parentheses.
  mutating func targets() throws(Diagnostic) -> AssignmentTarget {
    let start = current.range.lowerBound
    var items = [try loopTarget()]
    guard at(",") else { return items[0] }
    while accept(","), !at("in") { items.append(try loopTarget()) }
    return AssignmentTarget(kind: .tuple(items), range: start..<previousEnd)
  }

  private mutating func loopTarget() throws(Diagnostic) -> AssignmentTarget {
    if at("*") { throw .refused(.starredTarget, script.span(current.range)) }
    return try target(try postfix())
  }

  private func target(_ expression: Expression) throws(Diagnostic) -> AssignmentTarget {
    switch expression.kind {
    case .name(let name): return AssignmentTarget(kind: .name(name), range: expression.range)
    case .index(let base, let index):
      return AssignmentTarget(kind: .item(base, index), range: expression.range)
    case .tuple(let items), .list(let items):
      var targets: [AssignmentTarget] = []
      for item in items { targets.append(try target(item)) }
      return AssignmentTarget(kind: .tuple(targets), range: expression.range)
    default: throw try notAssignable(expression)
    }
  }

  private func notAssignable(_ expression: Expression) throws(Diagnostic) -> Diagnostic {
    let (what, help): (String, String?) =
      switch expression.kind {
      case .attribute(let base, let name) where base.isSelf:
        ("a layer keeps nothing from one call to the next", "use a name of the body: '\(name) = …'")
      case .attribute: ("an attribute cannot be assigned", "use a name of the body")
      case .literal, .list, .dictionary, .formatted: ("a literal cannot be assigned", "compare with '=='")
      case .call: ("a call cannot be assigned", "compare with '=='")
      case .tuple: ("only one name can stand before this", "write one assignment for each name")
      default: ("an expression cannot be assigned", "compare with '=='")
      }
    return Diagnostic(
      "E0133", what, at: script.span(expression.range).map { .init($0, "not a name") }, help: help)
  }

  // MARK: Blocks

  private mutating func conditionalStatement(_ start: Token) throws(Diagnostic) -> Statement {
    var branches: [Statement.Branch] = []
    var keyword = start
    repeat {
      position += 1
      let condition = try conditional()
      branches.append(.init(condition: condition, body: try block()))
      keyword = current
    } while keyword.kind == .symbol("elif")
    if accept("else") {
      if at("if") {
        throw .bodySyntax("'else if' is spelled 'elif'", script.span(current.range), help: "write 'elif'")
      }
      branches.append(.init(condition: nil, body: try block()))
    }
    return Statement(kind: .conditional(branches), range: heading(start))
  }

  private mutating func forLoop(_ start: Token) throws(Diagnostic) -> Statement {
    position += 1
    let target = try targets()
    try expect("in")
    let iterable = try expressions()
    return Statement(kind: .forLoop(target, iterable, try loopBody()), range: heading(start))
  }

  private mutating func whileLoop(_ start: Token) throws(Diagnostic) -> Statement {
    position += 1
    let condition = try conditional()
    return Statement(kind: .whileLoop(condition, try loopBody()), range: heading(start))
  }

  private mutating func loopBody() throws(Diagnostic) -> [Statement] {
    openLoops += 1
    defer { openLoops -= 1 }
    let body = try block()
    if at("else") { throw .refused(.loopElse, script.span(current.range)) }
    return body
  }

  /// The range of a block's first line.
  private func heading(_ start: Token) -> Range<Int> {
    let line = script.bytes[start.range.lowerBound...].prefix { $0 != UInt8(ascii: "\n") }
    return start.range.lowerBound..<line.endIndex
  }

  /// Behind a `:` one statement in the same line, or indented lines.
  private mutating func block() throws(Diagnostic) -> [Statement] {
    try expect(":")
    openBlocks += 1
    defer { openBlocks -= 1 }
    if openBlocks > Self.blockLimit {
      throw .bodyTooLarge("blocks are nested more than \(Self.blockLimit) deep", script.span(current.range))
    }
    guard current.kind == .newline else {
      for keyword in ["if", "for", "while"] where at(keyword) {
        throw .misplaced("'\(keyword)' must begin a line", script.span(current.range))
      }
      return [try statement()]
    }
    position += 1
    guard current.kind == .indent else {
      throw .indentation(
        "a block of at least one indented line is missing", script.span(previousEnd..<previousEnd),
        help: "indent what belongs to the line above, or write 'pass'")
    }
    position += 1
    let statements = try statements()
    if current.kind == .dedent { position += 1 }
    return statements
  }
}

extension AssignmentTarget {
  fileprivate var isTuple: Bool { if case .tuple = kind { true } else { false } }
}

extension Expression {
  fileprivate var isSelf: Bool { if case .name("self") = kind { true } else { false } }
}

extension Diagnostic {
  /// E0135: a statement in a place that it cannot be in.
  fileprivate static func misplaced(_ message: String, _ span: SourceSpan?) -> Diagnostic {
    Diagnostic("E0135", message, at: span.map { Label($0, "not here") })
  }
}
