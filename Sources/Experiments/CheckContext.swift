import Config
import Datasets
public import Diagnostics
import ExpLanguage
import Layers
import Losses
import ModelScripts
import RunEvents
import TensorCore
import Training

/// What is known before running: names with their kinds and shapes.
///
/// Cells are checked from the top down, and a name can only be used below the cell that defines it.
public struct CheckContext {
  /// What a name stands for.
  struct Declared<Content> {
    var content: Content
    var span: SourceSpan?
  }
  public internal(set) var bag = DiagnosticBag()
  let sources: SourceFiles
  let parameters: Parameters
  let dataEnvironment: DataEnvironment
  let seed: UInt64
  private(set) var data: [String: Declared<DataShape>] = [:]
  private(set) var models: [String: Declared<ModelInfo>] = [:]
  private(set) var trainings: [String: TrainingInfo] = [:]
  /// Every layer that models below may use: the registry's, and those of cells.
  private(set) var layers = LayerRegistry.all
  private(set) var losses = LossRegistry.all
  private(set) var metrics = MetricRegistry.all
  private(set) var activations: [String: Activation.Function] = [:]
  /// Whether a function or a layer was wrong, so that unknown ones are not reported.
  private var areFunctionsLost = false
  private var areLayersLost = false
  /// The functions of cells.
  private(set) var functions: [ScriptedFunction] = []
  /// Results that `check:` and prose may name, in the order they come to be.
  private(set) var results: [String] = []
  /// Names whose cell was wrong: what follows from that is not reported again.
  private var broken: Set<String> = []
  /// Models by the files of the run's folder that they are saved in.
  private var savedModels: [String: String] = [:]
  /// Whether a cell with results was wrong, so that it is not known which results there are.
  private var areResultsLost = false
  /// Settings of the cell at hand that were wrong, or written under a wrong name.
  var wrongSettings: Set<String> = []
  /// The settings of the cell at hand as they were written.
  var writtenSettings: [ConfigNode.Entry] = []
  /// Models whose figures need the lengths of their gradients, so that trainings record them.
  var gradientModels: Set<String> = []
  /// The place of the cell at hand in the file, from 0.
  var cellIndex = 0
  /// All of the cell at hand.
  var wholeSpan: SourceSpan?
  /// What is remembered of data.
  var shapes: DataShapeCache?
  /// The first word of the cell at hand, where what is missing in it is shown.
  var cellSpan: SourceSpan?
  /// The files that the experiment reads.
  private(set) var inputs: [RunInput] = []
  /// The runs that models may come from.
  var earlier = EarlierRuns()
  /// The trainings of the cells above.
  var jobs: [(cell: Int, job: TrainingJob)] = []
  /// What trainings start from, if the header says so.
  var starts: StartingPoints?
  /// Models that were compiled in the file they are from.
  private var compiled: Set<String> = []
  private let unresolved: Set<String>
  /// Kinds of things of which one has no usable name.
  private var areNamesLost: Set<String> = []
  /// What was reported once and would follow from it elsewhere.
  private var said: Set<String> = []
  private var files: [String: SourceSpan?] = [:]
  private var series: [String: SourceSpan?] = [:]

  /// - Parameter unresolved: parameters that are declared, but whose values are wrong.
  init(
    sources: SourceFiles, parameters: Parameters, unresolved: Set<String>, dataEnvironment: DataEnvironment,
    seed: UInt64
  ) {
    self.sources = sources
    self.parameters = parameters
    self.unresolved = unresolved
    self.dataEnvironment = dataEnvironment
    self.seed = seed
  }

  var modelNames: [String] { models.keys.sorted() }

  /// Notes that files are read, once.
  mutating func use(_ read: [RunInput]) {
    for input in read where !inputs.contains(input) { inputs.append(input) }
  }

  /// The name behind a keyword.
  mutating func name(_ subject: ConfigNode, of keyword: String) -> String? {
    guard let name = subject.string, !name.isEmpty,
      name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" })
    else {
      bag.report(.needsName(keyword, subject))
      areNamesLost.insert(keyword == "data" ? "data set" : keyword)
      return nil
    }
    return name
  }

  mutating func declare(data shape: DataShape, as name: String, at span: SourceSpan?) {
    if isFree(name, at: span) { data[name] = Declared(content: shape, span: span) }
  }

  mutating func declare(_ model: ModelInfo, at span: SourceSpan?) {
    let name = model.model.name
    if isFree(name, at: span) { models[name] = Declared(content: model, span: span) }
  }

  mutating func declare(layer: Registry<any Layer>.Entry, named name: String, at span: SourceSpan?) {
    if isFree(name, at: span) { layers = layers.adding([layer]) }
  }

  /// Makes a function known to bodies below; with two parameters also as a loss and a metric, with one as an
  /// activation.
  mutating func declare(function: ScriptedFunction) {
    functions.append(function)
    switch function.requiredCount {
    case 1: activations[function.name] = { try function.call([$0]) }
    case 2:
      losses = losses.adding([ScriptedLoss.entry(function)])
      metrics = metrics.adding([ScriptedMetric.entry(function)])
    default: break
    }
  }

