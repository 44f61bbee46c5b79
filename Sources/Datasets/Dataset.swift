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

  /// Reads only what is needed to check models: the heads of IDX files, but whole tables.
  public func inspect() throws(Diagnostic) -> DataShape {
    var shape = try source.shape()
    let split = try Split(settings, trainCount: shape.trainCount, testCount: shape.testCount)
    (shape.trainCount, shape.validationCount, shape.testCount) = (split.train, split.validation, split.test)
    if let wanted = settings.shape {
      for index in shape.features.indices {
        let column = Column(shape.features[index].name, rowShape: shape.features[index].rowShape, .bytes([]))
        guard wanted.allSatisfy({ $0 > 0 }), Self.size(wanted) == column.rowSize else {
          throw .wrongShape(wanted, column, at: settings.span)
        }
        shape.features[index].rowShape = wanted
      }
    }
    return shape
  }

  /// Reads, splits and transforms.
  /// - Throws: E0401–E0416 for what is wrong with files or settings.
  public func load() throws(Diagnostic) -> PreparedData {
    let raw = try source.load()
    let split = try Split(settings, trainCount: raw.trainCount, testCount: raw.testCount)
    let stream = settings.shuffle ? RandomStream(seed: environment.seed, "data/\(name)/split") : nil
    let rows = split.rows(shuffledBy: stream)
    let transforms = try Transforms(settings, trainRows: rows.train.all)
    try transforms.check(raw.features)
    var preparation = Preparation(inputs: [], targets: raw.meanings, separator: raw.separator)
    for feature in raw.features { preparation.inputs.append(try transforms.input(feature)) }
    let features = zip(preparation.inputs, raw.features).map { $0.column($1) }
    func part(_ rows: DataPart.Rows) -> DataPart {
      DataPart(features: features, targets: raw.targets, rows: rows)
    }
    return PreparedData(
      name: name, train: part(rows.train), validation: rows.validation.map(part), test: rows.test.map(part),
      classNames: raw.classNames, files: raw.files, preparation: preparation, warnings: raw.warnings)
  }

  private static func size(_ shape: [Int]) -> Int {
    shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
  }
}
