public import Config
public import GraphEngine
import KernelABI
public import TensorCore

/// The cross-entropy with whole-number labels.
///
/// Keras: `keras.losses.SparseCategoricalCrossentropy`.
///
/// If the prediction comes straight from a softmax or a sigmoid, the logits before it are used, without clipping, as Keras does.
/// Other probabilities are clipped to [1e-7, 1 - 1e-7] and then made to sum to 1.
public struct SparseCategoricalCrossentropy: PlainLoss {
  public var fromLogits = false
  public init() {}

  public static let schema = Schema(
    "SparseCategoricalCrossentropy", "Cross-entropy with whole-number labels.", prototype: Self(),
    Field("from_logits", \.fromLogits, "Whether predictions are logits instead of probabilities."))

  public func target(for prediction: TensorType) -> TensorType {
    TensorType(prediction.dims.dropLast(), .int32)
  }

  public func values(_ target: Value, _ prediction: Value) throws -> Value {
    let graph = prediction.graph
    if let logits = prediction.logits(areGiven: fromLogits) {
      return try graph.apply(SparseCrossEntropy(), logits, graph.apply(Softmax(), logits), target)
    }
    let clipped = try graph.apply(Unary(.clipUnit, fuzz), prediction)
    let total = try graph.apply(Unary(.log), graph.apply(SumLast(), clipped))
    let picked = try graph.apply(Unary(.log), graph.apply(PickClass(), clipped, target))
    return try graph.apply(Binary(.subtract), total, picked)
  }
}

/// The cross-entropy with one-hot or soft targets.
///
/// Keras: `keras.losses.CategoricalCrossentropy`.
///
/// Probabilities that do not come straight from a softmax or a sigmoid are made to sum to 1, then clipped.
public struct CategoricalCrossentropy: PlainLoss {
  public var fromLogits = false
  public var labelSmoothing = 0.0
  public init() {}

  public static let schema = Schema(
    "CategoricalCrossentropy", "Cross-entropy with one-hot targets.", prototype: Self(),
    Field("from_logits", \.fromLogits, "Whether predictions are logits instead of probabilities."),
    Field(
      "label_smoothing", \.labelSmoothing, "How much of each target is spread over all classes.",
      check: within(0...1)))

  public func values(_ target: Value, _ prediction: Value) throws -> Value {
    let graph = prediction.graph
    var target = target
    if labelSmoothing > 0, case .size(let classes)? = prediction.type.dims.last {
      let (kept, spread) = (Float(1 - labelSmoothing), Float(labelSmoothing / Double(classes)))
      target = try graph.apply(Affine(scale: kept, offset: spread), target)
    }
    if let logits = prediction.logits(areGiven: fromLogits) {
      return try graph.apply(CrossEntropy(), logits, graph.apply(Softmax(), logits), target)
    }
    guard let classes = prediction.type.dims.last else { return prediction }
    let total = try graph.apply(RepeatLast(classes), graph.apply(SumLast(), prediction))
    let normal = try graph.apply(Binary(.divide), prediction, total)
    let log = try graph.apply(Unary(.log), graph.apply(Unary(.clipUnit, fuzz), normal))
    return try graph.apply(
      Unary(.negate), graph.apply(SumLast(), graph.apply(Binary(.multiply), log, target)))
  }
}
