package import Config
package import Datasets
package import Diagnostics
import Layers
import Training

/// The data sets, models and trainings that cells have defined, by name.
package struct NameTable {
  /// What a name stands for.
  package struct Declared<Content> {
    package var content: Content
    package var span: SourceSpan?
  }
  package fileprivate(set) var data: [String: Declared<DataShape>] = [:]
  package fileprivate(set) var models: [String: Declared<ModelInfo>] = [:]
  package fileprivate(set) var trainings: [String: TrainingInfo] = [:]
  /// Models that were compiled in the file they are from.
  fileprivate var compiled: Set<String> = []
  /// Names whose cell was wrong: what follows from that is not reported again.
  fileprivate var broken: Set<String> = []
  /// Kinds of things of which one has no usable name.
  fileprivate var kindsWithoutName: Set<String> = []
  /// Where names were used, in the order of the file.
  package fileprivate(set) var uses: [(name: String, span: SourceSpan)] = []

  package var modelNames: [String] { models.keys.sorted() }

  /// Whether the cell that would have defined a model was wrong.
  package func isModelBroken(_ model: String?) -> Bool { model.map(broken.contains) ?? false }
  package func isTrainingBroken(_ model: String) -> Bool { broken.contains("train \(model)") }

  /// How a model that came from a file is compiled by now.
  package func compilation(of model: String) -> TrainingInfo? {
    compiled.contains(model) ? trainings[model] : nil
  }

  package mutating func declareBroken(_ name: String?, keyword: String?) {
    guard let name else { return }
    if keyword != "train" { broken.insert(name) }
    if keyword == "train" || keyword == nil { broken.insert("train \(name)") }
  }
}

extension CheckContext {
  /// The name behind a keyword.
  package mutating func name(_ subject: ConfigNode, of keyword: String) -> String? {
    guard let name = subject.string, !name.isEmpty,
      name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" })
    else {
      bag.report(.needsName(keyword, subject))
      names.kindsWithoutName.insert(keyword == "data" ? "data set" : keyword)
      return nil
    }
    return name
  }

  package mutating func declare(data shape: DataShape, as name: String, at span: SourceSpan?) {
    if isFree(name, at: span) { names.data[name] = .init(content: shape, span: span) }
  }

  package mutating func declare(_ model: ModelInfo, at span: SourceSpan?) {
    let name = model.model.name
    if isFree(name, at: span) { names.models[name] = .init(content: model, span: span) }
  }

  package mutating func declare(_ training: TrainingInfo, of model: String) {
    names.trainings[model] = training
    results.declare(training.logs + ["epochs"], of: model)
  }

  /// Declares how a model is compiled in the file it is from.
  package mutating func declare(compilation training: TrainingInfo, of model: String) {
    declare(training, of: model)
    names.compiled.insert(model)
  }

  /// Whether a name may be given; one that is taken is reported.
  mutating func isFree(_ name: String, at span: SourceSpan?) -> Bool {
    guard names.data[name] != nil || names.models[name] != nil else { return true }
    let taken = names.data[name]?.span ?? names.models[name]?.span
    // Below, it might be meant to be this one.
    names.broken.formUnion([name, "train \(name)"])
    bag.report(.repeatedName(name, at: span, earlier: taken))
    return false
  }

  /// The model a cell names.
  package mutating func model(_ node: ConfigNode) -> ModelInfo? {
    find(node, as: "model", among: names.models.mapValues(\.content))
  }

  /// The training of the model a cell names.
  package mutating func training(_ node: ConfigNode) -> TrainingInfo? {
    guard model(node) != nil, let name = node.string else { return nil }
    if let training = names.trainings[name] { return training }
    if !names.isTrainingBroken(name) { bag.report(.notTrained(name, at: node.span)) }
    return nil
  }

