import Diagnostics
import ExpLanguage
import GraphEngine
import Layers

/// Arithmetic and comparison: Python's on numbers, the graph's on tensors.
extension Tracer {
  func negated(_ operand: Expression, _ range: Range<Int>) throws -> TraceValue {
    switch try value(operand) {
    case .tensor(let x): return .tensor(try at(range) { try -x })
    case let result:
      if let whole = result.whole, whole != .min { return .int(-whole) }
      if let number = result.number { return .double(-number) }
      throw Diagnostic.wrongValue("'-' needs a number", "this is \(result.kindName)", span(operand.range))
    }
  }

  func binary(
    _ kind: Expression.BinaryOperator, _ left: Given, _ right: Given, at range: Range<Int>
  ) throws -> TraceValue {
    if let joined = try joined(kind, left.value, right.value, at: range) { return joined }
    if left.value.value != nil || right.value.value != nil {
      return try tensors(kind, left, right, at: range)
    }
    guard let x = left.value.number, let y = right.value.number else {
      throw notANumber(kind.rawValue, left.value.number == nil ? left : right)
    }
    do throws(ArithmeticError) {
      if let m = left.value.whole, let n = right.value.whole, let result = try integer(kind, m, n) {
        return TraceValue(result)
      }
      return .double(try fraction(kind, x, y))
    } catch {
      throw Diagnostic(
        "E0123", error.text,
        at: span(error.isRight ? right.range : range).map { .init($0, "calculated here") }
      )
    }
  }

  private func notANumber(_ symbol: String, _ found: Given) -> Diagnostic {
    if case .batch = found.value {
      return Diagnostic(
        "E0322", "the number of samples is not known while the model is built",
        at: span(found.range).map { .init($0, "this is it") },
        help: "pass it on in a shape as it is, or write -1 there; divide sums by it with 'mean'")
    }
    return .wrongValue(
      "'\(symbol)' needs a number or a tensor", "this is \(found.value.kindName)", span(found.range))
  }

  /// `+` and `*` of texts, lists and tuples; `nil` for other operands.
  private func joined(
    _ kind: Expression.BinaryOperator, _ left: TraceValue, _ right: TraceValue, at range: Range<Int>
  ) throws -> TraceValue? {
    switch (kind, left, right) {
    case (.add, .string(let head), .string(let tail)):
      try spend(head.utf8.count + tail.utf8.count, at: range)
      return .string(head + tail)
    case (.add, .list(let head), .list(let tail)):
      try spend(head.items.count + tail.items.count, at: range)
      return .list(head.items + tail.items)
    case (.add, .tuple(let head), .tuple(let tail)):
      try spend(head.count + tail.count, at: range)
      return .tuple(head + tail)
    case (.multiply, .list(let list), .int(let count)), (.multiply, .int(let count), .list(let list)):
      return .list(try repeated(list.items, count, range))
    case (.multiply, .tuple(let items), .int(let count)), (.multiply, .int(let count), .tuple(let items)):
      return .tuple(try repeated(items, count, range))
    default: return nil
    }
  }

  private func repeated(_ items: [TraceValue], _ count: Int, _ range: Range<Int>) throws -> [TraceValue] {
    guard count > 0, !items.isEmpty else { return [] }
    let (total, overflow) = items.count.multipliedReportingOverflow(by: count)
    try spend(overflow ? Budget.statements : min(total, Budget.statements) + 1, at: range)
    return (0..<count).flatMap { _ in items }
  }

  private func tensors(
    _ kind: Expression.BinaryOperator, _ left: Given, _ right: Given, at range: Range<Int>
  ) throws -> TraceValue {
    guard let x = try operand(left.value, left.range) else { throw notANumber(kind.rawValue, left) }
    guard let y = try operand(right.value, right.range) else { throw notANumber(kind.rawValue, right) }
    return .tensor(
      try at(range) {
        guard let function = kind.function else {
          return try x.tensor(in: graph).multiplied(by: y.tensor(in: graph))
        }
        return try Operand.combine(function, x, y, in: graph)
      })
  }

  private func operand(_ value: TraceValue, _ range: Range<Int>) throws -> Operand? {
    try at(range) { try Operand(value, in: graph) }
  }

  // MARK: Comparison

  func comparison(_ first: Expression, _ rest: [Expression.Comparison]) throws -> TraceValue {
    var left = try value(first)
    var leftRange = first.range
    var result = TraceValue.bool(true)
    for (index, step) in rest.enumerated() {
      let right = try value(step.right)
      let range = leftRange.lowerBound..<max(leftRange.lowerBound, step.right.range.upperBound)
      result = try compare(step.operator, left, right, at: range)
      if index + 1 < rest.count, try !truth(result, range) { return result }
      left = right
      leftRange = step.right.range
    }
    return result
  }

  private func compare(
    _ kind: Expression.Comparison.Operator, _ left: TraceValue, _ right: TraceValue, at range: Range<Int>
  ) throws -> TraceValue {
    switch kind {
    case .is: return .bool(left.equals(right))
    case .isNot: return .bool(!left.equals(right))
    case .in: return .bool(try contains(right, left, range))
    case .notIn: return .bool(try !contains(right, left, range))
    default: break
    }
    if left.value != nil || right.value != nil, let function = kind.function,
      let x = try operand(left, range), let y = try operand(right, range)
    {
      return .tensor(try at(range) { try Operand.combine(function, x, y, in: graph) })
    }
    switch kind {
    case .equal: return .bool(left.equals(right))
    case .notEqual: return .bool(!left.equals(right))
    default: break
    }
    guard let isOrdered = ordered(kind, left, right) else {
      throw Diagnostic.wrongValue(
        "'\(kind.rawValue)' cannot compare \(left.kindName) with \(right.kindName)", "compared here",
        span(range))
    }
    return .bool(isOrdered)
  }

  private func ordered(
    _ kind: Expression.Comparison.Operator, _ left: TraceValue, _ right: TraceValue
  ) -> Bool? {
    let isLess: Bool
    let isEqual: Bool
    if let x = left.number, let y = right.number {
      isLess = x < y
      isEqual = x == y
    } else if case .string(let x) = left, case .string(let y) = right {
      isLess = x < y
      isEqual = x == y
    } else {
      return nil
    }
    switch kind {
    case .less: return isLess
    case .lessOrEqual: return isLess || isEqual
    case .greater: return !isLess && !isEqual
    default: return !isLess
    }
  }

  private func contains(
    _ container: TraceValue, _ item: TraceValue, _ range: Range<Int>
  ) throws -> Bool {
    switch (container, item) {
    case (.string(let text), .string(let part)): return part.isEmpty || text.contains(part)
    case (.dictionary(let dictionary), _): return dictionary[item] != nil
    default:
      guard let items = container.sequence else {
        throw Diagnostic.wrongValue(
          "'in' looks into a list, a tuple, a mapping or a text", "this is \(container.kindName)", span(range)
        )
      }
      return items.contains { $0.equals(item) }
    }
  }
}
