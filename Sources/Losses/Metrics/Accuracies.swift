public import Config
public import GraphEngine
public import TensorCore

/// How often predictions are right; which accuracy is meant follows from the shapes, as in Keras.
///
/// One output: binary, with threshold one half. Targets of lower rank, or of one column where the prediction has
/// more: sparse. Otherwise categorical. This is what the word means; the class is ``EqualLabels``.
public struct Accuracy: MeanMetric {
  public init() {}
  public var growsWhenBetter: Bool { true }
  public static let schema = Schema("accuracy", "How often predictions are right.", prototype: Self())

  private func resolved(_ prediction: TensorType, _ offered: TensorType) -> any MeanMetric {
    if prediction.dims.last == .size(1) { return BinaryAccuracy() }
    let isSparse = offered.rank < prediction.rank || (offered.dims.last == .size(1))
    return isSparse ? SparseCategoricalAccuracy() : CategoricalAccuracy()
  }

  public func target(for prediction: TensorType, offered: TensorType) -> TensorType {
    resolved(prediction, offered).target(for: prediction, offered: offered)
  }

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    try resolved(prediction.type, target.type).values(target, prediction, semantics)
  }
}

/// How often predictions equal the targets, number by number.
///
/// Keras: `keras.metrics.Accuracy`, the class; the word `accuracy` means ``Accuracy``.
public struct EqualLabels: MeanMetric {
  public init() {}
  public var growsWhenBetter: Bool { true }
  public static let schema = Schema(
    "Accuracy", "How often predictions equal the targets; the bare word means accuracy.", prototype: Self())

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    try (prediction .== target)
  }

  /// As in Keras the bare word is the accuracy that fits, in capitals too.
  static let entry = Registry<any Metric>.Entry(schema.name, schema.summary, defaults: schema.defaults) {
    settings, ignored, bag in
    if case .null = settings.content { return Accuracy() }
    return schema.decode(settings, ignoring: ignored, into: &bag)
  }
}

/// How often the first largest output is the label.
///
/// Keras: `keras.metrics.SparseCategoricalAccuracy`.
public struct SparseCategoricalAccuracy: MeanMetric {
  public init() {}
  public var growsWhenBetter: Bool { true }
  public static let schema = Schema(
    "SparseCategoricalAccuracy", "How often the largest output is the label.", prototype: Self())

  public func target(for prediction: TensorType, offered: TensorType) -> TensorType {
    TensorType(prediction.dims.dropLast(), .int32)
  }

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    try prediction.graph.apply(Matches(.sparse), prediction, target)
  }
}

/// How often the first largest output is where the target is largest.
///
/// Keras: `keras.metrics.CategoricalAccuracy`.
public struct CategoricalAccuracy: MeanMetric {
  public init() {}
  public var growsWhenBetter: Bool { true }
  public static let schema = Schema(
    "CategoricalAccuracy", "How often the largest output is that of the target.", prototype: Self())

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    try prediction.graph.apply(Matches(.categorical), prediction, target)
  }
}

/// How often outputs are on the target's side of the threshold.
///
/// Keras: `keras.metrics.BinaryAccuracy`.
public struct BinaryAccuracy: MeanMetric {
  public var threshold = 0.5
  public init() {}
  public var growsWhenBetter: Bool { true }
  public static let schema = Schema(
    "BinaryAccuracy", "How often outputs are on the right side of a threshold.", prototype: Self(),
    Field("threshold", \.threshold, "Above it an output counts as 1.", check: within(0...1)))

  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    try prediction.graph.apply(Matches(.binary(threshold: Float(threshold))), prediction, target)
      .meanOverLastAxis()
  }
}
