import Foundation
import KernelABI

/// The softplus `ln(1 + eˣ)` and the logistic function.
private func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
private func relu6(_ x: Double) -> Double { x.isNaN ? x : min(max(x, 0), 6) }
/// The normal distribution, without loss far below 0, and its density.
private func normalCDF(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }
private func normalDensity(_ x: Double) -> Double { exp(-x * x / 2) / (2 * Double.pi).squareRoot() }
private func geluArgument(_ x: Double) -> Double { (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x) }
/// As Keras rounds them.
private let seluScale = 1.05070098735548049342, seluAlpha = 1.67326324235437728481

extension UnaryFunction {
  /// The function by its definition, in double precision.
  /// - Parameter p: the parameter, where it has one.
  func value(_ x: Double, _ p: Double) -> Double { valueOf(self, x, p) }

  /// The derivative at x, where the function has the value y.
  ///
  /// Functions whose slope follows from their value alone do not look at x, which is y again where it is not kept.
  func slope(_ x: Double, _ y: Double, _ p: Double) -> Double { slopeOf(self, at: x, y, p) }
}

// Outside of the type, whose cases have the names of the functions.
private func valueOf(_ function: UnaryFunction, _ x: Double, _ p: Double) -> Double {
  switch function {
  case .relu: x <= 0 ? 0 : x
  case .leakyRelu: x < 0 ? p * x : x
  case .elu: x > 0 ? x : p * expm1(x)
  case .selu: seluScale * (x > 0 ? x : seluAlpha * expm1(x))
  case .gelu: x * normalCDF(x)
  case .geluTanh: 0.5 * x * (1 + tanh(geluArgument(x)))
  case .sigmoid: sigmoid(x)
  case .tanh: tanh(x)
  case .softplus: softplus(x)
  case .silu: x * sigmoid(x)
  case .exp: exp(x)
  case .log: log(x)
  case .square: x * x
  case .abs: abs(x)
  case .negate: -x
  case .reciprocal: 1 / x
  case .sqrt: x.squareRoot()
  case .clipUnit: x < p ? p : x > 1 - p ? 1 - p : x
  case .log1p: log1p(x)
  case .expm1: expm1(x)
  case .rsqrt: 1 / x.squareRoot()
  case .sin: sin(x)
  case .cos: cos(x)
  case .tan: tan(x)
  case .asin: asin(x)
  case .acos: acos(x)
  case .atan: atan(x)
  case .sinh: sinh(x)
  case .cosh: cosh(x)
  case .asinh: asinh(x)
  case .acosh: acosh(x)
  case .atanh: atanh(x)
  case .erf: erf(x)
  case .sign: x > 0 ? 1 : x < 0 ? -1 : x
  case .floor: x.rounded(.down)
  case .ceil: x.rounded(.up)
  case .round: x.rounded(.toNearestOrEven)
  case .relu6: relu6(x)
  case .hardSigmoid: relu6(x + 3) / 6
  case .hardSilu: x * relu6(x + 3) / 6
  case .hardTanh: x < -1 ? -1 : x > 1 ? 1 : x
  case .celu: x > 0 ? x : p * expm1(x / p)
  case .softsign: x / (1 + abs(x))
  case .mish: x * tanh(softplus(x))
  case .logSigmoid: -softplus(-x)
  case .oldHardSigmoid: x.isNaN ? x : min(max(0.2 * x + 0.5, 0), 1)
  }
}

private func slopeOf(_ function: UnaryFunction, at x: Double, _ y: Double, _ p: Double) -> Double {
  switch function {
  case .relu: y > 0 ? 1 : 0
  case .leakyRelu: x <= 0 ? p : 1
  case .elu: x > 0 ? 1 : y + p
  case .selu: x >= 0 ? seluScale : y + seluScale * seluAlpha
  case .gelu: normalCDF(x) + x * normalDensity(x)
  case .geluTanh: geluTanhSlope(x)
  case .sigmoid: y * (1 - y)
  case .tanh: 1 - y * y
  case .softplus: sigmoid(x)
  case .silu: sigmoid(x) * (1 + x * (1 - sigmoid(x)))
  case .exp: y
  case .log: 1 / x
  case .square: 2 * x
  case .abs: x > 0 ? 1 : x < 0 ? -1 : 0
  case .negate: -1
  case .reciprocal: -y * y
  case .sqrt: 0.5 / y
  case .clipUnit: x >= p && x <= 1 - p ? 1 : 0
  case .log1p: 1 / (1 + x)
  case .expm1: y + 1
  case .rsqrt: -0.5 * y * y * y
  case .sin: cos(x)
  case .cos: -sin(x)
  case .tan: 1 + y * y
  case .asin: 1 / (1 - x * x).squareRoot()
  case .acos: -1 / (1 - x * x).squareRoot()
  case .atan: 1 / (1 + x * x)
  case .sinh: cosh(x)
  case .cosh: sinh(x)
  case .asinh: 1 / (1 + x * x).squareRoot()
  case .acosh: 1 / (x * x - 1).squareRoot()
  case .atanh: 1 / (1 - x * x)
  case .erf: 2 / Double.pi.squareRoot() * exp(-x * x)
  case .sign, .floor, .ceil, .round: 0
  case .relu6: x > 0 && x < 6 ? 1 : 0
  case .hardSigmoid: x > -3 && x < 3 ? 1 / 6 : 0
  case .hardSilu: relu6(x + 3) / 6 + (x > -3 && x < 3 ? x / 6 : 0)
  case .hardTanh: x >= -1 && x <= 1 ? 1 : 0
  case .celu: x > 0 ? 1 : y / p + 1
  case .softsign: 1 / ((1 + abs(x)) * (1 + abs(x)))
  case .mish: mishSlope(x)
  case .logSigmoid: sigmoid(-x)
  case .oldHardSigmoid: x > -2.5 && x < 2.5 ? 0.2 : 0
  }
}

private func geluTanhSlope(_ x: Double) -> Double {
  let t = tanh(geluArgument(x))
  let inner = (2 / Double.pi).squareRoot() * (1 + 3 * 0.044715 * x * x)
  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner
}

private func mishSlope(_ x: Double) -> Double {
  let t = tanh(softplus(x))
  return t + x * (1 - t * t) * sigmoid(x)
}

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
