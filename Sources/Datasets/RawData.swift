internal import Config
internal import Diagnostics
internal import RunEvents
internal import TensorCore

/// A data set as its files have it: all rows of the training set, then all rows of the test set.
struct RawData: Sendable {
  /// One column of a table.
  enum TableColumn {
    /// Missing numbers are NaN.
    case numbers(name: String, [Float])
    /// Each value is the number of its category; missing ones are -1.
    case categories(name: String, [Int32], names: [String])

    var width: Int {
      switch self {
      case .numbers: 1
      case .categories(_, _, let names): names.count
      }
    }

    /// What each of its numbers is.
    var numberNames: [String] {
      switch self {
      case .numbers(let name, _): [name]
      case .categories(let name, _, let names): names.map { "\(name)=\($0)" }
      }
    }

    /// How many rows there are.
    var count: Int {
      switch self {
      case .numbers(_, let numbers): numbers.count
      case .categories(_, let codes, _): codes.count
      }
    }
  }

  /// One input of a model.
  enum Feature {
    /// Images and the like, which need no encoding.
    case ready(Column)
    /// Columns side by side.
    case table(name: String, [TableColumn])
  }

  var features: [Feature]
  var targets: [Column]
  /// What the targets are made of, for telling what predictions mean.
  var meanings: [Preparation.Target] = []
  var separator = UInt8(ascii: ",")
  var trainCount: Int
  var testCount: Int?
  var classNames: [String]?
  var files: [DataFile]
  var warnings: [Diagnostic] = []

  var shape: DataShape {
    DataShape(
      features: features.map { feature in
        switch feature {
        case .ready(let column): shape(column)
        case .table(let name, let columns):
          DataShape.Array(
            name: name, rowShape: [columns.reduce(0) { $0 + $1.width }], element: .float32,
            numberNames: columns.flatMap(\.numberNames))
        }
      }, targets: targets.map(shape), trainCount: trainCount, testCount: testCount, classNames: classNames)
  }

  private func shape(_ column: Column) -> DataShape.Array {
    var shape = DataShape.Array(name: column.name, rowShape: column.rowShape, element: column.element)
    if case .floats(let numbers) = column.storage, column.rowShape != [1] {
      shape.largestLabel = largestLabel(numbers)
    }
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

/// Something that data sets are read from: a pair of IDX files, a table.
protocol RawSource: Sendable {
  /// What can be known cheaply: whether the files are there, and what their heads say.
  func shape() throws(Diagnostic) -> DataShape
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
