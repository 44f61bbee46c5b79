import Config
import Datasets
public import Diagnostics
public import ExpLanguage
import Foundation
import Layers

/// An experiment that was read and checked, ready to run.
public struct ExperimentPlan {
  public struct PlannedCell {
    public let index: Int
    public let keyword: String
    public let name: String
    let run: CellRun
  }

  /// The name of its runs: `mlp-1`, `mlp-2`, ….
  public let name: String
  public let title: String
  public let seed: UInt64
  public let parameters: Parameters
  /// The file as written, and with its parameters filled in.
  public let source: String
  public let resolved: String
  public let cells: [PlannedCell]
  /// Models with their numbers of parameters.
  public let models: [(name: String, parameters: Int)]
}

/// Where an experiment is, and what is said about it from outside.
public struct ExperimentRequest: Sendable {
  public var path: String
  /// `-p key=value`, as typed.
  public var overrides: [String] = []
  public var seed: UInt64?
  /// Folders with the small data sets that come with the program.
  public var searchFolders: [String] = []
  /// The value of `RUNEXP_DATA`.
  public var dataFolder: String?

  public init(path: String) { self.path = path }
}

/// What reading and checking a file gave: a plan if there was no mistake, and everything there is to say.
public struct CheckedExperiment {
  public let plan: ExperimentPlan?
  public let diagnostics: [Diagnostic]
  public let sources: SourceMap

  /// Reads and checks a whole file; nothing is run. All mistakes are reported in one go.
  public init(_ request: ExperimentRequest) {
    var sources = SourceFiles()
    var bag = DiagnosticBag()
    plan = Self.plan(request, &sources, &bag)
    diagnostics = bag.all
    self.sources = sources.map
  }

  private static func plan(
    _ request: ExperimentRequest, _ sources: inout SourceFiles, _ bag: inout DiagnosticBag
  ) -> ExperimentPlan? {
    let bytes: [UInt8]
    do {
      bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: request.path)))
    } catch {
      bag.report(.unreadable(request.path))
      return nil
    }
    let file: Int32
    do {
      file = try sources.add(path: request.path, bytes: bytes)
    } catch {
      bag.report(error)
      return nil
    }
    var overrides: [ParameterOverride] = []
    for text in request.overrides {
      let override = bag.collect { () throws(Diagnostic) in try ParameterOverride(parsing: text, in: &sources) }
      if let override { overrides.append(override) }
    }
    let keywords = CellRegistry.keywords
    guard let syntax = ExperimentSyntax(reading: file, in: sources, cellKeywords: keywords, into: &bag) else { return nil }
    let parameters = Parameters.resolve(syntax.params, overrides: overrides, in: sources, into: &bag)
    let resolved = syntax.substituting(parameters, in: sources, into: &bag)
    let header = Header.schema.decode(ConfigNode(.map(resolved.header), span: nil), into: &bag)
    let name = header?.experiment ?? defaultName(request.path)
    if let header, let experiment = header.experiment, !isFileName(experiment) {
      bag.report(.badExperimentName(experiment, at: syntax["experiment"]?.span))
    }
    let seed = request.seed ?? UInt64(header?.seed ?? 0)
    let folder = URL(fileURLWithPath: request.path).deletingLastPathComponent().path
    var context = CheckContext(
      sources: sources, parameters: parameters,
      dataEnvironment: DataEnvironment(
        base: folder, searchFolders: request.searchFolders, dataFolder: request.dataFolder, seed: seed), seed: seed)
    context.bag = bag
    var cells: [ExperimentPlan.PlannedCell] = []
    for (index, cell) in resolved.cells.enumerated() {
      guard let entry = CellRegistry.all.first(where: { $0.keyword == cell.keyword }) else { continue }
      let run = entry.plan(cell, &context)
      if let run {
        cells.append(.init(index: index, keyword: cell.keyword, name: displayName(cell), run: run))
      } else if let name = cell.name {
        context.declareBroken(cell.keyword == "train" ? "train \(name)" : name)
      }
    }
    bag = context.bag
    guard !bag.hasErrors else { return nil }
    return ExperimentPlan(
      name: name, title: header?.title ?? name, seed: seed, parameters: parameters,
      source: String(decoding: bytes, as: UTF8.self), resolved: resolved.text, cells: cells,
      models: context.modelNames.compactMap { name in
        context.models[name].map { (name, $0.content.trace.parameterCount) }
      })
  }

  private static func displayName(_ cell: CellSyntax) -> String {
    guard let name = cell.name, !name.contains("\n"), cell.keyword != "text" else { return "" }
    return name
  }

  /// `experiments/mlp.exp` without a name of its own is `mlp`.
  private static func defaultName(_ path: String) -> String {
    let file = URL(fileURLWithPath: path).lastPathComponent
    let stem = String(file.prefix { $0 != "." })
    return isFileName(stem) ? stem : "experiment"
  }

  private static func isFileName(_ name: String) -> Bool {
    !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || "_-".contains($0) }
  }
}

/// The keys above `cells`.
private struct Header: Configurable {
  var experiment: String?
  var title: String?
  var seed = 0

  static let schema = Schema(
    "the header", "What an experiment is called and where its random numbers start.", prototype: Header(),
    Field("experiment", \.experiment, "Name of the runs: NAME-1, NAME-2, …. The file's name if left out."),
    Field("title", \.title, "Heading of the report."),
    Field("seed", \.seed, "Start of every random number.", check: atLeast(0)))
}

extension Diagnostic {
  /// E0904: a file that cannot be read.
  static func unreadable(_ path: String) -> Diagnostic {
    let exists = FileManager.default.fileExists(atPath: path)
    return Diagnostic(
      "E0904", exists ? "'\(path)' cannot be read" : "there is no file '\(path)'",
      help: exists ? "check its permissions, and that it is a file" : "experiments end in .exp; 'ls experiments' shows them")
  }

  /// E0215: an experiment name that cannot name a folder.
  static func badExperimentName(_ name: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0215", "'\(name)' cannot name the folder of a run", at: span.map { Label($0, "letters, digits, '_' and '-' only") },
      help: "put words for readers into 'title:'")
  }
}
