public import Analysis
import Config
public import Datasets
public import Diagnostics
public import ExpLanguage
import Foundation
public import RunEvents

/// Where an experiment is, and what is said about it from outside.
public struct ExperimentRequest: Sendable {
  /// A value for a parameter.
  public enum Override: Sendable {
    /// `key=value`, as typed on the command line.
    case typed(String)
    case value(ParameterOverride)

    /// As a run logged it.
    /// - Throws: what is wrong with its JSON.
    public init(_ parameter: RunRecord.Parameter) throws(Diagnostic) {
      self = .value(ParameterOverride(parameter.name, try ConfigNode(json: parameter.json)))
    }

    func read(in sources: inout SourceFiles) throws(Diagnostic) -> ParameterOverride {
      switch self {
      case .typed(let text): try ParameterOverride(parsing: text, in: &sources)
      case .value(let value): value
      }
    }
  }

  /// Ends in `-` for standard input, whose text is then among those of ``files``.
  public var path: String
  public var overrides: [Override] = []
  public var seed: UInt64?
  /// Where it and its data are.
  public var files: FileAccess
  /// The runs that it may begin with.
  public var earlier = EarlierRuns()
  /// What is remembered of data, if anything is.
  public var shapes: DataShapeCache?
  /// Whether it is run next: what is read of tables to check it is kept until then.
  public var isRunNext = false

  /// The path as diagnostics name it.
  var shownPath: String {
    URL(fileURLWithPath: path).lastPathComponent == "-" && files.texts[path] != nil ? "<stdin>" : path
  }

  /// - Parameter text: what it says, where that is not read from the file.
  public init(path: String, text: [UInt8]? = nil) {
    self.path = path
    files = FileAccess(base: URL(fileURLWithPath: path).deletingLastPathComponent().path)
    files.texts[path] = text
  }
}
