import Foundation
import KernelABI

extension BinaryFunction {
  /// The function by its definition, in double precision.
  func value(_ a: Double, _ b: Double) -> Double {
    func truth(_ condition: Bool) -> Double { condition ? 1 : 0 }
    switch self {
    case .add: return a + b
    case .subtract: return a - b
    case .multiply: return a * b
    case .divide: return a / b
    case .maximum: return a.isNaN || b.isNaN ? .nan : max(a, b)
    case .minimum: return a.isNaN || b.isNaN ? .nan : min(a, b)
    case .divideNoNaN: return b == 0 ? 0 : a / b
    case .power: return pow(a, b)
    case .floorDivide: return (a / b).rounded(.down)
    case .modulo:
      let rest = a.truncatingRemainder(dividingBy: b)
      return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
    case .arctangent: return atan2(a, b)
    case .equal: return truth(a == b)
    case .notEqual: return truth(a != b)
    case .less: return truth(a < b)
    case .lessOrEqual: return truth(a <= b)
    case .greater: return truth(a > b)
    case .greaterOrEqual: return truth(a >= b)
    case .and: return truth(a != 0 && b != 0)
    case .or: return truth(a != 0 || b != 0)
    case .exclusiveOr: return truth((a != 0) != (b != 0))
    }
  }

  /// The function of whole numbers of 32 bits, which wrap around; a division by 0 gives 0.
  func value(whole x: Double, _ y: Double) -> Double {
    let (a, b) = (referenceWhole(x), referenceWhole(y))
    let quotient = b == 0 ? 0 : Int((Double(a) / Double(b)).rounded(.down))
    func wrapped(_ x: Int) -> Double { Double(Int32(truncatingIfNeeded: x)) }
    switch self {
    case .add: return wrapped(a + b)
    case .subtract: return wrapped(a - b)
    case .multiply: return wrapped(a * b)
    case .floorDivide: return wrapped(quotient)
    case .modulo: return b == 0 ? 0 : wrapped(a - quotient * b)
    case .power where b >= 0:
      // From the exponent's highest bit down: as many squares as it has bits.
      return String(b, radix: 2).reduce(1) { power, bit in
        let square = Int(wrapped(Int(power) * Int(power)))
        return bit == "1" ? wrapped(square * a) : Double(square)
      }
    case .power: return abs(a) == 1 ? (a < 0 && b % 2 != 0 ? -1 : 1) : 0
    default: return value(Double(a), Double(b))
    }
  }
}

extension GateFunction {
  /// What the code stands for; `nil` for x itself.
  private var function: UnaryFunction? { UnaryFunction(rawValue: code) }

  func value(_ x: Double) -> Double { function?.value(x, Double(parameter)) ?? x }

  /// The slope where the function has the value y.
  func slope(at y: Double) -> Double {
    switch function {
    case nil: 1
    case .hardSigmoid: y > 0 && y < 1 ? 1 / 6 : 0
    case .oldHardSigmoid: y > 0 && y < 1 ? 0.2 : 0
    case .hardTanh: y > -1 && y < 1 ? 1 : 0
    case .softplus: 1 - exp(-y)
    case .softsign: (1 - abs(y)) * (1 - abs(y))
    // The others ask x only for its sign, which is that of y.
    case let function?: function.slope(y, y, Double(parameter))
    }
  }
}
