internal import Config
internal import Diagnostics
internal import Files
internal import RunEvents
internal import TensorCore

/// A table in a CSV file, perhaps with another for testing.
struct CSVSource: RawSource {
  private let train: DataPath
  private let test: DataPath?
  private let separator: UInt8
  let settings: DataSettings
  var root: RunInput?
  private let kept: KeptData?

  init(
    train: DataPath, test: DataPath?, separator: UInt8, settings: DataSettings,
    in environment: DataEnvironment
  ) {
    (self.train, self.test, self.separator, self.settings) = (train, test, separator, settings)
    kept = environment.keepsTables ? KeptData() : nil
  }

  /// Reads `csv: FILE` or `csv: {train: FILE, test: FILE, separator: ';'}`.
  static func open(_ settings: DataSettings, _ environment: DataEnvironment) throws(Diagnostic)
    -> any RawSource
  {
    let node = settings.csv
    guard let entries = node.entries else {
      let file = try DataPath(node, in: environment)
      return CSVSource(
        train: file, test: nil, separator: UInt8(ascii: ","), settings: settings, in: environment)
    }
    let known = ["train", "test", "separator"]
    for entry in entries where !known.contains(entry.key) {
      throw .unknownKey(entry, of: "csv", known: known)
    }
    guard let train = node["train"] else {
      throw Diagnostic(
        "E0203", "csv needs 'train'", at: node.span.map { .init($0, "'train' is missing here") })
    }
    var separator = UInt8(ascii: ",")
    if let written = node["separator"] {
      let bytes = Array(try written.text().utf8)
      guard bytes.count == 1, !"\"\r\n".utf8.contains(bytes[0]) else {
        throw .mismatch(written, "one character")
      }
      separator = bytes[0]
    }
    let test = try node["test"].map { (node) throws(Diagnostic) in try DataPath(node, in: environment) }
    return try CSVSource(
      train: DataPath(train, in: environment), test: test, separator: separator, settings: settings,
      in: environment)
  }

  var paths: [DataPath] { [train] + (test.map { [$0] } ?? []) }

  /// Tables are small and say little in their head, so they are read; for a run that follows they are kept.
  func shape() throws(Diagnostic) -> DataShape {
    let stamps = paths.map { fileStamp($0.path) }
    let data = try read()
    kept?.keep(data, stamps)
    return data.shape
  }

  func load() throws(Diagnostic) -> RawData {
    if let kept, let data = kept.take(paths.map { fileStamp($0.path) }) { return data }
    return try read()
  }

  private func read() throws(Diagnostic) -> RawData {
    let (table, file) = try read(train)
    var (tables, files) = ([table], [file])
    if let test {
      let (table, file) = try read(test)
      tables.append(table)
      files.append(file)
    }
    let reader = try ColumnReader(
      tables, oneHot: settings.oneHot, canBeMissing: !settings.fillMissing.isAbsent)
    let targets = try groups(settings.target, default: "target", in: table)
    guard !targets.isEmpty else { throw .noTarget(table, settings) }
    let targetNames = targets.flatMap(\.columns).map(\.name)
    var features = try groups(settings.features, default: "features", in: table)
    if settings.features.isAbsent {
      let rest = table.header.filter { !targetNames.contains($0) }.map { ColumnName(name: $0, span: nil) }
      features = [(name: "features", columns: rest)]
    }
    try checkFeatures(features, targetNames, table)
    var data = RawData(
      features: [], targets: [], trainCount: table.rowCount,
      testCount: test == nil ? nil : tables[1].rowCount,
      files: files)
    data.separator = separator
    for group in features {
      var columns: [RawData.TableColumn] = []
      for column in group.columns { columns.append(try reader.column(column.name)) }
      data.features.append(.table(name: group.name, columns))
    }
    for group in targets {
      // Classes that come with a data set, or are given for one of several targets, are those of the column that
      // holds them.
      let areGiven = settings.source.isAbsent || settings.classes.contains { $0.span != nil }
      let areMeant = targets.count == 1 && areGiven && !settings.classes.isEmpty
      try reader.readTarget(group, settings.classes, areMeant: areMeant, into: &data)
    }
    return data
  }

  private func read(_ path: DataPath) throws(Diagnostic) -> (CSVTable, DataFile) {
    let bytes = try path.bytes()
    return (
      try CSVTable(bytes, of: path, separator: separator), DataFile(path: path.path, byteCount: bytes.count)
    )
  }

  /// Reads a column, a list of columns, or a mapping of names to either.
  private func groups(
    _ node: ConfigNode, default name: String, in table: CSVTable
  ) throws(Diagnostic) -> [(name: String, columns: [ColumnName])] {
    switch node.content {
    case .null: return []
    case .map(let entries):
      var result: [(name: String, columns: [ColumnName])] = []
      for entry in entries { result.append((entry.key, try columns(entry.value, in: table))) }
      return result
    case .string(let text): return [(name == "target" ? text : name, try columns(node, in: table))]
    default: return [(name, try columns(node, in: table))]
    }
  }

  private func columns(_ node: ConfigNode, in table: CSVTable) throws(Diagnostic) -> [ColumnName] {
    var result: [ColumnName] = []
    for item in node.list ?? [node] {
      let name = try item.text()
      guard table.header.contains(name) else { throw .noColumn(name, in: table, at: item.span) }
      result.append(ColumnName(name: name, span: item.span))
    }
    if result.isEmpty { throw .mismatch(node, "at least one column") }
    return result
  }

  private func checkFeatures(
    _ features: [(name: String, columns: [ColumnName])], _ targets: [String], _ table: CSVTable
  ) throws(Diagnostic) {
    let all = features.flatMap(\.columns)
    if let both = all.first(where: { targets.contains($0.name) }) { throw .targetIsFeature(both) }
    if all.isEmpty { throw .noFeatures(table) }
  }
}

/// A column as the experiment names it.
struct ColumnName: Sendable {
  var name: String
  var span: SourceSpan?
}

extension Diagnostic {
  /// E0408: a column that the table does not have.
  static func noColumn(_ name: String, in table: CSVTable, at span: SourceSpan?) -> Diagnostic {
    let shown = table.header.prefix(20).joined(separator: ", ") + (table.header.count > 20 ? ", …" : "")
    return Diagnostic(
      "E0408", "'\(table.file.name)' has no column '\(name)'", at: span.map { Label($0, "not in the table") },
      help: nearest(to: name, in: table.header).map { "did you mean '\($0)'?" } ?? "columns: \(shown)")
  }

  /// E0408: nothing to predict.
  fileprivate static func noTarget(_ table: CSVTable, _ settings: DataSettings) -> Diagnostic {
    Diagnostic(
      "E0408", "a table needs a 'target'",
      at: (settings.csv.span ?? settings.span).map { Label($0, "for this table") },
      help: "name the column to predict, for example 'target: \(table.header.last ?? "price")'")
  }

  /// E0408: a column on both sides.
  fileprivate static func targetIsFeature(_ column: ColumnName) -> Diagnostic {
    Diagnostic(
      "E0408", "'\(column.name)' is both a feature and the target",
      at: column.span.map { Label($0, "also the target") },
      help: "a model would only copy it; remove it from one of the two")
  }

  /// E0408: no column is left.
  fileprivate static func noFeatures(_ table: CSVTable) -> Diagnostic {
    Diagnostic(
      "E0408", "'\(table.file.name)' has no column but the target",
      at: table.file.span.map { Label($0, "this table") },
      help: "a model needs at least one feature")
  }
}
