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
  public var kernel = WeightSettings(.glorotUniform)
  public var bias = WeightSettings(.zeros)
  public var activityRegularizer: Regularizer?

  public init(_ units: Int, activation: Activation = .linear) {
    self.units = units
    self.activation = activation
  }

  public static let schema = Schema(
    "Dense", "A fully connected layer.", prototype: Dense(1),
    fields: [
      Field("units", \.units, "Size of the output.", check: atLeast(1)).required,
      Field("activation", \.activation, "Applied to the result."),
      Field("use_bias", \.useBias, "Whether a bias is added."),
    ]
      + WeightSettings.fields(
        [.kernel(\Self.kernel), .bias(\Self.bias)], activity: \Self.activityRegularizer))

  public static let dialects = KerasDialects {
    $0.keras1.classNames = ["TimeDistributedDense"]
    $0.keras1.weights = .init(1, biases: 1)
    $0.keras2.lacks = ["quantization_config"]
  }

  public var passesMask: Bool { true }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let inputs = try x.knownLastAxis(for: "Dense")
    let kernel = try scope.parameter("kernel", [inputs, units], self.kernel, layout: .panels)
    return try finished(x.graph.apply(MatMul(), x, kernel), in: scope)
  }
}
