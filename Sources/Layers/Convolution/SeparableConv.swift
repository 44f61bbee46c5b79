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
  public var depthwise = WeightSettings(.glorotUniform)
  public var pointwise = WeightSettings(.glorotUniform)
  public var bias = WeightSettings(.zeros)
  public var activityRegularizer: Regularizer?

  public init(_ filters: Int, kernelSize: PerAxis<rank>) {
    self.filters = filters
    self.kernelSize = kernelSize
  }

  public static var schema: Schema<Self> {
    Schema(
      "SeparableConv\(rank)D", "A convolution of each channel by itself, then one that mixes them.",
      prototype: Self(1, kernelSize: .init(1)),
      fields: [
        Field("filters", \.filters, "Channels of the result.", check: atLeast(1)).required,
        Field("kernel_size", \.kernelSize, "Size of the window.", check: PerAxis<rank>.atLeast(1)).required,
        Field("strides", \.strides, "How far the window moves.", check: PerAxis<rank>.atLeast(1)),
        Field(
          "padding", \.padding,
          "valid: within the input; same: as many places; causal: only what came before."),
        Field("data_format", \.dataFormat, "Where channels are."),
        Field("dilation_rate", \.dilationRate, "How far apart taps are.", check: PerAxis<rank>.atLeast(1)),
        Field("depth_multiplier", \.depthMultiplier, "Kernels of each channel.", check: atLeast(1)),
        Field("activation", \.activation, "Applied to the result."),
        Field("use_bias", \.useBias, "Whether a bias is added."),
      ]
        + WeightSettings.fields(
          [
            .init("depthwise", \Self.depthwise, "the channels' kernels", isMany: true),
            .init("pointwise", \Self.pointwise, "the mixing kernel"), .bias(\Self.bias),
          ], activity: \Self.activityRegularizer))
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
        "depthwise_kernel", kernelSize.numbers + [channels, depthMultiplier], self.depthwise)
      let points = [Int](repeating: 1, count: rank)
      let pointwise = try scope.parameter(
        "pointwise_kernel", points + [channels * depthMultiplier, filters], self.pointwise, layout: .panels)
      let deep = try x.graph.apply(DepthwiseConvolution(rule, multiplier: depthMultiplier), x, depthwise)
      return try finished(x.graph.apply(Convolution(WindowRule(points)), deep, pointwise), in: scope)
    }
  }
}
