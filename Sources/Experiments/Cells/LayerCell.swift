import Analysis
import Running
import Plots
import Config
import Diagnostics
import ExpLanguage
import Layers
import ModelScripts

/// A layer of one's own: its settings, the layers and weights it is made of, and what a call does.
struct LayerCell: Cell {
  var subject = ConfigNode(.null)
  var args = ConfigNode(.null)
  var layers = ConfigNode(.null)
  var weights = ConfigNode(.null)
  var call = ConfigNode(.null)

  static let schema = Schema(
    "layer", "A layer of one's own, for the models below.", prototype: LayerCell(),
    Field("args", \.args, "Its settings with their defaults, such as {units: 30}; '$units' stands for one."),
    Field(
      "layers", \.layers, "The layers it is made of, by the names that 'call' uses.",
      schema: .reference(to: "layers")),
    Field("weights", \.weights, "Weights of its own, such as {scale: {shape: [30], initializer: ones}}."),
    Field("call", \.call, "What happens to 'inputs', in the language of Keras's 'call'.").required)

  func plan(_ context: inout CheckContext) -> CellRun? {
    guard let name = context.name(subject, of: "layer"), !call.isAbsent else { return nil }
    guard context.vocabulary.layers.find(name) == nil else {
      context.bag.report(.repeatedLayerClass(name, at: subject.span))
      return nil
    }
    if !args.isAbsent && args.entries == nil {
      context.bag.report(.mismatch(args, "'args': names with defaults, such as {units: 30}"))
      return nil
    }
    for entry in args.entries ?? [] where !isName(entry.key) {
      context.bag.report(.notAScriptName(entry.key, at: entry.keySpan))
      return nil
    }
    let template = LayerTemplate(
      name: name, args: args, parameters: context.experiment.parameters,
      syntax: ScriptedSyntax(
        layers: layers, weights: weights, call: call, sources: context.experiment.sources,
        registry: context.vocabulary.layers,
        functions: context.vocabulary.functions))
    guard template.syntax.body(into: &context.bag) != nil else { return nil }
    // With its defaults it can be looked at here; where they are missing, where it is used.
    let isWhole = args.entries?.allSatisfy { $0.value.content != .null } ?? true
    if isWhole && template.layer([:], into: &context.bag) == nil { return nil }
    context.declare(
      layer: .init(name, "A layer of this file.", defaults: ConfigNode(.map(args.entries ?? []))) {
        settings, ignored, bag in
        template.read(settings, ignoring: ignored, into: &bag)
      }, named: name, at: subject.span)
    return { context in try context.note("a layer for the models below") }
  }
}

/// A layer cell, to be used with settings.
private struct LayerTemplate: Sendable {
  let name: String
  let args: ConfigNode
  let parameters: Parameters
  let syntax: ScriptedSyntax
  /// More layers than any layer is made of.
  private static let mostLayers = 5000

  /// The layer with the settings of a place where it is used.
  func read(
    _ settings: ConfigNode, ignoring ignored: Set<String>, into bag: inout DiagnosticBag
  ) -> (any Layer)? {
    var given: [String: ConfigNode] = [:]
    var isRight = true
    if settings.entries == nil, settings.content != .null {
      bag.report(.mismatch(settings, "settings of \(name)"))
      return nil
    }
    let known = args.entries ?? []
    for entry in settings.entries ?? [] where !ignored.contains(entry.key) {
      guard let argument = known.first(where: { $0.key == entry.key }) else {
        bag.report(.unknownKey(entry, of: name, known: known.map(\.key)))
        isRight = false
        continue
      }
      guard isOfOneKind(argument.value, entry.value) else {
        bag.report(.mismatch(entry.value, "'\(entry.key)': \(kind(argument.value)), as its default"))
        isRight = false
        continue
      }
      given[entry.key] = entry.value
    }
    for argument in known where argument.value.content == .null && given[argument.key] == nil {
      bag.report(.missingArgument(argument.key, of: name, at: settings.span))
      isRight = false
    }
    return isRight ? layer(given, into: &bag) : nil
  }

  /// The layer with its settings, those not given by their defaults.
  func layer(_ given: [String: ConfigNode], into bag: inout DiagnosticBag) -> (any Layer)? {
    let values = (args.entries ?? []).map { entry in
      (name: entry.key, value: ScriptValue(given[entry.key] ?? entry.value) ?? .none)
    }
    let outer = parameters.scope
    let own = Dictionary(values.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    let scope = ScriptScope("argument or parameter", names: values.map(\.name) + outer.names) {
      own[$0] ?? outer.lookup($0)
    }
    let substitution = Substitution(scope, in: syntax.sources)
    var found = DiagnosticBag()
    let settled = ScriptedSyntax(
      layers: substitution.apply(to: syntax.layers, into: &found),
      weights: substitution.apply(to: syntax.weights, into: &found), call: syntax.call,
      sources: syntax.sources, registry: syntax.registry, functions: syntax.functions)
    // What could not be filled in is no layer either.
    guard !found.hasErrors else {
      found.all.forEach { bag.report($0) }
      return nil
    }
    let body = settled.body(into: &found)
    let parts = settled.parts(
      arguments: values,
      models: { node, bag in
        bag.report(.modelInLayer(at: node.span))
        return nil
      }, into: &found)
    found.all.forEach { bag.report($0) }
    guard !found.hasErrors, let body, let parts else { return nil }
    let layer = ScriptedLayer(name, parts, body: body)
    guard layer.layerCount <= Self.mostLayers else {
      bag.report(.tooManyLayers(name, most: Self.mostLayers, at: syntax.layers.span))
      return nil
    }
    return layer
  }

  private func isOfOneKind(_ a: ConfigNode, _ b: ConfigNode) -> Bool {
    switch (a.content, b.content) {
    case (.null, _), (.int, .int), (.double, .double), (.double, .int), (.bool, .bool), (.string, .string),
      (.list, .list), (.map, .map):
      true
    default: false
    }
  }

  private func kind(_ node: ConfigNode) -> String {
    switch node.content {
    case .null: "a value"
    case .bool: "true or false"
    case .int: "a whole number"
    case .double: "a number"
    case .string: "a text"
    case .list: "a list"
    case .map: "a mapping"
    }
  }
}

extension Diagnostic {
  /// E0397: a layer that is too large to look at.
  fileprivate static func tooManyLayers(_ name: String, most: Int, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0397", "'\(name)' is made of more than \(most) layers",
      at: span.map { Label($0, "with all that these are made of") },
      help: "layers that use each other twice double with each level; use fewer levels")
  }

  /// E0221: a layer cell with the name of a layer that there is already.
  static func repeatedLayerClass(_ name: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0221", "there is a layer '\(name)' already", at: span.map { Label($0, "again here") },
      help: "give it another name; models would not know which is meant")
  }

  /// E0203: a setting of an own layer that has no default.
  static func missingArgument(_ key: String, of layer: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0203", "\(layer) needs '\(key)'", at: span.map { Label($0, "'\(key)' is missing here") },
      help: "it has no default in 'args' of the layer's cell")
  }

  /// E0222: a model inside an own layer.
  static func modelInLayer(at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0222", "a layer cell cannot hold a model of another cell",
      at: span.map { Label($0, "has weights of its own") },
      help: "use the model in a 'model:' cell, or write its layers here")
  }
}
