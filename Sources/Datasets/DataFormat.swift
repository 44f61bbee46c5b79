internal import Config
internal import Diagnostics
internal import RunEvents

/// A format of data: a key of the `data` cell, what it opens, and how rows to predict on are read.
struct DataFormat: Sendable {
  let key: String
  /// What stands behind the key, in a sentence for people.
  let doc: String
  /// Opens what stands behind the key.
  let open: @Sendable (ConfigNode, DataSettings, DataEnvironment) throws(Diagnostic) -> any RawSource
  /// How a file of rows to predict on is read; `nil` for a format that is not one file.
  var rows: RowReader?

  /// Every format; a new one is a file in `Formats`, and a line here.
  static let all: [DataFormat] = [
    BuiltInSource.format,
    IDXSource.format,
    CSVSource.format,
  ]

  /// - Throws: E0414 unless exactly one of the keys is there.
  static func open(_ settings: DataSettings, in environment: DataEnvironment) throws(Diagnostic)
    -> any RawSource
  {
    let given = all.filter { !settings[format: $0.key].isAbsent }
    guard given.count == 1, let format = given.first else { throw .notOneSource(given, settings) }
    return try format.open(settings[format: format.key], settings, environment)
  }
}

/// Something that data sets are read from: a pair of IDX files, a table.
protocol RawSource: Sendable {
  /// What is needed to check models: whether the files are there, and what they hold.
  func inspect() throws(Diagnostic) -> Inspection
  func load() throws(Diagnostic) -> RawData
  /// The settings of the cell, completed by what is known of a data set.
  var settings: DataSettings { get }
  /// The files that are read.
  var paths: [DataPath] { get }
  /// The folder they are in, if it is that which the experiment names.
  var root: RunInput? { get }
}

/// What is known of a data set before it is trained on.
enum Inspection {
  /// What the heads of files say.
  case shape(DataShape)
  /// Everything, of tables.
  case data(RawData)
}

/// Reads a file of rows to predict on.
struct RowReader: Sendable {
  /// What such a file holds.
  enum Content {
    /// Columns with names.
    case table(CSVTable)
    /// Samples of one shape.
    case samples(RawSamples)
  }

  /// Whether a file is of this format, by its first bytes.
  let recognizes: @Sendable (_ start: [UInt8]) -> Bool
  let read: @Sendable (DataPath, Preparation.Format) throws(Diagnostic) -> Content

  /// Reads a file in the format that knows it, whatever its name, or as a table.
  /// - Parameter format: how the file that the model was trained on was written.
  static func read(_ file: DataPath, _ format: Preparation.Format) throws(Diagnostic) -> Content {
    let start = try file.bytes(atMost: 16)
    let known = DataFormat.all.lazy.compactMap(\.rows).first { $0.recognizes(start) }
    return try (known ?? CSVSource.rows).read(file, format)
  }
}

/// Samples of one shape, one behind the other.
struct RawSamples {
  let file: DataPath
  let count: Int
  let shape: [Int]
  let numbers: RawArray.Numbers
}

extension Diagnostic {
  /// E0414: no source, or several.
  fileprivate static func notOneSource(_ given: [DataFormat], _ settings: DataSettings) -> Diagnostic {
    let keys = DataFormat.all.map { "'\($0.key)'" }.joined(separator: ", ")
    let message =
      given.isEmpty
      ? "the data set has no source" : "the data set has both '\(given[0].key)' and '\(given[1].key)'"
    let span = given.last.map { settings[format: $0.key].span } ?? settings.span
    return Diagnostic(
      "E0414", message, at: (span ?? settings.span).map { Label($0, "here") }, help: "write one of \(keys)")
  }

  /// E0415: a setting that means nothing for this kind of data.
  static func settingDoesNotApply(_ name: String, _ node: ConfigNode, to kind: String) -> Diagnostic {
    Diagnostic(
      "E0415", "'\(name)' does not apply to \(kind)", at: node.span.map { Label($0, "has no effect") },
      help: "remove it")
  }
}
