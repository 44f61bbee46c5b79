import Foundation
import KernelABI

// Functions of two values. A new one is a case of `BinaryFunction`, its kernels in `KernelSource/Elementwise.swift` and an
// entry here.

extension BinaryDescription {
  static let arithmetic: [BinaryDescription] = [
    BinaryDescription(
      .add, "add", means: "The sum of two values.", value: { $0 + $1 }, whole: .of { wrapped($0 + $1) },
      slopes: { ($0.g, $0.g) }),
    BinaryDescription(
      .subtract, "subtract", means: "The difference of two values.", value: { $0 - $1 },
      whole: .of { wrapped($0 - $1) }, slopes: { ($0.g, try -$0.g) }),
    BinaryDescription(
      .multiply, "multiply", means: "The product of two values.", value: { $0 * $1 },
      whole: .of { wrapped($0 * $1) }, slopes: { (try $0.g * $0.b, try $0.g * $0.a) }),
    BinaryDescription(
      .divide, "divide", "true_divide", means: "The quotient of two values.", value: { $0 / $1 },
      whole: .fraction,
      slopes: {
        let byB = try $0.g / $0.b
        return (byB, try -(byB * $0.y))
      }),
    BinaryDescription(
      .divideNoNaN, "divide_no_nan", means: "The quotient of two values, 0 where the second is 0.",
      value: { $1 == 0 ? 0 : $0 / $1 }, whole: .fraction,
      slopes: {
        let byB = try $0.g.combined(.divideNoNaN, $0.b)
        return (byB, try -(byB * $0.y))
      }),
    BinaryDescription(
      .floorDivide, "floor_divide", "floordiv", means: "The quotient rounded down.",
      value: { ($0 / $1).rounded(.down) }, whole: .of { wrapped(quotient($0, $1)) }),
    BinaryDescription(
      .modulo, "mod", "floormod", means: "What is left of a division, with the sign of the divisor.",
      value: { a, b in
        let rest = a.truncatingRemainder(dividingBy: b)
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
      },
      whole: .of { $1 == 0 ? 0 : wrapped($0 - quotient($0, $1) * $1) }, cost: 40,
      slopes: { ($0.g, try -($0.g * $0.a.combined(.floorDivide, $0.b))) }),
    BinaryDescription(
      .power, "power", "pow", means: "The first value to the power of the second.", value: { pow($0, $1) },
      whole: .of { wholePower($0, $1) }, cost: 40,
      slopes: {
        let (a, b) = ($0.a, $0.b)
        let isPositive = try a.combined(.greater, a.graph.constant(0))
        let log = try a.graph.apply(Unary(.log), Value.select(isPositive, a, 1))
        let logOrZero = try Value.select(isPositive, log, 0)
        return (try $0.g * b * a.combined(.power, b - 1), try $0.g * $0.y * logOrZero)
      }),
    // As in TensorFlow the first operand has all of the gradient where both are equal.
    BinaryDescription(
      .maximum, "maximum", means: "The larger of two values.",
      value: { $0.isNaN || $1.isNaN ? .nan : max($0, $1) },
      slopes: { try split($0.g, $0.a.combined(.greaterOrEqual, $0.b)) }),
    BinaryDescription(
      .minimum, "minimum", means: "The smaller of two values.",
      value: { $0.isNaN || $1.isNaN ? .nan : min($0, $1) },
      slopes: { try split($0.g, $0.a.combined(.lessOrEqual, $0.b)) }),
    BinaryDescription(
      .arctangent, "arctan2", "atan2", means: "The angle of the point (x2, x1).", value: { atan2($0, $1) },
      whole: .fraction, cost: 40,
      slopes: {
        let scaled = try $0.g / ($0.a * $0.a + $0.b * $0.b)
        return (try scaled * $0.b, try -(scaled * $0.a))
      }),
  ]

  static let truths: [BinaryDescription] = [
    BinaryDescription(.equal, "equal", means: "1 where two values are equal, else 0.", holds: { $0 == $1 }),
    BinaryDescription(
      .notEqual, "not_equal", means: "1 where two values differ, else 0.", holds: { $0 != $1 }),
    BinaryDescription(
      .less, "less", means: "1 where the first value is smaller, else 0.", holds: { $0 < $1 }),
    BinaryDescription(
      .lessOrEqual, "less_equal", means: "1 where the first value is not larger, else 0.",
      holds: { $0 <= $1 }),
    BinaryDescription(
      .greater, "greater", means: "1 where the first value is larger, else 0.", holds: { $0 > $1 }),
    BinaryDescription(
      .greaterOrEqual, "greater_equal", means: "1 where the first value is not smaller, else 0.",
      holds: { $0 >= $1 }),
    BinaryDescription(
      .and, "logical_and", means: "1 where both values are not 0, else 0.", holds: { $0 != 0 && $1 != 0 }),
    BinaryDescription(
      .or, "logical_or", means: "1 where a value is not 0, else 0.", holds: { $0 != 0 || $1 != 0 }),
    BinaryDescription(
      .exclusiveOr, "logical_xor", means: "1 where one value of two is not 0, else 0.",
      holds: { ($0 != 0) != ($1 != 0) }),
  ]
}

private func split(_ g: Value, _ toFirst: Value) throws -> (Value?, Value?) {
  (try Value.select(toFirst, g, 0), try Value.select(toFirst, g.graph.constant(0), g))
}

private func wrapped(_ x: Int) -> Double { Double(Int32(truncatingIfNeeded: x)) }

/// Rounded down; 0 where there is none.
private func quotient(_ a: Int, _ b: Int) -> Int { b == 0 ? 0 : Int((Double(a) / Double(b)).rounded(.down)) }

/// A power that wraps around; below 0 the fraction is cut off.
private func wholePower(_ a: Int, _ b: Int) -> Double {
  guard b >= 0 else { return abs(a) == 1 ? (a < 0 && b % 2 != 0 ? -1 : 1) : 0 }
  // From the exponent's highest bit down: as many squares as it has bits.
  return String(b, radix: 2).reduce(1) { power, bit in
    let square = Int(wrapped(Int(power) * Int(power)))
    return bit == "1" ? wrapped(square * a) : Double(square)
  }
}
