/// Elementwise functions of one value that the kernels know, with their derivatives.
///
/// What each means and is called is in `GraphEngine/Functions`.
public enum UnaryFunction: Int32, Sendable, CaseIterable {
  case relu, leakyRelu, elu, selu, gelu, geluTanh, sigmoid, tanh, softplus, silu, exp
  case log, square, abs, negate, reciprocal, sqrt
  /// Limits to [parameter, 1 - parameter]; the derivative is 1 inside and at the ends, 0 outside.
  case clipUnit
  /// ln(1 + x), eˣ - 1 and 1 / √x.
  case log1p, expm1, rsqrt
  case sin, cos, tan, asin, acos, atan, sinh, cosh, asinh, acosh, atanh, erf
  /// -1, 0 or 1; whole numbers below, above and nearest (halves to the even one).
  case sign, floor, ceil, round
  /// `min(max(x, 0), 6)`, and what is made of it: `relu6(x + 3) / 6`, that times x; x between -1 and 1.
  case relu6, hardSigmoid, hardSilu, hardTanh
  /// The continuous elu; the parameter is alpha.
  case celu
  case softsign, mish, logSigmoid
  /// `0.2 x + 0.5` between 0 and 1: the hard sigmoid of Keras 1 and 2.
  case oldHardSigmoid
}

/// Elementwise functions of two values.
///
/// Comparisons and logical functions give 1 for true and 0 for false; what is not 0 counts as true.
public enum BinaryFunction: Int32, Sendable, CaseIterable {
  case add, subtract, multiply, divide, maximum, minimum
  /// `a / b`, and 0 where b is 0.
  case divideNoNaN
  /// a to the power of b; NaN where a is negative and b is not whole.
  case power
  /// The quotient rounded down, and what is left: `a - floor(a / b) · b`, with the sign of b.
  case floorDivide, modulo
  /// The angle of the point (b, a), from -π to π.
  case arctangent
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  case and, or, exclusiveOr

  /// Whether the result is a truth value: 1 or 0, and flat everywhere.
  public var isTruth: Bool { rawValue >= BinaryFunction.equal.rawValue }
}

/// What the elements along an axis are combined by; sums have kernels of their own.
public enum ReduceFunction: Int32, Sendable, CaseIterable {
  case maximum, minimum, product
}
