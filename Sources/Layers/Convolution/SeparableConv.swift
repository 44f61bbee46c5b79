public import Config
import Diagnostics
public import GraphEngine

/// A convolution of each channel by itself, then one of points that mixes the channels.
///
/// Weights: `depthwise_kernel` (window…, channels, depth_multiplier), `pointwise_kernel` (1…, channels · depth_multiplier,
/// filters), `bias` (filters). Keras: `keras.layers.SeparableConv1D`, `SeparableConv2D`.
public struct SeparableConv<let rank: Int>: UnaryLayer, BiasedLayer, Configurable {
  public var filters: Int
  public var kernelSize: PerAxis<rank>
  public var strides = PerAxis<rank>(1)
  public var padding = ConvPadding<rank>()
  public var dataFormat = DataFormat.channelsLast
  public var dilationRate = PerAxis<rank>(1)
  public var depthMultiplier = 1
  public var activation = Activation.linear
  public var useBias = true
  public var depthwiseInitializer = Initializer.glorotUniform
  public var pointwiseInitializer = Initializer.glorotUniform
  public var biasInitializer = Initializer.zeros
  public var depthwiseRegularizer: Regularizer?
  public var pointwiseRegularizer: Regularizer?
  public var biasRegularizer: Regularizer?
  public var activityRegularizer: Regularizer?
  public var depthwiseConstraint: Constraint?
  public var pointwiseConstraint: Constraint?
  public var biasConstraint: Constraint?

  public init(_ filters: Int, kernelSize: PerAxis<rank>) {
    self.filters = filters
    self.kernelSize = kernelSize
  }

  public static var schema: Schema<Self> {
    Schema(
      "SeparableConv\(rank)D", "A convolution of each channel by itself, then one that mixes them.",
      prototype: Self(1, kernelSize: .init(1)),
      Field("filters", \.filters, "Channels of the result.", check: atLeast(1)).required,
      Field("kernel_size", \.kernelSize, "Size of the window.", check: PerAxis<rank>.atLeast(1)).required,
      Field("strides", \.strides, "How far the window moves.", check: PerAxis<rank>.atLeast(1)),
      Field(
        "padding", \.padding, "valid: within the input; same: as many places; causal: only what came before."),
      Field("data_format", \.dataFormat, "Where channels are."),
      Field("dilation_rate", \.dilationRate, "How far apart taps are.", check: PerAxis<rank>.atLeast(1)),
      Field("depth_multiplier", \.depthMultiplier, "Kernels of each channel.", check: atLeast(1)),
      Field("activation", \.activation, "Applied to the result."),
      Field("use_bias", \.useBias, "Whether a bias is added."),
      Field("depthwise_initializer", \.depthwiseInitializer, "Start values of the channels' kernels."),
      Field("pointwise_initializer", \.pointwiseInitializer, "Start values of the mixing kernel."),
      Field("bias_initializer", \.biasInitializer, "Start values of the bias."),
      Field("depthwise_regularizer", \.depthwiseRegularizer, "What draws the channels' kernels to 0."),
      Field("pointwise_regularizer", \.pointwiseRegularizer, "What draws the mixing kernel to 0."),
      Field("bias_regularizer", \.biasRegularizer, "What draws the bias to 0."),
      Field("activity_regularizer", \.activityRegularizer, "What draws the output to 0."),
      Field("depthwise_constraint", \.depthwiseConstraint, "Bounds that the channels' kernels are kept in."),
      Field("pointwise_constraint", \.pointwiseConstraint, "Bounds that the mixing kernel is kept in."),
      Field("bias_constraint", \.biasConstraint, "Bounds that the bias is kept in."))
  }

  public static var dialects: KerasDialects {
    KerasDialects {
      if rank == 2 { $0.keras1.classNames = ["SeparableConvolution2D"] }
      $0.keras1.weights = .convolution(over: rank, kernels: 2)
      $0.keras2.surplus = ["groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"]
    }
  }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let rule = try windowRule(
      kernelSize, strides: strides, dilation: dilationRate, padding: padding.rule, at: x.graph.origin)
    return try dataFormat.channelsLast(x) { x in
      let channels = try x.knownLastAxis(for: className)
      let depthwise = try scope.parameter(
        "depthwise_kernel", kernelSize.numbers + [channels, depthMultiplier], depthwiseInitializer,
        regularizer: depthwiseRegularizer, constraint: depthwiseConstraint)
      let points = [Int](repeating: 1, count: rank)
      let pointwise = try scope.parameter(
        "pointwise_kernel", points + [channels * depthMultiplier, filters], pointwiseInitializer,
        regularizer: pointwiseRegularizer, constraint: pointwiseConstraint, layout: .panels)
      let deep = try x.graph.apply(DepthwiseConvolution(rule, multiplier: depthMultiplier), x, depthwise)
      return try finished(x.graph.apply(Convolution(WindowRule(points)), deep, pointwise), in: scope)
    }
  }
}
