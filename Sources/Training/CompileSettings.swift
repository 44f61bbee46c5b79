public import Config
public import Losses
public import Optimizers
public import TensorCore

/// How a model is trained: what Keras calls `compile`.
public struct CompileSettings: Sendable {
  /// What one output is compared with.
  public struct Output: Sendable {
    /// `nil` for an output that is not trained on.
    public var loss: (any Loss)?
    /// The part of its loss in the sum that is made small.
    public var weight: Double
    public var metrics: [NamedMetric]

    public init(loss: (any Loss)?, weight: Double = 1, metrics: [NamedMetric] = []) {
      self.loss = loss
      self.weight = weight
      self.metrics = metrics
    }
  }

  /// What a training step does to take less memory.
  public enum Memory: String, CaseIterable, ConfigConvertible {
    /// Nothing: what the gradients need is kept.
    case normal
    /// What is needed again only much later is computed again; results have the same bits.
    case low
  }

  /// In the order of the model's outputs.
  public var outputs: [Output]
  public var optimizer: any Optimizer
  public var memory = Memory.normal

  public init(_ outputs: [Output], optimizer: any Optimizer) {
    self.outputs = outputs
    self.optimizer = optimizer
  }

  /// For a model with one output.
  public init(loss: any Loss, optimizer: any Optimizer, metrics: [NamedMetric]) {
    self.init([Output(loss: loss, metrics: metrics)], optimizer: optimizer)
  }

  /// The settings for a model with outputs of these types, which decide how many results a metric has.
  public func watching(_ types: [TensorType]) -> CompileSettings {
    var copy = self
    for (index, type) in zip(outputs.indices, types) {
      copy.outputs[index].metrics = outputs[index].metrics.map { $0.watching(type) }
    }
    return copy
  }

  /// Whether weights of samples count in anything: a loss, or a metric.
  var countsWeights: Bool { outputs.contains { $0.loss != nil || $0.metrics.contains(where: \.isWeighted) } }

  /// The entries of the logs behind `loss`: with several losses each has its own, and with several outputs names
  /// begin with the output's, as in Keras.
  public func logNames(outputs names: [String]) -> (losses: [String?], metrics: [[String]]) {
    let isOne = names.count == 1
    let areLossesShown = outputs.filter { $0.loss != nil }.count > 1
    let losses = zip(outputs, names).map { output, name in
      areLossesShown && output.loss != nil ? "\(name)_loss" : nil
    }
    let metrics = zip(outputs, names).map { output, name in
      output.metrics.flatMap(\.logNames).map { isOne ? $0 : "\(name)_\($0)" }
    }
    return (losses, metrics)
  }

  /// All entries of the logs of an evaluation: the loss, the outputs' own losses, the metrics.
  public func allLogNames(outputs names: [String]) -> [String] {
    let (losses, metrics) = logNames(outputs: names)
    return ["loss"] + losses.compactMap { $0 } + metrics.flatMap { $0 }
  }
}
