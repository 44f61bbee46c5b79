public import Config
public import GraphEngine
import KernelABI

/// The mean of `(t - p)²` over the last axis.
///
/// Keras: `keras.losses.MeanSquaredError`.
public struct MeanSquaredError: PlainLoss {
  public var reduction = LossReduction.sumOverBatchSize
  public init() {}
  public static let schema = lossSchema("MeanSquaredError", "Mean of squared differences.", prototype: Self())

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    let difference = try target.graph.apply(Binary(.subtract), prediction, target)
    return try target.graph.apply(Unary(.square), difference).meanOverLastAxis()
  }
}

/// The mean of `|t - p|` over the last axis.
///
/// Keras: `keras.losses.MeanAbsoluteError`.
public struct MeanAbsoluteError: PlainLoss {
  public var reduction = LossReduction.sumOverBatchSize
  public init() {}
  public static let schema = lossSchema(
    "MeanAbsoluteError", "Mean of absolute differences.", prototype: Self())

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    let difference = try target.graph.apply(Binary(.subtract), prediction, target)
    return try target.graph.apply(Unary(.abs), difference).meanOverLastAxis()
  }
}

/// 100 times the mean of `|t - p| / |t|`, with |t| at least 1e-7.
///
/// Keras: `keras.losses.MeanAbsolutePercentageError`.
public struct MeanAbsolutePercentageError: PlainLoss {
  public var reduction = LossReduction.sumOverBatchSize
  public init() {}
  public static let schema = lossSchema(
    "MeanAbsolutePercentageError", "Mean of differences in percent of the target.", prototype: Self())

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    let parts = try (target - prediction) / target.abs().maximum(Float.kerasEpsilon)
    return try parts.abs().meanOverLastAxis() * 100
  }
}

/// The mean of `(ln(1 + t) - ln(1 + p))²`, with both at least 1e-7.
///
/// Keras: `keras.losses.MeanSquaredLogarithmicError`.
public struct MeanSquaredLogarithmicError: PlainLoss {
  public var reduction = LossReduction.sumOverBatchSize
  public init() {}
  public static let schema = lossSchema(
    "MeanSquaredLogarithmicError", "Mean of squared differences of logarithms.", prototype: Self())

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    let logarithm = { (x: Value) in try (x.maximum(Float.kerasEpsilon) + 1).log() }
    return try (logarithm(prediction) - logarithm(target)).square().meanOverLastAxis()
  }
}

/// `e² / 2` up to a size of delta, a straight line beyond.
///
/// Keras: `keras.losses.Huber`; Huber, "Robust estimation of a location parameter" (1964).
public struct Huber: PlainLoss {
  public var reduction = LossReduction.sumOverBatchSize
  public var delta = 1.0
  public init() {}
  public static let schema = lossSchema(
    "Huber", "Squares of small differences, sizes of large ones.", prototype: Self(),
    Field("delta", \.delta, "Where the square becomes a line.", check: atLeast(0)))

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    let delta = Float(delta)
    let error = try prediction - target
    let size = try error.abs()
    let near = try error.square() * 0.5
    let far = try size.scaled(by: delta, plus: -0.5 * delta * delta)
    return try Value.select(size .<= delta, near, far).meanOverLastAxis()
  }
}

/// The mean of `ln cosh(p - t)`.
///
/// Keras: `keras.losses.LogCosh`.
public struct LogCosh: PlainLoss {
  public var reduction = LossReduction.sumOverBatchSize
  public init() {}
  public static let schema = lossSchema(
    "LogCosh", "Mean of the logarithms of hyperbolic cosines of differences.", prototype: Self())

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    let error = try prediction - target
    return try (error + (error * -2).mapped(.softplus) - 0.693_147_18).meanOverLastAxis()
  }
}

/// The mean of `p - t ln p`.
///
/// Keras: `keras.losses.Poisson`.
public struct Poisson: PlainLoss {
  public var reduction = LossReduction.sumOverBatchSize
  public init() {}
  public static let schema = lossSchema(
    "Poisson", "For predicted rates of counted events.", prototype: Self())

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    try (prediction - target * (prediction + Float.kerasEpsilon).log()).meanOverLastAxis()
  }
}

/// `Σ t ln(t / p)` over the last axis, both between 1e-7 and 1.
///
/// Keras: `keras.losses.KLDivergence`.
public struct KLDivergence: PlainLoss {
  public var reduction = LossReduction.sumOverBatchSize
  public init() {}
  public static let schema = lossSchema(
    "KLDivergence", "How far one distribution is from another.", prototype: Self())

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    let (t, p) = (try target.clipped(Float.kerasEpsilon, 1), try prediction.clipped(Float.kerasEpsilon, 1))
    return try (t * (t / p).log()).sum(over: [-1])
  }
}

/// The negative cosine of the angle between target and prediction.
///
/// Keras: `keras.losses.CosineSimilarity`.
public struct CosineSimilarity: PlainLoss {
  public var reduction = LossReduction.sumOverBatchSize
  public var axis = -1
  public init() {}
  public static let schema = lossSchema(
    "CosineSimilarity", "The negative cosine between target and prediction.", prototype: Self(),
    Field("axis", \.axis, "The axis of the vectors."))

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    try -cosine(target, prediction, semantics)
  }

  func cosine(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    // Keras 3 bounds the length, Keras 2 its square.
    let least: Float = semantics == .keras3 ? Float.kerasEpsilon * Float.kerasEpsilon : 1e-12
    let unit = { (x: Value) in
      try x / x.square().sum(over: [axis], keepingDimensions: true).maximum(least).squareRoot()
    }
    return try (unit(target) * unit(prediction)).sum(over: [axis])
  }
}
