package import Analysis
public import Running
import Plots
import Config
import Datasets
public import Diagnostics
import ExpLanguage
import Foundation
import Layers

/// What reading and checking a file gave: a plan if there was no mistake, and everything there is to say.
public struct CheckedExperiment {
  public let plan: ExperimentPlan?
  /// In the order of the file.
  public let diagnostics: [Diagnostic]
  public let sources: SourceMap
  private let known: (syntax: ExperimentSyntax, context: CheckContext)?

  /// What the experiment gives names to, made when it is asked for; `nil` for a text that is no experiment.
  package var symbols: SymbolTable? { known.map { SymbolTable($0.syntax, $0.context) } }

  /// Reads and checks a whole file; nothing is run.
  ///
  /// All mistakes are reported in one go, each once.
  public init(_ request: ExperimentRequest) {
    var check = Check(request: request)
    plan = check.plan()
    known = check.known
    // `sorted` is stable: of two mistakes at one place the one found first comes first.
    diagnostics = check.bag.all.sorted { $0.place < $1.place }
    sources = check.sources.map
  }
}

/// The check of one file.
private struct Check {
  let request: ExperimentRequest
  var sources = SourceFiles()
  var bag = DiagnosticBag()
  /// The file as it is written, and what is known after its last cell.
  var known: (syntax: ExperimentSyntax, context: CheckContext)?

  mutating func plan() -> ExperimentPlan? {
    let (bytes, file): ([UInt8], Int32)
    do throws(Diagnostic) {
      bytes = try request.files.text(request.path)
      file = try sources.add(path: request.shownPath, bytes: bytes)
    } catch {
      bag.report(error)
      return nil
    }
    var overrides: [ParameterOverride] = []
    for override in request.overrides {
      do throws(Diagnostic) {
        overrides.append(try override.read(in: &sources))
      } catch {
        bag.report(error)
      }
    }
    var early = DiagnosticBag()
    guard
      let syntax = ExperimentSyntax(
        reading: file, in: sources, cellKeywords: CellRegistry.keywords, into: &early)
    else {
      early.all.forEach { bag.report($0) }
      return nil
    }
    for mistake in early.all where !(mistake.code == "E0112" && Header.isMisspelt("cells", in: syntax.header))
    {
      bag.report(mistake)
    }
    let parameters = Parameters.resolve(syntax.params, overrides: overrides, in: sources, into: &bag)
    var found = DiagnosticBag()
    let resolved = syntax.substituting(parameters, in: sources, into: &found)
    var consequences = Consequences(syntax, parameters)
    consequences.add(found.all, to: &bag)

    let header = Header(reading: resolved.header, into: &bag)
    let seed = request.seed ?? UInt64(max(0, header.seed))
    var environment = DataEnvironment(request.files, seed: seed)
    environment.keepsTables = request.isRunNext
    var context = CheckContext(
      ExperimentFacts(
        sources: sources, parameters: parameters, unresolved: consequences.unresolved,
        environment: environment, shapes: request.shapes),
      earlier: request.earlier)
    if let start = header.resume {
      var earlier = request.earlier
      let files = request.files
      context.starts = context.bag.collect { () throws(Diagnostic) in
        try StartingPoints(start, among: &earlier, in: files)
      }
      context.earlier = earlier
      if let starts = context.starts { context.use([starts.input]) }
    }
    for cell in syntax.lostCells {
      context.declareBroken(nil, keyword: nil)
      for entry in cell.entries ?? [] { context.declareBroken(entry.value.string, keyword: nil) }
    }
    let cells = resolved.cells.enumerated().compactMap { index, cell in plan(cell, index, &context) }
    if let starts = context.starts, !context.bag.hasErrors {
      _ = context.bag.collect { () throws(Diagnostic) in try starts.checkUse() }
    }
    known = (syntax, context)
    consequences.add(context.bag.all.filter { !context.follows($0) }, to: &bag)
    guard !bag.hasErrors else { return nil }
    let name = header.experiment ?? Header.defaultName(request.path)
    return ExperimentPlan(
      path: request.path, name: name, title: header.title ?? name,
      source: String(decoding: bytes, as: UTF8.self), resolved: resolved.text, cells: cells, context)
  }

  private func plan(_ cell: CellSyntax, _ index: Int, _ context: inout CheckContext)
    -> ExperimentPlan.PlannedCell?
  {
    guard let entry = CellRegistry.all.first(where: { $0.keyword == cell.keyword }) else { return nil }
    context.cell.index = index
    let planned = Activation.$functions.withValue(context.vocabulary.activations) {
      entry.plan(cell, &context)
    }
    guard let run = planned else {
      context.declareBroken(cell.name, keyword: cell.keyword)
      return nil
    }
    let isProse = cell.keyword == "text" || cell.name?.contains("\n") ?? true
    return .init(
      index: index, keyword: cell.keyword, name: isProse ? "" : cell.name ?? "", isRunAgain: entry.isRunAgain,
      source: cell.span.map { context.experiment.sources.text($0) } ?? "", run: run)
  }
}

/// Tells mistakes from what follows from them.
private struct Consequences {
  /// Parameters that are declared, but have no value.
  let unresolved: Set<String>
  private let areParametersLost: Bool
  private let parameters: Parameters
  private var places: [SourceSpan] = []

  init(_ syntax: ExperimentSyntax, _ parameters: Parameters) {
    unresolved = Set((syntax.params?.entries ?? []).map(\.key)).subtracting(parameters.names)
    self.parameters = parameters
    areParametersLost =
      Header.isMisspelt("params", in: syntax.header) || syntax.params.map { $0.entries == nil } ?? false
  }

  /// Reports mistakes whose cause is not known yet.
  ///
  /// What is said of these places later follows from them.
  mutating func add(_ mistakes: [Diagnostic], to bag: inout DiagnosticBag) {
    var reported: [SourceSpan] = []
    for mistake in mistakes {
      let span = mistake.primary?.span
      if let span, places.contains(where: { $0.touches(span) }) { continue }
      if let span { reported.append(span) }
      if !followsFromParameters(mistake) { bag.report(explained(mistake)) }
    }
    places += reported
  }

  private func followsFromParameters(_ mistake: Diagnostic) -> Bool {
    guard mistake.code == "E0121", case .unknownName(let name, _, _) = mistake.cause else { return false }
    return areParametersLost || unresolved.contains(name)
  }

  /// With the way to a parameter of the experiment, where a body names one.
  private func explained(_ mistake: Diagnostic) -> Diagnostic {
    guard case .unknownName(let name, kind: nil, _) = mistake.cause, parameters.names.contains(name) else {
      return mistake
    }
    var explained = mistake
    explained.help =
      "bodies do not see the experiment's parameters: a function takes 'f(y_true, y_pred, \(name)=\(parameters[name]?.json ?? "1"))', a layer 'args: {\(name): $\(name)}'"
    return explained
  }
}

extension SourceSpan {
  fileprivate func touches(_ other: SourceSpan) -> Bool {
    file == other.file && lower < max(other.upper, other.lower + 1) && other.lower < max(upper, lower + 1)
  }
}

extension Diagnostic {
  /// What has no place comes first.
  fileprivate var place: (Int32, Int32) {
    primary.map { ($0.span.file, $0.span.lower) } ?? (-1, 0)
  }
}
