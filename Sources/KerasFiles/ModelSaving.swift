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
      trainingConfig: built.training?.kerasConfig, layers: built.kerasWeights, topLevel: [],
      optimizer: built.kerasOptimizer)
  }
}

extension Sequential {
  /// Keras's `{"class_name": "Sequential", "config": …}`.
  public var kerasConfig: ConfigNode {
    let shape: [ConfigNode] = input.dims.map { if case .size(let size) = $0 { size.config } else { nil } }
    let first: ConfigNode = [
      "class_name": "InputLayer",
      "config": [
        "batch_shape": ConfigNode(.list(shape)), "dtype": "float32", "sparse": false, "ragged": false,
        "name": "input_layer", "optional": false,
      ],
    ]
    let rest = layers.map { named -> ConfigNode in
      let common: ConfigNode = [
        "name": named.name.config, "trainable": named.isTrainable.config, "dtype": Self.policy,
      ]
      let entries = (common.entries ?? []) + (named.layer.config.entries ?? [])
      return ["class_name": named.layer.className.config, "config": ConfigNode(.map(entries))]
    }
    return [
      "class_name": "Sequential",
      "config": [
        "name": name.config, "trainable": true, "dtype": Self.policy,
        "layers": ConfigNode(.list([first] + rest)),
        "build_input_shape": ConfigNode(.list(shape)),
      ],
    ]
  }

  private static let policy: ConfigNode = [
    "module": "keras", "class_name": "DTypePolicy", "config": ["name": "float32"], "registered_name": nil,
  ]
}

extension TrainingState {
  /// Keras's `training_config`.
  ///
  /// Losses are written by their full function name, the one spelling every Keras reads.
  fileprivate var kerasConfig: ConfigNode {
    let loss = settings.loss
    let isPlain = loss.config.entries?.allSatisfy { $0.value == false || $0.value == 0.0 } ?? true
    let function = LossRegistry.functionName(of: loss)
    let named: ConfigNode = ["name": function.config, "reduction": "sum_over_batch_size"]
    let config = ConfigNode(.map((named.entries ?? []) + (loss.config.entries ?? [])))
    let classed: ConfigNode = [
      "module": "keras.losses", "class_name": loss.className.config, "config": config, "registered_name": nil,
    ]
    return [
      "loss": isPlain ? function.config : classed, "loss_weights": nil,
      "metrics": ConfigNode(.list(settings.metrics.map(\.kerasConfig))), "weighted_metrics": nil,
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
    model.layers.map { layer in
      let own = slab.entries.filter { $0.spec.path.hasPrefix("\(model.name)/\(layer.name)/") }
      let ordered = own.filter(\.spec.isTrainable) + own.filter { !$0.spec.isTrainable }
      return KerasArchive.LayerWeights(
        name: layer.name, weights: ordered.map { SavedVariable($0.spec.path, slab.tensor($0.spec.path)) })
    }
  }

  /// The optimizer's variables, of the trained parameters in the order they were declared.
  fileprivate var kerasOptimizer: [SavedVariable] {
    guard let training else { return [] }
    let trained = slab.entries.map(\.spec).filter(\.isTrainable).map {
      TrainedParameter($0.path, savedAs: $0.path)
    }
    return OptimizerVariables(training, slab, trained: trained).saved(as: .keras3)
  }
}

extension BuiltModel {
  /// Writes the model as a Keras 3 `.h5` file: aside, then renamed into place.
  /// - Throws: E0606 if it cannot be written.
  public func save(to path: String) throws(Diagnostic) {
    try KerasArchive(self).write(to: path)
  }
}
