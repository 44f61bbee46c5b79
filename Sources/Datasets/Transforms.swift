internal import Config
internal import Diagnostics

/// Finds how raw features become columns, by the training rows only.
struct Transforms {
  /// Where the settings stand.
  var settingsSpan: SourceSpan? { settings.span }

  private enum Fill {
    case mean, median
    case constant(Double)
  }
  private let settings: DataSettings
  let trainRows: [Int32]
  private let fill: Fill?
  private let standardized: (isAll: Bool, names: Set<String>)

  /// - Throws: E0201 and E0415 for settings that cannot be meant.
  init(_ settings: DataSettings, trainRows: [Int32]) throws(Diagnostic) {
    self.settings = settings
    self.trainRows = trainRows
    if settings.scale != nil, settings.standardize.content != .bool(false), !settings.standardize.isAbsent {
      throw .settingDoesNotApply("scale", settings.standardize, to: "standardized features")
    }
    standardized = (
      settings.standardize.content == .bool(true), Set(settings.standardize.list?.compactMap(\.string) ?? [])
    )
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
    case .ready(let array):
      input = Preparation.Input(array.name, shape: array.rowShape)
      if standardizes(array.name) {
        let statistics = statistics(of: array)
        input.scaling = Scaling(mean: statistics.mean, deviation: statistics.deviation)
      }
    case .table(let name, let columns):
      input = Preparation.Input(
        name, columns: columns.map(encoding), shape: [columns.reduce(0) { $0 + $1.width }])
    }
    if let scale = settings.scale { input.scaling = Scaling(scale: scale) }
    if let shape = settings.shape {
      guard shape.allSatisfy({ $0 > 0 }),
        shape.reduce(1, { $0.multipliedReportingOverflow(by: $1).partialValue }) == input.size
      else {
        throw .wrongShape(shape, insteadOf: input.shape, at: settings.span)
      }
      input.shape = shape
    }
    return input
  }

  /// Checks the columns named in `standardize`.
  func check(_ features: [RawData.Feature]) throws(Diagnostic) {
    try check(names(features))
  }

  private func names(_ features: [RawData.Feature]) -> [String] {
    var names: [String] = []
    for feature in features {
      switch feature {
      case .ready(let array): names.append(array.name)
      case .table(_, let columns):
        for case .numbers(let name, _, _) in columns { names.append(name) }
      }
    }
    return names
  }

  /// - Parameter names: what can be standardized.
  func check(_ names: [String]) throws(Diagnostic) {
    guard let list = settings.standardize.list else {
      if !settings.standardize.isAbsent { _ = try Bool(config: settings.standardize) }
      return
    }
    let known = Set(names)
    for item in list where !known.contains(try item.text()) {
      throw .unknownWord(try item.text(), in: names, at: item.span, what: "numeric column")
    }
  }

  func standardizes(_ name: String) -> Bool {
    standardized.isAll || standardized.names.contains(name)
  }

  /// One mean and deviation for all numbers of an image.
  private func statistics(of array: RawArray) -> Statistics {
    var statistics = Statistics()
    let size = array.rowSize
    for row in trainRows {
      for index in Int(row) * size..<(Int(row) + 1) * size { statistics.add(array.numbers[index]) }
    }
    return statistics
  }

  /// Statistics are those of the filled column.
  private func encoding(_ column: RawData.TableColumn) -> Preparation.Encoding {
    switch column {
    case .texts(let name, _): return .init(name: name, kind: .texts)
    case .categories(let name, _, let names):
      return .init(name: name, kind: .categories(names, canBeMissing: fill != nil))
    case .numbers(let name, let numbers, let notation):
      // Kept even if nothing is missing here: rows to predict on may lack what the training rows had.
      let fill = fill.map { value(of: $0, numbers) }
      guard standardizes(name) else {
        return .init(name: name, kind: .numbers(fill: fill), notation: notation)
      }
      var statistics = Statistics()
      for row in trainRows {
        let number = numbers[Int(row)]
        statistics.add(number.isNaN ? fill ?? number : number)
      }
      return .init(
        name: name, kind: .numbers(fill: fill, mean: statistics.mean, deviation: statistics.deviation),
        notation: notation)
    }
  }

  private func value(of fill: Fill, _ numbers: [Double]) -> Double {
    let known = trainRows.map { numbers[Int($0)] }.filter { !$0.isNaN }
    switch fill {
    case .constant(let number): return number
    case .mean:
      var statistics = Statistics()
      for number in known { statistics.add(number) }
      return statistics.mean
    case .median:
      let sorted = known.sorted()
      guard !sorted.isEmpty else { return 0 }
      let (below, above) = (sorted[(sorted.count - 1) / 2], sorted[sorted.count / 2])
      return below + (above - below) / 2
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
  static func wrongShape(_ shape: [Int], insteadOf given: [Int], at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0416", "\(given.reduce(1, *)) numbers a sample do not fill the shape \(shape)",
      at: span.map { Label($0, "in these settings") }, help: "the features have the shape \(given)")
  }
}
