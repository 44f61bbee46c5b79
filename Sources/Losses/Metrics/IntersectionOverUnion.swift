public import Config
public import GraphEngine
public import TensorCore

/// How much of what is a class, or taken for it, is both: the mean over classes of `right / (right + extra + missed)`.
///
/// Classes that never occur do not count. Weights count as they are; Keras cuts their fractions off.
public protocol OverlapMetric: Metric {
  var classes: Int { get }
  /// The classes whose mean it is; all if there are none.
  var chosenClasses: [Int]? { get }
  var ignoreClass: Int? { get }
  /// Whether targets are numbers of classes, or as many numbers as there are classes, of which the largest counts.
  var sparseYTrue: Bool { get }
  /// The same of outputs.
  var sparseYPred: Bool { get }
  var axis: Int { get }
  /// The number of the class that each output stands for.
  func labels(_ prediction: Value) throws -> Value
}

extension OverlapMetric {
  public var growsWhenBetter: Bool { true }

  public func labels(_ prediction: Value) throws -> Value {
    sparseYPred ? prediction : try prediction.argumentOfMaximum(over: axis)
  }

  public func target(for prediction: TensorType, offered: TensorType) -> TensorType {
    var dims = prediction.dims
    if !sparseYPred && !dims.isEmpty {
      dims.remove(at: axis < 0 ? max(0, dims.count + axis) : min(axis, dims.count - 1))
    }
    if !sparseYTrue {
      dims.insert(.size(classes), at: axis < 0 ? max(0, dims.count + axis + 1) : min(axis, dims.count))
    }
    return TensorType(dims)
  }

  public func sums(_ target: Value, _ prediction: Value, weights: Value?, _ semantics: Semantics) throws
    -> MetricSums
  {
    let truth = sparseYTrue ? target : try target.argumentOfMaximum(over: axis)
    let (wanted, found) = (try truth.oneHot(classes), try labels(prediction).oneHot(classes))
    // What either side takes for no class, or for the one that is ignored, counts on neither.
    var counting =
      try wanted.sum(over: [-1], keepingDimensions: true) * found.sum(over: [-1], keepingDimensions: true)
    if let ignoreClass {
      counting = try counting * (truth.cast(to: .float32) .!= Float(ignoreClass)).expandingDimensions(at: -1)
    }
    if let weights { counting = try counting * weights.fitting(counting) }
    let axes = Array(0..<wanted.type.rank - 1)
    return .totals([
      try (wanted * found * counting).sum(over: axes), try (wanted * counting).sum(over: axes),
      try (found * counting).sum(over: axes),
    ])
  }

  public func result(_ totals: [Double]) -> Double {
    let ids = (chosenClasses ?? Array(0..<classes)).filter { (0..<classes).contains($0) }
    let shares = ids.compactMap { id -> Double? in
      let union = totals[classes + id] + totals[2 * classes + id] - totals[id]
      return union > 1e-9 ? totals[id] / (union + Double(Float.kerasEpsilon)) : nil
    }
    return shares.isEmpty ? 0 : shares.reduce(0, +) / (Double(shares.count) + Double(Float.kerasEpsilon))
  }
}

/// What the four metrics of outputs for several classes have in common.
public struct OverlapSettings: Sendable {
  public var numClasses = 2
  public var ignoreClass: Int?
  public var axis = -1
}

/// The overlap of classes with settings that its metrics have in common.
public protocol ClassOverlapMetric: OverlapMetric {
  var common: OverlapSettings { get }
}

extension ClassOverlapMetric {
  public var classes: Int { common.numClasses }
  public var ignoreClass: Int? { common.ignoreClass }
  public var axis: Int { common.axis }
}

extension OverlapSettings {
  fileprivate static let classesField = Field<OverlapSettings>(
    "num_classes", \.numClasses, "How many classes there are.", check: within(1...100_000)
  ).required
  fileprivate static let otherFields = [
    Field<OverlapSettings>("ignore_class", \.ignoreClass, "A class of targets that does not count."),
    Field<OverlapSettings>("axis", \.axis, "The axis of classes, where the largest number counts."),
  ]
}

