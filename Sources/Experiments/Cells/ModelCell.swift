import Analysis
import Running
import Plots
import Config
import Diagnostics
import GraphEngine
import KerasFiles
import Layers
import ModelScripts
import Plotting
import Reporting
import TensorCore
import Training

/// A model, written in one of three ways: a list of layers, a graph of layers, or layers and a `call`.
struct ModelCell: Cell {
  var subject = ConfigNode(.null)
  var input: SampleShape?
  var inputs = ConfigNode(.null)
  var batchSize: Int?
  var layers = ConfigNode(.null)
  var outputs = ConfigNode(.null)
  var weights = ConfigNode(.null)
  var call = ConfigNode(.null)

  static let schema = Schema(
    "model", "A model: a list of layers, a graph of layers, or layers and what a call does with them.",
    prototype: ModelCell(),
    Field(
      "input", \.input,
      "The shape of one sample, such as [28, 28]; [null, 16] for a length that comes with the data."
    ) { $0.flatMap(SampleShape.check) },
    Field("inputs", \.inputs, "Names and shapes of several inputs, such as {wide: [5], deep: [6]}."),
    Field(
      "batch_size", \.batchSize,
      "Samples in every batch of this model; layers with 'stateful: true' need it.",
      check: ModelInput.checkBatch),
    Field(
      "layers", \.layers,
      "Layers by Keras's names: a list, a mapping in which each says what it is called 'from', or with 'call' one without.",
      schema: .reference(to: "layers")),
    Field("outputs", \.outputs, "The layers of a graph that are its outputs. The last one if left out."),
    Field("weights", \.weights, "Weights that 'call' uses itself, such as {scale: {shape: [30]}}."),
    Field("call", \.call, "What happens to the inputs, in the language of Keras's 'call'."))

  func plan(_ context: inout CheckContext) -> CellRun? {
    guard let name = context.name(subject, of: "model") else {
      // Without a name there still may be mistakes in the layers.
      if let list = layers.list {
        _ = LayerRegistry.decode(list, among: context.vocabulary.layers, into: &context.bag)
      }
      return nil
    }
    if !call.isAbsent { return scripted(name, &context) }
    if !weights.isAbsent {
      context.bag.report(.weightsWithoutCall(at: weights.span))
      return nil
    }
    switch layers.content {
    case .null where layers.isAbsent:
      context.bag.report(.missingLayers(at: subject.span))
      return nil
    case .list(let nodes): return sequential(name, nodes, &context)
    case .map:
      guard let (model, parts) = graph(name).model(&context) else { return nil }
      return declare(model, parts: parts, &context)
    default:
      context.bag.report(.mismatch(layers, "'layers': a list or a mapping of layers"))
      return nil
    }
  }

  private func sequential(_ name: String, _ nodes: [ConfigNode], _ context: inout CheckContext) -> CellRun? {
    for (key, node) in [("inputs", inputs), ("outputs", outputs)] where !node.isAbsent {
      context.bag.report(.graphSetting(key, at: node.span))
      return nil
    }
    guard var layers = LayerRegistry.decode(nodes, among: context.vocabulary.layers, into: &context.bag)
    else {
      return nil
    }
    guard !layers.isEmpty else {
      context.bag.report(.noLayers(name, at: subject.span))
      return nil
    }
    var (shape, batchSize, element) = (input, batchSize, ElementType.float32)
    if let first = layers.first?.layer as? InputLayer {
      if input != nil {
        context.bag.report(.inputTwice(name, at: layers[0].span))
        return nil
      }
      shape = first.shape
      element = first.element
      batchSize = first.batchSize ?? batchSize
      layers.removeFirst()
    }
    if !context.cell.wrongSettings.isDisjoint(with: ["input", "batch_size"]) { return nil }
    guard let shape else {
      context.bag.report(.noInput(name, at: subject.span))
      return nil
    }
    let first = ModelInput("input_layer", shape: shape.axes, element, batchSize: batchSize)
    return declare(Sequential(name, input: first, layers), parts: [:], &context)
  }

  private func graph(_ name: String) -> FunctionalSyntax {
    FunctionalSyntax(
      name: name, input: input, inputs: inputs, batchSize: batchSize, layers: layers, outputs: outputs)
  }

  private func scripted(_ name: String, _ context: inout CheckContext) -> CellRun? {
    let graph = graph(name)
    let inputs = graph.readInputs(orInputs: true, &context)
    let syntax = ScriptedSyntax(
      layers: layers, weights: weights, call: call, sources: context.experiment.sources,
      registry: context.vocabulary.layers,
      functions: context.vocabulary.functions)
    var parts: [String: String] = [:]
    let body = syntax.body(into: &context.bag)
    var own = context
    let read = syntax.parts(
      arguments: [],
      models: { node, bag in
        own.bag = DiagnosticBag()
        let model = own.model(node)?.model
        own.bag.all.forEach { bag.report($0) }
        return model
      }, into: &context.bag)
    for entry in layers.entries ?? [] {
      if let used = entry.value["model"]?.string, entry.value["repeat"] == nil { parts[entry.key] = used }
    }
    let names = outputs.isAbsent ? nil : (outputs.list ?? [outputs]).map { $0.string ?? $0.json }
    guard graph.hasRightOutputs(&context), let inputs, let body, let read else { return nil }
    let model = ScriptedModel(name, inputs: inputs.map(\.input), read, body: body, outputs: names)
    return declare(model, parts: parts, &context)
  }