  mutating func declare(_ training: TrainingInfo, of model: String) {
    trainings[model] = training
    declare(results: training.logs + ["epochs"], of: model)
  }

  /// Declares how a model is compiled in the file it is from.
  mutating func declare(compilation training: TrainingInfo, of model: String) {
    declare(training, of: model)
    compiled.insert(model)
  }

  /// How a model that came from a file is compiled by now.
  func compilation(of model: String) -> TrainingInfo? { compiled.contains(model) ? trainings[model] : nil }

  private mutating func declare(results names: [String], of owner: String) {
    for name in names where !results.contains("\(owner).\(name)") { results.append("\(owner).\(name)") }
  }

  /// Results of an evaluation, under a name of their own.
  mutating func declare(results names: [String], of owner: String, at span: SourceSpan?) {
    if let earlier = series[owner] ?? models[owner]?.span {
      bag.report(.repeatedResults(owner, at: span, earlier: earlier))
    }
    series[owner] = .some(span)
    declare(results: names, of: owner)
  }

  /// The cell that would have defined a name was wrong.
  /// - Parameter keyword: `nil` for a cell of unknown kind, which might have been any.
  mutating func declareBroken(_ name: String?, keyword: String?) {
    if let name, keyword != "train" { broken.insert(name) }
    if let name, keyword == "train" || keyword == nil { broken.insert("train \(name)") }
    if keyword == "train" || keyword == "evaluate" || keyword == nil { areResultsLost = true }
    // Models that use a layer or function that was wrong are wrong for that reason only.
    if let name, keyword == "layer" || keyword == nil, layers.find(name) == nil {
      layers = layers.adding([.init(name, "", defaults: nil) { _, _, _ in nil }])
    }
    if keyword == "function" || keyword == nil { areFunctionsLost = true }
    if keyword == "layer" || keyword == nil { areLayersLost = true }
  }

  /// Whether a name is unknown only because the cell that would have defined it was wrong.
  func follows(_ mistake: Diagnostic) -> Bool {
    guard case .unknownName(_, let kind, isNearKnown: false) = mistake.cause else { return false }
    switch mistake.code {
    case "E0206": return kind == LayerRegistry.all.kind ? areLayersLost : areFunctionsLost
    case "E0321": return areFunctionsLost
    default: return false
    }
  }

  /// What prose and expectations may name: parameters, and results with some number in their place.
  var expressionScope: ScriptScope {
    let (results, parameters, unresolved, areResultsLost) = (
      results, parameters.scope, unresolved, areResultsLost
    )
    var scope = ScriptScope("parameter or result", names: results + parameters.names) { name in
      if let value = parameters.lookup(name) { return value }
      if results.contains(name) || unresolved.contains(name) || (areResultsLost && name.contains(".")) {
        return name.hasSuffix(".epochs") ? .int(7) : .double(0.618)
      }
      return nil
    }
    scope.absence = "results such as test.accuracy come from 'train' and 'evaluate' cells above"
    return scope
  }

  /// Tries an expression before its results are known; what only depends on their values is no mistake.
  mutating func tryOut(_ names: [String], _ body: () throws(Diagnostic) -> Void) -> Bool {
    do throws(Diagnostic) {
      try body()
    } catch {
      if error.code == "E0123" && names.contains(where: { $0.contains(".") }) { return true }
      bag.report(error)
      return false
    }
    return true
  }

  /// Says that a cell saves a model as a file of the run's folder, so that later cells can load it.
  mutating func declareSaved(_ model: String, as file: String) { savedModels[Self.plain(file)] = model }

  /// The model that an earlier cell saves under a name.
  func savedModel(in file: String) -> String? { savedModels[Self.plain(file)] }

  private static func plain(_ file: String) -> String {
    file.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
  }

  /// A file that a cell writes into the run's folder.
  mutating func claim(file: String, at span: SourceSpan?) {
    let path = Self.plain(file)
    if let earlier = files[path] {
      bag.report(.repeatedFile(path, at: span, earlier: earlier))
    } else {
      files[path] = .some(span)
    }
  }

  private mutating func isFree(_ name: String, at span: SourceSpan?) -> Bool {
    let taken = data[name]?.span ?? models[name]?.span
    guard data[name] != nil || models[name] != nil else { return true }
    // Below, it might be meant to be this one.
    broken.formUnion([name, "train \(name)"])
    bag.report(.repeatedName(name, at: span, earlier: taken))
    return false
  }

  /// The model a cell names.
  mutating func model(_ node: ConfigNode) -> ModelInfo? {
    find(node, as: "model", among: models.mapValues(\.content))
  }

  /// The training of the model a cell names.
  mutating func training(_ node: ConfigNode) -> TrainingInfo? {
    guard model(node) != nil, let name = node.string else { return nil }
    if let training = trainings[name] { return training }
    if !broken.contains("train \(name)") { bag.report(.notTrained(name, at: node.span)) }
    return nil
  }

