import Config
import Diagnostics
import GraphEngine
import Kernels
import Layers
import ModelScripts
import Training

/// Models with hand-written parts in files that Keras can load: the file has the graph of layers that they come to, and
/// beside it what was written.
extension BuiltModel {
  /// What a model is called among the attachments of its graph.
  static let written = "model"

  /// The model as it is written to a file, and why Keras cannot load it if it cannot.
  var kerasForm: (built: BuiltModel, obstacle: Diagnostic?) {
    guard KerasForm.isNeeded(for: model) else { return (self, nil) }
    let named = usedFunctions.all.used(by: model.kerasConfig).all
    if let function = named.first { return (self, .notForKeras("the function '\(function.name)'", nil)) }
    do {
      let form = try KerasForm(model, semantics: semantics)
      let twin = try BuiltModel(form.model, seed: seed, semantics: semantics, isDrawn: false)
      try twin.take(from: self, form.weights.map { (from: $0.own, to: $0.graph) })
      twin.attachments = attachments
      twin.attachments[Self.written] = model.kerasConfig
      return (twin, nil)
    } catch let obstacle as KerasForm.Obstacle {
      return (self, .notForKeras(obstacle.what, obstacle.span))
    } catch {
      return (self, .notForKeras("its layers", nil))
    }
  }

  /// Takes the numbers of another model, and what its optimizer remembers.
  /// - Throws: E0619 if the weights are not the same.
  fileprivate func take(from other: BuiltModel, _ paths: [(from: String, to: String)]) throws(Diagnostic) {
    let own = Set(slab.entries.map(\.spec.path))
    guard own == Set(paths.map(\.to)), own.count == other.slab.entries.count else {
      throw .wrongWeightCount(model.name, own.count, paths.count, stored: "its source")
    }
    let theirs = Dictionary(uniqueKeysWithValues: other.slab.entries.map { ($0.spec.path, $0.spec) })
    for (from, to) in paths {
      guard let spec = theirs[from], spec.shape == slab.entry(to).spec.shape,
        spec.isTrainable == slab.entry(to).spec.isTrainable
      else { throw .wrongWeightCount(model.name, own.count, paths.count, stored: "its source") }
      slab.set(to, other.slab.tensor(from))
    }
    guard let training = other.training else { return }
    let state = TrainingState(
      training.settings, slab: slab, pathStart: kerasPathStart, kernels: kernels, semantics: semantics)
    // The same variables in the same order: the optimizer matches them by place.
    let trained = paths.filter { theirs[$0.from]?.isTrainable == true }
    let saved = OptimizerVariables(
      training, other.slab, trained: trained.map { TrainedParameter($0.from, savedAs: $0.from) }
    ).saved(as: .keras3)
    let variables = OptimizerVariables(
      state, slab, trained: trained.map { TrainedParameter($0.to, savedAs: $0.to) })
    if variables.restore(saved, from: .keras3) == nil { self.training = state }
  }
}

extension LoadedModel {
  /// Makes of the graph of a file the model that was written; one whose source does not fit stays a graph.
  mutating func restoreWritten(named name: String?, custom: @escaping ModelDecoder.Custom) {
    guard let source = built.attachments[BuiltModel.written] else { return }
    do {
      let model = try functions.whileKnown {
        try ModelDecoder(custom: custom, operations: ModelDecoder.recorded).model(source, named: name)
      }
      let form = try KerasForm(model, semantics: built.semantics)
      let restored = try BuiltModel(model, seed: built.seed, semantics: built.semantics, isDrawn: false)
      try restored.take(from: built, form.weights.map { (from: $0.graph, to: $0.own) })
      restored.attachments = built.attachments
      restored.attachments[BuiltModel.written] = Optional.none
      built = restored
    } catch {
      notes.append(.sourceDoesNotFit())
    }
  }
}

extension Diagnostic {
  /// E0633: a model that Keras cannot load.
  static func notForKeras(_ what: String, _ span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0633", "Keras cannot load this model: it has no layer for \(what)", severity: .warning,
      at: span.map { Label($0, "only runexp can do this") },
      help: "for Keras write it as Python: runexp export MODEL --to keras-python -o MODEL.py")
  }

  /// E0635: a hand-written model whose source is not that of the file's layers.
  static func sourceDoesNotFit() -> Diagnostic {
    Diagnostic(
      "E0635", "the model comes without its source, which does not fit the layers of the file",
      severity: .warning, help: "it predicts as saved; the file was changed by something else than runexp")
  }
}
