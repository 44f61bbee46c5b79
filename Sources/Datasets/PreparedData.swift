public import Diagnostics
public import TensorCore

/// A data set as a training loop takes it.
public struct PreparedData: Sendable {
  public var name: String
  public var train: DataPart
  public var validation: DataPart?
  public var test: DataPart?
  /// For class labels: the name of each, where label *i* is the *i*-th name.
  public var classNames: [String]?
  public var files: [DataFile]
  /// How raw rows are prepared, with what was fitted on the training part.
  ///
  /// Kept with the model.
  public var preparation: Preparation
  /// What is odd but no mistake.
  public var warnings: [Diagnostic]

  /// A part by its name.
  public subscript(part: String) -> DataPart? {
    switch part {
    case "train": train
    case "validation": validation
    case "test": test
    default: nil
    }
  }

  /// The names of the parts there are.
  public var partNames: [String] { ["train", "validation", "test"].filter { self[$0] != nil } }
}

/// A file that a data set was read from.
public struct DataFile: Sendable, Equatable {
  public var path: String
  public var byteCount: Int
}

/// What is known of a data set before its numbers are read: enough to check models against.
public struct DataShape: Sendable, Equatable, Codable {
  public struct Array: Sendable, Equatable, Codable {
    public var name: String
    public var rowShape: [Int]
    public var element: ElementType
    /// What each number of a row is, where it came from a table.
    public var numberNames: [String]?
    /// The largest of several whole numbers in each row of a target, which can be labels, such as the tokens of a text.
    public var largestLabel: Int?
    /// Of a target: the names of its classes, if it has some.
    public var classes: [String]?
    /// Of a target of numbers: the smallest and the largest.
    public var range: ClosedRange<Float>?
  }
  public var features: [Array]
  public var targets: [Array]
  public var trainCount: Int
  public var validationCount: Int?
  public var testCount: Int?
  public var classNames: [String]?
  /// What is odd but no error.
  public var warnings: [Diagnostic] = []
}

/// Where data sets are looked for, and what makes their random choices.
public struct DataEnvironment: Sendable {
  /// The folder that paths in the experiment are relative to.
  public var base: String
  /// Where the small data sets that come with the program may be, in this order.
  public var searchFolders: [String]
  /// The value of `RUNEXP_DATA`: a folder with one folder for each large data set.
  public var dataFolder: String?
  public var seed: UInt64
  /// Where files and folders are that were moved, by the path that the experiment gives them.
  public var moved: [String: String]
  /// Whether tables that are read to check an experiment are kept for its run.
  public var keepsTables = false

  public init(
    base: String, searchFolders: [String] = [], dataFolder: String? = nil, seed: UInt64 = 0,
    moved: [String: String] = [:]
  ) {
    self.base = base
    self.searchFolders = searchFolders
    self.dataFolder = dataFolder
    self.seed = seed
    self.moved = moved
  }

  /// Where a file or folder is that an experiment names.
  public func path(of written: String) -> String {
    moved[written] ?? (written.hasPrefix("/") ? written : base + "/" + written)
  }
}
