import Config
import GraphEngine
import KernelABI
import TensorCore

extension Activation {
  /// Every activation that a file can name, with Keras's defaults for what a name cannot say.
  ///
  /// Functions that the kernels know say themselves whether they are one; those that everybody knows stand before softmax.
  static let all: [Definition] =
    [Definition("linear", means: "x itself.") { x, _ in x }] + ofKernels.prefix(3) + [softmaxDefinition]
    + ofKernels.dropFirst(3) + composed

  private static let softmaxDefinition = Definition(
    "softmax", means: "exp(x) normalized to sum to 1 over the last axis."
  ) { x, _ in try x.graph.apply(Softmax(), x) }

  private static let ofKernels: [Definition] = UnaryDescription.all.compactMap { described in
    guard let name = described.activations.first else { return nil }
    let (function, parameter) = (described.function, described.parameter)
    return Definition(
      name, described.activations.dropFirst(), means: described.summary,
      apply: olderFormulas[function] ?? { x, _ in try x.graph.apply(Unary(function, parameter), x) })
  }

  /// Functions that another formula stood for in Keras 2.
  private static let olderFormulas: [UnaryFunction: @Sendable (Value, Semantics) throws -> Value] = [
    .hardSigmoid: { x, semantics in try piecewiseSigmoid(x, semantics) },
    .hardSilu: { x, semantics in
      try semantics == .keras3 ? x.mapped(.hardSilu) : x * piecewiseSigmoid(x, semantics)
    },
  ]

  /// Activations that are made of several ops.
  private static let composed: [Definition] = [
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
