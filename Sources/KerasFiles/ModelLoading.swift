import Config
public import Diagnostics
import GraphEngine
import Kernels
public import Layers
public import ModelScripts
import Optimizers
import TensorCore
public import Training

/// A model from a file.
public struct LoadedModel {
  public var built: BuiltModel
  /// What was lost or is odd, for the reader to be told.
  public var notes: [Diagnostic]
  /// Functions of the experiment that wrote the file, which the model and its training use.
  let functions: StoredFunctions
  /// The keys of its outputs, if they are a mapping.
  let outputKeys: [String]
}

extension KerasArchive {
  /// The model in its configuration, with the weights, and with the optimizer's state if it was compiled.
  /// - Parameters:
  ///   - name: what the model is called here; its own name if left out.
  ///   - custom: layers that are written elsewhere.
  ///   - functions: losses, metrics and activations that are written elsewhere; what the file has goes before them.
  ///   - seed: of random numbers in further training.
  /// - Throws: E0615 to E0621 for a configuration that cannot be followed, E0618 if there is none, E0619 and E0620 for
  ///   weights that do not fit it.
  public func load(
    named name: String? = nil, custom: @escaping ModelDecoder.Custom = ModelDecoder.scripted,
    functions: StoredFunctions = StoredFunctions(), seed: UInt64
  ) throws -> LoadedModel {
    guard let written = modelConfig else { throw Diagnostic.weightsOnly() }
    let semantics = Semantics(version: kerasVersion)
    let isFirst = kerasVersion.hasPrefix("1")
    let modelConfig = isFirst ? Keras1Reading.translate(written) : written
    var loaded = try LoadedModel(
      modelConfig, as: semantics, attachments, named: name, custom: custom, functions: functions, seed: seed)
    loaded.notes += notes
    var layers = layers
    if isFirst {
      let conversion = Keras1Weights(written)
      for i in layers.indices { layers[i] = try conversion.converted(layers[i]) }
    }
    let additions = LowRank(modelConfig)
    for i in layers.indices { layers[i] = try additions.merged(layers[i]) }
    try loaded.built.setWeights(layers, topLevel: topLevel)
    if let trainingConfig { loaded.compile(trainingConfig, optimizer, semantics) }
    loaded.restoreWritten(named: name, custom: custom)
    return loaded
  }
}

extension LoadedModel {
  /// The model of a configuration, with all weights 0.
  /// - Throws: E03xx and E06xx for a configuration that cannot be followed.
  init(
    _ config: ConfigNode, as semantics: Semantics, _ attachments: ConfigNode?, named name: String?,
    custom: @escaping ModelDecoder.Custom, functions others: StoredFunctions, seed: UInt64
  ) throws {
    outputKeys = config["config"]?["output_layers"]?.entries?.map(\.key) ?? []
    let config = semantics == .keras2 ? Keras2Reading.translate(config) : config
    let stored = try StoredFunctions(config: attachments?[StoredFunctions.attachment])
    functions = stored.followed(by: others)
    let model = try functions.whileKnown {
      try ModelDecoder(custom: custom, operations: ModelDecoder.recorded).model(config, named: name)
    }
    built = try BuiltModel(model, seed: seed, semantics: semantics, isDrawn: false)
    notes = FileRemarks.of(config)
    built.attach(attachments)
    // What the layers name goes into the files that are written of the model.
    let named = functions.used(by: built.model.kerasConfig)
    if !named.all.isEmpty {
      built.attachments[StoredFunctions.attachment] = stored.followed(by: named).config
    }
  }

  /// Takes up how the model was compiled and the optimizer's state; what cannot be followed is noted, and the model
  /// stays without.
  mutating func compile(_ config: ConfigNode, _ optimizer: [SavedVariable], _ semantics: Semantics) {
    var bag = DiagnosticBag()
    defer { notes += bag.all }
    let reading = CompileReading(
      names: built.model.outputNames, keys: outputKeys, semantics: semantics, functions: functions)
    let known = reading.optimizer(config, into: &bag)
    guard var settings = reading.settings(config, known ?? RMSprop(), into: &bag)?.watching(built.outputs)
    else { return }
    let scaled = ScaledVariables(optimizer)
    let optimizer = scaled.inner
    if var nadam = settings.optimizer.innermost as? Nadam {
      nadam.progress = Self.progress(in: optimizer, of: nadam)
      settings.optimizer = settings.optimizer.taking(nadam)
    }
    if var outer = settings.optimizer as? LossScaleOptimizer {
      outer.begun = scaled.begun
      settings.optimizer = outer
    }
    let state = TrainingState(
      settings, slab: built.slab, pathStart: built.kerasPathStart, kernels: kernels, semantics: semantics)
    built.training = state
    guard known != nil, !optimizer.isEmpty else { return }
    let variables = OptimizerVariables(state, built.slab, trained: built.trainedParameters(as: semantics))
    if let note = variables.restore(optimizer, from: semantics) {
      bag.report(note)
      // Part of it may have been taken up before the file turned out to be damaged.
      built.training = TrainingState(
        settings, slab: built.slab, pathStart: built.kerasPathStart, kernels: kernels, semantics: semantics)
    }
  }
}

