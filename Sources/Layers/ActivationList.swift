import GraphEngine
import KernelABI
import TensorCore

extension Activation {
  /// Every activation that a file can name, with Keras's defaults for what a name cannot say.
  static let all: [Definition] = [
    Definition("linear") { x, _ in x },
    Definition("relu", apply: unary(.relu)),
    Definition("sigmoid", apply: unary(.sigmoid)),
    Definition("tanh", apply: unary(.tanh)),
    Definition("softmax") { x, _ in try x.graph.apply(Softmax(), x) },
    Definition("elu", apply: unary(.elu, 1)),
    Definition("selu", apply: unary(.selu)),
    Definition("gelu", apply: unary(.gelu)),
    Definition("softplus", apply: unary(.softplus)),
    Definition("silu", "swish", apply: unary(.silu)),
    Definition("leaky_relu", apply: unary(.leakyRelu, 0.2)),
    Definition("exponential", apply: unary(.exp)),
    Definition("relu6", apply: unary(.relu6)),
    Definition("hard_sigmoid") { x, semantics in try piecewiseSigmoid(x, semantics) },
    Definition("hard_silu", "hard_swish") { x, semantics in
      try semantics == .keras3 ? x.mapped(.hardSilu) : x * piecewiseSigmoid(x, semantics)
    },
    Definition("hard_tanh", apply: unary(.hardTanh)),
    Definition("celu", apply: unary(.celu, 1)),
    Definition("softsign", apply: unary(.softsign)),
    Definition("mish", apply: unary(.mish)),
    Definition("log_sigmoid", apply: unary(.logSigmoid)),
    Definition("log_softmax") { x, _ in try x - x.logSumExp(over: [-1], keepingDimensions: true) },
    Definition("tanh_shrink") { x, _ in try x - x.tanh() },
    Definition("hard_shrink") { x, _ in try Value.select(x.abs() .> 0.5, x, 0) },
    Definition("soft_shrink") { x, _ in
      try Value.select(x .> 0.5, x - 0.5, Value.select(x .< -0.5, x + 0.5, 0))
    },
    Definition("squareplus") { x, _ in try (x + (x.square() + 4).squareRoot()) * 0.5 },
    Definition("sparse_plus") { x, _ in
      try Value.select(x .<= -1, 0, Value.select(x .< 1, (x + 1).square() * 0.25, x))
    },
    Definition("sparse_sigmoid") { x, _ in try x.clipped(-1, 1).scaled(by: 0.5, plus: 0.5) },
    Definition("sparsemax") { x, _ in try sparsemax(x) },
    Definition("glu") { x, _ in
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
