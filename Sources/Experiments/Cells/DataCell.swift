import Analysis
import Running
import Plots
import Config
import Datasets
import Diagnostics
import ExpLanguage
import Plotting
import Reporting
import RunEvents

/// A data set.
///
/// Its settings are those of ``DataSettings``.
struct DataCell: Cell {
  var subject = ConfigNode(.null)
  var settings = DataSettings()

  static let schema = Schema(DataSettings.schema, at: \DataCell.settings, prototype: DataCell())

  func plan(_ context: inout CheckContext) -> CellRun? {
    guard let name = context.name(subject, of: "data") else { return nil }
    var located = settings
    located.span = located.span ?? subject.span
    let environment = context.experiment.environment
    let (cell, experiment) = (context.cell, context.experiment)
    let found = context.bag.collect { () throws(Diagnostic) -> (Dataset, DataShape) in
      do throws(Diagnostic) {
        let dataset = try Dataset(name, located, in: environment)
        return (dataset, try cell.shape(of: dataset, in: experiment))
      } catch {
        throw error.located(at: subject.span)
      }
    }
    guard let (dataset, shape) = found else { return nil }
    context.declare(data: shape, as: name, at: subject.span)
    context.use(dataset.inputs)
    // A run tells them itself, so that they are logged.
    if !environment.keepsTables {
      for warning in shape.warnings { context.bag.report(warning.located(at: subject.span)) }
    }
    return { context in
      let data = try dataset.load()
      // A run that resumes compares hashes with what it began with (E0516).
      if !context.isRestoring { try data.check(shape) }
      context.data[name] = data
      for warning in data.warnings { try context.emit(.diagnostic(warning)) }
      let parts = data.partNames.map { DatasetRecord.Part(name: $0, count: data[$0]?.count ?? 0) }
      let files = try data.files.map { file in
        DatasetRecord.File(path: file.path, bytes: file.byteCount, sha256: try sha256(file: file.path).sha256)
      }
      let record = DatasetRecord(name: name, files: files, parts: parts)
      context.dataRecords[name] = record
      try context.emit(.dataset(record))
      try context.note(parts.map { "\(NumberText.grouped($0.count)) \($0.name)" }.joined(separator: "   "))
      context.show(.table(Self.table(data)))
    }
  }

  private static func table(_ data: PreparedData) -> ReportTable {
    func shape(_ columns: [Column]) -> String {
      columns.map {
        "\($0.name) \($0.rowShape.isEmpty ? "1" : $0.rowShape.map(String.init).joined(separator: "×"))"
      }
      .joined(separator: ", ")
    }
    let rows = data.partNames.map { name -> [String] in
      guard let part = data[name] else { return [] }
      return [name, NumberText.grouped(part.count), shape(part.features), shape(part.targets)]
    }
    let classes = data.classNames.map { "Classes: " + $0.joined(separator: ", ") } ?? ""
    return ReportTable(
      header: ["part", "samples", "features", "target"], rows: rows,
      alignments: [.left, .right, .left, .left],
      caption: classes)
  }
}

extension CellAtHand {
  /// What is known of a data set of the cell.
  fileprivate func shape(
    of dataset: Dataset, in experiment: ExperimentFacts
  ) throws(Diagnostic) -> DataShape {
    guard let shapes = experiment.shapes, let span else { return try dataset.inspect() }
    let key = DataShapeCache.Key(
      name: dataset.name, settings: ConfigNode(.map(settings)), seed: experiment.seed,
      files: dataset.inputs.flatMap(\.paths), span: span, text: experiment.sources.text(span))
    return try shapes.shape(of: key, dataset.inspect)
  }
}

extension PreparedData {
  /// Makes sure that the models of an experiment were checked against these data.
  /// - Throws: E0525.
  fileprivate func check(_ shape: DataShape) throws(Diagnostic) {
    func isSame(_ columns: [Column], _ arrays: [DataShape.Array]) -> Bool {
      columns.count == arrays.count
        && zip(columns, arrays).allSatisfy {
          $0.name == $1.name && $0.rowShape == $1.rowShape && $0.element == $1.element
        }
    }
    let counts = [shape.trainCount, shape.validationCount, shape.testCount]
    guard isSame(train.features, shape.features), isSame(train.targets, shape.targets),
      [train.count, validation?.count, test?.count] == counts, classNames == shape.classNames
    else { throw .changed(files.first?.path ?? name) }
  }
}
