import Analysis
import Running
import Plots
import Config
import Diagnostics
import Layers
import TensorCore

/// A graph of layers as it is written in a `model` cell.
struct FunctionalSyntax {
  let name: String
  let input: SampleShape?
  let inputs: ConfigNode
  /// Samples in every batch, for inputs that do not say it themselves.
  let batchSize: Int?
  let layers: ConfigNode
  let outputs: ConfigNode

  /// The model, and names of models of earlier cells by the names of the layers they are in it.
  ///
  /// Every mistake is reported; `nil` if there was one.
  func model(_ context: inout CheckContext) -> (model: Functional, parts: [String: String])? {
    let inputs = readInputs(orInputs: false, &context)
    var entries: [FunctionalBuilder.Entry] = []
    var parts: [String: String] = [:]
    let written = layers.entries ?? []
    for entry in written {
      if let read = self.entry(entry, &parts, &context) { entries.append(read) }
    }
    let outputs = readOutputs(written.last)
    guard hasRightOutputs(&context), let inputs, entries.count == written.count else { return nil }
    guard !entries.isEmpty else {
      context.bag.report(.noLayers(name, at: layers.span))
      return nil
    }
    let builder = FunctionalBuilder(name, inputs: inputs, entries: entries, outputs: outputs)
    return builder.model(into: &context.bag).map { ($0, parts) }
  }

  /// - Parameter orInputs: whether a single input is called `inputs`, as in the signature of a `call`.
  func readInputs(
    orInputs: Bool, _ context: inout CheckContext
  ) -> [(word: FunctionalBuilder.Word, input: ModelInput)]? {
    if inputs.isAbsent {
      guard let input else {
        if !context.cell.wrongSettings.contains("input") {
          context.bag.report(.noInput(name, at: layers.isAbsent ? nil : layers.span))
        }
        return nil
      }
      let name = orInputs ? "inputs" : "input"
      return [(.init(name), ModelInput(name, shape: input.axes, batchSize: batchSize))]
    }
    if input != nil {
      context.bag.report(.inputTwice(name, at: inputs.span, other: "'inputs:'"))
      return nil
    }
    guard let entries = inputs.entries, !entries.isEmpty else {
      context.bag.report(.mismatch(inputs, "'inputs': names with shapes, such as {wide: [5], deep: [6]}"))
      return nil
    }
    var read: [(word: FunctionalBuilder.Word, input: ModelInput)] = []
    for entry in entries {
      guard let layer = inputLayer(entry.value, &context) else { continue }
      let span = entry.keySpan
      var input = layer.input(named: entry.key)
      input.batchSize = input.batchSize ?? batchSize
      read.append((.init(entry.key, at: span), input))
    }
    return read.count == entries.count ? read : nil
  }

  /// `[28, 28]`, or `{shape: [100], dtype: int32}`.
  private func inputLayer(_ node: ConfigNode, _ context: inout CheckContext) -> InputLayer? {
    if let entries = node.entries {
      let rest = ConfigNode(.map(entries.filter { $0.key != "dtype" }), span: node.span)
      guard var layer = InputLayer.schema.decode(rest, into: &context.bag) else { return nil }
      guard let dtype = node["dtype"] else { return layer }
      return context.bag.collect { () throws(Diagnostic) in
        try layer.take(type: dtype)
        return layer
      }
    }
    return context.bag.collect { () throws(Diagnostic) in
      let shape = try SampleShape(config: node)
      if let mistake = SampleShape.check(shape) {
        throw Diagnostic(
          "E0202", "an input's shape \(mistake)", at: node.span.map { .init($0, "found \(node.json)") })
      }
      return InputLayer(shape.axes)
    }
  }

  /// The outputs named, or the last layer.
  private func readOutputs(_ last: ConfigNode.Entry?) -> [FunctionalBuilder.Word] {
    if outputs.isAbsent { return last.map { [.init($0.key, at: $0.keySpan)] } ?? [] }
    return (outputs.list ?? [outputs]).map { .init($0.string ?? $0.json, at: $0.span) }
  }

  /// Whether the outputs that are named are some, each once.
  func hasRightOutputs(_ context: inout CheckContext) -> Bool {
    var isRight = true
    if outputs.list?.isEmpty == true {
      context.bag.report(.noOutputs(name, at: outputs.span))
      isRight = false
    }
    var seen: [String: SourceSpan?] = [:]
    for node in outputs.list ?? [] {
      if let earlier = seen.updateValue(node.span, forKey: node.string ?? node.json) {
        context.bag.report(.repeatedOutput(node.sketch, at: node.span, earlier: earlier))
        isRight = false
      }
    }
    return isRight
  }

