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
    let isRunAgain: Bool
    /// The cell as it was written, for notebooks.
    let source: String
    let run: CellRun

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
  let gradientModels: Set<String>
  /// The trainings of the cells, in the order of the file.
  let trainings: [(cell: Int, job: TrainingJob)]
  /// Models with their numbers of parameters.
  public let models: [(name: String, parameters: Int)]

  /// The cell that somebody means by its number (`4`), its kind and name (`train mlp`), its kind or its name.
  ///
  /// The first, if there are several.
  public func cell(called words: String) -> PlannedCell? {
    if let number = Int(words) { return cells.first { $0.index == number - 1 } }
    return cells.first { $0.title == words } ?? cells.first { $0.keyword == words }
      ?? cells.first { $0.name == words && !words.isEmpty }
  }
}

/// Where an experiment is, and what is said about it from outside.
public struct ExperimentRequest: Sendable {
  public var path: String
  /// What it says, where that was not read from a file: ``path`` is then `-`, in the folder that its files are named from.
  public var text: [UInt8]?
  /// `-p key=value`, as typed.
  public var overrides: [String] = []
  public var seed: UInt64?
  /// Folders with the small data sets that come with the program.
  public var searchFolders: [String] = []
  /// The value of `RUNEXP_DATA`.
  public var dataFolder: String?
  /// The runs that it may begin with.
  public var earlier = EarlierRuns()
  /// Where files and folders are that were moved, by the path that the experiment gives them.
  public var moved: [String: String] = [:]
  /// What is remembered of data, if anything is.
  public var shapes: DataShapeCache?
  /// Whether it is run next: what is read of tables to check it is kept until then.
  public var isRunNext = false

  public init(path: String) { self.path = path }
}
