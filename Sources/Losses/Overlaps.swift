public import Config
public import GraphEngine

/// `1 - 2 Σ t p / (Σ t + Σ p)`: how little two regions overlap.
///
/// Keras: `keras.losses.Dice`.
public struct Dice: PlainLoss {
  public var reduction = LossReduction.sumOverBatchSize
  public var axis: [Int]?
  public init() {}
  public static let schema = lossSchema(
    "Dice", "How little prediction and target overlap.", prototype: Self(),
    Field("axis", \.axis, "The axes summed over; all, with the batch, if not given."))

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    let both = try (target * prediction).sum(over: axis)
    let all = try target.sum(over: axis) + prediction.sum(over: axis)
    return try 1 - both * 2 / (all + Float.kerasEpsilon)
  }
}

/// Dice's loss with weights for what is missing and what is too much.
///
/// Keras: `keras.losses.Tversky`; Salehi, Erdogmus and Gholipour (2017).
public struct Tversky: PlainLoss {
  public var reduction = LossReduction.sumOverBatchSize
  public var alpha = 0.5
  public var beta = 0.5
  public var axis: [Int]?
  public init() {}
  public static let schema = lossSchema(
    "Tversky", "Overlap with weights for both kinds of mistakes.", prototype: Self(),
    Field("alpha", \.alpha, "The weight of what the prediction misses.", check: atLeast(0)),
    Field("beta", \.beta, "The weight of what it has too much.", check: atLeast(0)),
    Field("axis", \.axis, "The axes summed over; all, with the batch, if not given."))

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    let both = try (target * prediction).sum(over: axis)
    let missed = try ((1 - prediction) * target).sum(over: axis)
    let extra = try (prediction * (1 - target)).sum(over: axis)
    return try 1 - both / (both + missed * Float(alpha) + extra * Float(beta) + Float.kerasEpsilon)
  }
}
