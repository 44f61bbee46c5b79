/// Elementwise functions of one value that the kernels know, with their derivatives.
public enum UnaryFunction: Int32, Sendable, CaseIterable {
  case relu, leakyRelu, elu, selu, gelu, geluTanh, sigmoid, tanh, softplus, silu, exp
  case log, square, abs, negate, reciprocal, sqrt
  /// Limits to [parameter, 1 - parameter]; the derivative is 1 inside and at the ends, 0 outside.
  case clipUnit
}

/// Elementwise functions of two values.
public enum BinaryFunction: Int32, Sendable, CaseIterable {
  case add, subtract, multiply, divide, maximum, minimum
}
