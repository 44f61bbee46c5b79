package import Analysis
public import Diagnostics
public import ExpLanguage
public import RunEvents

/// An experiment that was read and checked, ready to run.
///
/// It holds nothing that a run changes: it can be run any number of times, also at the same time, with the same result.
public struct ExperimentPlan: Sendable {
  public struct PlannedCell: Sendable {
    /// From 0.
    public let index: Int
    public let keyword: String
    /// Empty where a cell has no name.
    public let name: String
    /// Whether a resumed run runs it again though it was done.
    package let isRunAgain: Bool
    /// The cell as it was written, for notebooks.
    package let source: String
    package let run: CellRun

    package init(
      index: Int, keyword: String, name: String, isRunAgain: Bool, source: String, run: @escaping CellRun
    ) {
      self.index = index
      self.keyword = keyword
      self.name = name
      self.isRunAgain = isRunAgain
      self.source = source
      self.run = run
    }

    /// As the console and the report call it: `train mlp`.
    public var title: String { name.isEmpty ? keyword : "\(keyword) \(name)" }
  }

  /// Where the experiment was read from, as it was asked for; ends in `-` for standard input.
  public let path: String
  /// The name of its runs: `mlp-1`, `mlp-2`, ….
  public let name: String
  public let title: String
  public let seed: UInt64
  public let parameters: Parameters
  /// The file as written, and with its parameters filled in.
  public let source: String
  public let resolved: String
  /// The texts that places in diagnostics of the run point into.
  public let sources: SourceMap
  public let cells: [PlannedCell]
  /// The runs that `best(…)` meant, by its words.
  public let chosenRuns: [String: String]
  /// The files that it reads.
  public let inputs: [RunInput]
  /// Models whose trainings record the lengths of gradients, for figures of them.
  package let gradientModels: Set<String>
  /// The trainings of the cells, in the order of the file.
  package let trainings: [(cell: Int, job: TrainingJob)]
  /// Models with their numbers of parameters.
  public let models: [(name: String, parameters: Int)]

  /// - Parameter context: what was known after the last cell.
  package init(
    path: String, name: String, title: String, source: String, resolved: String, cells: [PlannedCell],
    _ context: CheckContext
  ) {
    self.path = path
    self.name = name
    self.title = title
    self.source = source
    self.resolved = resolved
    self.cells = cells
    seed = context.experiment.seed
    parameters = context.experiment.parameters
    sources = context.experiment.sources.map
    chosenRuns = context.earlier.chosen
    inputs = context.files.inputs
    gradientModels = context.planned.gradientModels
    trainings = context.planned.jobs
    models = context.names.modelNames.compactMap { name in
      context.names.models[name].map { (name, $0.content.parameterCount) }
    }
  }

  /// The cell that somebody means by its number (`4`), its kind and name (`train mlp`), its kind or its name.
  ///
  /// The first, if there are several.
  public func cell(called words: String) -> PlannedCell? {
    if let number = Int(words) { return cells.first { $0.index == number - 1 } }
    return cells.first { $0.title == words } ?? cells.first { $0.keyword == words }
      ?? cells.first { $0.name == words && !words.isEmpty }
  }
}
