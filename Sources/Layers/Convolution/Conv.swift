public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// A convolution over one to three axes: `activation(x ∗ kernel + bias)`, `(axes…, channels)` to `(places…, filters)`.
///
/// Weights: `kernel` (window…, channels of a group, filters), `bias` (filters). Keras: `keras.layers.Conv1D`, `Conv2D`,
/// `Conv3D`.
public struct Conv<let rank: Int>: UnaryLayer, BiasedLayer, Configurable {
  public var filters: Int
  public var kernelSize: PerAxis<rank>
  public var strides = PerAxis<rank>(1)
  public var padding = ConvPadding<rank>()
  public var dataFormat = DataFormat.channelsLast
  public var dilationRate = PerAxis<rank>(1)
  public var groups = 1
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
      "Conv\(rank)D", "A convolution over \(axisWords(rank)).", prototype: Self(1, kernelSize: .init(1)),
      fields: [
        Field("filters", \.filters, "Channels of the result.", check: atLeast(1)).required,
        Field("kernel_size", \.kernelSize, "Size of the window.", check: PerAxis<rank>.atLeast(1)).required,
        Field("strides", \.strides, "How far the window moves.", check: PerAxis<rank>.atLeast(1)),
        Field(
          "padding", \.padding,
          "valid: within the input; same: as many places; causal: only what came before."),
        Field("data_format", \.dataFormat, "Where channels are."),
        Field("dilation_rate", \.dilationRate, "How far apart taps are.", check: PerAxis<rank>.atLeast(1)),
        Field(
          "groups", \.groups, "Equal groups of channels, each with filters of its own.", check: atLeast(1)),
        Field("activation", \.activation, "Applied to the result."),
        Field("use_bias", \.useBias, "Whether a bias is added."),
      ]
        + WeightSettings.fields(
          [.kernel(\Self.kernel), .bias(\Self.bias)], activity: \Self.activityRegularizer))
  }

  public static var dialects: KerasDialects {
    KerasDialects {
      $0.keras1.classNames = ["Convolution\(rank)D"] + (rank < 3 ? ["AtrousConvolution\(rank)D"] : [])
      $0.keras1.weights = .convolution(over: rank)
    }
  }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let rule = try windowRule(
      kernelSize, strides: strides, dilation: dilationRate, padding: padding.rule, at: x.graph.origin)
    return try dataFormat.channelsLast(x) { x in
      let channels = try x.knownLastAxis(for: className)
      guard channels % groups == 0, filters % groups == 0 else {
        throw Diagnostic.unequalGroups(
          className, groups, channels: channels, filters: filters, at: x.graph.origin)
      }
      // Columns of several groups need not begin with a panel.
      let kernel = try scope.parameter(
        "kernel", kernelSize.numbers + [channels / groups, filters], self.kernel,
        layout: groups == 1 ? .panels : .rowMajor)
      return try finished(x.graph.apply(Convolution(rule, groups: groups), x, kernel), in: scope)
    }
  }
}

/// "steps", "rows and columns" or "planes, rows and columns".
func axisWords(_ rank: Int) -> String { ["steps", "rows and columns", "planes, rows and columns"][rank - 1] }

extension Diagnostic {
  /// E0360: groups that channels or filters cannot be shared out to.
  fileprivate static func unequalGroups(
    _ layer: String, _ groups: Int, channels: Int, filters: Int, at span: SourceSpan?
  ) -> Diagnostic {
    Diagnostic(
      "E0360", "\(layer): \(channels) channels and \(filters) filters are not \(groups) equal groups",
      at: span.map { Label($0, "called here") }, help: "both must be multiples of 'groups'")
  }
}
