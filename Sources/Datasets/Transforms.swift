internal import Config
internal import Diagnostics

/// Turns raw features into columns, with what is fitted on the training rows only.
struct Transforms {
  private enum Fill {
    case mean, median
    case constant(Double)
  }
  private let settings: DataSettings
  private let trainRows: [Int32]
  private let fill: Fill?
  /// What was fitted, for storing with the model.
  private(set) var fitted: [ConfigNode.Entry] = []

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

  mutating func column(_ feature: RawData.Feature) throws(Diagnostic) -> Column {
    var column: Column
    switch feature {
    case .ready(let ready): column = try standardized(ready)
    case .table(let name, let columns): column = try assembled(name, columns)
    }
    if let scale = settings.scale {
      column.scale = Float(scale)
      fitted.append(.init(column.name + ".scale", ConfigNode(.double(scale))))
    }
    return try reshaped(column)
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
  private mutating func standardized(_ column: Column) throws(Diagnostic) -> Column {
    guard standardizes(column.name) else { return column }
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
    note(column.name, statistics)
    var copy = column
    copy.scale = Float(1 / statistics.deviation)
    copy.offset = Float(-statistics.mean / statistics.deviation)
    return copy
  }

  /// Columns side by side, categories as a 1 among zeros.
  ///
  /// A missing category is all zeros.
  private mutating func assembled(_ name: String, _ columns: [RawData.TableColumn]) throws(Diagnostic)
    -> Column
  {
    let width = columns.reduce(0) { $0 + $1.width }
    let count = columns.first.map(Self.count) ?? 0
    var values = [Float](repeating: 0, count: width * count)
    var place = 0
    for column in columns {
      switch column {
      case .numbers(let name, let numbers):
        for (row, number) in try prepared(numbers, name).enumerated() { values[row * width + place] = number }
      case .categories(let name, let codes, let names):
        for (row, code) in codes.enumerated() where code >= 0 { values[row * width + place + Int(code)] = 1 }
        fitted.append(.init(name, ["categories": ConfigNode(.list(names.map { .init(.string($0)) }))]))
      }
      place += column.width
    }
    return Column(name, rowShape: [width], .floats(values))
  }

  private static func count(_ column: RawData.TableColumn) -> Int {
    switch column {
    case .numbers(_, let numbers): numbers.count
    case .categories(_, let codes, _): codes.count
    }
  }

  /// Filled, then standardized.
  private mutating func prepared(_ numbers: [Float], _ name: String) throws(Diagnostic) -> [Float] {
    var result = numbers
    if result.contains(where: \.isNaN), let fill {
      let value = fillValue(fill, numbers)
      result = result.map { $0.isNaN ? Float(value) : $0 }
      fitted.append(.init(name + ".fill", ConfigNode(.double(value))))
    }
    guard standardizes(name) else { return result }
    var statistics = Statistics()
    for row in trainRows { statistics.add(Double(result[Int(row)])) }
    note(name, statistics)
    return result.map { Float((Double($0) - statistics.mean) / statistics.deviation) }
  }

  private func fillValue(_ fill: Fill, _ numbers: [Float]) -> Double {
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

  private mutating func note(_ name: String, _ statistics: Statistics) {
    fitted.append(
      .init(
        name,
        [
          "mean": ConfigNode(.double(statistics.mean)),
          "deviation": ConfigNode(.double(statistics.deviation)),
        ]))
  }

  private func reshaped(_ column: Column) throws(Diagnostic) -> Column {
    guard let shape = settings.shape else { return column }
    guard shape.allSatisfy({ $0 > 0 }),
      shape.reduce(1, { $0.multipliedReportingOverflow(by: $1).partialValue }) == column.rowSize
    else { throw .wrongShape(shape, column, at: settings.span) }
    var copy = column
    copy.rowShape = shape
    return copy
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
