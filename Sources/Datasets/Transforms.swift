internal import Config
internal import Diagnostics

/// Finds how raw features become columns, by the training rows only.
struct Transforms {
  private enum Fill {
    case mean, median
    case constant(Double)
  }
  private let settings: DataSettings
  private let trainRows: [Int32]
  private let fill: Fill?

  init(_ settings: DataSettings, trainRows: [Int32]) throws(Diagnostic) {
    self.settings = settings
    self.trainRows = trainRows
    if settings.scale != nil, settings.standardize.content != .bool(false), !settings.standardize.isAbsent {
      throw .settingDoesNotApply("scale", settings.standardize, to: "standardized features")
    }
    switch settings.fillMissing.content {
    case .null: fill = nil
    case .string("mean"): fill = .mean
    case .string("median"): fill = .median
    case .int(let number): fill = .constant(Double(number))
    case .double(let number): fill = .constant(number)
    default: throw .mismatch(settings.fillMissing, "mean, median or a number")
    }
  }

  /// How a feature is prepared.
  /// - Throws: E0416 for a shape that it does not fill.
  func input(_ feature: RawData.Feature) throws(Diagnostic) -> Preparation.Input {
    var input: Preparation.Input
    switch feature {
    case .ready(let column):
      input = Preparation.Input(column.name, shape: column.rowShape)
      if standardizes(column.name) {
        let statistics = statistics(of: column)
        input.scale = Float(1 / statistics.deviation)
        input.offset = Float(-statistics.mean / statistics.deviation)
      }
    case .table(let name, let columns):
      input = Preparation.Input(
        name, columns: columns.map(encoding), shape: [columns.reduce(0) { $0 + $1.width }])
    }
    if let scale = settings.scale { input.scale = Float(scale) }
    if let shape = settings.shape {
      guard shape.allSatisfy({ $0 > 0 }),
        shape.reduce(1, { $0.multipliedReportingOverflow(by: $1).partialValue }) == input.size
      else { throw .wrongShape(shape, Column(input.name, rowShape: input.shape, .bytes([])), at: settings.span) }
      input.shape = shape
    }
    return input
  }

  /// Checks the columns named in `standardize`.
  func check(_ features: [RawData.Feature]) throws(Diagnostic) {
    var names: [String] = []
    for feature in features {
      switch feature {
      case .ready(let column): names.append(column.name)
      case .table(_, let columns):
        for case .numbers(let name, _) in columns { names.append(name) }
      }
    }
    guard let list = settings.standardize.list else {
      if !settings.standardize.isAbsent { _ = try Bool(config: settings.standardize) }
      return
    }
    for item in list where !names.contains(try item.text()) {
      throw .unknownWord(try item.text(), in: names, at: item.span, what: "numeric column")
    }
  }

  private func standardizes(_ name: String) -> Bool {
    if case .bool(let all) = settings.standardize.content { return all }
    return settings.standardize.list?.contains { $0.string == name } ?? false
  }

  /// One mean and deviation for all numbers of an image.
  private func statistics(of column: Column) -> Statistics {
    var statistics = Statistics()
    let size = column.rowSize
    for row in trainRows {
      for index in Int(row) * size..<(Int(row) + 1) * size {
        switch column.storage {
        case .bytes(let numbers): statistics.add(Double(numbers[index]))
        case .floats(let numbers): statistics.add(Double(numbers[index]))
        case .integers(let numbers): statistics.add(Double(numbers[index]))
        }
      }
    }
    return statistics
  }

  /// Statistics are those of the filled column.
  private func encoding(_ column: RawData.TableColumn) -> Preparation.Encoding {
    switch column {
    case .categories(let name, _, let names):
      return .init(name: name, kind: .categories(names, canBeMissing: fill != nil))
    case .numbers(let name, let numbers):
      // Kept even if nothing is missing here: rows to predict on may lack what the training rows had.
      let fill = fill.map { value(of: $0, numbers) }
      guard standardizes(name) else { return .init(name: name, kind: .numbers(fill: fill)) }
      var statistics = Statistics()
      for row in trainRows {
        let number = numbers[Int(row)]
        statistics.add(Double(number.isNaN ? fill.map { Float($0) } ?? number : number))
      }
      return .init(
        name: name, kind: .numbers(fill: fill, mean: statistics.mean, deviation: statistics.deviation))
    }
  }

  private func value(of fill: Fill, _ numbers: [Float]) -> Double {
    let known = trainRows.map { Double(numbers[Int($0)]) }.filter { !$0.isNaN }
    switch fill {
    case .constant(let number): return number
    case .mean: return known.isEmpty ? 0 : known.reduce(0, +) / Double(known.count)
    case .median:
      let sorted = known.sorted()
      guard !sorted.isEmpty else { return 0 }
      return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
  }
}

/// Mean and population deviation in one pass (Welford), without cancellation.
struct Statistics {
  private var count = 0.0
  private(set) var mean = 0.0
  private var squares = 0.0

  mutating func add(_ number: Double) {
    count += 1
    let difference = number - mean
    mean += difference / count
    squares += difference * (number - mean)
  }

  /// 1 for numbers that are all the same, so that one can divide by it.
  var deviation: Double {
    let variance = count > 0 ? squares / count : 0
    return variance > 0 ? variance.squareRoot() : 1
  }
}

extension Diagnostic {
  /// E0416: a shape that the features don't fill.
  static func wrongShape(_ shape: [Int], _ column: Column, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0416", "\(column.rowSize) numbers a sample do not fill the shape \(shape)",
      at: span.map { Label($0, "in these settings") }, help: "the features have the shape \(column.rowShape)")
  }
}
