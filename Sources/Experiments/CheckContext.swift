import Config
import Datasets
public import Diagnostics
import ExpLanguage
import Layers
import TensorCore
import Training

/// What is known before running: names with their kinds and shapes. Cells are checked from the top down, and a name can
/// only be used below the cell that defines it.
public struct CheckContext {
  /// What a name stands for.
  struct Declared<Content> {
    var content: Content
    var span: SourceSpan?
  }
  struct ModelInfo {
    var model: Sequential
    var trace: Trace
  }
  struct TrainingInfo {
    var settings: CompileSettings
    var data: String
    var logs: [String]
  }

  public internal(set) var bag = DiagnosticBag()
  let sources: SourceFiles
  let parameters: Parameters
  let dataEnvironment: DataEnvironment
  let seed: UInt64
  private(set) var data: [String: Declared<DataShape>] = [:]
  private(set) var models: [String: Declared<ModelInfo>] = [:]
  private(set) var trainings: [String: TrainingInfo] = [:]
  /// Results that `check:` and prose may name, in the order they come to be.
  private(set) var results: [String] = []
  /// Names whose cell was wrong: what follows from that is not reported again.
  private var broken: Set<String> = []
  private var files: Set<String> = []

  init(sources: SourceFiles, parameters: Parameters, dataEnvironment: DataEnvironment, seed: UInt64) {
    self.sources = sources
    self.parameters = parameters
    self.dataEnvironment = dataEnvironment
    self.seed = seed
  }

  var modelNames: [String] { models.keys.sorted() }

  /// The name behind a keyword.
  mutating func name(_ subject: ConfigNode, of keyword: String) -> String? {
    guard let name = subject.string, !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" })
    else {
      bag.report(.needsName(keyword, at: subject.span))
      return nil
    }
    return name
  }

  mutating func declare(data shape: DataShape, as name: String, at span: SourceSpan?) {
    if isFree(name, at: span) { data[name] = Declared(content: shape, span: span) }
  }

  mutating func declare(_ model: Sequential, _ trace: Trace, at span: SourceSpan?) {
    if isFree(model.name, at: span) {
      models[model.name] = Declared(content: ModelInfo(model: model, trace: trace), span: span)
    }
  }

  mutating func declare(_ training: TrainingInfo, of model: String) {
    trainings[model] = training
    declare(results: training.logs + ["epochs"], of: model)
  }

  mutating func declare(results names: [String], of owner: String) {
    for name in names where !results.contains("\(owner).\(name)") { results.append("\(owner).\(name)") }
  }

  /// The cell that would have defined a name was wrong.
  mutating func declareBroken(_ name: String) { broken.insert(name) }

  /// A file that a cell writes into the run's folder.
  mutating func claim(file: String, at span: SourceSpan?) {
    if !files.insert(file).inserted { bag.report(.repeatedFile(file, at: span)) }
  }

  private mutating func isFree(_ name: String, at span: SourceSpan?) -> Bool {
    let taken = data[name]?.span ?? models[name]?.span
    guard data[name] != nil || models[name] != nil else { return true }
    bag.report(.repeatedName(name, at: span, earlier: taken))
    return false
  }

  /// The model a cell names.
  mutating func model(_ node: ConfigNode) -> ModelInfo? {
    find(node, "model", models.mapValues(\.content))
  }

  /// The training of the model a cell names.
  mutating func training(_ node: ConfigNode) -> TrainingInfo? {
    guard model(node) != nil, let name = node.string else { return nil }
    if let training = trainings[name] { return training }
    if !broken.contains("train \(name)") { bag.report(.notTrained(name, at: node.span)) }
    return nil
  }

  /// The data set and the part that `fashion.test` names; without a part the one given.
  mutating func part(_ node: ConfigNode, default part: String = "train") -> (data: String, part: String, shape: DataShape)? {
    guard let text = node.string else {
      bag.report(.mismatch(node, "the name of a data set, or of a part such as NAME.test"))
      return nil
    }
    let words = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let shape = find(ConfigNode(.string(words[0]), span: node.span), "data set", data.mapValues(\.content)) else {
      return nil
    }
    let wanted = words.count > 1 ? words[1] : part
    guard shape.partNames.contains(wanted) else {
      bag.report(.noSuchPart(wanted, of: words[0], parts: shape.partNames, at: node.span))
      return nil
    }
    return (words[0], wanted, shape)
  }

  private mutating func find<T>(_ node: ConfigNode, _ what: String, _ known: [String: T]) -> T? {
    guard let name = node.string else {
      bag.report(.mismatch(node, "the name of a \(what)"))
      return nil
    }
    if let found = known[name] { return found }
    if !broken.contains(name) { bag.report(.undefined(what, name, known: known.keys.sorted(), at: node.span)) }
    return nil
  }
}

extension DataShape {
  var partNames: [String] {
    ["train"] + (validationCount == nil ? [] : ["validation"]) + (testCount == nil ? [] : ["test"])
  }

  func count(of part: String) -> Int {
    part == "train" ? trainCount : (part == "validation" ? validationCount : testCount) ?? 0
  }
}

extension Diagnostic {
  /// E0208: a cell without a usable name.
  static func needsName(_ keyword: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0208", "'\(keyword)' needs a name", at: span.map { Label($0, "letters, digits, '_' and '-'") },
      help: "write '- \(keyword): NAME'; later cells refer to it")
  }

  /// E0209: a name that is taken.
  static func repeatedName(_ name: String, at span: SourceSpan?, earlier: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0209", "the name '\(name)' is taken", at: span.map { Label($0, "again here") },
      related: earlier.map { [Label($0, "first here")] } ?? [], help: "data sets and models share one list of names")
  }

  /// E0211: a name that no cell above defines.
  static func undefined(_ what: String, _ name: String, known: [String], at span: SourceSpan?) -> Diagnostic {
    let near = nearest(to: name, in: known)
    let list = known.isEmpty ? "no \(what) is defined above" : "defined above: " + known.joined(separator: ", ")
    return Diagnostic(
      "E0211", "there is no \(what) '\(name)'", at: span.map { Label($0, "not defined above") },
      help: near.map { "did you mean '\($0)'?" } ?? list,
      fix: near.flatMap { near in span.map { Fix($0, replacement: near) } })
  }

  /// E0212: a part that a data set does not have.
  static func noSuchPart(_ part: String, of data: String, parts: [String], at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0212", "'\(data)' has no part '\(part)'", at: span.map { Label($0, "parts: " + parts.joined(separator: ", ")) },
      help: part == "validation"
        ? "add 'split: {validation: 0.1}' to the data cell" : nearest(to: part, in: parts).map { "did you mean '\(data).\($0)'?" }
          ?? "write one of \(parts.map { "\(data).\($0)" }.joined(separator: ", "))")
  }

  /// E0213: a model that has not been trained above.
  static func notTrained(_ model: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0213", "'\(model)' is not trained above this cell", at: span.map { Label($0, "needs a training") },
      help: "add '- train: \(model)' before it")
  }

  /// E0214: two cells that write one file.
  static func repeatedFile(_ file: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0214", "'\(file)' is written twice", at: span.map { Label($0, "again here") },
      help: "give one of the cells another name with 'file: NAME'")
  }
}