  /// The data set and the part that `fashion.test` names; without a part the one given.
  /// - Parameter orModel: whether a model would do too, for the words of what is wrong.
  mutating func part(_ node: ConfigNode, default part: String = "train", orModel: Bool = false)
    -> DataPartInfo?
  {
    if node.isAbsent { return nil }
    guard let text = node.string else {
      bag.report(.mismatch(node, "the name of a data set, or of a part such as NAME.test"))
      return nil
    }
    let words = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let owner = ConfigNode(.string(words[0]), span: node.span)
    let (what, others) = orModel ? ("data set or model", modelNames) : ("data set", [])
    guard let shape = find(owner, as: what, among: data.mapValues(\.content), or: others) else { return nil }
    let wanted = words.count > 1 ? words[1] : part
    guard shape.partNames.contains(wanted) else {
      guard isFirst("part \(words[0]).\(wanted)") else { return nil }
      bag.report(.noSuchPart(wanted, of: words[0], parts: shape.partNames, at: node.span))
      return nil
    }
    return DataPartInfo(data: words[0], part: wanted, shape: shape)
  }

  /// Whether a mistake is said for the first time.
  mutating func isFirst(_ mistake: String) -> Bool { said.insert(mistake).inserted }

  /// Whether the cell that would have defined a model was wrong.
  func isModelBroken(_ model: String?) -> Bool { model.map(broken.contains) ?? false }

  func isTrainingBroken(_ model: String) -> Bool { broken.contains("train \(model)") }

  private mutating func find<T>(
    _ node: ConfigNode, as what: String, among known: [String: T], or others: [String] = []
  ) -> T? {
    // What is missing was said already; a cell without a subject has the place of its keyword.
    if node.isAbsent && node.span == nil { return nil }
    guard let name = node.string else {
      bag.report(.mismatch(node, "the name of a \(what)"))
      return nil
    }
    if let found = known[name] { return found }
    let isLost = broken.contains(name) || areNamesLost.contains { what.hasPrefix($0) }
    if !isLost { bag.report(.undefined(what, name, known: (known.keys + others).sorted(), at: node.span)) }
    return nil
  }
}

extension DataShape {
  var partNames: [String] {
    ["train"] + (validationCount == nil ? [] : ["validation"]) + (testCount == nil ? [] : ["test"])
  }
}

extension DataShape.Array {
  /// A batch of rows.
  var batchType: TensorType { TensorType([.batch] + rowShape.map { .size($0) }, element) }
}

extension Diagnostic {
  /// E0208: a cell without a usable name.
  static func needsName(_ keyword: String, _ subject: ConfigNode) -> Diagnostic {
    let isName = subject.string != nil
    return Diagnostic(
      "E0208", isName ? "\(subject.sketch) cannot be the name of a cell" : "'\(keyword)' needs a name",
      at: subject.span.map { Label($0, isName ? "letters, digits, '_' and '-' only" : "no name") },
      help: "write '- \(keyword): NAME'; later cells refer to it")
  }

  /// E0209: a name that is taken.
  static func repeatedName(_ name: String, at span: SourceSpan?, earlier: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0209", "the name '\(name)' is taken", at: span.map { Label($0, "again here") },
      related: earlier.map { [Label($0, "first here")] } ?? [],
      help: "data sets and models share one list of names")
  }

  /// E0209: results under a name that is taken.
  static func repeatedResults(_ name: String, at span: SourceSpan?, earlier: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0209", "there are results called '\(name)' already", at: span.map { Label($0, "again here") },
      related: earlier.map { [Label($0, "first here")] } ?? [],
      help: "give these another name with 'name: NAME'")
  }

  /// E0211: a name that no cell above defines.
  static func undefined(_ what: String, _ name: String, known: [String], at span: SourceSpan?) -> Diagnostic {
    let near = nearest(to: name, in: known)
    let list =
      known.isEmpty ? "no \(what) is defined above" : "defined above: " + known.joined(separator: ", ")
    return Diagnostic(
      "E0211", "there is no \(what) '\(name)'", at: span.map { Label($0, "not defined above") },
      help: near.map { "did you mean '\($0)'?" } ?? list,
      fix: near.flatMap { near in span.map { Fix($0, replacement: near) } })
  }

  /// E0212: a part that a data set does not have.
  static func noSuchPart(_ part: String, of data: String, parts: [String], at span: SourceSpan?) -> Diagnostic
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
  static func notTrained(_ model: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0213", "'\(model)' is not trained above this cell", at: span.map { Label($0, "needs a training") },
      help:
        "add '- train: \(model)' before it; it sets the loss and the metrics, also of a model without weights"
    )
  }

  /// E0214: two cells that write one file.
  static func repeatedFile(_ file: String, at span: SourceSpan?, earlier: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0214", "'\(file)' is written twice", at: span.map { Label($0, "again here") },
      related: earlier.map { [Label($0, "first here")] } ?? [],
      help: "give one of the cells another name with 'file: NAME'")
  }
}
