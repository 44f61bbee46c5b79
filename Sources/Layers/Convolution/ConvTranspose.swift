public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// A convolution backwards: every element adds the kernel, times itself, to where the window of a convolution saw it.
///
/// Weights: `kernel` (window…, filters, channels), `bias` (filters). Keras: `keras.layers.Conv1DTranspose`,
/// `Conv2DTranspose`, `Conv3DTranspose`.
public struct ConvTranspose<let rank: Int>: UnaryLayer, BiasedLayer, Configurable {
  public var filters: Int
  public var kernelSize: PerAxis<rank>
  public var strides = PerAxis<rank>(1)
  public var padding = WindowPadding.valid
  public var outputPadding: PerAxis<rank>?
  public var dataFormat = DataFormat.channelsLast
  public var dilationRate = PerAxis<rank>(1)
  public var activation = Activation.linear
  public var useBias = true
  public var kernel = WeightSettings(.glorotUniform)
  public var bias = WeightSettings(.zeros)
  public var activityRegularizer: Regularizer?

  public init(_ filters: Int, kernelSize: PerAxis<rank>) {
    self.filters = filters
    self.kernelSize = kernelSize
  }

  public static var schema: Schema<Self> {
    Schema(
      "Conv\(rank)DTranspose", "A convolution backwards over \(axisWords(rank)).",
      prototype: Self(1, kernelSize: .init(1)),
      fields: [
        Field("filters", \.filters, "Channels of the result.", check: atLeast(1)).required,
        Field("kernel_size", \.kernelSize, "Size of the window.", check: PerAxis<rank>.atLeast(1)).required,
        Field(
          "strides", \.strides, "How far results of neighbours are apart.", check: PerAxis<rank>.atLeast(1)),
        Field("padding", \.padding, "valid: all that is touched; same: strides times the size."),
        Field("output_padding", \.outputPadding, "Elements added at the end, fewer than strides.") {
          $0.flatMap(PerAxis<rank>.atLeast(0))
        },
        Field("data_format", \.dataFormat, "Where channels are."),
        Field("dilation_rate", \.dilationRate, "How far apart taps are.", check: PerAxis<rank>.atLeast(1)),
        Field("activation", \.activation, "Applied to the result."),
        Field("use_bias", \.useBias, "Whether a bias is added."),
      ]
        + WeightSettings.fields(
          [.kernel(\Self.kernel), .bias(\Self.bias)], activity: \Self.activityRegularizer))
  }

  public static var dialects: KerasDialects {
    KerasDialects {
      if rank == 2 {
        $0.keras1.classNames = ["Deconvolution2D"]
        $0.keras1.surplus = ["output_shape"]
      }
      $0.keras1.weights = .convolution(over: rank, isTransposed: true)
      $0.keras2.surplus = ["groups"]
    }
  }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let rule = try windowRule(
      kernelSize, strides: strides, dilation: dilationRate, padding: padding.rule, at: x.graph.origin)
    return try dataFormat.channelsLast(x) { x in
      let channels = try x.knownLastAxis(for: className)
      let kernel = try scope.parameter(
        "kernel", kernelSize.numbers + [filters, channels], self.kernel, layout: .panels)
      let axes = x.type.dims.dropFirst().dropLast().enumerated().map { axis, dim in
        if case .size(let size) = dim, axis < rank { Dim.size(extent(axis, of: size)) } else { dim }
      }
      return try finished(x.graph.apply(ConvolutionInput(rule, axes: axes), x, kernel), in: scope)
    }
  }

  /// Elements along an axis of the result.
  private func extent(_ axis: Int, of size: Int) -> Int {
    let stride = strides.numbers[axis]
    let reach = (kernelSize.numbers[axis] - 1) * dilationRate.numbers[axis] + 1
    switch (padding, outputPadding?.numbers[axis]) {
    case (.same, nil): return size * stride
    case (.same, let extra?): return (size - 1) * stride + reach % 2 + extra
    case (_, nil): return (size - 1) * stride + max(reach, stride)
    case (_, let extra?): return (size - 1) * stride + reach + extra
    }
  }
}
