public import Config
public import GraphEngine
import TensorCore

/// Adds normal noise of mean 0 in training.
///
/// Keras: `keras.layers.GaussianNoise`.
public struct GaussianNoise: UnaryLayer, Configurable {
  public var stddev: Double
  public var seed: Int?
  public init(_ stddev: Double) { self.stddev = stddev }

  public static let schema = Schema(
    "GaussianNoise", "Adds normal noise in training.", prototype: GaussianNoise(0.1),
    Field("stddev", \.stddev, "The standard deviation.", check: atLeast(0)).required, .seed(\.seed))

  public var passesMask: Bool { true }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    if scope.phase == .inference || stddev == 0 { return x }
    return try x + scope.noise(mean: 0, stddev, for: x, seed)
  }
}

/// Multiplies by normal noise of mean 1 in training, of the deviation that a dropout has.
///
/// Srivastava et al., "Dropout" (2014). Keras: `keras.layers.GaussianDropout`.
public struct GaussianDropout: UnaryLayer, Configurable {
  public var rate: Double
  public var seed: Int?
  public init(_ rate: Double) { self.rate = rate }

  public static let schema = Schema(
    "GaussianDropout", "Multiplies by normal noise in training.", prototype: GaussianDropout(0.5),
    .dropRate(\.rate), .seed(\.seed))

  public var passesMask: Bool { true }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    if scope.phase == .inference || rate == 0 { return x }
    return try x * scope.noise(mean: 1, (rate / (1 - rate)).squareRoot(), for: x, seed)
  }
}

extension LayerScope {
  /// Normal numbers, one for each of a value, other ones in every step.
  fileprivate func noise(mean: Float, _ deviation: Double, for x: Value, _ seed: Int?) throws -> Value {
    try graph.random(
      .normal(mean: mean, deviation: Float(deviation)), x.type.dims, stream: stream("noise", seed: seed),
      step: step)
  }
}
