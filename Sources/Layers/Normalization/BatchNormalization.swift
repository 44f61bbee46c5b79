public import Config
import Diagnostics
public import GraphEngine
import TensorCore

/// Brings every channel to mean 0 and deviation 1, then scales and shifts it as learned.
///
/// In training by the batch's own statistics, of which running means are kept for inference; frozen by the running
/// means always. Weights: `gamma`, `beta`, and not trained `moving_mean`, `moving_variance`, each (channels).
///
/// Ioffe and Szegedy, "Batch normalization" (2015). Keras: `keras.layers.BatchNormalization`.
public struct BatchNormalization: UnaryLayer, Configurable {
  public var axis = Axes.last
  public var momentum = 0.99
  public var epsilon = 1e-3
  public var center = true
  public var scale = true
  public var beta = WeightSettings(.zeros)
  public var gamma = WeightSettings(.ones)
  public var meanInitializer = Initializer.zeros
  public var varianceInitializer = Initializer.ones
  public init() {}

  public static let schema = Schema(
    "BatchNormalization", "Brings every channel to mean 0 and deviation 1, then scales and shifts it.",
    prototype: Self(),
    fields: [
      Field("axis", \.axis, "The axis of the channels.") {
        $0.numbers.count == 1 ? nil : "must be one axis"
      },
      Field("momentum", \.momentum, "How much of the running means a step keeps.", check: within(0...1)),
      Field("epsilon", \.epsilon, "Added to the variance.", check: atLeast(0)),
      Field("center", \.center, "Whether a learned shift is added."),
      Field("scale", \.scale, "Whether it is multiplied by a learned factor."),
    ] + weights.map(\.initializer) + [
      Field("moving_mean_initializer", \.meanInitializer, "Start values of the running mean."),
      Field("moving_variance_initializer", \.varianceInitializer, "Start values of the running variance."),
    ] + weights.map(\.regularizer) + weights.map(\.constraint))

  private static let weights: [WeightFields<Self>] = [
    .init("beta", \.beta, "the shift"), .init("gamma", \.gamma, "the factor"),
  ]

  public static let dialects = KerasDialects {
    $0.keras1.neutral = ["mode": [0]]
    $0.keras1.weights = .init(2)
    $0.keras2.lacks = ["synchronized", "renorm", "renorm_clipping"]
    $0.keras2.omits = ["renorm_momentum"]
    $0.differences = [
      .init("the moving variance of BatchNormalization on pictures", place: 4) { call, _ in
        (4...5).contains(call.inputs.first?.type.rank ?? 0)
      }
    ]
  }

  public var passesMask: Bool { true }
  public var signature: CallSignature { CallSignature(values: ["mask"]) }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    let extent = try axis.extent(in: x, for: className)
    let (axis, channels, dims) = (extent.axes[0], extent.shape[0], extent.dims)
    let others = x.type.dims.indices.filter { $0 != axis }
    let isLast = axis == x.type.rank - 1
    let gamma =
      scale
      ? try scope.parameter("gamma", [channels], self.gamma)
      : nil
    let beta =
      center
      ? try scope.parameter("beta", [channels], self.beta)
      : nil
    let movingMean = try scope.parameter("moving_mean", [channels], meanInitializer, isTrainable: false)
    let movingVariance = try scope.parameter(
      "moving_variance", [channels], varianceInitializer, isTrainable: false)
    var (mean, variance) = (movingMean, movingVariance)
    if scope.phase == .training && scope.isTrainable {
      let own = try moments(of: x, over: others, axis, in: scope)
      mean = own.mean
      variance = own.variance
      try keep("moving_mean", movingMean, mean, in: scope)
      try keep("moving_variance", movingVariance, try variance * unbiased(x, axis, in: scope), in: scope)
    }
    var factor = try (variance + Float(epsilon)).reciprocalSquareRoot()
    if let gamma { factor = try factor * gamma }
    var shift = try -(mean * factor)
    if let beta { shift = try shift + beta }
    if isLast { return try x.graph.apply(ColumnAffine(), x, factor, shift) }
    return try x * factor.reshaped(to: dims) + shift.reshaped(to: dims)
  }

  /// The mean and variance of each channel, of the steps that count only.
  private func moments(
    of x: Value, over axes: [Int], _ axis: Int, in scope: LayerScope
  ) throws -> (mean: Value, variance: Value) {
    guard let mask = scope.mask(of: x), axis == x.type.rank - 1, mask.type.dims == x.type.dims.dropLast()
    else {
      guard axis == x.type.rank - 1 else { return (try x.mean(over: axes), try x.variance(over: axes)) }
      let moments = try x.graph.apply(ColumnMoments(), x)
      return (try moments.sliced(.at(0)), try moments.sliced(.at(1)))
    }
    let counts = try mask.expandingDimensions(at: -1)
    // Keras 3 keeps a batch in which nothing counts from a division by 0.
    let sum = try mask.sum() + (scope.semantics == .keras3 ? 1e-7 : 0)
    let mean = try (x * counts).sum(over: axes) / sum
    let difference = try (x - mean) * counts
    return (mean, try (difference * difference).sum(over: axes) / sum)
  }

  /// A running mean takes in what this batch has.
  ///
  /// A shared layer does so at every call.
  private func keep(_ name: String, _ moving: Value, _ value: Value, in scope: LayerScope) throws {
    let latest = scope.latest(name, moving)
    scope.update(name, to: try latest * Float(momentum) + value * Float(1 - momentum))
  }

  /// What makes the variance of images one of the population in Keras 2, whose fused kernel did it: n / (n - 1).
  private func unbiased(_ x: Value, _ axis: Int, in scope: LayerScope) throws -> Value {
    guard scope.semantics == .keras2, [4, 5].contains(x.type.rank) else { return x.graph.constant(1) }
    let dims = x.type.dims.enumerated().filter { $0.offset != axis }.map(\.element)
    let count = try x.graph.constant(1, dims).sum()
    return try count / (count - 1)
  }
}
