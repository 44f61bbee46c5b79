public import Config
public import Diagnostics
public import GraphEngine
import TensorCore

/// How the values of a batch become the one number that training makes small.
public enum LossReduction: String, ConfigConvertible {
  /// The sum divided by the number of values, whatever their weights; Keras 2 calls it `auto`.
  case sumOverBatchSize = "sum_over_batch_size"
  case sum
  /// The same as `sum_over_batch_size`.
  case mean
  /// The sum divided by the sum of the weights.
  case meanWithSampleWeight = "mean_with_sample_weight"
  /// One value a sample, as files of Keras may have it: a step follows the sum of them, and their mean is what is shown.
  case none

  public static var expectation: String { "sum_over_batch_size, sum, mean or mean_with_sample_weight" }
  private static let words = ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight"]

  public init(config: ConfigNode) throws(Diagnostic) {
    if case .null = config.content {
      self = .none
      return
    }
    guard let word = config.string else { throw .mismatch(config, Self.expectation) }
    if word == "none" {
      throw Diagnostic(
        "E0232", "a loss without a reduction cannot be trained on",
        at: config.span.map { .init($0, "leaves one value a sample") },
        help: "training needs one number: leave 'reduction' out, or write sum")
    }
    guard let known = word == "auto" ? .sumOverBatchSize : Self(rawValue: word) else {
      throw .unknownWord(word, in: Self.words, at: config.span, what: "reduction")
    }
    self = known
  }

  public var config: ConfigNode { ConfigNode(.string(rawValue)) }
  public static var jsonSchema: ConfigNode { ["enum": ConfigNode(.list(words.map(\.config)))] }

  /// One number of many.
  /// - Parameters:
  ///   - weights: of the samples; of the values' shape, or its first axes.
  ///   - mask: 1 where a value counts; means are over those values only.
  public func reduce(_ values: Value, weights: Value? = nil, mask: Value? = nil) throws -> Value {
    var scales: Value?
    if self == .none {
      // A sum that counts nothing, but has the gradient.
      let sum = try Self.sum.reduce(values, weights: weights, mask: mask)
      let all = [mask, try weights?.fitting(values)].compactMap(\.self)
      let mean = try values.graph.apply(MeanAll(), all.reduce(values) { try $0 * $1 })
      return try mean.withoutGradient() + (sum - sum.withoutGradient())
    }
    if let mask {
      let isMean = self != .sum
      // As in Keras the mask is stretched so that dividing by all values divides by those that count.
      scales = isMean ? try mask.dividedNoNaN(by: mask.mean()) : mask
    }
    if let weights {
      let fitting = try weights.fitting(values)
      scales = try scales.map { try $0 * fitting } ?? fitting
    }
    let weighted = try scales.map { try values * $0 } ?? values
    switch self {
    case .sum: return try values.graph.apply(SumAll(), weighted)
    case .meanWithSampleWeight:
      guard let scales else { break }
      let shown = try scales.broadcast(to: weighted.type.dims)
      return try values.graph.apply(SumAll(), weighted).dividedNoNaN(
        by: values.graph.apply(SumAll(), shown))
    case .sumOverBatchSize, .mean, .none: break
    }
    return try values.graph.apply(MeanAll(), weighted)
  }
}

extension Value {
  /// With axes of size 1 behind, as many as the other value has more.
  package func fitting(_ other: Value) throws -> Value {
    guard type.rank < other.type.rank else { return self }
    return try reshaped(to: type.dims + (type.rank..<other.type.rank).map { _ in .size(1) })
  }
}
