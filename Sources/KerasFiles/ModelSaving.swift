public import Config
public import Diagnostics
import GraphEngine
public import Layers
import TensorCore
public import Training

/// What is written with a model so that Keras 3 reads it: the version whose layout this is.
private let writtenVersion = "3.15.1"

extension KerasArchive {
  /// A model with its weights, its optimizer and the optimizer's state, as Keras 3 saves them.
  public init(_ built: BuiltModel) {
    self.init(
      kerasVersion: writtenVersion, backend: "tensorflow", modelConfig: built.model.kerasConfig,
      trainingConfig: built.training?.kerasConfig(outputs: built.model.outputNames),
      layers: built.kerasWeights, topLevel: [],
      optimizer: built.kerasOptimizer)
  }
}

extension Model {
  /// Keras's `{"class_name": …, "config": …}`.
  public var kerasConfig: ConfigNode { ["class_name": className.config, "config": config] }
}

extension TrainingState {
  /// Keras's `training_config`.
  ///
  /// A model with several outputs has a list for each setting, in the outputs' order.
  fileprivate func kerasConfig(outputs names: [String]) -> ConfigNode {
    let outputs = settings.outputs
    let isOne = outputs.count == 1
    let losses = outputs.map { $0.loss.map { LossRegistry.kerasConfig($0, .keras3) } ?? nil }
    let metrics = outputs.map { ConfigNode(.list($0.metrics.map(\.kerasConfig))) }
    let isWeighted = outputs.contains { $0.weight != 1 }
    return [
      "loss": isOne ? losses[0] : ConfigNode(.list(losses)),
      "loss_weights": isWeighted ? ConfigNode(.list(outputs.map(\.weight.config))) : nil,
      "metrics": isOne ? metrics[0] : ConfigNode(.list(metrics)), "weighted_metrics": nil,
      "run_eagerly": false, "steps_per_execution": 1, "jit_compile": false,
      "optimizer_config": OptimizerConfig.encode(settings.optimizer, rate: learningRate, as: .keras3),
    ]
  }
}

extension NamedMetric {
  /// A word where Keras has one for it, so that every Keras reads it; otherwise the class with its settings.
  fileprivate var kerasConfig: ConfigNode {
    let words = MetricRegistry.all.find(metric.className)?.aliases ?? []
    let defaults = MetricRegistry.all.find(metric.className)?.defaults
    // Our `Accuracy` is the word, resolved by shapes; the class of that name in Keras compares labels.
    if metric is Accuracy { return words.contains(name) ? name.config : "accuracy" }
    if words.contains(name) && metric.config == defaults { return name.config }
    let common: ConfigNode = ["name": name.config, "dtype": "float32"]
    let config = ConfigNode(.map((common.entries ?? []) + (metric.config.entries ?? [])))
    return [
      "module": "keras.metrics", "class_name": metric.className.config, "config": config,
      "registered_name": nil,
    ]
  }
}

extension BuiltModel {
  /// Layer by layer, trainable weights first.
  fileprivate var kerasWeights: [KerasArchive.LayerWeights] {
    let parameters = orderedParameters
    return model.layers.map { layer in
      let own = parameters.filter { $0.layer == layer.name }
      return KerasArchive.LayerWeights(
        name: layer.name,
        weights: own.map { SavedVariable(savedPath(of: $0.path), slab.tensor($0.path)) })
    }
  }

  /// The optimizer's variables, of the trained parameters in the order they were declared.
  fileprivate var kerasOptimizer: [SavedVariable] {
    guard let training else { return [] }
    return OptimizerVariables(training, slab, trained: trainedParameters).saved(as: .keras3)
  }
}

extension BuiltModel {
  /// Writes the model as a Keras 3 `.h5` file: aside, then renamed into place.
  /// - Throws: E0606 if it cannot be written.
  public func save(to path: String) throws(Diagnostic) {
    try KerasArchive(self).write(to: path)
  }
}
