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
  public var depthwise = WeightSettings(.glorotUniform)
  public var bias = WeightSettings(.zeros)
  public var activityRegularizer: Regularizer?

  public init(kernelSize: PerAxis<rank>) { self.kernelSize = kernelSize }

  public static var schema: Schema<Self> {
    Schema(
      "DepthwiseConv\(rank)D", "A convolution of each channel by itself.",
      prototype: Self(kernelSize: .init(1)),
      fields: [
        Field("kernel_size", \.kernelSize, "Size of the window.", check: PerAxis<rank>.atLeast(1)).required,
        Field("strides", \.strides, "How far the window moves.", check: PerAxis<rank>.atLeast(1)),
        Field("padding", \.padding, "valid: within the input; same: as many places."),
        Field("depth_multiplier", \.depthMultiplier, "Kernels of each channel.", check: atLeast(1)),
        Field("data_format", \.dataFormat, "Where channels are."),
        Field("dilation_rate", \.dilationRate, "How far apart taps are.", check: PerAxis<rank>.atLeast(1)),
        Field("activation", \.activation, "Applied to the result."),
        Field("use_bias", \.useBias, "Whether a bias is added."),
      ]
        + WeightSettings.fields(
          [.init("depthwise", \Self.depthwise, "the kernels", isMany: true), .bias(\Self.bias)],
          activity: \Self.activityRegularizer))
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
      let kernel = try scope.parameter("kernel", kernelSize.numbers + [channels, depthMultiplier], depthwise)
      return try finished(
        x.graph.apply(DepthwiseConvolution(rule, multiplier: depthMultiplier), x, kernel), in: scope)
    }
  }
}
