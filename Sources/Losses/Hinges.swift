public import Config
public import GraphEngine

/// The mean of `max(1 - t · p, 0)`, for targets -1 and 1.
///
/// Keras: `keras.losses.Hinge`.
///
/// Where all targets of a batch are 0 or 1 they count as -1 and 1.
public struct Hinge: PlainLoss {
  public var reduction = LossReduction.sumOverBatchSize
  public init() {}
  public static let schema = lossSchema(
    "Hinge", "How far outputs are on the wrong side of a margin.", prototype: Self())

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    try margin(target, prediction).meanOverLastAxis()
  }
}

/// The mean of `max(1 - t · p, 0)²`, for targets -1 and 1.
///
/// Keras: `keras.losses.SquaredHinge`.
public struct SquaredHinge: PlainLoss {
  public var reduction = LossReduction.sumOverBatchSize
  public init() {}
  public static let schema = lossSchema(
    "SquaredHinge", "The square of how far outputs are on the wrong side.", prototype: Self())

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    try margin(target, prediction).square().meanOverLastAxis()
  }
}

private func margin(_ target: Value, _ prediction: Value) throws -> Value {
  let isBinary = try ((target .== 0) .| (target .== 1)).all()
  let signs = try Value.select(isBinary, target.scaled(by: 2, plus: -1), target)
  return try (1 - signs * prediction).maximum(0)
}

/// `max(1 + largest wrong output - right output, 0)`, for one-hot targets.
///
/// Keras: `keras.losses.CategoricalHinge`.
public struct CategoricalHinge: PlainLoss {
  public var reduction = LossReduction.sumOverBatchSize
  public init() {}
  public static let schema = lossSchema(
    "CategoricalHinge", "How far the right output is behind the largest wrong one.", prototype: Self())

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    let right = try (target * prediction).sum(over: [-1])
    let wrong = try ((1 - target) * prediction).max(over: [-1])
    return try (wrong - right + 1).maximum(0)
  }
}
