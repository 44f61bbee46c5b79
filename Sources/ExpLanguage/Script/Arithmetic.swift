internal import Foundation

/// Why a calculation has no result, and whether its right operand is to blame.
package struct ArithmeticError: Error {
  package var text: String
  package var isRight = false

  static let zeroDivisor = ArithmeticError(text: "division by zero", isRight: true)
  static let overflow = ArithmeticError(text: "the result is too large")
  static let notReal = ArithmeticError(text: "the result is not a real number")
}

/// Python's arithmetic on whole numbers; `nil` where the result is a fraction.
package func integer(
  _ kind: Expression.BinaryOperator, _ m: Int, _ n: Int
) throws(ArithmeticError) -> ScriptValue? {
  switch kind {
  case .add: return try checked(m.addingReportingOverflow(n))
  case .subtract: return try checked(m.subtractingReportingOverflow(n))
  case .multiply: return try checked(m.multipliedReportingOverflow(by: n))
  case .divide, .matrixMultiply: return nil
  case .floorDivide, .remainder:
    guard n != 0 else { throw .zeroDivisor }
    let (quotient, overflow) = m.dividedReportingOverflow(by: n)
    if overflow { throw .overflow }
    let remainder = m - quotient * n
    let isBelow = remainder != 0 && (remainder < 0) != (n < 0)
    return .int(kind == .floorDivide ? quotient - (isBelow ? 1 : 0) : remainder + (isBelow ? n : 0))
  case .power: return n < 0 ? nil : .int(try power(m, n))
  }
}

private func checked(_ result: (partialValue: Int, overflow: Bool)) throws(ArithmeticError) -> ScriptValue {
  if result.overflow { throw .overflow }
  return .int(result.partialValue)
}

private func power(_ base: Int, _ exponent: Int) throws(ArithmeticError) -> Int {
  if base == 0 || base == 1 { return exponent == 0 ? 1 : base }
  if base == -1 { return exponent % 2 == 0 ? 1 : -1 }
  if exponent > 63 { throw .overflow }
  var result = 1
  for _ in 0..<exponent {
    let (product, overflow) = result.multipliedReportingOverflow(by: base)
    if overflow { throw .overflow }
    result = product
  }
  return result
}

/// Python's arithmetic on fractions.
package func fraction(_ kind: Expression.BinaryOperator, _ x: Double, _ y: Double) throws(ArithmeticError)
  -> Double
{
  let result: Double
  switch kind {
  case .add: result = x + y
  case .subtract: result = x - y
  case .multiply: result = x * y
  case .divide:
    guard y != 0 else { throw .zeroDivisor }
    result = x / y
  case .floorDivide:
    guard y != 0 else { throw .zeroDivisor }
    result = ((x - remainder(x, y)) / y).rounded()
  case .remainder:
    guard y != 0 else { throw .zeroDivisor }
    result = remainder(x, y)
  case .power:
    if x == 0, y < 0 { throw .zeroDivisor }
    result = pow(x, y)
  case .matrixMultiply: throw ArithmeticError(text: "'@' multiplies tensors, not numbers")
  }
  if result.isNaN { throw .notReal }
  if result.isInfinite { throw .overflow }
  return result
}

/// The remainder with the sign of the divisor.
private func remainder(_ x: Double, _ y: Double) -> Double {
  let rest = x.truncatingRemainder(dividingBy: y)
  return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest
}
