public import Diagnostics
import Foundation
import KernelABI
import TensorCore

// Logarithms, roots, and functions that look at a number's sign or size.

extension UnaryDescription {
  static let elementary: [UnaryDescription] = [
    UnaryDescription(
      .expm1, "expm1", means: "e to the power of each element, less 1.", value: { x, _ in expm1(x) },
      slope: .ofResult { y, _ in y + 1 }, bend: .ofResult { y in y.graph.constant(1, y.type.dims) }),
    UnaryDescription(
      .log, "log", means: "The natural logarithm of each element.", value: { x, _ in log(x) },
      slope: .of { x, _, _ in 1 / x }, bend: .ofOperand { x, _ in try -1 / x.square() }),
    UnaryDescription(
      .log1p, "log1p", means: "The natural logarithm of 1 and each element.", value: { x, _ in log1p(x) },
      slope: .of { x, _, _ in 1 / (1 + x) }, bend: .ofOperand { x, _ in try -1 / (x + 1).square() }),
    UnaryDescription(
      .sqrt, "sqrt", means: "The square root of each element.", value: { x, _ in x.squareRoot() },
      slope: .ofResult { y, _ in 0.5 / y }, bend: .ofResult { y in try -0.5 / y.square() }),
    UnaryDescription(
      .rsqrt, "rsqrt", means: "1 divided by the square root of each element.",
      value: { x, _ in 1 / x.squareRoot() }, slope: .ofResult { y, _ in -0.5 * y * y * y },
      bend: .ofResult { y in try -1.5 * y.square() }),
    UnaryDescription(
      .square, "square", means: "Each element times itself.", value: { x, _ in x * x },
      slope: .of { x, _, _ in 2 * x }, bend: .ofOperand { x, _ in x.graph.constant(2, x.type.dims) },
      whole: { x throws(Diagnostic) in try x.combined(.multiply, x) }),
    UnaryDescription(
      .reciprocal, "reciprocal", means: "1 divided by each element.", value: { x, _ in 1 / x },
      slope: .ofResult { y, _ in -y * y }, bend: .ofResult { y in try -2 * y }),
    UnaryDescription(
      .negate, "negative", means: "Each element with the other sign.", value: { x, _ in -x },
      slope: .ofResult { _, _ in -1 }, bend: .none, whole: { x throws(Diagnostic) in try -x }),
    UnaryDescription(
      .abs, "abs", means: "Each element without its sign.", value: { x, _ in abs(x) },
      slope: .of { x, _, _ in x > 0 ? 1 : x < 0 ? -1 : 0 }, bend: .none,
      whole: { x throws(Diagnostic) in try x.combined(.maximum, -x) }),
    UnaryDescription(
      .erf, "erf", means: "The error function of each element.", value: { x, _ in erf(x) },
      slope: .of { x, _, _ in 2 / Double.pi.squareRoot() * exp(-x * x) },
      bend: .ofOperand { x, y in
        try -2 * x * x.graph.apply(UnaryGradient(.erf, 0), x, y, x.graph.constant(1, x.type.dims))
      }),
    UnaryDescription(
      .clipUnit, means: "Each element, but at least the parameter and at most 1 less that.",
      value: { x, p in x < p ? p : x > 1 - p ? 1 - p : x },
      slope: .of { x, _, p in x >= p && x <= 1 - p ? 1 : 0 }, bend: .none),
    UnaryDescription(
      .sign, "sign", means: "-1, 0 or 1 by the sign of each element.",
      value: { x, _ in x > 0 ? 1 : x < 0 ? -1 : x }, slope: .flat,
      whole: { x throws(Diagnostic) in try x.combined(.minimum, 1).combined(.maximum, -1) }),
    UnaryDescription(
      .floor, "floor", means: "The whole number below each element.", value: { x, _ in x.rounded(.down) },
      slope: .flat),
    UnaryDescription(
      .ceil, "ceil", means: "The whole number above each element.", value: { x, _ in x.rounded(.up) },
      slope: .flat),
    UnaryDescription(
      .round, means: "The nearest whole number, halves to the even one.",
      value: { x, _ in x.rounded(.toNearestOrEven) }, slope: .flat, whole: { x throws(Diagnostic) in x }),
  ]
}

extension Value {
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
  /// Keras: `keras.ops.reciprocal`.
  public func reciprocal() throws(Diagnostic) -> Value { try mapped(.reciprocal) }
  /// Keras: `keras.ops.abs`.
  public func abs() throws(Diagnostic) -> Value { try mapped(.abs) }
  /// Keras: `keras.ops.erf`.
  public func erf() throws(Diagnostic) -> Value { try mapped(.erf) }
  /// Keras: `keras.ops.sign`; -1, 0 or 1.
  public func sign() throws(Diagnostic) -> Value { try mapped(.sign) }
  /// Keras: `keras.ops.floor`.
  public func floor() throws(Diagnostic) -> Value { try mapped(.floor) }
  /// Keras: `keras.ops.ceil`.
  public func ceil() throws(Diagnostic) -> Value { try mapped(.ceil) }
  /// Keras: `keras.ops.round`; the nearest whole number, halves to the even one.
  public func round() throws(Diagnostic) -> Value { try mapped(.round) }
}
