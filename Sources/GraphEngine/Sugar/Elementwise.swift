public import Diagnostics
public import KernelABI
import TensorCore

// Functions of each element. Whole numbers become floats first, unless the function keeps them whole.

extension Value {
  /// Any of the functions the kernels know.
  ///
  /// - Parameter parameter: what ``UnaryFunction`` says of it.
  public func mapped(_ function: UnaryFunction, _ parameter: Float = 0) throws(Diagnostic) -> Value {
    if type.element == .int32, let whole = try whole(function) { return whole }
    return try graph.apply(Unary(function, parameter), cast(to: .float32))
  }

  /// A function of whole numbers that gives whole ones, which floats could not hold; `nil` for all others.
  private func whole(_ function: UnaryFunction) throws(Diagnostic) -> Value? {
    switch function {
    case .abs: try combined(.maximum, -self)
    case .square: try combined(.multiply, self)
    case .negate: try -self
    case .sign: try combined(.minimum, 1).combined(.maximum, -1)
    case .round: self
    case .relu: try combined(.maximum, 0)
    default: nil
    }
  }

  /// Keras: `keras.ops.exp`.
  public func exp() throws(Diagnostic) -> Value { try mapped(.exp) }
  /// Keras: `keras.ops.expm1`.
  public func expm1() throws(Diagnostic) -> Value { try mapped(.expm1) }
  /// Keras: `keras.ops.log`.
  public func log() throws(Diagnostic) -> Value { try mapped(.log) }
  /// Keras: `keras.ops.log1p`.
  public func log1p() throws(Diagnostic) -> Value { try mapped(.log1p) }
  /// Keras: `keras.ops.sqrt`.
  public func squareRoot() throws(Diagnostic) -> Value { try mapped(.sqrt) }
  /// Keras: `keras.ops.rsqrt`.
  public func reciprocalSquareRoot() throws(Diagnostic) -> Value { try mapped(.rsqrt) }
  /// Keras: `keras.ops.square`.
  public func square() throws(Diagnostic) -> Value { try mapped(.square) }
  /// Keras: `keras.ops.abs`.
  public func abs() throws(Diagnostic) -> Value { try mapped(.abs) }
  /// Keras: `keras.ops.reciprocal`.
  public func reciprocal() throws(Diagnostic) -> Value { try mapped(.reciprocal) }
  /// Keras: `keras.ops.sign`; -1, 0 or 1.
  public func sign() throws(Diagnostic) -> Value { try mapped(.sign) }
  /// Keras: `keras.ops.floor`.
  public func floor() throws(Diagnostic) -> Value { try mapped(.floor) }
  /// Keras: `keras.ops.ceil`.
  public func ceil() throws(Diagnostic) -> Value { try mapped(.ceil) }
  /// Keras: `keras.ops.round`; the nearest whole number, halves to the even one.
  public func round() throws(Diagnostic) -> Value { try mapped(.round) }
  /// Keras: `keras.ops.sin`.
  public func sin() throws(Diagnostic) -> Value { try mapped(.sin) }
  /// Keras: `keras.ops.cos`.
  public func cos() throws(Diagnostic) -> Value { try mapped(.cos) }
  /// Keras: `keras.ops.tan`.
  public func tan() throws(Diagnostic) -> Value { try mapped(.tan) }
  /// Keras: `keras.ops.arcsin`.
  public func asin() throws(Diagnostic) -> Value { try mapped(.asin) }
  /// Keras: `keras.ops.arccos`.
  public func acos() throws(Diagnostic) -> Value { try mapped(.acos) }
  /// Keras: `keras.ops.arctan`.
  public func atan() throws(Diagnostic) -> Value { try mapped(.atan) }
  /// Keras: `keras.ops.sinh`.
  public func sinh() throws(Diagnostic) -> Value { try mapped(.sinh) }
  /// Keras: `keras.ops.cosh`.
  public func cosh() throws(Diagnostic) -> Value { try mapped(.cosh) }
  /// Keras: `keras.ops.tanh`.
  public func tanh() throws(Diagnostic) -> Value { try mapped(.tanh) }
  /// Keras: `keras.ops.arcsinh`.
  public func asinh() throws(Diagnostic) -> Value { try mapped(.asinh) }
  /// Keras: `keras.ops.arccosh`.
  public func acosh() throws(Diagnostic) -> Value { try mapped(.acosh) }
  /// Keras: `keras.ops.arctanh`.
  public func atanh() throws(Diagnostic) -> Value { try mapped(.atanh) }
  /// Keras: `keras.ops.erf`.
  public func erf() throws(Diagnostic) -> Value { try mapped(.erf) }

  /// 1 where an element is no number.
  ///
  /// Keras: `keras.ops.isnan`.
  public func isNaN() throws(Diagnostic) -> Value { try self .!= self }
  /// Keras: `keras.ops.isfinite`.
  public func isFinite() throws(Diagnostic) -> Value { try abs() .< .infinity }
  /// Keras: `keras.ops.isinf`.
  public func isInfinite() throws(Diagnostic) -> Value { try abs() .== .infinity }
}
