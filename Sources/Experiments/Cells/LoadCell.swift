import Config
import Datasets
import Diagnostics
import Foundation
import KerasFiles
import Layers
import ModelScripts
import Reporting
import TensorCore
import Training

/// A model from a file of Keras or runexp, with its weights, and with how it was trained.
struct LoadCell: Cell {
  var subject = ConfigNode(.null)
  var file = ""
  var freeze = ConfigNode(.null)

  static let schema = Schema(
    "load", "A model from a file: of Keras 2 or 3, or of runexp.", prototype: LoadCell(),
    Field("file", \.file, "The .h5 or .keras file, relative to the experiment's.").required,
    Field("freeze", \.freeze, "Layers that are not trained any more: a list of names, or true for all."))

  func plan(_ context: inout CheckContext) -> CellRun? {
    guard let name = context.name(subject, of: "model"), !file.isEmpty else { return nil }
    let path = URL(fileURLWithPath: file, relativeTo: URL(fileURLWithPath: context.dataEnvironment.base)).path
    let (seed, span) = (context.seed, subject.span)
    let registry = context.layers
    let loaded = context.collect {
      do {
        let custom: ModelDecoder.Custom = { className, config in
          // What the file holds of a layer goes before what this experiment has under its name.
          if let stored = try ModelDecoder.scripted(className, config) { return stored }
          var bag = DiagnosticBag()
          guard registry.find(className) != nil, LayerRegistry.all.find(className) == nil else { return nil }
          return registry.decode(["class_name": className.config, "config": config], into: &bag)
        }
        return try ModelFile.load(path, named: name, custom: custom, seed: seed)
      } catch let diagnostic as Diagnostic {
        throw diagnostic.located(at: span, "from '\(file)'")
      }
    }
    guard let loaded else { return nil }
    for note in loaded.notes { context.bag.report(note.located(at: span, "from '\(file)'")) }
    guard let frozen = frozenNames(loaded.built.model, &context) else { return nil }
    if frozen.isEmpty { return declare(loaded.built, name, &context) }
    // An optimizer knows the parameters it was made for: with fewer to train it begins anew.
    let model = loaded.built.model.freezing(frozen)
    let built = context.collect { try BuiltModel(model, weightsOf: loaded.built) }
    return built.flatMap { declare($0, name, &context) }
  }

  private func declare(_ built: BuiltModel, _ name: String, _ context: inout CheckContext) -> CellRun? {
    let seed = context.seed
    let trace = context.collect {
      try Trace(built.model, phase: .training, seed: seed, semantics: built.semantics)
    }
    guard let trace else { return nil }
    let info = CheckContext.ModelInfo(
      model: built.model, trace: trace, parameterCount: built.parameterCount)
    context.declare(info, at: subject.span)
    if let settings = built.training?.settings {
      let logged = settings.logNames(outputs: built.model.outputNames)
      let own = (["loss"] + logged.losses.compactMap { $0 } + logged.metrics.flatMap { $0 }).sorted()
      let spans = settings.outputs.map { output in
        CheckContext.TrainingInfo.Spans(
          loss: subject.span, metrics: output.metrics.map { _ in subject.span })
      }
      context.declare(.init(settings: settings, spans: spans, logs: own, own: own), of: name)
    }
    let file = file
    return { context in
      context.models[name] = built
      try context.note("\(file)   \(ModelCell.chain(built))")
      context.show(.table(built.fullSummary.table()))
    }
  }

  /// The layers that `freeze` names.
  private func frozenNames(_ model: any Model, _ context: inout CheckContext) -> Set<String>? {
    if freeze.isAbsent || freeze.content == .bool(false) { return [] }
    let names = model.layers.map(\.name)
    if freeze.content == .bool(true) { return Set(names) }
    var isRight = true
    let written = freeze.list ?? [freeze]
    for node in written where !names.contains(node.string ?? "") {
      context.bag.report(.unknownLayer(node, names))
      isRight = false
    }
    return isRight ? Set(written.compactMap(\.string)) : nil
  }
}

extension Diagnostic {
  /// E0342: a layer that a loaded model does not have.
  static func unknownLayer(_ node: ConfigNode, _ names: [String]) -> Diagnostic {
    let near = node.string.flatMap { nearest(to: $0, in: names) }
    return Diagnostic(
      "E0342", "the model has no layer \(node.sketch)", at: node.span.map { Label($0, "not known") },
      help: near.map { "did you mean '\($0)'?" } ?? "its layers: " + names.joined(separator: ", "),
      fix: near.flatMap { near in node.span.map { Fix($0, replacement: near) } })
  }
}
