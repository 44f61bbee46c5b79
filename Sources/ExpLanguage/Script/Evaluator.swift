internal import Config
public import Diagnostics

/// Reads and evaluates an expression, with Python's rules for numbers: `/` gives a fraction, `//` and `%`
/// round down.
///
/// - Parameter script: such as `2 * units` or `test.accuracy >= 0.87`.
/// - Throws: E0120 and E0124 from reading; E0121 for an unknown name, E0122 for operands of the wrong kind,
///   E0123 for a result that is no finite number, E0125 for an unknown function or wrong arguments.
public func evaluate(_ script: ScriptText, in scope: ScriptScope) throws(Diagnostic) -> ScriptValue {
  try Evaluator(script: script, scope: scope).value(Expression(parsing: script))
}

/// The same for a script that was written nowhere.
public func evaluate(_ source: String, in scope: ScriptScope = .empty) throws(Diagnostic) -> ScriptValue {
  try evaluate(ScriptText(source), in: scope)
}

/// What joining texts may give: parameters that double each other would fill any memory after a few lines.
package let longestText = 1 << 16

/// Walks an expression.
///
/// Each sub-expression that fails is the one that the message points at.
struct Evaluator {
  let script: ScriptText
  let scope: ScriptScope

  func value(_ expression: Expression) throws(Diagnostic) -> ScriptValue {
    switch expression.kind {
    case .literal(let value): return value
    case .name(let name): return try resolve(name, expression)
    case .list(let items): return .list(try values(items))
    case .negate(let operand): return try negated(operand)
    case .plus(let operand):
      let result = try value(operand)
      _ = try number(result, operand, "+")
      return result
    case .binary(let kind, let left, let right): return try binary(kind, left, right, in: expression)
    case .comparison(let first, let rest): return .bool(try holds(first, rest))
    case .and(let left, let right):
      let first = try value(left)
      return first.isTrue ? try value(right) : first
    case .or(let left, let right):
      let first = try value(left)
      return first.isTrue ? first : try value(right)
    case .not(let operand): return .bool(try !value(operand).isTrue)
    case .conditional(let then, let condition, let otherwise):
      return try value(condition).isTrue ? try value(then) : try value(otherwise)
    case .call(let function, let arguments):
      guard case .name(let name) = function.kind else { throw .onlyInBodies(script.span(function.range)) }
      return try ScriptFunction.call(name, values(arguments.map(\.value)), at: script.span(expression.range))
    case .index(let list, let index): return try element(list, index)
    case .tuple, .dictionary, .comprehension, .formatted, .attribute, .slice, .ellipsis:
      throw .onlyInBodies(script.span(expression.range))
    }
  }

  private func values(_ expressions: [Expression]) throws(Diagnostic) -> [ScriptValue] {
    var values: [ScriptValue] = []
    for expression in expressions { values.append(try value(expression)) }
    return values
  }

  private func resolve(_ name: String, _ expression: Expression) throws(Diagnostic) -> ScriptValue {
    if let value = scope.lookup(name) { return value }
    throw .unknownName(name, script.span(expression.range), scope)
  }

  private func negated(_ operand: Expression) throws(Diagnostic) -> ScriptValue {
    let result = try value(operand)
    if case .int(let whole) = result, whole != .min { return .int(-whole) }
    return .double(-(try number(result, operand, "-")))
  }

  private func number(
    _ value: ScriptValue, _ expression: Expression, _ symbol: String
  ) throws(Diagnostic) -> Double {
    if let number = value.number { return number }
    throw .wrongOperand("'\(symbol)' needs a number", value, script.span(expression.range))
  }

  private func binary(
    _ kind: Expression.BinaryOperator, _ left: Expression, _ right: Expression, in whole: Expression
  ) throws(Diagnostic) -> ScriptValue {
    let (first, second) = (try value(left), try value(right))
    if kind == .add, case .string(let head) = first {
      guard case .string(let tail) = second else {
        throw .wrongOperand("'+' joins a text only to a text", second, script.span(right.range))
      }
      guard head.utf8.count + tail.utf8.count <= longestText else {
        throw .arithmetic("the text is longer than \(longestText) bytes", script.span(whole.range))
      }
      return .string(head + tail)
    }
    let x = try number(first, left, kind.rawValue)
    let y = try number(second, right, kind.rawValue)
    do {
      if case .int(let m) = first, case .int(let n) = second, let result = try integer(kind, m, n) {
        return result
      }
      return .double(try fraction(kind, x, y))
    } catch {
      throw .arithmetic(error.text, script.span(error.isRight ? right.range : whole.range))
    }
  }

