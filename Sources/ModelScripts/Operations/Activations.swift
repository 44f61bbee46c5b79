import Config
import GraphEngine
import KernelABI
import Layers

/// Activation functions, of `keras.ops` and those that ``Activation`` knows beside them.
enum Activations {
  static let all: [Operation] = withSettings + plain + named

  private static func operation(
    _ name: String, also aliases: [String] = [], _ parameters: [Operation.Parameter], _ summary: String,
    body: @escaping @Sendable (Value, Arguments) throws -> Value
  ) -> Operation {
    Operation(name, also: aliases, parameters, summary) { .tensor(try body(try $0.tensor("x"), $0)) }
  }

  private static let withSettings: [Operation] = [
    operation(
      "relu", ["x", "negative_slope=0.0", "max_value=None", "threshold=0.0"],
      "x where it is positive, else 0."
    ) { x, arguments in
      let (slope, threshold) = (try arguments.float("negative_slope"), try arguments.float("threshold"))
      // Keras: slope · (x - threshold) below the threshold.
      var y = slope == 0 ? try x.relu() : try x.leakyRelu(slope)
      if threshold != 0 { y = try Value.select(x .> threshold, x, (x - threshold) * slope) }
      return arguments.isNone("max_value") ? y : try y.minimum(try arguments.float("max_value"))
    },
    operation("softmax", ["x", "axis=-1"], "Exponentials that sum up to 1 along an axis.") {
      try $0.softmax(axis: try $1.int("axis"))
    },
    operation("log_softmax", ["x", "axis=-1"], "The logarithm of the softmax along an axis.") {
      try $0.logSoftmax(axis: try $1.int("axis"))
    },
    operation(
      "leaky_relu", ["x", "negative_slope=0.2"], "x where it is positive, a little of it elsewhere."
    ) {
      try $0.leakyRelu(try $1.float("negative_slope"))
    },
    operation("elu", ["x", "alpha=1.0"], "x where it is positive, alpha (e^x - 1) elsewhere.") {
      try $0.elu(try $1.float("alpha"))
    },
    operation("celu", ["x", "alpha=1.0"], "The continuous elu.") { try $0.celu(try $1.float("alpha")) },
    operation("gelu", ["x", "approximate=True"], "x times the normal distribution function.") {
      try $0.gelu(approximate: try $1.bool("approximate"))
    },
    // The same word with another default.
    operation(
      "activations.gelu", also: ["nn.gelu"], ["x", "approximate=False"],
      "x times the normal distribution function."
    ) { try $0.gelu(approximate: try $1.bool("approximate")) },
    operation(
      "threshold", ["x", "threshold", "default_value"], "x above a threshold, another number elsewhere."
    ) {
      try $0.threshold(try $1.float("threshold"), else: try $1.float("default_value"))
    },
    operation("hard_shrink", ["x", "threshold=0.5"], "x, and 0 between -threshold and threshold.") {
      try $0.hardShrink(try $1.float("threshold"))
    },
    operation("soft_shrink", ["x", "threshold=0.5"], "x moved towards 0 by the threshold.") {
      try $0.softShrink(try $1.float("threshold"))
    },
    operation("squareplus", ["x", "b=4"], "(x + sqrt(x^2 + b)) / 2.") {
      try $0.squareplus(try $1.float("b"))
    },
    operation("glu", ["x", "axis=-1"], "The first half of an axis times the sigmoid of the second.") {
      try $0.glu(axis: try $1.int("axis"))
    },
    Operation(
      "sigmoid_cross_entropy_with_logits", ["labels", "logits"],
      "TensorFlow's cross-entropy before a sigmoid, max(x, 0) - x z + log(1 + e^-|x|)."
    ) { arguments in
      let (z, x) = (try arguments.tensor("labels"), try arguments.tensor("logits"))
      return .tensor(try x.relu() - x * z + (-x.abs()).softplus())
    },
  ]

  private static let plain: [Operation] =
    UnaryDescription.all.filter { $0.activations == $0.names }.compactMap {
      Elementwise.function($0, besides: withSettings)
    } + [
      Elementwise.function(
        "backend.hard_sigmoid", also: ["K.hard_sigmoid"], "Between 0 and 1 the line 0.2 x + 0.5."
      ) { try $0.scaled(by: 0.2, plus: 0.5).clipped(0, 1) },
      Elementwise.function("tanh_shrink", "x - tanh(x).") { try $0.tanhShrink() },
      Elementwise.function("sparse_plus", "0 up to -1, x from 1, a parabola between.") {
        try $0.sparsePlus()
      },
      Elementwise.function("sparse_sigmoid", "0 up to -1, 1 from 1, a line between.") {
        try $0.sparseSigmoid()
      },
    ]

  /// What only ``Activation`` knows: `exponential`, and what is added there.
  private static let named: [Operation] = Activation.names.compactMap { name -> Operation? in
    let others = (withSettings + plain).flatMap { [$0.name] + $0.aliases } + ["linear"]
    guard !others.contains(name), let activation = try? Activation(config: ConfigNode(.string(name))) else {
      return nil
    }
    return Elementwise.function(name, "Keras's activation '\(name)'.") { try activation($0) }
  }
}
