import Config
import Layers
import Losses
import ModelScripts
import TensorCore
import Training

/// Writes how a model was compiled: Keras's `training_config` of `.h5` files, `compile_config` of `.keras` files.
struct CompileWriting {
  private let state: TrainingState
  /// Types of a batch of each output.
  private let predictions: [TensorType]
  /// The keys of the outputs, where they are a mapping.
  private let keys: [String]?

  /// - Returns: `nil` for a model that was not compiled.
  init?(_ built: BuiltModel) {
    guard let training = built.training else { return nil }
    state = training
    predictions = built.outputs
    keys = (built.model as? Functional)?.outputKeys
  }

  /// The settings in an `.h5` file.
  func trainingConfig(as semantics: Semantics) -> ConfigNode {
    let optimizer: ConfigNode = ["optimizer_config": optimizer(as: semantics)]
    var entries = settings(as: semantics)
    if semantics == .keras3 { entries += Self.execution }
    return ConfigNode(.map(entries + (optimizer.entries ?? [])))
  }

  /// The settings in a `.keras` file, which names the module of everything.
  var compileConfig: ConfigNode {
    var optimizer = optimizer(as: .keras3).entries ?? []
    optimizer.insert(.init("module", "keras.optimizers"), at: 0)
    optimizer.append(.init("registered_name", nil))
    let first = ConfigNode.Entry("optimizer", ConfigNode(.map(optimizer)))
    return ConfigNode(.map([first] + settings(as: .keras3) + Self.execution))
  }

  private static let execution: [ConfigNode.Entry] = [
    .init("run_eagerly", false), .init("steps_per_execution", 1), .init("jit_compile", false),
  ]

  private func optimizer(as semantics: Semantics) -> ConfigNode {
    OptimizerConfig.encode(state.settings.optimizer, rate: state.learningRate, as: semantics)
  }

  private func grouped(_ items: [ConfigNode], isListOfOne: Bool = false) -> ConfigNode {
    if let keys, keys.count == items.count {
      let entries = zip(keys, items).map { ConfigNode.Entry($0, $1) }
      return ConfigNode(.map(entries.filter { !$0.value.isAbsent }))
    }
    return items.count == 1 && !isListOfOne ? items[0] : ConfigNode(.list(items))
  }

  /// A model with several outputs has a list for each setting, in the outputs' order: a flat list of metrics would be
  /// for every output in Keras 2, and one for each in Keras 3.
  private func settings(as semantics: Semantics) -> [ConfigNode.Entry] {
    let outputs = state.settings.outputs
    let losses = outputs.map { $0.loss.map { $0.stored(as: semantics) } ?? nil }
    let lists = { (key: String, isWeighted: Bool) in
      let metrics = zip(outputs, predictions).map { output, prediction in
        let target = output.loss?.target(for: prediction)
        let chosen = output.metrics.filter { $0.isWeighted == isWeighted }
        return ConfigNode(
          .list(chosen.map { $0.kerasConfig(as: semantics, comparing: prediction, with: target) }))
      }
      let isEmpty = !outputs.contains { $0.metrics.contains { $0.isWeighted == isWeighted } }
      return ConfigNode.Entry(key, isEmpty ? nil : grouped(metrics))
    }
    let isWeighted = outputs.contains { $0.weight != 1 }
    let weights = isWeighted ? grouped(outputs.map(\.weight.config), isListOfOne: true) : nil
    let loss = ConfigNode.Entry("loss", grouped(losses))
    let (own, weighted) = (lists("metrics", false), lists("weighted_metrics", true))
    let lossWeights = ConfigNode.Entry("loss_weights", weights)
    return semantics == .keras3 ? [loss, lossWeights, own, weighted] : [loss, own, weighted, lossWeights]
  }
}

extension ConfigNode {
  /// An object as each Keras writes it: Keras 2 knows no modules in `training_config`.
  fileprivate static func object(
    _ className: String, _ config: ConfigNode, in module: ConfigNode, as semantics: Semantics
  ) -> ConfigNode {
    if semantics == .keras2 { return ["class_name": className.config, "config": config] }
    return ["module": module, "class_name": className.config, "config": config, "registered_name": nil]
  }

  fileprivate func following(_ entries: ConfigNode) -> ConfigNode {
    let taken = Set((entries.entries ?? []).map(\.key))
    return ConfigNode(.map((entries.entries ?? []) + (self.entries ?? []).filter { !taken.contains($0.key) }))
  }
}

extension Loss {
  /// Functions of experiments by their names alone, as Keras stores those of its users.
  fileprivate func stored(as semantics: Semantics) -> ConfigNode {
    self is ScriptedLoss ? className.config : LossRegistry.kerasConfig(self, semantics)
  }
}

extension NamedMetric {
  /// A word where Keras has one for it, so that every Keras reads it; otherwise the class with its settings.
  fileprivate func kerasConfig(
    as semantics: Semantics, comparing prediction: TensorType, with target: TensorType?
  ) -> ConfigNode {
    let words = MetricRegistry.all.find(metric.className)?.aliases ?? []
    let defaults = MetricRegistry.all.find(metric.className)?.defaults
    // Our `Accuracy` is the word, resolved by shapes; the class of that name in Keras compares labels.
    if metric is Accuracy {
      if semantics == .keras2, let target { return accuracy(of: prediction, target) }
      return words.contains(name) ? name.config : "accuracy"
    }
    if metric is ScriptedMetric && name == metric.className { return name.config }
    let isFunction = semantics == .keras3 || !Self.classesOfKeras2.contains(metric.className)
    if words.contains(name) && metric.config == defaults && isFunction { return name.config }
    let common: ConfigNode = ["name": name.config, "dtype": "float32"]
    return .object(metric.className, metric.config.following(common), in: "keras.metrics", as: semantics)
  }

  /// Metrics that Keras 2 has no function of: words for them are Keras 3's.
  private static let classesOfKeras2: Set<String> = [
    "RootMeanSquaredError", "Precision", "Recall", "AUC", "F1Score", "FBetaScore", "R2Score",
    "SensitivityAtSpecificity", "SpecificityAtSensitivity", "PrecisionAtRecall", "RecallAtPrecision", "IoU",
    "MeanIoU", "OneHotIoU", "OneHotMeanIoU", "BinaryIoU", "Mean", "Sum", "Accuracy",
  ]

  /// The accuracy that the word stands for: Keras 2 finds out before it has seen any data, and takes the wrong one.
  private func accuracy(of prediction: TensorType, _ target: TensorType) -> ConfigNode {
    let function: ConfigNode =
      if prediction.dims.last == .size(1) {
        "binary_accuracy"
      } else if target.rank < prediction.rank || target.dims.last == .size(1) {
        "sparse_categorical_accuracy"
      } else { "categorical_accuracy" }
    let config: ConfigNode = ["name": name.config, "dtype": "float32", "fn": function]
    return .object("MeanMetricWrapper", config, in: "keras.metrics", as: .keras2)
  }
}
