import Running
import Plots
import Config
import Diagnostics
import ExpLanguage
import Layers
import ModelScripts
import TensorCore

/// The parts of a hand-written model or layer as they are written in a cell: layers without `from`, weights, a `call`.
struct ScriptedSyntax: Sendable {
  let layers: ConfigNode
  let weights: ConfigNode
  let call: ConfigNode
  let sources: SourceFiles
  /// The layers that may be named, those of cells above among them.
  let registry: Registry<any Layer>
  /// The functions of cells above.
  let functions: [ScriptedFunction]

  /// The text behind `call:`, read.
  func body(into bag: inout DiagnosticBag) -> ScriptBody? {
    guard let text = call.string else {
      bag.report(.mismatch(call, "'call': the body of the call, as a block of text behind '|'"))
      return nil
    }
    return bag.collect { () throws(Diagnostic) in
      try ScriptBody(parsing: ScriptText(text, at: call.span, in: sources))
    }
  }

  /// Everything the body can name.
  ///
  /// Every mistake is reported; `nil` if there was one.
  /// - Parameter models: models of cells above that may be used as layers.
  func parts(
    arguments: [(name: String, value: ScriptValue)],
    models: (ConfigNode, inout DiagnosticBag) -> (any Model)?,
    into bag: inout DiagnosticBag
  ) -> ScriptParts? {
    var parts = ScriptParts(arguments: arguments, functions: functions)
    var isRight = true
    if !layers.isAbsent && layers.entries == nil {
      bag.report(.mismatch(layers, "'layers': names with layers, such as 'hidden: {Dense: {units: 30}}'"))
      return nil
    }
    for entry in layers.entries ?? [] {
      if let read = layer(entry, models, &bag) { parts.layers.append(read) } else { isRight = false }
    }
    for entry in weights.entries ?? [] {
      if let read = weight(entry, &bag) { parts.weights.append(read) } else { isRight = false }
    }
    if !weights.isAbsent && weights.entries == nil {
      bag.report(.mismatch(weights, "'weights': names with shapes, such as 'scale: {shape: [30]}'"))
      isRight = false
    }
    return isRight && hasOwnNames(parts, &bag) ? parts : nil
  }

  /// `hidden: {Dense: {units: 30}, repeat: 3}`, `flat: Flatten`, or `{model: encoder}`.
  private func layer(
    _ entry: ConfigNode.Entry, _ models: (ConfigNode, inout DiagnosticBag) -> (any Model)?,
    _ bag: inout DiagnosticBag
  ) -> ScriptParts.Entry? {
    guard isName(entry.key) else {
      bag.report(.notAScriptName(entry.key, at: entry.keySpan))
      return nil
    }
    let settings = entry.value.entries
    if settings?.contains(where: { $0.key == "from" }) == true {
      bag.report(.fromBesideCall(entry))
      return nil
    }
    let count = settings?.first { $0.key == "repeat" }?.value
    let trainable = settings?.first { $0.key == "trainable" }?.value
    let rest = settings?.filter { $0.key != "repeat" && $0.key != "trainable" }
    let common = bag.collect { () throws(Diagnostic) -> (Int?, Bool) in
      let times = try count.map { node throws(Diagnostic) in try Int(config: node) }
      if let times, !(0...10_000).contains(times), let count {
        throw Diagnostic(
          "E0202", "'repeat' must be between 0 and 10000",
          at: count.span.map { .init($0, "found \(times)") })
      }
      return (times, try trainable.map { node throws(Diagnostic) in try Bool(config: node) } ?? true)
    }
    guard let (times, isTrainable) = common else { return nil }
    var named: NamedLayer
    if let used = rest?.first, used.key == "model", rest?.count == 1 {
      guard let model = models(used.value, &bag) else { return nil }
      named = NamedLayer(entry.key, model, at: entry.keySpan)
    } else {
      let node = rest.map { ConfigNode(.map($0), span: entry.value.span) } ?? entry.value
      guard let read = LayerRegistry.decode([node], among: registry, into: &bag)?.first else { return nil }
      named = read
    }
    named.name = entry.key
    named.isTrainable = named.isTrainable && isTrainable
    if trainable != nil && isTrainable { named = named.trainingEverything }
    return times.map { ScriptParts.Entry(named, repeated: $0) } ?? ScriptParts.Entry(named)
  }

  /// `scale: {shape: [30], initializer: ones, trainable: false}`.
  private func weight(_ entry: ConfigNode.Entry, _ bag: inout DiagnosticBag) -> ScriptWeight? {
    guard isName(entry.key) else {
      bag.report(.notAScriptName(entry.key, at: entry.keySpan))
      return nil
    }
    let node = entry.value.entries == nil ? ConfigNode(.map([.init("shape", entry.value)])) : entry.value
    guard let read = WeightSettings.schema.decode(node, into: &bag) else { return nil }
    let shape: ScriptWeight.Shape
    if let text = read.shape.string {
      shape = .calculated(ScriptText(text, at: read.shape.span, in: sources))
    } else {
      let sizes = bag.collect { () throws(Diagnostic) in try [Int](config: read.shape) }
      guard let sizes else { return nil }
      guard sizes.allSatisfy({ $0 >= 1 }) else {
        bag.report(
          Diagnostic(
            "E0202", "the shape of '\(entry.key)' must hold sizes of at least 1",
            at: read.shape.span.map { .init($0, "found \(read.shape.json)") }))
        return nil
      }
      shape = .sizes(sizes)
    }
    return ScriptWeight(
      entry.key, shape, initializer: read.initializer, isTrainable: read.trainable, at: entry.keySpan)
  }

  /// A layer and a weight under one name could not be told apart in the body.
  private func hasOwnNames(_ parts: ScriptParts, _ bag: inout DiagnosticBag) -> Bool {
    var isRight = true
    for entry in weights.entries ?? [] {
      guard let layer = layers.entries?.first(where: { $0.key == entry.key }) else { continue }
      bag.report(
        Diagnostic(
          "E0302", "a layer and a weight are named '\(entry.key)'",
          at: entry.keySpan.map { .init($0, "again here") },
          related: layer.keySpan.map { [.init($0, "first here")] } ?? [],
          help: "the body could not tell them apart"))
      isRight = false
    }
    return isRight
  }
}

/// What stands behind the name of a weight.
private struct WeightSettings: Configurable {
  var shape = ConfigNode(.null)
  var initializer = Initializer.glorotUniform
  var trainable = true

  static let schema = Schema(
    "weight", "Numbers that a hand-written layer learns itself.", prototype: Self(),
    Field("shape", \.shape, "Its sizes, or an expression such as \"(inputs.shape[-1], units)\".").required,
    Field("initializer", \.initializer, "Start values."),
    Field("trainable", \.trainable, "Whether training changes it."))
}

extension Diagnostic {
  /// E0338: a name that a script could not write.
  static func notAScriptName(_ name: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0338", "'\(name)' cannot be a name in 'call'",
      at: span.map { Label($0, "letters, digits and '_' only, no digit first") },
      help: "the body names its layers and weights")
  }

  /// E0339: `from` in a model that has a `call`.
  static func fromBesideCall(_ entry: ConfigNode.Entry) -> Diagnostic {
    let span = entry.value.entries?.first { $0.key == "from" }?.keySpan
    return Diagnostic(
      "E0339", "'\(entry.key)' says 'from', and 'call' says what happens",
      at: span.map { Label($0, "one of them only") },
      help: "remove 'call' for a graph of layers, or every 'from' for a model with 'call'")
  }
}
