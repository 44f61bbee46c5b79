import Config
import GraphEngine
import KernelABI
import TensorCore

extension Activation {
  /// Every activation that a file can name, with Keras's defaults for what a name cannot say.
  static let all: [Definition] = [
    Definition("linear", means: "x itself.") { x, _ in x },
    Definition("relu", means: "max(x, 0).", apply: unary(.relu)),
    Definition("sigmoid", means: "1 / (1 + exp(-x)): between 0 and 1.", apply: unary(.sigmoid)),
    Definition("tanh", means: "The hyperbolic tangent: between -1 and 1.", apply: unary(.tanh)),
    Definition("softmax", means: "exp(x) normalized to sum to 1 over the last axis.") { x, _ in
      try x.graph.apply(Softmax(), x)
    },
    Definition("elu", means: "x above 0, exp(x) - 1 below.", apply: unary(.elu, 1)),
    Definition(
      "selu",
      means: "elu, scaled so that activations keep zero mean and unit variance (Klambauer et al., 2017).",
      apply: unary(.selu)),
    Definition(
      "gelu", means: "x times the normal distribution function of x, exactly (Hendrycks and Gimpel, 2016).",
      apply: unary(.gelu)),
    Definition("softplus", means: "log(1 + exp(x)).", apply: unary(.softplus)),
    Definition("silu", "swish", means: "x · sigmoid(x).", apply: unary(.silu)),
    Definition("leaky_relu", means: "x above 0, 0.2 x below.", apply: unary(.leakyRelu, 0.2)),
    Definition("exponential", means: "exp(x).", apply: unary(.exp)),
    Definition("relu6", means: "min(max(x, 0), 6).", apply: unary(.relu6)),
    Definition("hard_sigmoid", means: "relu6(x + 3) / 6: a piecewise linear sigmoid.") { x, semantics in
      try piecewiseSigmoid(x, semantics)
    },
    Definition("hard_silu", "hard_swish", means: "x · hard_sigmoid(x).") { x, semantics in
      try semantics == .keras3 ? x.mapped(.hardSilu) : x * piecewiseSigmoid(x, semantics)
    },
    Definition("hard_tanh", means: "x cut off at -1 and 1.", apply: unary(.hardTanh)),
    Definition(
      "celu", means: "x above 0, exp(x) - 1 below: the continuously differentiable elu with alpha 1.",
      apply: unary(.celu, 1)),
    Definition("softsign", means: "x / (1 + |x|).", apply: unary(.softsign)),
    Definition("mish", means: "x · tanh(softplus(x)).", apply: unary(.mish)),
    Definition("log_sigmoid", means: "log(sigmoid(x)).", apply: unary(.logSigmoid)),
    Definition("log_softmax", means: "The logarithm of softmax.") { x, _ in
      try x - x.logSumExp(over: [-1], keepingDimensions: true)
    },
    Definition("tanh_shrink", means: "x - tanh(x).") { x, _ in try x - x.tanh() },
    Definition("hard_shrink", means: "x where |x| > 0.5, 0 elsewhere.") { x, _ in
      try Value.select(x.abs() .> 0.5, x, 0)
    },
    Definition("soft_shrink", means: "x moved towards 0 by 0.5, 0 where |x| < 0.5.") { x, _ in
      try Value.select(x .> 0.5, x - 0.5, Value.select(x .< -0.5, x + 0.5, 0))
    },
    Definition("squareplus", means: "(x + sqrt(x² + 4)) / 2.") { x, _ in
      try (x + (x.square() + 4).squareRoot()) * 0.5
    },
    Definition("sparse_plus", means: "0 below -1, (x + 1)² / 4 up to 1, x above.") { x, _ in
      try Value.select(x .<= -1, 0, Value.select(x .< 1, (x + 1).square() * 0.25, x))
    },
    Definition("sparse_sigmoid", means: "0 below -1, (x + 1) / 2 up to 1, 1 above.") { x, _ in
      try x.clipped(-1, 1).scaled(by: 0.5, plus: 0.5)
    },
    Definition(
      "sparsemax",
      means: "The projection of x onto the probabilities: many of them are 0 (Martins and Astudillo, 2016)."
    ) { x, _ in try sparsemax(x) },
    Definition("glu", means: "The first half of the last axis times the sigmoid of the second.") { x, _ in
      let halves = try x.split(into: 2)
      return try halves[0] * halves[1].mapped(.sigmoid)
    },
  ]

  private static func unary(_ function: UnaryFunction, _ parameter: Float = 0)
    -> @Sendable (Value, Semantics) throws -> Value
  {
    { x, _ in try x.graph.apply(Unary(function, parameter), x) }
  }

  private static func piecewiseSigmoid(_ x: Value, _ semantics: Semantics) throws -> Value {
    switch semantics {
    case .keras3: try x.mapped(.hardSigmoid)
    case .keras2: try x.mapped(.oldHardSigmoid)
    }
  }

  /// What remains of x above a threshold (after Martins and Astudillo, "From softmax to sparsemax", 2016).
  ///
  /// The threshold is Keras's: it comes from all partial sums of the largest numbers, where the paper has the last one.
  private static func sparsemax(_ x: Value) throws -> Value {
    guard case .size(let count)? = x.type.dims.last else { return x }
    let sorted = try x.sorted(descending: true)
    let ranks = try x.graph.arange(1, Float(count) + 1)
    let sums = try sorted.cumulativeSum(along: -1)
    let isInside = try (sorted - (sums - 1) / ranks) .> 0
    let size = try isInside.sum(over: [-1], keepingDimensions: true)
    let total = try (sums * isInside).sum(over: [-1], keepingDimensions: true)
    return try (x - (total - 1) / size).mapped(.relu)
  }
}