  /// `concat: {Concatenate: {}, from: [wide, hidden2]}`.
  private func entry(
    _ entry: ConfigNode.Entry, _ parts: inout [String: String], _ context: inout CheckContext
  ) -> FunctionalBuilder.Entry? {
    let word = FunctionalBuilder.Word(entry.key, at: entry.keySpan)
    guard !entry.key.isEmpty, !entry.key.contains("/"), !entry.key.contains(".") else {
      context.bag.report(.badLayerName(entry.key, at: entry.keySpan))
      return nil
    }
    guard let settings = entry.value.entries, let from = entry.value["from"] else {
      context.bag.report(.noFrom(entry))
      return nil
    }
    let (sources, named, flags) = arguments(from)
    guard !sources.isEmpty else {
      context.bag.report(.noFrom(entry))
      return nil
    }
    let rest = settings.filter { $0.key != "from" }
    if rest.count == 1, rest[0].key == "layer" {
      let shared = rest[0].value
      return .init(
        word, .again(.init(shared.string ?? shared.json, at: shared.span)), from: sources,
        named: named, flags: flags)
    }
    if let used = rest.first(where: { $0.key == "model" }) {
      guard let found = context.model(used.value), let part = used.value.string else { return nil }
      for other in rest where other.key != "model" && other.key != "trainable" {
        context.bag.report(.unknownKey(other, of: "a model used as a layer", known: ["from", "trainable"]))
        return nil
      }
      let trainable = rest.first { $0.key == "trainable" }?.value
      let isTrainable = context.bag.collect { () throws(Diagnostic) in
        try trainable.map { node throws(Diagnostic) in try Bool(config: node) } ?? true
      }
      guard let isTrainable else { return nil }
      parts[entry.key] = part
      var layer = NamedLayer(entry.key, found.model, isTrainable: isTrainable, at: entry.keySpan)
      if trainable != nil && isTrainable { layer = layer.trainingEverything }
      return .init(word, .layer(layer), from: sources, named: named, flags: flags)
    }
    let node = ConfigNode(.map(rest), span: entry.value.span)
    guard
      let layer = LayerRegistry.decode([node], among: context.vocabulary.layers, into: &context.bag)?.first
    else {
      return nil
    }
    return .init(word, .layer(layer), from: sources, named: named, flags: flags)
  }

  private typealias Word = FunctionalBuilder.Word

  /// `x`, `[x, y]`, or by name `{query: x, value: y, use_causal_mask: true}`.
  private func arguments(_ from: ConfigNode) -> (sources: [Word], named: [Word], flags: [Word]) {
    func word(_ node: ConfigNode) -> Word { Word(node.string ?? node.json, at: node.span) }
    guard let entries = from.entries else { return ((from.list ?? [from]).map(word), [], []) }
    var found: (sources: [Word], named: [Word], flags: [Word]) = ([], [], [])
    for entry in entries {
      let name = Word(entry.key, at: entry.keySpan)
      if case .bool(let isOn) = entry.value.content {
        if isOn { found.flags.append(name) }
        continue
      }
      for node in entry.value.list ?? [entry.value] {
        found.sources.append(word(node))
        found.named.append(name)
      }
    }
    return found
  }
}

extension Diagnostic {
  /// E0334: a layer of a graph that does not say what it is called on.
  static func noFrom(_ entry: ConfigNode.Entry) -> Diagnostic {
    Diagnostic(
      "E0334", "'\(entry.key)' does not say what it is called from",
      at: (entry.keySpan ?? entry.value.span).map { Label($0, "no 'from'") },
      help: "add the inputs or layers it takes: '\(entry.key): {Dense: {units: 30}, from: x}'")
  }

  /// E0356: a model without outputs.
  static func noOutputs(_ model: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0356", "'\(model)' has no outputs", at: span.map { Label($0, "empty") },
      help: "name at least one layer, or remove 'outputs:' to have the last one")
  }

  /// E0356: an output that is named twice.
  static func repeatedOutput(_ output: String, at span: SourceSpan?, earlier: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0356", "\(output) is an output twice", at: span.map { Label($0, "again here") },
      related: earlier.map { [Label($0, "first here")] } ?? [],
      help: "losses and targets tell outputs apart by their names; keep one of the two")
  }

  /// E0335: a name that could not be told from a path.
  static func badLayerName(_ name: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0335", "'\(name)' cannot be the name of a layer", at: span.map { Label($0, "has '/' or '.'") },
      help: "use letters, digits, '_' and '-'")
  }
}
