import Config
public import Diagnostics

/// A functional model as it is written: entries that say which values they are called on, in any order.
public struct FunctionalBuilder {
  /// A word with the place it was written.
  public struct Word: Sendable {
    public var text: String
    public var span: SourceSpan?
    public init(_ text: String, at span: SourceSpan? = nil) {
      self.text = text
      self.span = span
    }
  }

  /// What an entry calls.
  public enum Part: Sendable {
    /// A layer of its own, or a model used as one, under the entry's name.
    case layer(NamedLayer)
    /// A layer of another entry once more, with the same weights.
    case again(Word)
  }

  public struct Entry: Sendable {
    public var name: Word
    public var part: Part
    /// `hidden`, or `encoder.mean` for one of several outputs of a model.
    public var from: [Word]
    /// Arguments by their names: a value's names one of ``from``, the last ones in their order; a flag's stand alone.
    public var named: [Word]
    public var flags: [Word]
    public init(_ name: Word, _ part: Part, from: [Word], named: [Word] = [], flags: [Word] = []) {
      self.name = name
      self.part = part
      self.from = from
      self.named = named
      self.flags = flags
    }
  }

  public var name: String
  public var inputs: [(word: Word, input: ModelInput)]
  public var entries: [Entry]
  public var outputs: [Word]

  public init(
    _ name: String, inputs: [(word: Word, input: ModelInput)], entries: [Entry], outputs: [Word]
  ) {
    self.name = name
    self.inputs = inputs
    self.entries = entries
    self.outputs = outputs
  }

  /// Orders the entries and connects them.
  ///
  /// Every mistake is reported, `nil` if there was one: E0302 for names that clash, E0336 for unknown names, E0331 for
  /// cycles, E0332 for inputs and layers that lead to no output.
  public func model(into bag: inout DiagnosticBag) -> Functional? {
    var builder = Wiring(self)
    return builder.model(into: &bag)
  }
}

/// The builder at work.
private struct Wiring {
  let plan: FunctionalBuilder
  /// Where a name's value comes from: an input, or an entry.
  private var sources: [String: (call: Int, span: SourceSpan?)] = [:]
  private var hasFailed = false

  init(_ plan: FunctionalBuilder) { self.plan = plan }

  private var names: [String] { plan.inputs.map(\.word.text) + plan.entries.map(\.name.text) }

