public import Config
public import Diagnostics
public import GraphEngine
import TensorCore

/// How often a yes-or-no output is right and wrong, for each of some thresholds.
public struct ConfusionCounts {
  var truePositives: [Double]
  var falsePositives: [Double]
  var trueNegatives: [Double]
  var falseNegatives: [Double]

  /// - Parameter totals: what ``sums(_:_:thresholds:)`` added up to.
  init(_ totals: [Double]) {
    let count = totals.count / 4
    let part = { (i: Int) in Array(totals[i * count..<(i + 1) * count]) }
    truePositives = part(0)
    falsePositives = part(1)
    // Of all, positive or negative, what is not predicted positive.
    falseNegatives = zip(part(2), truePositives).map { $0 - $1 }
    trueNegatives = zip(part(3), falsePositives).map { $0 - $1 }
  }

  /// What a batch adds: right and wrong positives for each threshold, then all positives and all negatives.
  /// - Parameters:
  ///   - weights: of the samples, or of all values.
  ///   - byLabel: whether the numbers of the last axis are counted apart; then there are thresholds for each of them.
  static func sums(
    _ target: Value, _ prediction: Value, weights: Value?, thresholds: [Double], byLabel: Bool = false
  ) throws -> MetricSums {
    let graph = prediction.graph
    let bounds = graph.constant(Tensor([thresholds.count], thresholds.map { Float($0) }))
    var positive = try target .!= 0
    var negative = try 1 - positive
    if let weights = try weights?.fitting(target) {
      positive = try positive * weights
      negative = try negative * weights
    }
    positive = try positive.expandingDimensions(at: -1)
    negative = try negative.expandingDimensions(at: -1)
    let isAbove = try prediction.expandingDimensions(at: -1) .> bounds
    let axes = Array(prediction.type.dims.indices.dropLast(byLabel ? 1 : 0))
    let kept = (byLabel ? prediction.type.dims.suffix(1) : []) + [.size(thresholds.count)]
    let sum = { (x: Value) in try x.sum(over: axes).broadcast(to: kept) }
    return .totals([
      try sum(isAbove * positive), try sum(isAbove * negative), try sum(positive), try sum(negative),
    ])
  }

  /// The counts of each of some labels that were counted apart.
  func apart(_ labels: Int) -> [ConfusionCounts] {
    (0..<labels).map { label in
      var own = self
      let range = { (x: [Double]) in Array(x[label * (x.count / labels)..<(label + 1) * (x.count / labels)]) }
      own.truePositives = range(truePositives)
      own.falsePositives = range(falsePositives)
      own.trueNegatives = range(trueNegatives)
      own.falseNegatives = range(falseNegatives)
      return own
    }
  }
}

/// `a / b`, and 0 where b is 0.
func ratio(_ a: Double, _ b: Double) -> Double { b == 0 ? 0 : a / b }

/// Thresholds of yes-or-no outputs: one number, or a list of them.
public struct Thresholds: ConfigConvertible, Hashable {
  /// As they are written; none for the usual one.
  public var values: [Double]
  public init(_ values: [Double] = []) { self.values = values }

  public static var expectation: String { "a number between 0 and 1, or a list of them" }

  public init(config: ConfigNode) throws(Diagnostic) {
    self.init()
    if case .null = config.content { return }
    for node in config.list ?? [config] {
      let number = try Double(config: node)
      guard (0...1).contains(number) else {
        throw Diagnostic(
          "E0202", "'thresholds' must be between 0 and 1",
          at: node.span.map { .init($0, "found \(node.sketch)") })
      }
      guard !values.contains(number) else { throw .repeatedThreshold(node) }
      values.append(number)
    }
    if values.isEmpty { throw .mismatch(config, Self.expectation) }
  }

  public var config: ConfigNode {
    values.count > 1 ? ConfigNode(.list(values.map(\.config))) : values.first.config
  }
  public static var jsonSchema: ConfigNode {
    ["type": ["number", "array"], "items": ["type": "number"], "minItems": 1]
  }

  /// The names of the results of several: `@0.5`.
  var parts: [String] {
    values.count < 2 ? [] : values.map { "@\($0)".replacing(/\.0$/, with: "") }
  }
}

/// A metric of yes-or-no outputs with a result for each threshold.
public protocol ThresholdMetric: Metric {
  init()
  var thresholds: Thresholds { get set }
  /// The result from how often outputs were right and wrong at one of the thresholds.
  static func result(_ counts: ConfusionCounts, _ place: Int) -> Double
}

extension ThresholdMetric {
  static func thresholdSchema(_ name: String, _ summary: String, _ fields: Field<Self>...) -> Schema<Self> {
    let thresholds = Field<Self>(
      "thresholds", \.thresholds,
      "Above it an output counts as 1; one half if not given, a result for each of several.")
    return Schema(name, summary, prototype: Self(), fields: [thresholds] + fields)
  }

  public var parts: [String] { thresholds.parts }
  public func result(_ totals: [Double]) -> Double { Self.result(ConfusionCounts(totals), 0) }
  public func results(_ totals: [Double]) -> [Double] {
    let counts = ConfusionCounts(totals)
    return counts.truePositives.indices.map { Self.result(counts, $0) }
  }

  public func sums(_ target: Value, _ prediction: Value, weights: Value?, _ semantics: Semantics) throws
    -> MetricSums
  {
    let bounds = thresholds.values.isEmpty ? [0.5] : thresholds.values
    return try ConfusionCounts.sums(target, prediction, weights: weights, thresholds: bounds)
  }
}

/// How many outputs are above the threshold and should be.
///
/// Keras: `keras.metrics.TruePositives`.
public struct TruePositives: ThresholdMetric {
  public var thresholds = Thresholds()
  public init() {}
  public static let schema = thresholdSchema("TruePositives", "Outputs above the threshold that should be.")
  public static func result(_ counts: ConfusionCounts, _ place: Int) -> Double {
    counts.truePositives[place]
  }
}

/// How many outputs are below the threshold and should be.
///
/// Keras: `keras.metrics.TrueNegatives`.
public struct TrueNegatives: ThresholdMetric {
  public var thresholds = Thresholds()
  public init() {}
  public static let schema = thresholdSchema("TrueNegatives", "Outputs below the threshold that should be.")
  public static func result(_ counts: ConfusionCounts, _ place: Int) -> Double {
    counts.trueNegatives[place]
  }
}

/// How many outputs are above the threshold and should not be.
///
/// Keras: `keras.metrics.FalsePositives`.
public struct FalsePositives: ThresholdMetric {
  public var thresholds = Thresholds()
  public init() {}
  public static let schema = thresholdSchema(
    "FalsePositives", "Outputs above the threshold that should not be.")
  public static func result(_ counts: ConfusionCounts, _ place: Int) -> Double {
    counts.falsePositives[place]
  }
}

/// How many outputs are below the threshold and should not be.
///
/// Keras: `keras.metrics.FalseNegatives`.
public struct FalseNegatives: ThresholdMetric {
  public var thresholds = Thresholds()
  public init() {}
  public static let schema = thresholdSchema(
    "FalseNegatives", "Outputs below the threshold that should not be.")
  public static func result(_ counts: ConfusionCounts, _ place: Int) -> Double {
    counts.falseNegatives[place]
  }
}

extension Diagnostic {
  /// E0423: two results of one name.
  fileprivate static func repeatedThreshold(_ node: ConfigNode) -> Diagnostic {
    Diagnostic(
      "E0423", "the threshold \(node.sketch) is given twice", at: node.span.map { Label($0, "again") },
      help: "each threshold has a result of its own; name it once")
  }
}
