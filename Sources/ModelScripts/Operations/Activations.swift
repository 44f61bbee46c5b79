import Config
import GraphEngine
import KernelABI
import Layers
import TensorCore

/// Activation functions: those of ``Activation``, and those with settings of their own.
enum Activations {
  static let all: [Operation] = withSettings + plain

  private static let withSettings: [Operation] = [
    Operation("softmax", [], ["x", "axis=-1"], "Exponentials that sum up to 1 along an axis.") { arguments in
      let axis = try arguments.int("axis")
      return .tensor(try along(axis, try arguments.tensor("x")) { try Activation.softmax($0) })
    },
    Operation("log_softmax", [], ["x", "axis=-1"], "The logarithm of the softmax along an axis.") {
      arguments in
      let (x, axis) = (try arguments.tensor("x"), try arguments.int("axis"))
      return .tensor(try x - x.logSumExp(over: [axis], keepingDimensions: true))
    },
    Operation(
      "leaky_relu", [], ["x", "negative_slope=0.2"], "x where it is positive, a little of it elsewhere."
    ) {
      .tensor(try $0.tensor("x").mapped(.leakyRelu, Float(try $0.number("negative_slope"))))
    },
    Operation("elu", [], ["x", "alpha=1.0"], "x where it is positive, alpha (e^x - 1) elsewhere.") {
      .tensor(try $0.tensor("x").mapped(.elu, Float(try $0.number("alpha"))))
    },
    Operation("gelu", [], ["x", "approximate=True"], "x times the normal distribution function.") {
      .tensor(try $0.tensor("x").mapped(try $0.bool("approximate") ? .geluTanh : .gelu))
    },
    Operation(
      "activations.gelu", ["nn.gelu"], ["x", "approximate=False"], "x times the normal distribution function."
    ) {
      .tensor(try $0.tensor("x").mapped(try $0.bool("approximate") ? .geluTanh : .gelu))
    },
    Operation(
      "sigmoid_cross_entropy_with_logits", [], ["labels", "logits"],
      "max(x, 0) - x z + log(1 + e^-|x|), TensorFlow's cross-entropy before a sigmoid."
    ) { arguments in
      let (z, x) = (try arguments.tensor("labels"), try arguments.tensor("logits"))
      return .tensor(try x.mapped(.relu) - x * z + (-x.abs()).mapped(.softplus))
    },
  ]

  /// Softmax and the like run along the last axis.
  private static func along(_ axis: Int, _ x: Value, _ body: (Value) throws -> Value) throws -> Value {
    if axis == -1 || axis == x.type.rank - 1 { return try body(x) }
    return try body(x.movingAxis(axis, to: -1)).movingAxis(-1, to: axis)
  }

  private static let plain: [Operation] = Activation.names.compactMap { name -> Operation? in
    guard !withSettings.contains(where: { $0.name == name }), name != "linear", name != "exponential",
      let activation = try? Activation(config: ConfigNode(.string(name)))
    else { return nil }
    return Elementwise.function(name, "Keras's activation '\(name)'.") { try activation($0) }
  }
}
