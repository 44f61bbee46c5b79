public import Diagnostics
import Foundation
import KernelABI
import TensorCore

// What networks put behind their products. A new one is a case of `UnaryFunction`, its kernel in `KernelSource/Unary.swift`
// and an entry here.

extension UnaryDescription {
  /// Keras's activations that the kernels know, in the order in which they are listed for people, then their variants.
  static let ofNetworks: [UnaryDescription] = [
    UnaryDescription(
      .relu, "relu", is: .activation, means: "max(x, 0).", value: { x, _ in x <= 0 ? 0 : x },
      slope: .ofResult { y, _ in y > 0 ? 1 : 0 }, bend: .none,
      whole: { x throws(Diagnostic) in try x.combined(.maximum, 0) }),
    UnaryDescription(
      .sigmoid, "sigmoid", is: .activation, means: "1 / (1 + exp(-x)): between 0 and 1.",
      value: { x, _ in sigmoid(x) }, slope: .ofResult { y, _ in y * (1 - y) },
      bend: .ofResult { y in try 1 - 2 * y }),
    UnaryDescription(
      .tanh, "tanh", is: .activation, means: "The hyperbolic tangent: between -1 and 1.",
      value: { x, _ in tanh(x) }, slope: .ofResult { y, _ in 1 - y * y }, bend: .ofResult { y in try -2 * y }),
    UnaryDescription(
      .elu, "elu", is: .activation, parameter: 1, means: "x above 0, exp(x) - 1 below.",
      value: { x, p in x > 0 ? x : p * expm1(x) }, slope: .of { x, y, p in x > 0 ? 1 : y + p }),
    UnaryDescription(
      .selu, "selu", is: .activation,
      means: "elu, scaled so that activations keep zero mean and unit variance (Klambauer et al., 2017).",
      value: { x, _ in seluScale * (x > 0 ? x : seluAlpha * expm1(x)) },
      slope: .of { x, y, _ in x >= 0 ? seluScale : y + seluScale * seluAlpha }),
    UnaryDescription(
      .gelu, "gelu", is: .activation,
      means: "x times the normal distribution function of x, exactly (Hendrycks and Gimpel, 2016).",
      value: { x, _ in x * normalCDF(x) }, slope: .of { x, _, _ in normalCDF(x) + x * normalDensity(x) }),
    UnaryDescription(
      .softplus, "softplus", is: .activation, means: "log(1 + exp(x)).", value: { x, _ in softplus(x) },
      slope: .of { x, _, _ in sigmoid(x) },
      bend: .ofOperand { x, _ in try x.sigmoid() * (1 - x.sigmoid()) }),
    UnaryDescription(
      .silu, "silu", "swish", is: .activation, means: "x · sigmoid(x).", value: { x, _ in x * sigmoid(x) },
      slope: .of { x, _, _ in sigmoid(x) * (1 + x * (1 - sigmoid(x))) }),
    UnaryDescription(
      .leakyRelu, "leaky_relu", is: .activation, parameter: 0.2, means: "x above 0, 0.2 x below.",
      value: { x, p in x < 0 ? p * x : x }, slope: .of { x, _, p in x <= 0 ? p : 1 }, bend: .none),
    UnaryDescription(
      .exp, "exp", is: .activationNamed("exponential"), means: "exp(x).", value: { x, _ in exp(x) },
      slope: .ofResult { y, _ in y }, bend: .ofResult { y in y.graph.constant(1, y.type.dims) }),
    UnaryDescription(
      .relu6, "relu6", is: .activation, means: "min(max(x, 0), 6).", value: { x, _ in relu6(x) },
      slope: .of { x, _, _ in x > 0 && x < 6 ? 1 : 0 }, bend: .none),
    UnaryDescription(
      .hardSigmoid, "hard_sigmoid", is: .activation, means: "relu6(x + 3) / 6: a piecewise linear sigmoid.",
      value: { x, _ in relu6(x + 3) / 6 }, slope: .of { x, _, _ in x > -3 && x < 3 ? 1 / 6 : 0 }, bend: .none),
    UnaryDescription(
      .hardSilu, "hard_silu", "hard_swish", is: .activation, means: "x · hard_sigmoid(x).",
      value: { x, _ in x * relu6(x + 3) / 6 },
      slope: .of { x, _, _ in relu6(x + 3) / 6 + (x > -3 && x < 3 ? x / 6 : 0) }),
    UnaryDescription(
      .hardTanh, "hard_tanh", is: .activation, means: "x cut off at -1 and 1.",
      value: { x, _ in x < -1 ? -1 : x > 1 ? 1 : x }, slope: .of { x, _, _ in x >= -1 && x <= 1 ? 1 : 0 },
      bend: .none),
    UnaryDescription(
      .celu, "celu", is: .activation, parameter: 1,
      means: "x above 0, exp(x) - 1 below: the continuously differentiable elu with alpha 1.",
      value: { x, p in x > 0 ? x : p * expm1(x / p) }, slope: .of { x, y, p in x > 0 ? 1 : y / p + 1 }),
    UnaryDescription(
      .softsign, "softsign", is: .activation, means: "x / (1 + |x|).", value: { x, _ in x / (1 + abs(x)) },
      slope: .of { x, _, _ in 1 / ((1 + abs(x)) * (1 + abs(x))) }),
    UnaryDescription(
      .mish, "mish", is: .activation, means: "x · tanh(softplus(x)).",
      value: { x, _ in x * tanh(softplus(x)) },
      slope: .of { x, _, _ in
        let t = tanh(softplus(x))
        return t + x * (1 - t * t) * sigmoid(x)
      }),
    UnaryDescription(
      .logSigmoid, "log_sigmoid", is: .activation, means: "log(sigmoid(x)).",
      value: { x, _ in -softplus(-x) }, slope: .of { x, _, _ in sigmoid(-x) }),
    UnaryDescription(
      .geluTanh, means: "The approximate gelu.", value: { x, _ in 0.5 * x * (1 + tanh(geluArgument(x))) },
      slope: .of { x, _, _ in
        let t = tanh(geluArgument(x))
        let inner = (2 / Double.pi).squareRoot() * (1 + 3 * 0.044715 * x * x)
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner
      }),
    UnaryDescription(
      .oldHardSigmoid, means: "The hard sigmoid of Keras 1 and 2.",
      value: { x, _ in x.isNaN ? x : min(max(0.2 * x + 0.5, 0), 1) },
      slope: .of { x, _, _ in x > -2.5 && x < 2.5 ? 0.2 : 0 }, bend: .none),
  ]
}

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

