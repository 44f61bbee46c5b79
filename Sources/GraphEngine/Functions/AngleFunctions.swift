public import Diagnostics
import Foundation
import KernelABI

// Functions of angles, of hyperbolic ones too, and their inverses.

extension UnaryDescription {
  static let ofAngles: [UnaryDescription] = [
    UnaryDescription(
      .sin, "sin", means: "The sine of each element.", value: { x, _ in sin(x) },
      slope: .of { x, _, _ in cos(x) }, bend: .ofOperand { x, _ in try -x.sin() }),
    UnaryDescription(
      .cos, "cos", means: "The cosine of each element.", value: { x, _ in cos(x) },
      slope: .of { x, _, _ in -sin(x) }, bend: .ofOperand { x, _ in try -x.cos() }),
    UnaryDescription(
      .tan, "tan", means: "The tangent of each element.", value: { x, _ in tan(x) },
      slope: .ofResult { y, _ in 1 + y * y }, bend: .ofResult { y in try 2 * y }),
    UnaryDescription(
      .asin, "arcsin", "asin", means: "The angle of each sine.", value: { x, _ in asin(x) },
      slope: .of { x, _, _ in 1 / (1 - x * x).squareRoot() }),
    UnaryDescription(
      .acos, "arccos", "acos", means: "The angle of each cosine.", value: { x, _ in acos(x) },
      slope: .of { x, _, _ in -1 / (1 - x * x).squareRoot() }),
    UnaryDescription(
      .atan, "arctan", "atan", means: "The angle of each tangent.", value: { x, _ in atan(x) },
      slope: .of { x, _, _ in 1 / (1 + x * x) }),
    UnaryDescription(
      .sinh, "sinh", means: "The hyperbolic sine of each element.", value: { x, _ in sinh(x) },
      slope: .of { x, _, _ in cosh(x) }),
    UnaryDescription(
      .cosh, "cosh", means: "The hyperbolic cosine of each element.", value: { x, _ in cosh(x) },
      slope: .of { x, _, _ in sinh(x) }),
    UnaryDescription(
      .asinh, "arcsinh", "asinh", means: "The inverse of the hyperbolic sine.", value: { x, _ in asinh(x) },
      slope: .of { x, _, _ in 1 / (1 + x * x).squareRoot() }),
    UnaryDescription(
      .acosh, "arccosh", "acosh", means: "The inverse of the hyperbolic cosine.", value: { x, _ in acosh(x) },
      slope: .of { x, _, _ in 1 / (x * x - 1).squareRoot() }),
    UnaryDescription(
      .atanh, "arctanh", "atanh", means: "The inverse of the hyperbolic tangent.",
      value: { x, _ in atanh(x) }, slope: .of { x, _, _ in 1 / (1 - x * x) }),
  ]
}

extension Value {
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
  /// Keras: `keras.ops.arcsinh`.
  public func asinh() throws(Diagnostic) -> Value { try mapped(.asinh) }
  /// Keras: `keras.ops.arccosh`.
  public func acosh() throws(Diagnostic) -> Value { try mapped(.acosh) }
  /// Keras: `keras.ops.arctanh`.
  public func atanh() throws(Diagnostic) -> Value { try mapped(.atanh) }
}
