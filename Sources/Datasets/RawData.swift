internal import Config
internal import Diagnostics
internal import RunEvents
internal import TensorCore

/// A data set as its files have it: all rows of the training set, then all rows of the test set.
struct RawData: Sendable {
  /// One column of a table.
  enum TableColumn {
    /// Missing numbers are NaN; the rest is as exact as it is written, until it is prepared.
    case numbers(name: String, [Double], NumberNotation)
    /// Each value is the number of its category; missing ones are -1.
    case categories(name: String, [Int32], names: [String])
    /// Numbers of texts.
    case texts(name: String, [Int32])

    var isText: Bool { if case .texts = self { true } else { false } }

    var width: Int {
      switch self {
      case .numbers, .texts: 1
      case .categories(_, _, let names): names.count
      }
    }

    /// What each of its numbers is.
    var numberNames: [String] {
      switch self {
      case .numbers(let name, _, _), .texts(let name, _): [name]
      case .categories(let name, _, let names): names.map { "\(name)=\($0)" }
      }
    }

    /// How many rows there are.
    var count: Int {
      switch self {
      case .numbers(_, let numbers, _): numbers.count
      case .categories(_, let codes, _), .texts(_, let codes): codes.count
      }
    }
  }

  /// One input of a model.
  enum Feature {
    /// Images and the like, which need no encoding.
    case ready(RawArray)
    /// Columns side by side.
    case table(name: String, [TableColumn])
  }

  var features: [Feature]
  var targets: [Column]
  /// What the targets are made of, for telling what predictions mean.
  var meanings: [Preparation.Target] = []
  /// What `missing`, `encoding` and `csv` say of the table.
  var format = Preparation.Format()
  /// Numeric targets as exact as they are written.
  var targetNumbers: [(name: String, numbers: [Double])] = []
  /// Where rows of a table stand.
  var lines: RowLines?
  var trainCount: Int
  var testCount: Int?
  var classNames: [String]?
  var files: [DataFile]
  var warnings: [Diagnostic] = []

  var shape: DataShape {
    DataShape(
      features: features.map { feature in
        switch feature {
        case .ready(let array): array.shape
        case .table(let name, let columns):
          DataShape.Array(
            name: name, rowShape: [columns.reduce(0) { $0 + $1.width }],
            element: columns.contains(where: \.isText) ? .text : .float32,
            numberNames: columns.flatMap(\.numberNames))
        }
      }, targets: zip(targets, meanings).map(shape), trainCount: trainCount, testCount: testCount,
      classNames: classNames, warnings: warnings)
  }

  private func shape(_ column: Column, _ meaning: Preparation.Target) -> DataShape.Array {
    var shape = DataShape.Array(name: column.name, rowShape: column.rowShape, element: column.element)
    shape.classes = meaning.classes
    guard case .floats(let numbers) = column.storage, meaning.classes == nil else { return shape }
    if column.rowShape != [1] { shape.largestLabel = largestLabel(numbers) }
    if let low = numbers.min(), let high = numbers.max() { shape.range = low...high }
    return shape
  }

  /// The largest of whole numbers from 0 on; `nil` if one is anything else.
  private func largestLabel(_ numbers: [Float]) -> Int? {
    var largest: Float = 0
    for number in numbers {
      guard number >= 0, number < 16_777_216, number == number.rounded() else { return nil }
      largest = max(largest, number)
    }
    return Int(largest)
  }
}

/// The lines that the rows of a table begin in: of the training table, then of the test table.
struct RowLines: Sendable {
  var tables: [(file: DataPath, lines: [Int])]

  /// The file and the line of a row.
  subscript(row: Int) -> (file: DataPath, line: Int)? {
    var row = row
    for (file, lines) in tables {
      if row < lines.count { return (file, lines[row]) }
      row -= lines.count
    }
    return nil
  }
}

/// What is known of a data set before it is trained on.
enum Inspection {
  /// What the heads of files say.
  case shape(DataShape)
  /// Everything, of tables.
  case data(RawData)
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

/// A way to say where data comes from: a key of the `data` cell, and what it opens.
struct DataFormat: Sendable {
  var key: String
  var setting: @Sendable (DataSettings) -> ConfigNode
  var open: @Sendable (DataSettings, DataEnvironment) throws(Diagnostic) -> any RawSource

  /// Every format; a new one is a line here.
  static let all: [DataFormat] = [
    DataFormat(key: "source", setting: { $0.source }, open: BuiltInSource.open),
    DataFormat(key: "idx", setting: { $0.idx }, open: IDXSource.open),
    DataFormat(key: "csv", setting: { $0.csv }, open: CSVSource.open),
  ]

  /// - Throws: E0414 unless exactly one of the keys is there.
  static func open(_ settings: DataSettings, in environment: DataEnvironment) throws(Diagnostic)
    -> any RawSource
  {
    let given = all.filter { !$0.setting(settings).isAbsent }
    guard given.count == 1, let format = given.first else { throw .notOneSource(given, settings) }
    return try format.open(settings, environment)
  }
}

extension Diagnostic {
  /// E0414: no source, or several.
  fileprivate static func notOneSource(_ given: [DataFormat], _ settings: DataSettings) -> Diagnostic {
    let keys = DataFormat.all.map { "'\($0.key)'" }.joined(separator: ", ")
    let message =
      given.isEmpty
      ? "the data set has no source" : "the data set has both '\(given[0].key)' and '\(given[1].key)'"
    let span = given.last?.setting(settings).span ?? settings.span
    return Diagnostic("E0414", message, at: span.map { Label($0, "here") }, help: "write one of \(keys)")
  }

  /// E0415: a setting that means nothing for this kind of data.
  static func settingDoesNotApply(_ name: String, _ node: ConfigNode, to kind: String) -> Diagnostic {
    Diagnostic(
      "E0415", "'\(name)' does not apply to \(kind)", at: node.span.map { Label($0, "has no effect") },
      help: "remove it")
  }
}