extension Value {
  /// Keras: `keras.ops.relu`.
  public func relu() throws(Diagnostic) -> Value { try mapped(.relu) }
  /// Keras: `keras.ops.sigmoid`.
  public func sigmoid() throws(Diagnostic) -> Value { try mapped(.sigmoid) }
  /// Keras: `keras.ops.tanh`.
  public func tanh() throws(Diagnostic) -> Value { try mapped(.tanh) }
  /// Keras: `keras.ops.elu`.
  public func elu(_ alpha: Float = 1) throws(Diagnostic) -> Value { try mapped(.elu, alpha) }
  /// Keras: `keras.ops.selu`.
  public func selu() throws(Diagnostic) -> Value { try mapped(.selu) }
  /// Keras: `keras.ops.gelu`.
  public func gelu(approximate: Bool = true) throws(Diagnostic) -> Value {
    try mapped(approximate ? .geluTanh : .gelu)
  }
  /// Keras: `keras.ops.softplus`.
  public func softplus() throws(Diagnostic) -> Value { try mapped(.softplus) }
  /// Keras: `keras.ops.silu`.
  public func silu() throws(Diagnostic) -> Value { try mapped(.silu) }
  /// Keras: `keras.ops.leaky_relu`.
  public func leakyRelu(_ slope: Float = 0.2) throws(Diagnostic) -> Value { try mapped(.leakyRelu, slope) }
  /// Keras: `keras.ops.exp`.
  public func exp() throws(Diagnostic) -> Value { try mapped(.exp) }
  /// Keras: `keras.ops.relu6`.
  public func relu6() throws(Diagnostic) -> Value { try mapped(.relu6) }
  /// Keras: `keras.ops.hard_sigmoid`.
  public func hardSigmoid() throws(Diagnostic) -> Value { try mapped(.hardSigmoid) }
  /// Keras: `keras.ops.hard_silu`.
  public func hardSilu() throws(Diagnostic) -> Value { try mapped(.hardSilu) }
  /// Keras: `keras.ops.hard_tanh`.
  public func hardTanh() throws(Diagnostic) -> Value { try mapped(.hardTanh) }
  /// Keras: `keras.ops.celu`.
  public func celu(_ alpha: Float = 1) throws(Diagnostic) -> Value { try mapped(.celu, alpha) }
  /// Keras: `keras.ops.softsign`.
  public func softsign() throws(Diagnostic) -> Value { try mapped(.softsign) }
  /// Keras: `keras.ops.mish`.
  public func mish() throws(Diagnostic) -> Value { try mapped(.mish) }
  /// Keras: `keras.ops.log_sigmoid`.
  public func logSigmoid() throws(Diagnostic) -> Value { try mapped(.logSigmoid) }
}
