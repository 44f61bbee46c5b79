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
