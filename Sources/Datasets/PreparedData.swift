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