  mutating func model(into bag: inout DiagnosticBag) -> Functional? {
    for (i, word) in (plan.inputs.map(\.word) + plan.entries.map(\.name)).enumerated() {
      if let earlier = sources[word.text] {
        report(.repeatedLayerName(word.text, at: word.span, earlier: earlier.span), &bag)
      } else {
        sources[word.text] = (i, word.span)
      }
    }
    let inputCount = plan.inputs.count
    // Calls in the order written; numbers become those of a workable order below.
    let layerOf = plan.entries.indices.map { layer(of: $0, &bag) }
    let arranged = plan.entries.indices.map { arrange($0, layerOf[$0], &bag) }
    let from = arranged.map { words, _ in words.map { source($0, &bag) } }
    let outputs = plan.outputs.map { source($0, &bag) }
    guard !hasFailed, let order = order(from, &bag) else { return nil }

    let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, inputCount + $0) })
    func moved(_ source: Functional.Source?) -> Functional.Source {
      guard let source else { return .init(0) }
      return source.call < inputCount
        ? source : .init(places[source.call - inputCount] ?? 0, output: source.output)
    }
    var layers = plan.inputs.map { word, input in
      NamedLayer(word.text, InputLayer(input), at: word.span)
    }
    var layerPlaces: [Int: Int] = [:]
    for (i, entry) in plan.entries.enumerated() {
      guard case .layer(var named) = entry.part else { continue }
      named.name = entry.name.text
      layerPlaces[i] = layers.count
      layers.append(named)
    }
    var calls = plan.inputs.indices.map { Functional.Call(layer: $0, inputs: []) }
    for entry in order {
      let layer = layerOf[entry].flatMap { layerPlaces[$0] } ?? 0
      calls.append(.init(layer: layer, inputs: from[entry].map(moved), named: arranged[entry].names))
    }
    let model = Functional(
      plan.name, layers: layers, calls: calls, inputs: Array(plan.inputs.indices),
      outputs: outputs.map(moved))
    reportUnused(model, &bag)
    return hasFailed ? nil : model
  }

  private mutating func report(_ diagnostic: Diagnostic, _ bag: inout DiagnosticBag) {
    bag.report(diagnostic)
    if diagnostic.severity == .error { hasFailed = true }
  }

  /// The words that an entry is called on, inputs first, and what is given by name.
  private mutating func arrange(
    _ entry: Int, _ owner: Int?, _ bag: inout DiagnosticBag
  ) -> (words: [FunctionalBuilder.Word], names: NamedArguments) {
    let written = plan.entries[entry]
    guard let owner, case .layer(let layer) = plan.entries[owner].part else {
      return (written.from, NamedArguments())
    }
    let unnamed = written.from.count - written.named.count
    let named = zip(written.named.map(\.text), written.from[unnamed...]).map { (name: $0, value: $1) }
    let signature = layer.layer.signature
    let strange =
      written.named.first { !(signature.inputs + signature.values).contains($0.text) }
      ?? written.flags.first { !signature.flags.contains($0.text) }
    do {
      let result = try signature.arranged(
        Array(written.from[..<unnamed]), named: named, flags: written.flags.map(\.text),
        of: "'\(written.name.text)'", at: (strange ?? written.named.first)?.span)
      return (result.values, result.names)
    } catch {
      report(error, &bag)
      return (written.from, NamedArguments())
    }
  }

  /// The value a word names.
  private mutating func source(
    _ word: FunctionalBuilder.Word, _ bag: inout DiagnosticBag
  ) -> Functional.Source? {
    if let found = sources[word.text] { return .init(found.call) }
    // `encoder.mean`: an output of a model by its name.
    let parts = word.text.split(separator: ".", maxSplits: 1).map(String.init)
    if parts.count == 2, let found = sources[parts[0]], let outputs = outputNames(of: found.call) {
      if let output = outputs.firstIndex(of: parts[1]) { return .init(found.call, output: output) }
      report(.unknownOutput(parts[1], of: parts[0], outputs, at: word.span), &bag)
      return nil
    }
    report(.unknownValue(word.text, names, at: word.span), &bag)
    return nil
  }

  private func outputNames(of call: Int) -> [String]? {
    guard call >= plan.inputs.count else { return nil }
    switch plan.entries[call - plan.inputs.count].part {
    case .layer(let named):
      return (named.layer as? any Model)?.outputNames ?? (named.layer as? any RecurrentLayer)?.outputNames
    case .again(let word):
      return sources[word.text].flatMap { $0.call == call ? nil : outputNames(of: $0.call) }
    }
  }

  /// The entry whose layer an entry calls.
  private mutating func layer(of entry: Int, _ bag: inout DiagnosticBag) -> Int? {
    guard case .again(let word) = plan.entries[entry].part else { return entry }
    if let index = plan.entries.firstIndex(where: { $0.name.text == word.text }),
      case .layer = plan.entries[index].part
    {
      return index
    }
    let known = plan.entries.filter { if case .layer = $0.part { true } else { false } }.map(\.name.text)
    report(.unknownValue(word.text, known, at: word.span, what: "layer"), &bag)
    return nil
  }

  /// The entries so that each comes after those it is called on.
  private mutating func order(_ from: [[Functional.Source?]], _ bag: inout DiagnosticBag) -> [Int]? {
    let inputCount = plan.inputs.count
    var order: [Int] = []
    var isPlaced = [Bool](repeating: false, count: plan.entries.count)
    var rest = Array(plan.entries.indices)
    while !rest.isEmpty {
      var waiting: [Int] = []
      for entry in rest {
        let isReady = from[entry].allSatisfy { source in
          guard let source, source.call >= inputCount else { return true }
          return isPlaced[source.call - inputCount]
        }
        if isReady {
          isPlaced[entry] = true
          order.append(entry)
        } else {
          waiting.append(entry)
        }
      }
      if waiting.count == rest.count {
        report(.cycle(cycle(in: waiting, from, isPlaced), plan), &bag)
        return nil
      }
      rest = waiting
    }
    return order
  }

  /// One ring among entries that wait for each other.
  private func cycle(in waiting: [Int], _ from: [[Functional.Source?]], _ isPlaced: [Bool]) -> [Int] {
    var path: [Int] = []
    var entry = waiting[0]
    while !path.contains(entry) {
      path.append(entry)
      let next = from[entry].compactMap { $0.map { $0.call - plan.inputs.count } }
        .first { $0 >= 0 && !isPlaced[$0] }
      guard let next else { return path }
      entry = next
    }
    return Array(path.drop { $0 != entry })
  }

  /// What leads nowhere is a slip: an input is an error, a layer a warning.
  private mutating func reportUnused(_ model: Functional, _ bag: inout DiagnosticBag) {
    var isUsed = [Bool](repeating: false, count: model.calls.count)
    for output in model.outputs { isUsed[output.call] = true }
    for call in model.calls.indices.reversed() where isUsed[call] {
      for source in model.calls[call].inputs { isUsed[source.call] = true }
    }
    for (i, call) in model.calls.enumerated() where !isUsed[i] {
      let layer = model.layers[call.layer]
      report(.leadsNowhere(layer.name, isInput: layer.layer is InputLayer, at: layer.span), &bag)
    }
  }
}

