public import Config
import Diagnostics
public import GraphEngine
public import TensorCore

/// A mean over samples that is reported while training and evaluating, but not trained on.
public protocol Metric: Configurable {
  /// The type of target it wants, from the prediction and what the data set offers.
  func target(for prediction: TensorType, offered: TensorType) -> TensorType
  /// The value of each sample.
  func values(_ target: Value, _ prediction: Value) throws -> Value
}

extension Metric {
  public var className: String { Self.schema.name }
  public var config: ConfigNode { Self.schema.encode(self) }
  public func target(for prediction: TensorType, offered: TensorType) -> TensorType {
    TensorType(prediction.dims)
  }
}

/// A metric with the name it is logged under.
public struct NamedMetric: Sendable {
  public var name: String
  public var metric: any Metric
  public init(_ name: String, _ metric: any Metric) {
    self.name = name
    self.metric = metric
  }
}

/// Every metric by Keras's names.
public enum MetricRegistry {
  public static let all = Registry<any Metric>(
    "metric", commonKeys: ["name", "dtype"],
    [
      .init(Accuracy.self, aliases: ["accuracy", "acc"]) { $0 },
      .init(SparseCategoricalAccuracy.self, aliases: ["sparse_categorical_accuracy"]) { $0 },
      .init(CategoricalAccuracy.self, aliases: ["categorical_accuracy"]) { $0 },
      .init(BinaryAccuracy.self, aliases: ["binary_accuracy"]) { $0 },
      .init(LossMetric<MeanAbsoluteError>.self, aliases: ["mae", "MAE", "mean_absolute_error"]) { $0 },
      .init(LossMetric<MeanSquaredError>.self, aliases: ["mse", "MSE", "mean_squared_error"]) { $0 },
      .init(
        LossMetric<SparseCategoricalCrossentropy>.self, aliases: ["sparse_categorical_crossentropy"]
      ) { $0 },
      .init(LossMetric<CategoricalCrossentropy>.self, aliases: ["categorical_crossentropy"]) { $0 },
      .init(LossMetric<BinaryCrossentropy>.self, aliases: ["binary_crossentropy", "bce"]) { $0 },
    ])

  /// The name Keras logs a metric under: the word that was written, or the snake case of the class.
  public static func logName(_ written: String, settings: ConfigNode) -> String {
    if let name = settings["name"]?.string { return name }
    guard let entry = all.find(written) else { return written }
    return written == entry.name ? LayerRegistry.snakeCase(entry.name) : written
  }
}

/// A loss that can be made without settings.
public protocol PlainLoss: Loss { init() }

/// A loss, watched as a metric.
public struct LossMetric<L: PlainLoss>: Metric {
  public var loss = L()
  public init() {}

  public static var schema: Schema<Self> { Schema(L.schema, at: \.loss, prototype: Self()) }

  public func target(for prediction: TensorType, offered: TensorType) -> TensorType {
    loss.target(for: prediction)
  }
  public func values(_ target: Value, _ prediction: Value) throws -> Value {
    try loss.values(target, prediction)
  }
}