extension LoadedModel {
  /// How far the momentum of Nadam had come: the one scalar that is neither counter nor rate.
  private static func progress(in variables: [SavedVariable], of nadam: Nadam) -> Nadam.Progress? {
    let isScalar = { (variable: SavedVariable) in variable.shape.isEmpty && variable.integer == nil }
    let cache = variables.first { $0.path.contains("momentum_cache") }
    guard let count = variables.first?.integer, (0...(1 << 53)).contains(count),
      let scalar = cache ?? variables.last, isScalar(scalar), variables.count > 2,
      let product = try? scalar.tensor().elements[0], product >= 0, product <= 1
    else { return nil }
    return .init(steps: Int(count) / max(1, nadam.common.gradientAccumulationSteps ?? 1), product: product)
  }
}

/// The variables of an optimizer, where those of one that scales the loss stand before them.
struct ScaledVariables {
  /// Those of the optimizer that takes the steps.
  let inner: [SavedVariable]
  /// How far the scale has come, and after how many steps; `nil` if there is none, or it makes no sense.
  let begun: (scale: LossScaleOptimizer.Scale, iterations: Int)?

  init(_ all: [SavedVariable]) {
    func isNamed(_ variable: SavedVariable, _ name: String) -> Bool {
      variable.path.split(separator: "/").last.map(String.init) == name
    }
    guard let place = all.firstIndex(where: { isNamed($0, "dynamic_scale") }) else {
      // Before the first step there is no scale yet, but a counter and a rate of each.
      let counters = all.filter { isNamed($0, "iteration") }
      inner = counters.count == 2 && all.count <= 4 ? Array(all.dropFirst(2)) : all
      begun = nil
      return
    }
    inner = Array(all[(place + 1)...])
    let steps = all[..<place].last { isNamed($0, "step_counter") }?.integer
    let factor = all[place].shape.isEmpty ? (try? all[place].tensor())?.elements[0] : nil
    guard let steps, let factor, factor > 0, factor.isFinite, (0...Int64(Int32.max)).contains(steps),
      let count = inner.first?.integer, (0...(1 << 53)).contains(count)
    else {
      begun = nil
      return
    }
    begun = (.init(factor: Double(factor), steps: Int(steps)), Int(count))
  }

  /// The variables of a `.keras` file, which have numbers for names, with those by which they are found here.
  static func named(_ variables: [SavedVariable]) -> [SavedVariable] {
    var named = variables
    for (index, name) in ["iteration", "learning_rate", "step_counter", "dynamic_scale"].enumerated() {
      named[index].path += "/" + name
    }
    return named
  }
}

extension BuiltModel {
  /// Fills in weights that were saved: layer by layer in order, as Keras does; names do not matter.
  /// - Throws: E0619 if there are more or fewer than the model has, E0620 if one has another shape, E0605 if one cannot
  ///   be read.
  public func setWeights(
    _ saved: [KerasArchive.LayerWeights], topLevel: [SavedVariable] = []
  ) throws(Diagnostic) {
    let parameters = orderedParameters
    let inLayers = Dictionary(grouping: parameters.filter { $0.layer != nil }) { $0.layer ?? "" }
    let own = model.layers.compactMap { layer in inLayers[layer.name].map { (layer.name, $0) } }
    let stored = saved.filter { !$0.weights.isEmpty }
    guard own.count == stored.count else { throw .wrongLayerCount(own.count, stored.count) }
    for ((name, parameters), layer) in zip(own, stored) {
      try set(parameters, from: layer.weights, of: name, stored: layer.name)
    }
    let rest = parameters.filter { $0.layer == nil }
    try set(rest, from: topLevel, of: model.name, stored: "top_level_model_weights")
  }

  private func set(
    _ parameters: [OrderedParameter], from weights: [SavedVariable], of name: String, stored: String
  ) throws(Diagnostic) {
    if parameters.count > weights.count,
      let own = model.layers.first(where: { $0.name == name })?.layer.config["activation"]?["config"]?[
        "name"]?.string,
      parameters.count(where: { !$0.path.contains("/\(own)/") }) == weights.count
    {
      throw .activationLeftOut(own)
    }
    guard parameters.count == weights.count else {
      throw .wrongWeightCount(name, parameters.count, weights.count, stored: stored)
    }
    for (parameter, weight) in zip(parameters, weights) { try fill(parameter.path, from: weight, of: name) }
  }
}

extension Diagnostic {
  /// E0618: a file without a model.
  static func weightsOnly() -> Diagnostic {
    Diagnostic(
      "E0618", "the file holds weights, but not the model they belong to",
      help: "write the model as a 'model:' cell and load them into it: '- load: NAME', 'weights: FILE'")
  }

  /// E0619: a file with another number of layers that have weights.
  static func wrongLayerCount(_ own: Int, _ stored: Int) -> Diagnostic {
    Diagnostic(
      "E0619", "the model has \(own) layers with weights, the file \(stored)",
      help: "the weights are of another model, or the file was damaged")
  }

  /// E0619: a file with another number of weights of a layer.
  static func wrongWeightCount(_ layer: String, _ own: Int, _ saved: Int, stored: String) -> Diagnostic {
    Diagnostic(
      "E0619", "the layer '\(layer)' has \(own) weights, the file has \(saved) for '\(stored)'",
      help: "the weights are of another model, or the file was damaged")
  }

  /// E0620: a weight of another shape.
  static func wrongWeightShape(_ path: String, of layer: String, _ own: [Int], _ stored: [Int]) -> Diagnostic
  {
    func text(_ shape: [Int]) -> String { "(" + shape.map(String.init).joined(separator: ", ") + ")" }
    return Diagnostic(
      "E0620", "the weight '\(path)' has the shape \(text(stored)), '\(layer)' needs \(text(own))",
      help: "the weights are of another model, or the file was damaged")
  }
}
