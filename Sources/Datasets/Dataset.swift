public import Diagnostics
internal import Config
public import RunEvents
internal import TensorCore

/// A data set: where it is and what is done to it.
///
/// Nothing is read before it is asked for.
public struct Dataset: Sendable {
  public let name: String
  private let environment: DataEnvironment
  private let source: any RawSource
  private var settings: DataSettings { source.settings }

  /// Finds the files.
  /// - Throws: E0413 for a data set that is not on the machine, E0414 and E0415 for settings that don't go
  ///   together.
  public init(_ name: String, _ settings: DataSettings, in environment: DataEnvironment) throws(Diagnostic) {
    self.name = name
    self.environment = environment
    source = try DataFormat.open(settings, in: environment)
  }

  /// The files that are read, as the experiment names them.
  public var inputs: [RunInput] {
    guard var root = source.root else { return source.paths.map(\.input) }
    root.files = source.paths.map { String($0.path.dropFirst(root.place.count + 1)) }
    return [root]
  }

  /// Reads only what is needed to check models: the heads of IDX files and their labels, but whole tables.
  /// - Throws: what ``load()`` throws for what can be seen of settings and tables.
  public func inspect() throws(Diagnostic) -> DataShape {
    var shape: DataShape
    let rows: PartRows
    switch try source.inspect() {
    case .shape(let found):
      shape = found
      rows = try self.rows(trainCount: found.trainCount, testCount: found.testCount)
      try Transforms(settings, trainRows: []).check(found.features.map(\.name))
    case .data(let found):
      rows = try self.rows(trainCount: found.trainCount, testCount: found.testCount)
      let raw = try found.withCategories(of: rows.train, settings.unknownCategories)
      let transforms = try Transforms(settings, trainRows: rows.train.all)
      try transforms.check(raw.features)
      shape = raw.shape
      shape.warnings += transforms.warnings(raw) + classWarnings(raw, rows.train)
    }
    shape.trainCount = rows.train.count
    shape.validationCount = rows.validation?.count
    shape.testCount = rows.test?.count
    if let wanted = settings.shape {
      for index in shape.features.indices {
        let given = shape.features[index].rowShape
        guard wanted.allSatisfy({ $0 > 0 }), Self.size(wanted) == given.reduce(1, *) else {
          throw .wrongShape(wanted, insteadOf: given, at: settings.span)
        }
        shape.features[index].rowShape = wanted
      }
    }
    return shape
  }

  /// Reads, splits and transforms.
  /// - Throws: E0401–E0418 and E0424 for what is wrong with files or settings.
  public func load() throws(Diagnostic) -> PreparedData {
    let read = try source.load()
    let rows = try rows(trainCount: read.trainCount, testCount: read.testCount)
    let raw = try read.withCategories(of: rows.train, settings.unknownCategories)
    let transforms = try Transforms(settings, trainRows: rows.train.all)
    try transforms.check(raw.features)
    var preparation = Preparation(inputs: [], targets: raw.meanings, format: raw.format)
    for feature in raw.features { preparation.inputs.append(try transforms.input(feature)) }
    let features = zip(preparation.inputs, raw.features).map { $0.column($1) }
    for column in features + raw.targets { try column.checkFinite(at: settings.span) }
    func part(_ rows: DataPart.Rows) -> DataPart {
      DataPart(features: features, targets: raw.targets, rows: rows)
    }
    return PreparedData(
      name: name, train: part(rows.train), validation: rows.validation.map(part), test: rows.test.map(part),
      classNames: raw.classNames, files: raw.files, preparation: preparation,
      warnings: raw.warnings + transforms.warnings(raw) + classWarnings(raw, rows.train))
  }

  private typealias PartRows = (train: DataPart.Rows, validation: DataPart.Rows?, test: DataPart.Rows?)

  /// The rows of each part.
  private func rows(trainCount: Int, testCount: Int?) throws(Diagnostic) -> PartRows {
    let split = try Split(settings, trainCount: trainCount, testCount: testCount)
    let stream = settings.shuffle ? RandomStream(seed: environment.seed, "data/\(name)/split") : nil
    return split.rows(shuffledBy: stream)
  }

  private func classWarnings(_ raw: RawData, _ train: DataPart.Rows) -> [Diagnostic] {
    zip(raw.targets, raw.meanings).compactMap { $0.warning($1, trainedOn: train, at: settings.span) }
  }

  private static func size(_ shape: [Int]) -> Int {
    shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
  }
}
