public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// Brings groups of channels of every sample to mean 0 and deviation 1, then scales and shifts them as learned.
///
/// Weights: `gamma`, `beta` (channels).
///
/// Wu and He, "Group normalization" (2018). Keras: `keras.layers.GroupNormalization`.
public struct GroupNormalization: UnaryLayer, Configurable {
  public var groups = 32
  public var axis = -1
  public var epsilon = 1e-3
  public var center = true
  public var scale = true
  public var beta = WeightSettings(.zeros)
  public var gamma = WeightSettings(.ones)
  public init() {}

  public static let schema = Schema(
    "GroupNormalization", "Brings groups of channels to mean 0 and deviation 1, then scales and shifts them.",
    prototype: Self(),
    fields: [
      Field("groups", \.groups, "How many groups; -1 for one of each channel.") {
        $0 >= 1 || $0 == -1 ? nil : "must be at least 1, or -1"
      },
      Field("axis", \.axis, "The axis of the channels."),
      Field("epsilon", \.epsilon, "Added to the variance.", check: atLeast(0)),
      Field("center", \.center, "Whether a learned shift is added."),
      Field("scale", \.scale, "Whether it is multiplied by a learned factor."),
    ]
      + WeightSettings.fields([
        .init("beta", \Self.beta, "the shift"), .init("gamma", \Self.gamma, "the factor"),
      ]))

  public var passesMask: Bool { true }

  /// - Throws: E0301 and E0303 if there is no such axis, E0372 if the channels make no groups.
  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let extent = try Axes(axis).extent(in: x, for: className)
    let (axis, channels) = (extent.axes[0], extent.shape[0])
    let count = groups == -1 ? channels : groups
    guard channels.isMultiple(of: count) else {
      throw Diagnostic.unevenGroups(
        "\(className): \(channels) channels make \(count) groups", at: scope.graph.origin)
    }
    // An axis of groups before that of the channels within one.
    func split(_ dims: [Dim]) -> [Dim] {
      dims[..<axis] + [.size(count), .size(channels / count)] + dims[(axis + 1)...]
    }
    let grouped = try x.reshaped(to: split(x.type.dims))
    let others = grouped.type.dims.indices.filter { $0 > 0 && $0 != axis }
    let mean = try grouped.mean(over: others, keepingDimensions: true)
    var factor = try (grouped.variance(over: others, keepingDimensions: true) + Float(epsilon))
      .reciprocalSquareRoot()
    if scale {
      let gamma = try scope.parameter("gamma", [channels], self.gamma)
      factor = try factor * gamma.reshaped(to: split(extent.dims))
    }
    var shift = try -(mean * factor)
    if center {
      let beta = try scope.parameter("beta", [channels], self.beta)
      shift = try shift + beta.reshaped(to: split(extent.dims))
    }
    return try (grouped * factor + shift).reshaped(to: x.type.dims)
  }
}
