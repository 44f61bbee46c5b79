public import Config
import GraphEngine
public import Layers
import Losses
import ModelScripts
public import Training

extension Semantics {
  /// The version of Keras whose files are written: the one they are tested with.
  var writtenVersion: String { self == .keras3 ? "3.15.1" : "2.21.0" }
}

extension KerasArchive {
  /// A model with its weights, its optimizer and the optimizer's state, as one Keras or the other saves them.
  ///
  /// The numbers stay in the model until the archive is written.
  public init(_ built: BuiltModel, as semantics: Semantics = .keras3) {
    let written = built.model.kerasConfig
    // Keras 2 heeds it, and a model of Keras 3 did not mean it.
    let isHeeded = semantics == .keras2 && built.semantics == .keras2
    let config = isHeeded ? written : Keras3Writing.withoutTraining(written)
    let compile = CompileWriting(built)
    self.init(
      kerasVersion: semantics.writtenVersion, backend: "tensorflow",
      modelConfig: semantics == .keras2
        ? Keras2Writing.translate(config)
        : Keras3Writing.legacy(Keras3Equivalents.of(config, from: built.semantics).namingJoins),
      trainingConfig: compile?.trainingConfig(as: semantics),
      layers: built.layerWeights(as: semantics), topLevel: built.topLevelWeights(as: semantics),
      optimizer: built.optimizerVariables(as: semantics))
    attachments = built.storedAttachments
  }
}

extension Model {
  /// Keras's `{"class_name": …, "config": …}`.
  public var kerasConfig: ConfigNode { ["class_name": className.config, "config": config] }
}

extension BuiltModel {
  /// Sorted, so that the same model gives the same bytes; `nil` if there are none.
  var storedAttachments: ConfigNode? {
    var attachments = attachments
    attachments[StoredFunctions.attachment] = usedFunctions.all.config
    guard !attachments.isEmpty else { return nil }
    let entries = attachments.sorted { $0.key < $1.key }.map { ConfigNode.Entry($0.key, $0.value) }
    return ConfigNode(.map(entries))
  }

  /// The functions of the experiment that the model or its training names, and names that stand for two of them.
  var usedFunctions: (all: StoredFunctions, clashes: [String]) {
    let known = (try? StoredFunctions(config: attachments[StoredFunctions.attachment])) ?? StoredFunctions()
    var all = known.used(by: model.kerasConfig)
    var clashes: [String] = []
    for output in training?.settings.outputs ?? [] {
      let own =
        [(output.loss as? ScriptedLoss)?.function]
        + output.metrics.map { ($0.metric as? ScriptedMetric)?.function }
      for function in own.compactMap(\.self) { clashes += all.add(function.withCalled) }
    }
    return (all, clashes)
  }

  /// Takes up what a file has beside the model.
  func attach(_ stored: ConfigNode?) {
    for entry in stored?.entries ?? [] { attachments[entry.key] = entry.value }
  }

  /// Layer by layer, trainable weights first.
  fileprivate func layerWeights(as semantics: Semantics) -> [KerasArchive.LayerWeights] {
    let parameters = orderedParameters
    let names = savedNames(of: parameters, as: semantics)
    let byLayer = Dictionary(grouping: zip(parameters, names)) { $0.0.layer }
    return model.layers.map { layer in
      let own = byLayer[layer.name] ?? []
      return KerasArchive.LayerWeights(
        name: layer.name,
        weights: own.map { savedVariable($1, of: $0.path, isCount: $0.isCount) })
    }
  }

  /// Weights that belong to the model itself.
  fileprivate func topLevelWeights(as semantics: Semantics) -> [SavedVariable] {
    let parameters = orderedParameters
    return zip(parameters, savedNames(of: parameters, as: semantics)).filter { $0.0.layer == nil }
      .map { SavedVariable($1, of: $0.path, in: slab) }
  }

  /// The optimizer's variables, of the trained parameters in the order they were declared.
  func optimizerVariables(as semantics: Semantics) -> [SavedVariable] {
    Array(optimizerParts(as: semantics).joined())
  }

  /// The variables of what stands around the optimizer that takes the steps, and those of that one.
  func optimizerParts(as semantics: Semantics) -> [[SavedVariable]] {
    guard let training else { return [[], []] }
    let variables = OptimizerVariables(training, slab, trained: trainedParameters(as: semantics))
    return [semantics == .keras3 ? variables.scaling : [], variables.saved(as: semantics)]
  }
}