  /// The data set and the part that `fashion.test` names; without a part the one given.
  /// - Parameter orModel: whether a model would do too, for the words of what is wrong.
  package mutating func part(_ node: ConfigNode, default part: String = "train", orModel: Bool = false)
    -> DataPartInfo?
  {
    if node.isAbsent { return nil }
    guard let text = node.string else {
      bag.report(.mismatch(node, "the name of a data set, or of a part such as NAME.test"))
      return nil
    }
    let words = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let owner = ConfigNode(.string(words[0]), span: node.span)
    let (what, others) = orModel ? ("data set or model", names.modelNames) : ("data set", [])
    guard let shape = find(owner, as: what, among: names.data.mapValues(\.content), or: others) else {
      return nil
    }
    let wanted = words.count > 1 ? words[1] : part
    guard shape.partNames.contains(wanted) else {
      guard isFirst("part \(words[0]).\(wanted)") else { return nil }
      bag.report(.noSuchPart(wanted, of: words[0], parts: shape.partNames, at: node.span))
      return nil
    }
    return DataPartInfo(data: words[0], part: wanted, shape: shape)
  }

  private mutating func find<T>(
    _ node: ConfigNode, as what: String, among known: [String: T], or others: [String] = []
  ) -> T? {
    // What is missing was said already; a cell without a subject has the place of its keyword.
    if node.isAbsent && node.span == nil { return nil }
    guard let name = node.string else {
      bag.report(.mismatch(node, "the name of a \(what)"))
      return nil
    }
    if let found = known[name] {
      if let span = node.span { names.uses.append((name, span)) }
      return found
    }
    let isLost = names.broken.contains(name) || names.kindsWithoutName.contains { what.hasPrefix($0) }
    if !isLost { bag.report(.undefined(what, name, known: (known.keys + others).sorted(), at: node.span)) }
    return nil
  }
}

extension Diagnostic {
  /// E0208: a cell without a usable name.
  fileprivate static func needsName(_ keyword: String, _ subject: ConfigNode) -> Diagnostic {
    let isName = subject.string != nil
    return Diagnostic(
      "E0208", isName ? "\(subject.sketch) cannot be the name of a cell" : "'\(keyword)' needs a name",
      at: subject.span.map { Label($0, isName ? "letters, digits, '_' and '-' only" : "no name") },
      help: "write '- \(keyword): NAME'; later cells refer to it")
  }

  /// E0209: a name that is taken.
  fileprivate static func repeatedName(_ name: String, at span: SourceSpan?, earlier: SourceSpan?)
    -> Diagnostic
  {
    Diagnostic(
      "E0209", "the name '\(name)' is taken", at: span.map { Label($0, "again here") },
      related: earlier.map { [Label($0, "first here")] } ?? [],
      help: "data sets and models share one list of names")
  }

  /// E0211: a name that no cell above defines.
  fileprivate static func undefined(_ what: String, _ name: String, known: [String], at span: SourceSpan?)
    -> Diagnostic
  {
    let near = nearest(to: name, in: known)
    let list =
      known.isEmpty ? "no \(what) is defined above" : "defined above: " + known.joined(separator: ", ")
    return Diagnostic(
      "E0211", "there is no \(what) '\(name)'", at: span.map { Label($0, "not defined above") },
      help: near.map { "did you mean '\($0)'?" } ?? list,
      fix: near.flatMap { near in span.map { Fix($0, replacement: near) } })
  }

  /// E0212: a part that a data set does not have.
  fileprivate static func noSuchPart(_ part: String, of data: String, parts: [String], at span: SourceSpan?)
    -> Diagnostic
  {
    Diagnostic(
      "E0212", "'\(data)' has no part '\(part)'",
      at: span.map { Label($0, "parts: " + parts.joined(separator: ", ")) },
      help: part == "validation" || part == "test"
        ? "add '\(part): 0.1' to the 'split' of the data cell"
        : nearest(to: part, in: parts).map { "did you mean '\(data).\($0)'?" }
          ?? "write one of \(parts.map { "\(data).\($0)" }.joined(separator: ", "))")
  }

  /// E0213: a model that has not been trained above.
  fileprivate static func notTrained(_ model: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0213", "'\(model)' is not trained above this cell", at: span.map { Label($0, "needs a training") },
      help:
        "add '- train: \(model)' before it; it sets the loss and the metrics, also of a model without weights"
    )
  }
}
