public import Config
public import GraphEngine
import KernelABI

/// The cross-entropy of independent yes-or-no outputs, the mean over the last axis.
///
/// Keras: `keras.losses.BinaryCrossentropy`.
///
/// If the prediction comes straight from a sigmoid or a softmax, the logits before it are used, without clipping, as Keras does.
public struct BinaryCrossentropy: SmoothedCrossentropy {
  public var reduction = LossReduction.sumOverBatchSize
  public var fromLogits = false
  public var labelSmoothing = 0.0
  public var axis = -1
  public init() {}

  public static let schema = smoothedSchema(
    "BinaryCrossentropy", "Cross-entropy of yes-or-no outputs.",
    smoothing: "How far targets are moved to one half.", axis: "The axis of which the mean is taken.")

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    let target = try smoothed(target, labelSmoothing)
    let logits = prediction.logits(areGiven: fromLogits)
    return try binaryCrossentropy(target, prediction, logits: logits, semantics)
      .withLast(axis).meanOverLastAxis()
  }
}

/// The cross-entropy of yes-or-no outputs, where outputs that are right already count for little.
///
/// Keras: `keras.losses.BinaryFocalCrossentropy`; Lin et al., "Focal loss for dense object detection" (2017).
public struct BinaryFocalCrossentropy: SmoothedCrossentropy {
  public var reduction = LossReduction.sumOverBatchSize
  public var fromLogits = false
  public var labelSmoothing = 0.0
  public var axis = -1
  public var applyClassBalancing = false
  public var alpha = 0.25
  public var gamma = 2.0
  public init() {}

  public static let schema = smoothedSchema(
    "BinaryFocalCrossentropy", "Cross-entropy that looks away from what is right already.",
    smoothing: "How far targets are moved to one half.", axis: "The axis of which the mean is taken.",
    Field("apply_class_balancing", \.applyClassBalancing, "Whether alpha weighs the classes."),
    Field("alpha", \.alpha, "The weight of class 1.", check: within(0...1)),
    Field("gamma", \.gamma, "How strongly right outputs are passed over.", check: atLeast(0)))

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    let target = try smoothed(target, labelSmoothing)
    let p = fromLogits ? try prediction.mapped(.sigmoid) : prediction
    let entropy = try binaryCrossentropy(target, p, logits: p.logits(areGiven: false), semantics)
    let right = try target * p + (1 - target) * (1 - p)
    var values = try (1 - right).power(Float(gamma)) * entropy
    if applyClassBalancing {
      values = try (target * Float(alpha) + (1 - target) * Float(1 - alpha)) * values
    }
    return try values.withLast(axis).meanOverLastAxis()
  }
}

private func smoothed(_ target: Value, _ smoothing: Double) throws -> Value {
  smoothing > 0 ? try target.scaled(by: Float(1 - smoothing), plus: Float(smoothing / 2)) : target
}

/// Number by number; Keras 2 adds its epsilon to clipped probabilities once more.
private func binaryCrossentropy(
  _ target: Value, _ prediction: Value, logits: Value?, _ semantics: Semantics
) throws -> Value {
  let graph = prediction.graph
  if let logits { return try graph.apply(BinaryCrossEntropy(), logits, target) }
  let p = try graph.apply(Unary(.clipUnit, Float.kerasEpsilon), prediction)
  let more: Float = semantics == .keras2 ? Float.kerasEpsilon : 0
  let logarithm = { (x: Value) in try (more == 0 ? x : x + more).log() }
  return try -(logarithm(p) * target + logarithm(1 - p) * (1 - target))
}