  /// Traces the model, and builds it in a run.
  /// - Parameter parts: names of models of earlier cells by the names of the layers they are here.
  private func declare(
    _ model: any Model, parts: [String: String], _ context: inout CheckContext
  ) -> CellRun? {
    let (seed, span) = (context.experiment.seed, subject.span)
    let traced = context.collect {
      // Every way that conditions on data may go, so that no mistake waits for rare data.
      let ways = try Trace.allWays(of: model, phase: .training, seed: seed)
      if model is ScriptedModel {
        try Self.checkOutputs(ways + Trace.allWays(of: model, phase: .inference, seed: seed), of: model)
      }
      try ways[0].checkMemory(of: model.name, at: span)
      return (ways[0], Trace.parameters(of: ways, model).map { $0.spec.shape.reduce(1, *) }.reduce(0, +))
    }
    guard let (trace, parameterCount) = traced else { return nil }
    context.declare(.init(model: model, trace: trace, parameterCount: parameterCount), at: subject.span)
    let functions = StoredFunctions(context.vocabulary.functions).used(by: model.kerasConfig)
    return { context in
      let built = try BuiltModel(model, seed: context.seed)
      built.attachments[StoredFunctions.attachment] = functions.config
      for (layer, part) in parts.sorted(by: { $0.key < $1.key }) {
        guard let part = context.models[part] else { continue }
        built.share(part, as: layer)
        try Self.takeFunctions(of: part, into: built)
      }
      context.models[model.name] = built
      try context.note(Self.chain(built))
      context.show(.table(built.fullSummary.table()))
    }
  }

  /// - Throws: E0358 if the outputs have one shape on one way and another on another.
  private static func checkOutputs(_ ways: [Trace], of model: any Model) throws(Diagnostic) {
    for way in ways {
      for (first, other) in zip(ways[0].outputs, way.outputs) where first.type != other.type {
        throw .changingOutput(
          model.name, (first.type, ways[0].graph.nodes[first.id].origin),
          (other.type, way.graph.nodes[other.id].origin))
      }
    }
  }

  /// A model from a file may use functions that this experiment does not have.
  private static func takeFunctions(of part: BuiltModel, into built: BuiltModel) throws(Diagnostic) {
    let key = StoredFunctions.attachment
    var known = try StoredFunctions(config: built.attachments[key])
    _ = known.add(try StoredFunctions(config: part.attachments[key]))
    built.attachments[key] = known.config
  }

  /// `28×28 → 784 → 300 → 10`: shapes, each once where it changes; for a graph what it takes and gives.
  static func chain(_ built: BuiltModel) -> String {
    guard built.model is Sequential else {
      let (inputs, outputs) = (built.model.inputs.map(\.type), built.outputs)
      return [inputs, outputs].map { $0.map(text).joined(separator: " + ") }.joined(separator: " → ")
    }
    var shapes = built.model.inputs.map { text($0.type) }
    for output in built.summary.rows.flatMap(\.outputs) where text(output) != shapes.last {
      shapes.append(text(output))
    }
    return shapes.joined(separator: " → ")
  }

  private static func text(_ type: TensorType) -> String {
    type.dims.dropFirst().map(\.description).joined(separator: "×")
  }
}

extension Diagnostic {
  /// E0310: a model without layers.
  static func noLayers(_ model: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0310", "'\(model)' has no layers", at: span.map { Label($0, "empty") },
      help: "add at least one, such as '- Dense: {units: 1}'")
  }

  /// E0311: a model of unknown input shape.
  static func noInput(_ model: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0311", "the shape of a sample of '\(model)' is not known",
      at: span.map { Label($0, "needs 'input:'") },
      help: "add the shape of one sample without the batch, such as 'input: [28, 28]'")
  }

  /// E0312: an input layer beside `input:`.
  static func inputTwice(
    _ model: String, at span: SourceSpan?, other: String = "the input layer"
  ) -> Diagnostic {
    Diagnostic(
      "E0312", "'\(model)' says its input twice", at: span.map { Label($0, "beside 'input:'") },
      help: "keep either 'input:' or \(other)")
  }

  /// E0358: outputs whose shape depends on the way that was taken.
  static func changingOutput(
    _ model: String, _ first: (type: TensorType, origin: SourceSpan?),
    _ other: (type: TensorType, origin: SourceSpan?)
  ) -> Diagnostic {
    let related = first.origin == other.origin ? nil : first.origin
    return Diagnostic(
      "E0358", "'\(model)' gives \(first.type) on one way through its body, and \(other.type) on another",
      at: other.origin.map { Label($0, "gives \(other.type)") },
      related: related.map { [Label($0, "gives \(first.type)")] } ?? [],
      help: "every 'return' must give the same shapes, with 'training' and without")
  }

  /// E0333: a setting of graphs beside a list of layers.
  static func graphSetting(_ key: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0333", "'\(key)' belongs to a graph of layers, and these are a list",
      at: span.map { Label($0, "a list has one input and one output") },
      help: "write 'input: [SHAPE]', or name the layers: 'hidden: {Dense: {units: 30}, from: x}'")
  }

  /// E0203: a model of nothing.
  static func missingLayers(at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0203", "model needs 'layers'", at: span.map { Label($0, "'layers' is missing here") },
      help: "layers by Keras's names: a list, or a mapping in which each says what it is called 'from'")
  }

  /// E0341: weights that nothing uses.
  static func weightsWithoutCall(at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0341", "'weights' are for a model with 'call'", at: span.map { Label($0, "nothing uses them") },
      help: "write in 'call:' what happens with them, or remove them")
  }
}
