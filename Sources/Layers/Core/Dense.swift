public import Config
public import GraphEngine
import TensorCore

/// `activation(x · kernel + bias)` over the last axis.
///
/// Weights: `kernel` (inputs, units), `bias` (units). Keras: `keras.layers.Dense`.
public struct Dense: UnaryLayer, BiasedLayer, Configurable {
  public var units: Int
  public var activation = Activation.linear
  public var useBias = true
  public var kernelInitializer = Initializer.glorotUniform
  public var biasInitializer = Initializer.zeros
  public var kernelRegularizer: Regularizer?
  public var biasRegularizer: Regularizer?
  public var activityRegularizer: Regularizer?
  public var kernelConstraint: Constraint?
  public var biasConstraint: Constraint?

  public init(_ units: Int, activation: Activation = .linear) {
    self.units = units
    self.activation = activation
  }

  public static let schema = Schema(
    "Dense", "A fully connected layer.", prototype: Dense(1),
    Field("units", \.units, "Size of the output.", check: atLeast(1)).required,
    Field("activation", \.activation, "Applied to the result."),
    Field("use_bias", \.useBias, "Whether a bias is added."),
    Field("kernel_initializer", \.kernelInitializer, "Start values of the kernel."),
    Field("bias_initializer", \.biasInitializer, "Start values of the bias."),
    Field("kernel_regularizer", \.kernelRegularizer, "What draws the kernel to 0."),
    Field("bias_regularizer", \.biasRegularizer, "What draws the bias to 0."),
    Field("activity_regularizer", \.activityRegularizer, "What draws the output to 0."),
    Field("kernel_constraint", \.kernelConstraint, "Bounds that the kernel is kept in."),
    Field("bias_constraint", \.biasConstraint, "Bounds that the bias is kept in."))

  public static let dialects = KerasDialects {
    $0.keras1.classNames = ["TimeDistributedDense"]
    $0.keras1.weights = .init(1, biases: 1)
    $0.keras2.lacks = ["quantization_config"]
  }

  public var passesMask: Bool { true }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let inputs = try x.knownLastAxis(for: "Dense")
    let kernel = try scope.parameter(
      "kernel", [inputs, units], kernelInitializer, regularizer: kernelRegularizer,
      constraint: kernelConstraint, layout: .panels)
    return try finished(x.graph.apply(MatMul(), x, kernel), in: scope)
  }
}
