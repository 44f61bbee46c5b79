import Analysis
import Running
import Plots
import Config
import Datasets
import Diagnostics
import Foundation
import GraphEngine
import KerasFiles
import Layers
import ModelScripts
import Optimizers
import Reporting
import RunEvents
import TensorCore
import Training

/// A model from a file of Keras or runexp, or from an earlier run, with its weights, and with how it was trained; or
/// weights alone, for a model of an earlier cell.
struct LoadCell: Cell {
  var subject = ConfigNode(.null)
  var file: String?
  var from = ConfigNode(.null)
  var weights: String?
  var freeze = ConfigNode(.null)

  static let schema = Schema(
    "load", "A model from a file of Keras 2 or 3 or of runexp, or its weights alone.", prototype: LoadCell(),
    Field("file", \.file, "The .h5 or .keras file, relative to the experiment's."),
    Field(
      "from", \.from, "A run that saved a model of this name: mlp-3, latest, or best(mlp, val_accuracy)."),
    Field("weights", \.weights, "A file of weights, for the model of this name above."),
    Field("freeze", \.freeze, "Layers that are not trained any more: a list of names, or true for all."))

  func plan(_ context: inout CheckContext) -> CellRun? {
    guard let name = context.name(subject, of: "model") else { return nil }
    let isGiven = ["file": file != nil, "from": !from.isAbsent, "weights": weights != nil]
    guard isGiven.values.count(where: { $0 }) == 1 else {
      if context.cell.wrongSettings.isEmpty {
        context.bag.report(.notOneOf(["file", "from", "weights"], at: context.cell.keywordSpan))
      }
      return nil
    }
    if let weights { return fill(weights, into: name, &context) }
    if let file {
      // What this run saves is not there yet when the file is checked.
      if let saved = context.savedModel(in: file) { return load(saved, savedAs: file, named: name, &context) }
      return load(path(of: file, &context), named: name, from: file, &context)
    }
    var earlier = context.earlier
    let saved = context.collect { try Self.file(of: name, in: from, among: &earlier) }
    guard let saved else { return nil }
    context.earlier = earlier
    context.use([saved])
    return load(saved.paths[1], named: name, from: saved.name, &context)
  }

  /// - Parameter origin: where the model is from, in the words of the experiment.
  private func load(
    _ path: String, named name: String, from origin: String, _ context: inout CheckContext
  ) -> CellRun? {
    let (seed, span) = (context.experiment.seed, subject.span)
    let (layers, functions) = (context.vocabulary.layers, StoredFunctions(context.vocabulary.functions))
    let read = context.collect {
      do {
        let source = ModelSource(
          file: CheckedFile(path), name: name, origin: origin, layers: layers, functions: functions,
          seed: seed)
        return (try source.load(), source)
      } catch let diagnostic as Diagnostic {
        throw diagnostic.located(at: span, "from '\(origin)'")
      }
    }
    guard let (loaded, found) = read else { return nil }
    for note in loaded.notes { context.bag.report(note.located(at: span, "from '\(origin)'")) }
    guard let frozen = frozenNames(loaded.built.model, &context) else { return nil }
    var source = found
    source.frozen = frozen
    let built = context.collect { try loaded.freezing(frozen) }
    return built.flatMap { declare($0, loaded.built.training?.settings, from: source, &context) }
  }

  /// A model that an earlier cell saves: planned from the model as it is written above, read when the run gets here.
  private func load(
    _ source: String, savedAs file: String, named name: String, _ context: inout CheckContext
  ) -> CellRun? {
    guard let original = context.names.models[source]?.content.model else { return nil }
    let (seed, span) = (context.experiment.seed, subject.span)
    let decoded = context.collect {
      try ModelDecoder(custom: ModelDecoder.scripted).model(
        ["class_name": original.className.config, "config": original.config], named: name)
    }
    guard let decoded, let frozen = frozenNames(decoded, &context) else { return nil }
    let model = decoded.freezing(frozen)
    let trace = context.collect { try Trace(model, phase: .training, seed: seed) }
    guard let trace else { return nil }
    let count = trace.scope.parameters.map { $0.spec.shape.reduce(1, *) }.reduce(0, +)
    context.declare(.init(model: model, trace: trace, parameterCount: count), at: span)
    if let training = context.names.trainings[source] {
      let spans = training.settings.outputs.map { output in
        TrainingInfo.Spans(loss: span, metrics: output.metrics.map { _ in span })
      }
      context.declare(
        compilation: .init(settings: training.settings, spans: spans, logs: training.own, own: training.own),
        of: name)
    }
    return { context in
      let loaded = try ModelFile.load("\(context.folder)/\(file)", named: name, seed: seed)
      let built = try loaded.freezing(frozen)
      context.models[name] = built
      try context.note("\(file)   \(ModelCell.chain(built))")
    }
  }

  /// Weights for a model that is there: tried when the file is checked, so that no mistake waits for the run.
  private func fill(_ file: String, into name: String, _ context: inout CheckContext) -> CellRun? {
    guard let info = context.model(subject) else { return nil }
    if !freeze.isAbsent {
      context.bag.report(.freezesWeights(at: freeze.span))
      return nil
    }
    let (path, seed, span) = (path(of: file, &context), context.experiment.seed, subject.span)
    let read = context.collect {
      do {
        let notes = try BuiltModel(info.model, seed: seed, isDrawn: false).loadWeights(from: path)
        return (notes, CheckedFile(path))
      } catch let diagnostic as Diagnostic {
        throw diagnostic.located(at: span, "weights of '\(file)'")
      }
    }
    guard let (notes, checked) = read else { return nil }
    for note in notes { context.bag.report(note.located(at: span, "weights of '\(file)'")) }
    return { context in
      guard let built = context.models[name] else { return }
      try checked.verify()
      try built.loadWeights(from: checked.path)
      built.giveParts()
      try context.note("weights of \(file)")
    }
  }

