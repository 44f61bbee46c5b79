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
public struct SparseCategoricalCrossentropy: Crossentropy {
  public var reduction = LossReduction.sumOverBatchSize
  public var fromLogits = false
  public var ignoreClass: Int?
  public var axis = -1
  public init() {}

  public static let schema = lossSchema(
    "SparseCategoricalCrossentropy", "Cross-entropy with whole-number labels.", prototype: Self(),
    logitsField,
    Field("ignore_class", \.ignoreClass, "A label whose samples do not count."),
    axisField("The axis of the classes."))

  public func target(for prediction: TensorType) -> TensorType {
    var dims = prediction.dims
    let place = axis < 0 ? axis + dims.count : axis
    if dims.indices.contains(place) { dims.remove(at: place) }
    return TensorType(dims, .int32)
  }

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    let graph = prediction.graph
    let counts = try mask(target)
    // Labels that do not count may be no classes at all.
    let labels = try counts.map { try Value.select($0, target, graph.constant(whole: 0)) } ?? target
    let values: Value
    if let logits = try prediction.logits(areGiven: fromLogits)?.withLast(axis) {
      values = try graph.apply(SparseCrossEntropy(), logits, graph.apply(Softmax(), logits), labels)
    } else {
      let clipped = try graph.apply(Unary(.clipUnit, Float.kerasEpsilon), prediction.withLast(axis))
      let total = try graph.apply(Unary(.log), graph.apply(SumLast(), clipped))
      let picked = try graph.apply(Unary(.log), graph.apply(PickClass(), clipped, labels))
      values = try graph.apply(Binary(.subtract), total, picked)
    }
    return try counts.map { try Value.select($0, values, 0) } ?? values
  }

  public func mask(_ target: Value) throws -> Value? {
    guard let ignoreClass else { return nil }
    return try target .!= target.graph.constant(whole: Int32(clamping: ignoreClass))
  }
}

/// The cross-entropy with one-hot or soft targets.
///
/// Keras: `keras.losses.CategoricalCrossentropy`.
///
/// Probabilities that do not come straight from a softmax or a sigmoid are made to sum to 1, then clipped.
public struct CategoricalCrossentropy: SmoothedCrossentropy {
  public var reduction = LossReduction.sumOverBatchSize
  public var fromLogits = false
  public var labelSmoothing = 0.0
  public var axis = -1
  public init() {}

  public static let schema = smoothedSchema(
    "CategoricalCrossentropy", "Cross-entropy with one-hot targets.",
    smoothing: "How much of each target is spread over all classes.", axis: "The axis of the classes.")

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    let graph = prediction.graph
    let target = try smoothed(target, labelSmoothing).withLast(axis)
    if let logits = try prediction.logits(areGiven: fromLogits)?.withLast(axis) {
      return try graph.apply(CrossEntropy(), logits, graph.apply(Softmax(), logits), target)
    }
    let log = try graph.apply(Unary(.log), normalized(prediction.withLast(axis)))
    return try graph.apply(
      Unary(.negate), graph.apply(SumLast(), graph.apply(Binary(.multiply), log, target)))
  }
}

/// The cross-entropy with one-hot targets, where classes that are right already count for little.
///
/// Keras: `keras.losses.CategoricalFocalCrossentropy`; Lin et al., "Focal loss for dense object detection" (2017).
public struct CategoricalFocalCrossentropy: SmoothedCrossentropy {
  public var reduction = LossReduction.sumOverBatchSize
  public var fromLogits = false
  public var labelSmoothing = 0.0
  public var axis = -1
  public var alpha = 0.25
  public var gamma = 2.0
  public init() {}

  public static let schema = smoothedSchema(
    "CategoricalFocalCrossentropy", "Cross-entropy that looks away from what is right already.",
    smoothing: "How much of each target is spread over all classes.", axis: "The axis of the classes.",
    Field("alpha", \.alpha, "The weight of every class.", check: atLeast(0)),
    Field("gamma", \.gamma, "How strongly right outputs are passed over.", check: atLeast(0)))

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    let graph = prediction.graph
    let target = try smoothed(target, labelSmoothing).withLast(axis)
    var p = try prediction.withLast(axis)
    if fromLogits { p = try graph.apply(Softmax(), p) }
    p = try normalized(p)
    let weights = try (1 - p).power(Float(gamma)) * Float(alpha)
    return try (weights * -(target * p.log())).sum(over: [-1])
  }
}

/// `(1 - p^q) / q` for the probability p of the right class: less sensitive to wrong labels than the cross-entropy.
///
/// Keras: `keras.losses.CategoricalGeneralizedCrossEntropy`; Zhang and Sabuncu (2018).
public struct CategoricalGeneralizedCrossEntropy: PlainLoss {
  public var reduction = LossReduction.sumOverBatchSize
  public var q = 0.5
  public init() {}

  public static let schema = lossSchema(
    "CategoricalGeneralizedCrossEntropy", "A loss for labels that may be wrong.", prototype: Self(),
    Field("q", \.q, "Between 0, cross-entropy, and 1, absolute error.") {
      $0 > 0 && $0 < 1 ? nil : "must be between 0 and 1, neither of them"
    })

  public func target(for prediction: TensorType) -> TensorType {
    TensorType(prediction.dims.dropLast(), .int32)
  }

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    let p = try prediction.graph.apply(PickClass(), prediction, target)
    return try p.power(Float(q)).scaled(by: Float(-1 / q), plus: Float(1 / q))
  }
}

private func smoothed(_ target: Value, _ smoothing: Double) throws -> Value {
  guard smoothing > 0, case .size(let classes)? = target.type.dims.last else { return target }
  return try target.scaled(by: Float(1 - smoothing), plus: Float(smoothing / Double(classes)))
}

/// Probabilities that sum to 1, away from 0 and 1.
private func normalized(_ prediction: Value) throws -> Value {
  guard let classes = prediction.type.dims.last else { return prediction }
  let graph = prediction.graph
  let total = try graph.apply(RepeatLast(classes), graph.apply(SumLast(), prediction))
  return try graph.apply(
    Unary(.clipUnit, Float.kerasEpsilon), graph.apply(Binary(.divide), prediction, total))
}
