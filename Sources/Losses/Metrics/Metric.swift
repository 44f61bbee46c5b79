public import Config
import Diagnostics
public import GraphEngine
public import TensorCore

/// A number that is reported while training and evaluating, but not trained on.
///
/// A program adds up a batch; the sums of all batches are added in double precision outside of it, and the result is
/// made of their totals.
public protocol Metric: Configurable {
  /// Keras's class name and config; free with the schema.
  var className: String { get }
  var config: ConfigNode { get }
  /// The type of target it wants, from the prediction and what the data set offers.
  func target(for prediction: TensorType, offered: TensorType) -> TensorType
  /// What a batch adds to the totals.
  /// - Parameter weights: of the samples (batch), or `nil`; those of a mean are seen to by ``MetricSums/added(weights:steps:)``.
  func sums(_ target: Value, _ prediction: Value, weights: Value?, _ semantics: Semantics) throws
    -> MetricSums
  /// The metric from the totals: the numbers of ``MetricSums/totals(_:)`` one after another, of
  /// ``MetricSums/mean(_:)`` the sum and the count.
  func result(_ totals: [Double]) -> Double
  /// What follows the metric's name in the log where it has several results, such as one for each threshold; empty for
  /// the one result that most have.
  var parts: [String] { get }
  /// The results of all parts.
  func results(_ totals: [Double]) -> [Double]
  /// Whether a larger value is a better one: what Keras calls its direction.
  var growsWhenBetter: Bool { get }
  /// The metric as it watches predictions of a type, which may decide how many results it has.
  func watching(_ prediction: TensorType) -> Self
}

/// What one batch adds to a metric.
public enum MetricSums {
  /// Values of which the sum and the number count.
  case mean(Value)
  /// Numbers that are added up over batches one by one: scalars or vectors without a batch axis.
  case totals([Value])

  /// The numbers of a batch to add up.
  /// - Parameters:
  ///   - weights: of the samples (batch), for a mean; totals have theirs already.
  ///   - steps: 1 where a step counts (batch, steps), for a mean over steps.
  /// - Returns: `counted`, set where the sum stands for a mean of that many values, all alike.
  public func added(weights: Value? = nil, steps: Value? = nil) throws -> (
    sums: [Value], counted: TensorType?
  ) {
    guard case .mean(let values) = self else {
      if case .totals(let sums) = self { return (sums, nil) }
      return ([], nil)
    }
    let graph = values.graph
    let fitting = try [steps, weights].compactMap(\.self).filter { $0.type.rank <= values.type.rank }
      .map { try $0.fitting(values).broadcast(to: values.type.dims) }
    guard var counting = fitting.first else {
      return ([try graph.apply(SumAll(), values)], values.type)
    }
    if fitting.count == 2 { counting = try counting * fitting[1] }
    return ([try graph.apply(SumAll(), values * counting), try graph.apply(SumAll(), counting)], nil)
  }
}

extension Metric {
  public var className: String { Self.schema.name }
  public var config: ConfigNode { Self.schema.encode(self) }
  public func target(for prediction: TensorType, offered: TensorType) -> TensorType {
    TensorType(prediction.dims)
  }
  /// The mean, and 0 of nothing.
  public func result(_ totals: [Double]) -> Double { totals[1] == 0 ? 0 : totals[0] / totals[1] }
  public var parts: [String] { [] }
  public func results(_ totals: [Double]) -> [Double] { [result(totals)] }
  public var growsWhenBetter: Bool { false }
  public func watching(_ prediction: TensorType) -> Self { self }
}

/// A metric that is a mean over samples.
public protocol MeanMetric: Metric {
  /// The value of each sample.
  func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value
}

extension MeanMetric {
  public func sums(_ target: Value, _ prediction: Value, weights: Value?, _ semantics: Semantics) throws
    -> MetricSums
  {
    .mean(try values(target, prediction, semantics))
  }
}

/// A metric with the name it is logged under.
public struct NamedMetric: Sendable {
  public var name: String
  public var metric: any Metric
  /// Whether the weights of samples and classes count in it.
  public var isWeighted: Bool

  public init(_ name: String, _ metric: any Metric, isWeighted: Bool = false) {
    self.name = name
    self.metric = metric
    self.isWeighted = isWeighted
  }

  /// The metric as it watches predictions of a type.
  public func watching(_ prediction: TensorType) -> NamedMetric {
    var copy = self
    copy.metric = metric.watching(prediction)
    return copy
  }

  /// What its results are logged under: its name, or `precision@0.5` for each of several thresholds.
  public var logNames: [String] { metric.parts.isEmpty ? [name] : metric.parts.map { name + $0 } }
}

/// A loss, watched as a metric.
public struct LossMetric<L: PlainLoss>: MeanMetric {
  public var loss = L()
  public init() {}

  public static var schema: Schema<Self> {
    let whole = Schema(L.schema, at: \Self.loss, prototype: Self())
    // Metrics are means, whatever the loss would be.
    return Schema(
      whole.name, whole.summary, prototype: Self(), fields: whole.fields.filter { $0.key != "reduction" })
  }

  public func target(for prediction: TensorType, offered: TensorType) -> TensorType {
    loss.target(for: prediction)
  }
  public func values(_ target: Value, _ prediction: Value, _ semantics: Semantics) throws -> Value {
    try loss.values(target, prediction, semantics)
  }
}