  private func path(of file: String, _ context: inout CheckContext) -> String {
    let path = context.experiment.environment.files.path(of: file)
    context.use([RunInput(.model, name: file, place: path)])
    return path
  }

  /// The log of a run, and the file of a model that it saved.
  /// - Throws: E0520 for an unknown run, E0348 if it saved no model of that name.
  private static func file(
    of name: String, in run: ConfigNode, among runs: inout EarlierRuns
  ) throws(Diagnostic) -> RunInput {
    let word = try runs.find(run)
    let folder = "\(runs.folder)/\(word)"
    let files = ((try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []).sorted()
    let models = files.filter { file in
      [".h5", ".keras"].contains(where: file.hasSuffix) && !file.hasSuffix(".weights.h5")
        && !file.hasPrefix(RunFile.checkpoints + "/")
    }
    let found = models.first { file in
      [".h5", ".keras"].contains { (file.split(separator: "/").last ?? "") == name + $0 }
    }
    guard let found else { throw .notSaved(name, by: word, models, folder, at: run.span) }
    return RunInput(
      .run, name: word, place: URL(fileURLWithPath: folder).path, files: [RunFile.log, found])
  }

  /// - Parameter settings: how the model is compiled in its file.
  private func declare(
    _ built: BuiltModel, _ settings: CompileSettings?, from source: ModelSource, _ context: inout CheckContext
  ) -> CellRun? {
    let (seed, name) = (context.experiment.seed, built.model.name)
    let trace = context.collect {
      try Trace(built.model, phase: .training, seed: seed, semantics: built.semantics)
    }
    guard let trace else { return nil }
    let info = ModelInfo(
      model: built.model, trace: trace, parameterCount: built.parameterCount)
    context.declare(info, at: subject.span)
    if let settings {
      let own = settings.allLogNames(outputs: built.model.outputNames).sorted()
      let spans = settings.outputs.map { output in
        TrainingInfo.Spans(
          loss: subject.span, metrics: output.metrics.map { _ in subject.span })
      }
      context.declare(
        compilation: .init(settings: settings, spans: spans, logs: own, own: own), of: name)
    }
    return { context in
      try source.file.verify()
      let built = try source.load().freezing(source.frozen)
      context.models[name] = built
      try context.note("\(source.origin)   \(ModelCell.chain(built))")
      context.show(.table(built.fullSummary.table()))
      guard let settings, built.training == nil else { return }
      // An optimizer knows the parameters it was made for.
      Trainer(built, pool: context.services.pool, now: context.services.now).compile(settings)
      let words = "\(settings.optimizer.className) begins without memory: other parameters are trained"
      try context.note(words)
      context.show(.remark(.note, words + "."))
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

/// A model in a file, which is read when the experiment is checked, and again by each run.
private struct ModelSource: Sendable {
  let file: CheckedFile
  let name: String
  /// Where it is from, in the words of the experiment.
  let origin: String
  let layers: Registry<any Layer>
  let functions: StoredFunctions
  let seed: UInt64
  /// The names of layers that are not trained any more.
  var frozen: Set<String> = []

  func load() throws -> LoadedModel {
    try ModelFile.load(
      file.path, named: name, custom: OwnLayers(layers).read, functions: functions, seed: seed)
  }
}

extension LoadedModel {
  /// The model with some layers frozen, and with its weights; then without the optimizer, which knew other parameters.
  fileprivate func freezing(_ names: Set<String>) throws -> BuiltModel {
    names.isEmpty ? built : try BuiltModel(built.model.freezing(names), weightsOf: built)
  }
}

extension Diagnostic {
  /// E0347: layers to freeze where only weights are loaded.
  fileprivate static func freezesWeights(at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0347", "'freeze' does not go with 'weights'",
      at: span.map { Label($0, "the model stays as it is written") },
      help: "write 'trainable: false' at the layers of the model")
  }

  /// E0348: a run that did not save the model.
  fileprivate static func notSaved(
    _ name: String, by run: String, _ files: [String], _ folder: String, at span: SourceSpan?
  ) -> Diagnostic {
    Diagnostic(
      "E0348", "the run '\(run)' saved no model '\(name)'", at: span.map { Label($0, "not in its folder") },
      help: files.isEmpty
        ? "it saved none; add '- save: \(name)' to its experiment"
        : "it saved \(files.joined(separator: ", ")); name a file with 'file: \(folder)/\(files[0])'")
  }

  /// E0342: a layer that a loaded model does not have.
  static func unknownLayer(_ node: ConfigNode, _ names: [String]) -> Diagnostic {
    let near = node.string.flatMap { nearest(to: $0, in: names) }
    return Diagnostic(
      "E0342", "the model has no layer \(node.sketch)", at: node.span.map { Label($0, "not known") },
      help: near.map { "did you mean '\($0)'?" } ?? "its layers: " + names.joined(separator: ", "),
      fix: near.flatMap { near in node.span.map { Fix($0, replacement: near) } })
  }
}
