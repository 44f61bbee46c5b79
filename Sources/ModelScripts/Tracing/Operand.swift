import Diagnostics
import ExpLanguage
import GraphEngine
import KernelABI
import TensorCore

/// A tensor or a number: what arithmetic takes.
///
/// Numbers stay numbers as long as they can, so that `2 * x` is one multiplication by a constant.
enum Operand {
  case number(Double, isWhole: Bool)
  case tensor(Value)

  /// `nil` for what is neither; lists of numbers become constants, lists of tensors are stacked.
  init?(_ value: TraceValue, in graph: Graph) throws {
    if case .tensor(let tensor) = value {
      self = .tensor(tensor)
    } else if let number = value.number {
      self = .number(number, isWhole: value.whole != nil)
    } else if let items = value.sequence, let tensor = try Self.tensor(of: items, in: graph) {
      self = .tensor(tensor)
    } else {
      return nil
    }
  }

  private static func tensor(of items: [TraceValue], in graph: Graph) throws -> Value? {
    if let constant = NestedNumbers(items) { return constant.value(in: graph) }
    guard !items.isEmpty else { return nil }
    var values: [Value] = []
    for item in items {
      guard let operand = try Operand(item, in: graph) else { return nil }
      values.append(operand.tensor(in: graph))
    }
    return try Value.stack(values)
  }

  /// As a tensor: a number becomes a scalar, whole if it is.
  func tensor(in graph: Graph) -> Value {
    switch self {
    case .tensor(let value): return value
    case .number(let number, let isWhole):
      if isWhole, let whole = Int32(exactly: number) { return graph.constant(whole: whole) }
      return graph.constant(Float(number))
    }
  }

  /// The same, but a float beside a tensor of floats.
  func tensor(in graph: Graph, beside other: Operand) -> Value {
    if case .number(let number, _) = self, case .tensor(let value) = other, value.type.element == .float32 {
      return graph.constant(Float(number))
    }
    return tensor(in: graph)
  }

  /// An elementwise function of two operands, of which one at least is a tensor; in types of fewer bits, what Keras has.
  static func combine(_ function: BinaryFunction, _ a: Operand, _ b: Operand, in graph: Graph) throws -> Value
  {
    let kind =
      switch (a, b) {
      case (.tensor(let x), .tensor(let y)): Value.narrowKind(x, with: y)
      case (.tensor(let x), .number(_, let isWhole)), (.number(_, let isWhole), .tensor(let x)):
        Value.narrowKind(x, with: nil, isFraction: !isWhole)
      default: Narrow.Kind?.none
      }
    guard let kind else { return try plain(function, a, b, in: graph) }
    let result = try plain(function, try a.narrowed(to: kind), try b.narrowed(to: kind), in: graph)
    return result.type.element == kind.element && !function.isTruth ? try result.narrowed(to: kind) : result
  }

  /// Of a type of fractions, as that has it.
  private func narrowed(to kind: Narrow.Kind) throws -> Operand {
    switch self {
    case .tensor(let x) where kind.element == .float32 && x.narrowKind != kind:
      .tensor(try x.narrowed(to: kind))
    case .number(let x, let isWhole) where kind.element == .float32:
      .number(kind.rounded(x), isWhole: isWhole)
    default: self
    }
  }

  private static func plain(_ function: BinaryFunction, _ a: Operand, _ b: Operand, in graph: Graph) throws
    -> Value
  {
    switch (a, b) {
    case (.tensor(let x), .tensor(let y)): return try x.combined(function, y)
    // A whole number beside whole numbers keeps all its digits; a fraction makes them fractions, even 2.0.
    case (.tensor(let x), .number(_, isWhole: true)) where x.type.element == .int32:
      return try combine(function, x, whole: b, in: graph)
    case (.number(_, isWhole: true), .tensor(let y)) where y.type.element == .int32:
      return try a.tensor(in: graph).combined(function, y)
    case (.tensor(let x), .number(let y, _)):
      return try combine(function, x.cast(to: .float32), Float(y))
    case (.number(let x, _), .tensor(let whole)):
      let y = try whole.cast(to: .float32)
      switch function {
      case .add: return try Float(x) + y
      case .subtract: return try Float(x) - y
      case .multiply: return try Float(x) * y
      case .divide: return try Float(x) / y
      default: return try a.tensor(in: graph, beside: .tensor(y)).combined(function, y)
      }
    case (.number, .number): return try a.tensor(in: graph).combined(function, b.tensor(in: graph))
    }
  }

  private static func combine(
    _ function: BinaryFunction, _ x: Value, whole number: Operand, in graph: Graph
  ) throws -> Value {
    // Below 0 a power of whole numbers is a fraction.
    if function == .power, case .number(let y, _) = number, y < 2 {
      return try combine(function, y < 0 ? x.cast(to: .float32) : x, Float(y))
    }
    return try x.combined(function, number.tensor(in: graph))
  }

  private static func combine(_ function: BinaryFunction, _ x: Value, _ y: Float) throws -> Value {
    switch (function, y) {
    case (.add, _): try x + y
    case (.subtract, _): try x - y
    case (.multiply, _): try x * y
    case (.divide, _): try x / y
    case (.power, 1): x
    case (.power, 2): try x.square()
    case (.power, 0.5): try x.squareRoot()
    case (.power, -1): try x.reciprocal()
    default: try x.combined(function, y)
    }
  }
}

extension Expression.BinaryOperator {
  /// `nil` for the product of matrices.
  var function: BinaryFunction? {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .floorDivide: .floorDivide
    case .remainder: .modulo
    case .power: .power
    case .matrixMultiply: nil
    }
  }
}

extension Expression.Comparison.Operator {
  /// `nil` for what is no comparison of numbers.
  var function: BinaryFunction? {
    switch self {
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    case .equal: .equal
    case .notEqual: .notEqual
    case .in, .notIn, .is, .isNot: nil
    }
  }
}

/// Numbers in lists of lists, all of one length at each level.
private struct NestedNumbers {
  var shape: [Int] = []
  var numbers: [Double] = []
  var areWhole = true

  init?(_ items: [TraceValue]) {
    shape = [items.count]
    for (index, item) in items.enumerated() {
      if let number = item.number {
        guard shape.count == 1 else { return nil }
        numbers.append(number)
        areWhole = areWhole && item.whole != nil
      } else if let inner = item.sequence.flatMap(NestedNumbers.init) {
        guard index == 0 || shape == [items.count] + inner.shape else { return nil }
        shape = [items.count] + inner.shape
        numbers += inner.numbers
        areWhole = areWhole && inner.areWhole
      } else {
        return nil
      }
    }
    if items.isEmpty { areWhole = false }
  }

  func value(in graph: Graph) -> Value {
    let wholes = areWhole ? numbers.compactMap { Int32(exactly: $0) } : []
    if areWhole && wholes.count == numbers.count { return graph.constant(whole: wholes, shape: shape) }
    return graph.constant(Tensor(shape, numbers.map(Float.init)))
  }
}
