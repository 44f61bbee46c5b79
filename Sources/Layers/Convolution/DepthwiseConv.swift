public import Config
import Diagnostics
public import GraphEngine

/// A convolution of each channel by itself, with some kernels each.
///
/// Weights: `kernel` (window…, channels, depth_multiplier), `bias` (channels · depth_multiplier). Keras:
/// `keras.layers.DepthwiseConv1D`, `DepthwiseConv2D`.
public struct DepthwiseConv<let rank: Int>: UnaryLayer, BiasedLayer, Configurable {
  public var kernelSize: PerAxis<rank>
  public var strides = PerAxis<rank>(1)
  public var padding = WindowPadding.valid
  public var depthMultiplier = 1
  public var dataFormat = DataFormat.channelsLast
  public var dilationRate = PerAxis<rank>(1)
  public var activation = Activation.linear
  public var useBias = true
  public var depthwiseInitializer = Initializer.glorotUniform
  public var biasInitializer = Initializer.zeros
  public var depthwiseRegularizer: Regularizer?
  public var biasRegularizer: Regularizer?
  public var activityRegularizer: Regularizer?
  public var depthwiseConstraint: Constraint?
  public var biasConstraint: Constraint?

  public init(kernelSize: PerAxis<rank>) { self.kernelSize = kernelSize }

  public static var schema: Schema<Self> {
    Schema(
      "DepthwiseConv\(rank)D", "A convolution of each channel by itself.",
      prototype: Self(kernelSize: .init(1)),
      Field("kernel_size", \.kernelSize, "Size of the window.", check: PerAxis<rank>.atLeast(1)).required,
      Field("strides", \.strides, "How far the window moves.", check: PerAxis<rank>.atLeast(1)),
      Field("padding", \.padding, "valid: within the input; same: as many places."),
      Field("depth_multiplier", \.depthMultiplier, "Kernels of each channel.", check: atLeast(1)),
      Field("data_format", \.dataFormat, "Where channels are."),
      Field("dilation_rate", \.dilationRate, "How far apart taps are.", check: PerAxis<rank>.atLeast(1)),
      Field("activation", \.activation, "Applied to the result."),
      Field("use_bias", \.useBias, "Whether a bias is added."),
      Field("depthwise_initializer", \.depthwiseInitializer, "Start values of the kernels."),
      Field("bias_initializer", \.biasInitializer, "Start values of the bias."),
      Field("depthwise_regularizer", \.depthwiseRegularizer, "What draws the kernels to 0."),
      Field("bias_regularizer", \.biasRegularizer, "What draws the bias to 0."),
      Field("activity_regularizer", \.activityRegularizer, "What draws the output to 0."),
      Field("depthwise_constraint", \.depthwiseConstraint, "Bounds that the kernels are kept in."),
      Field("bias_constraint", \.biasConstraint, "Bounds that the bias is kept in."))
  }

  public static var dialects: KerasDialects {
    KerasDialects {
      $0.keras2.surplus = ["groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"]
    }
  }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let rule = try windowRule(
      kernelSize, strides: strides, dilation: dilationRate, padding: padding.rule, at: x.graph.origin)
    return try dataFormat.channelsLast(x) { x in
      let channels = try x.knownLastAxis(for: className)
      let kernel = try scope.parameter(
        "kernel", kernelSize.numbers + [channels, depthMultiplier], depthwiseInitializer,
        regularizer: depthwiseRegularizer, constraint: depthwiseConstraint)
      return try finished(
        x.graph.apply(DepthwiseConvolution(rule, multiplier: depthMultiplier), x, kernel), in: scope)
    }
  }
}