extension Diagnostic {
  /// E0336: a name in a model's graph that nothing has.
  static func unknownValue(
    _ name: String, _ known: [String], at span: SourceSpan?, what: String = "input or layer"
  ) -> Diagnostic {
    let near = nearest(to: name, in: known)
    return Diagnostic(
      "E0336", "there is no \(what) '\(name)' in this model", at: span.map { Label($0, "not known") },
      help: near.map { "did you mean '\($0)'?" } ?? "known: " + known.joined(separator: ", "),
      fix: near.flatMap { near in span.map { Fix($0, replacement: near) } })
  }

  /// E0336: an output that a model used as a layer does not have.
  static func unknownOutput(
    _ name: String, of model: String, _ known: [String], at span: SourceSpan?
  ) -> Diagnostic {
    let near = nearest(to: name, in: known)
    return Diagnostic(
      "E0336", "'\(model)' has no output '\(name)'", at: span.map { Label($0, "not known") },
      help: near.map { "did you mean '\(model).\($0)'?" } ?? "its outputs: " + known.joined(separator: ", "))
  }

  /// E0331: layers that wait for each other.
  static func cycle(_ entries: [Int], _ plan: FunctionalBuilder) -> Diagnostic {
    let names = entries.map { plan.entries[$0].name }
    let chain = (names.map(\.text).reversed() + [names.last?.text ?? ""]).joined(separator: " → ")
    return Diagnostic(
      "E0331", "the layers go in a circle: \(chain)",
      at: names.first?.span.map { Label($0, "needs its own result") },
      related: names.dropFirst().compactMap { name in name.span.map { Label($0, "part of the circle") } },
      help: "a layer can use only what is made before it; unroll recurrences, or write the model with 'call:'"
    )
  }

  /// E0332: an input or a layer from which no way leads to an output.
  static func leadsNowhere(_ name: String, isInput: Bool, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0332", "no output depends on the \(isInput ? "input" : "layer") '\(name)'",
      severity: isInput ? .error : .warning, at: span.map { Label($0, "leads nowhere") },
      help: isInput
        ? "use it in some layer's 'from:', or remove it"
        : "use it in some layer's 'from:', list it in 'outputs:', or remove it")
  }
}