/// The overlap of some classes, of numbers of classes.
///
/// Keras: `keras.metrics.IoU`.
public struct IoU: ClassOverlapMetric {
  public var common = OverlapSettings()
  public var targetClassIDs: [Int] = []
  public var sparseYTrue = true
  public var sparseYPred = true
  public init() {}
  public static let schema = Schema(
    "IoU", "The overlap of classes with what is taken for them.", prototype: Self(),
    fields: [
      Field(OverlapSettings.classesField, at: \Self.common).required,
      Field("target_class_ids", \.targetClassIDs, "The classes whose mean it is.") {
        $0.allSatisfy { $0 >= 0 } ? nil : "must be at least 0"
      }.required,
      Field("sparse_y_true", \.sparseYTrue, "Whether targets are numbers of classes."),
      Field("sparse_y_pred", \.sparseYPred, "Whether outputs are numbers of classes."),
    ] + OverlapSettings.otherFields.map { Field($0, at: \Self.common) })

  public var chosenClasses: [Int]? { targetClassIDs }
}

/// The overlap of all classes, of numbers of classes.
///
/// Keras: `keras.metrics.MeanIoU`.
public struct MeanIoU: ClassOverlapMetric {
  public var common = OverlapSettings()
  public var sparseYTrue = true
  public var sparseYPred = true
  public init() {}
  public static let schema = Schema(
    "MeanIoU", "The overlap of all classes with what is taken for them.", prototype: Self(),
    fields: [
      Field(OverlapSettings.classesField, at: \Self.common).required,
      Field("sparse_y_true", \.sparseYTrue, "Whether targets are numbers of classes."),
      Field("sparse_y_pred", \.sparseYPred, "Whether outputs are numbers of classes."),
    ] + OverlapSettings.otherFields.map { Field($0, at: \Self.common) })

  public var chosenClasses: [Int]? { nil }
}

/// The overlap of some classes, of one-hot targets.
///
/// Keras: `keras.metrics.OneHotIoU`.
public struct OneHotIoU: ClassOverlapMetric {
  public var common = OverlapSettings()
  public var targetClassIDs: [Int] = []
  public var sparseYTrue: Bool { false }
  public var sparseYPred = false
  public init() {}
  public static let schema = Schema(
    "OneHotIoU", "The overlap of classes, of one-hot targets.", prototype: Self(),
    fields: [
      Field(OverlapSettings.classesField, at: \Self.common).required,
      Field("target_class_ids", \.targetClassIDs, "The classes whose mean it is.") {
        $0.allSatisfy { $0 >= 0 } ? nil : "must be at least 0"
      }.required,
      Field("sparse_y_pred", \.sparseYPred, "Whether outputs are numbers of classes."),
    ] + OverlapSettings.otherFields.map { Field($0, at: \Self.common) })

  public var chosenClasses: [Int]? { targetClassIDs }
}

/// The overlap of all classes, of one-hot targets.
///
/// Keras: `keras.metrics.OneHotMeanIoU`.
public struct OneHotMeanIoU: ClassOverlapMetric {
  public var common = OverlapSettings()
  public var sparseYTrue: Bool { false }
  public var sparseYPred = false
  public init() {}
  public static let schema = Schema(
    "OneHotMeanIoU", "The overlap of all classes, of one-hot targets.", prototype: Self(),
    fields: [
      Field(OverlapSettings.classesField, at: \Self.common).required,
      Field("sparse_y_pred", \.sparseYPred, "Whether outputs are numbers of classes."),
    ] + OverlapSettings.otherFields.map { Field($0, at: \Self.common) })

  public var chosenClasses: [Int]? { nil }
}

/// The overlap of no and yes, of outputs that count as yes from a threshold on.
///
/// Keras: `keras.metrics.BinaryIoU`.
public struct BinaryIoU: OverlapMetric {
  public var targetClassIDs = [0, 1]
  public var threshold = 0.5
  public init() {}
  public static let schema = Schema(
    "BinaryIoU", "The overlap of no and yes.", prototype: Self(),
    Field("target_class_ids", \.targetClassIDs, "0 for no, 1 for yes, or both.") {
      $0.allSatisfy((0...1).contains) ? nil : "must be 0 or 1"
    },
    Field("threshold", \.threshold, "From it on an output is a yes.", check: within(0...1)))

  public var classes: Int { 2 }
  public var chosenClasses: [Int]? { targetClassIDs }
  public var ignoreClass: Int? { nil }
  public var sparseYTrue: Bool { true }
  public var sparseYPred: Bool { true }
  public var axis: Int { -1 }
  public func labels(_ prediction: Value) throws -> Value { try prediction .>= Float(threshold) }
}