  private func holds(_ first: Expression, _ rest: [Expression.Comparison]) throws(Diagnostic) -> Bool {
    var left = try value(first)
    for step in rest {
      let right = try value(step.right)
      let span = script.span(first.range.lowerBound..<step.right.range.upperBound)
      guard try compare(left, step.operator, right, at: span) else { return false }
      left = right
    }
    return true
  }

  private func compare(
    _ left: ScriptValue, _ kind: Expression.Comparison.Operator, _ right: ScriptValue, at span: SourceSpan?
  ) throws(Diagnostic) -> Bool {
    switch kind {
    case .equal: return left.equals(right)
    case .notEqual: return !left.equals(right)
    case .less: return try ordered(left, right, kind, at: span, numbers: { $0 < $1 }, texts: { $0 < $1 })
    case .lessOrEqual:
      return try ordered(left, right, kind, at: span, numbers: { $0 <= $1 }, texts: { $0 <= $1 })
    case .greater: return try ordered(left, right, kind, at: span, numbers: { $0 > $1 }, texts: { $0 > $1 })
    case .greaterOrEqual:
      return try ordered(left, right, kind, at: span, numbers: { $0 >= $1 }, texts: { $0 >= $1 })
    case .in, .notIn, .is, .isNot: throw .onlyInBodies(span)
    }
  }

  private func ordered(
    _ left: ScriptValue, _ right: ScriptValue, _ kind: Expression.Comparison.Operator,
    at span: SourceSpan?, numbers: (Double, Double) -> Bool, texts: (String, String) -> Bool
  ) throws(Diagnostic) -> Bool {
    if let x = left.number, let y = right.number { return numbers(x, y) }
    if case .string(let x) = left, case .string(let y) = right { return texts(x, y) }
    throw .wrongOperand(
      "'\(kind.rawValue)' cannot compare \(left.kindName) with \(right.kindName)", right, span)
  }

  private func element(_ list: Expression, _ index: Expression) throws(Diagnostic) -> ScriptValue {
    let (container, position) = (try value(list), try value(index))
    guard case .list(let items) = container else {
      throw .wrongOperand("only a list has elements", container, script.span(list.range))
    }
    guard case .int(let number) = position else {
      throw .wrongOperand("an element is counted with a whole number", position, script.span(index.range))
    }
    guard number < items.count, number >= -items.count else {
      throw .arithmetic("the list has \(items.count) elements", script.span(index.range))
    }
    return items[number < 0 ? number + items.count : number]
  }
}

extension Diagnostic {
  /// E0120: a part of the language that belongs to bodies.
  static func onlyInBodies(_ span: SourceSpan?) -> Diagnostic {
    .scriptSyntax("this can only be written in the body of a 'call'", span)
  }

  /// E0121: a name that stands for nothing.
  static func unknownName(_ name: String, _ span: SourceSpan?, _ scope: ScriptScope) -> Diagnostic {
    let near = nearest(to: name, in: scope.names)
    let known = scope.names.isEmpty ? scope.absence : "known: " + scope.names.joined(separator: ", ")
    return Diagnostic(
      "E0121", "unknown \(scope.what) '\(name)'", at: span.map { Label($0, "not known") },
      help: near.map { "did you mean '\($0)'?" } ?? known,
      cause: .unknownName(name, kind: scope.what, isNearKnown: near != nil))
  }

  /// E0122: an operand of the wrong kind.
  static func wrongOperand(_ message: String, _ found: ScriptValue, _ span: SourceSpan?) -> Diagnostic {
    Diagnostic("E0122", message, at: span.map { Label($0, "this is \(found.kindName)") })
  }

  /// E0123: a calculation without a finite result.
  static func arithmetic(_ message: String, _ span: SourceSpan?) -> Diagnostic {
    Diagnostic("E0123", message, at: span.map { Label($0, "calculated here") })
  }
}
