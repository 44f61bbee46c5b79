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
    self.train = train
    self.test = test
    self.separator = separator
    self.settings = settings
    kept = environment.keepsTables ? KeptData() : nil
  }

  static let format = DataFormat(
    key: "csv", doc: "A CSV file with a header, or {train: FILE, test: FILE, separator: ';'}.", open: open,
    rows: rows)

  /// A table is what no other format knows.
  static let rows = RowReader(
    recognizes: { _ in false },
    read: { (file, format) throws(Diagnostic) in .table(try CSVTable(file, format.table)) })

  /// Reads `csv: FILE` or `csv: {train: FILE, test: FILE, separator: ';'}`.
  private static func open(_ node: ConfigNode, _ settings: DataSettings, _ environment: DataEnvironment)
    throws(Diagnostic) -> any RawSource
  {
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
  func inspect() throws(Diagnostic) -> Inspection {
    let stamps = paths.map { fileStamp($0.path) }
    let data = try read()
    kept?.keep(data, stamps)
    return .data(data)
  }

  func load() throws(Diagnostic) -> RawData {
    if let kept, let data = kept.take(paths.map { fileStamp($0.path) }) { return data }
    return try read()
  }

  private func read() throws(Diagnostic) -> RawData {
    let encoding = try settings.encoding.isAbsent ? .utf8 : TextEncoding(config: settings.encoding)
    let format = TableFormat(separator: separator, encoding: encoding)
    var (tables, files) = ([CSVTable](), [DataFile]())
    for path in paths {
      let bytes = try path.bytes()
      tables.append(try CSVTable(bytes, of: path, format))
      files.append(DataFile(path: path.path, byteCount: bytes.count))
    }
    let rules = try ColumnRules(settings, for: tables[0])
    let reader = try ColumnReader(tables, rules)
    let (features, targets) = try columns(of: tables[0], rules)
    var data = RawData(
      features: [], targets: [], trainCount: tables[0].rowCount,
      testCount: test == nil ? nil : tables[1].rowCount, files: files)
    data.format = Preparation.Format(
      separator: separator, encoding: encoding, missing: rules.missing,
      unknownCategories: settings.unknownCategories)
    data.lines = RowLines(tables: tables.map { ($0.file, $0.lines) })
    for group in features {
      var columns: [RawData.TableColumn] = []
      for column in group.columns {
        columns.append(try reader.column(column.name, warnings: &data.warnings))
      }
      data.features.append(.table(name: group.name, columns))
    }
    for group in targets {
      // Classes that come with a data set, or are given for one of several targets, are those of the column that
      // holds them.
      let areGiven =
        settings[format: BuiltInSource.format.key].isAbsent || settings.classes.contains { $0.span != nil }
      let areMeant = targets.count == 1 && areGiven && !settings.classes.isEmpty
      try reader.readTarget(group, settings.classes, areMeant: areMeant, into: &data)
    }
    return data
  }

  /// One input or output, and its columns.
  typealias Group = (name: String, columns: [ColumnName])

  /// What is predicted, and from what.
  private func columns(
    of table: CSVTable, _ rules: ColumnRules
  ) throws(Diagnostic) -> (features: [Group], targets: [Group]) {
    let targets = try groups(settings.target, default: "target", in: table)
    guard !targets.isEmpty else { throw .noTarget(table, settings) }
    let targetNames = Set(targets.flatMap(\.columns).map(\.name))
    var features = try groups(settings.features, default: "features", in: table)
    if settings.features.isAbsent {
      let rest = table.header.filter { !targetNames.contains($0) && !rules.dropped.contains($0) }
      if rest.contains("") { throw .unnamedColumn(table) }
      // Texts are inputs of their own: nothing but a layer that reads texts can take them.
      let texts = rest.filter { rules.kind(of: $0) == .text }
      let others = rest.filter { rules.kind(of: $0) != .text }.map { ColumnName(name: $0, span: nil) }
      features = others.isEmpty && !texts.isEmpty ? [] : [(name: "features", columns: others)]
      features += texts.map { (name: $0, columns: [ColumnName(name: $0, span: nil)]) }
    }
    for group in features {
      let texts = group.columns.filter { rules.kind(of: $0.name) == .text }
      if let first = texts.first, texts.count < group.columns.count {
        throw .textAmongNumbers(first, group.name)
      }
    }
    let all = features.flatMap(\.columns)
    if let both = all.first(where: { targetNames.contains($0.name) }) { throw .targetIsFeature(both) }
    for node in settings.drop {
      guard let name = node.string,
        let used = (all + targets.flatMap(\.columns)).first(where: { $0.name == name })
      else { continue }
      throw .dropsUsedColumn(used, at: node.span)
    }
    if all.isEmpty { throw .noFeatures(table) }
    return (features, targets)
  }

  /// Reads a column, a list of columns, or a mapping of names to either.
  private func groups(
    _ node: ConfigNode, default name: String, in table: CSVTable
  ) throws(Diagnostic) -> [Group] {
    switch node.content {
    case .null: return []
    case .map(let entries):
      var result: [Group] = []
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
      guard table.place(of: name) != nil else { throw .noColumn(name, in: table, at: item.span) }
      result.append(ColumnName(name: name, span: item.span))
    }
    if result.isEmpty { throw .mismatch(node, "at least one column") }
    return result
  }
}

/// A column as the experiment names it.
struct ColumnName: Sendable {
  var name: String
  var span: SourceSpan?
}

extension Diagnostic {
  /// E0432: a column of texts in an input with others.
  fileprivate static func textAmongNumbers(_ column: ColumnName, _ input: String) -> Diagnostic {
    Diagnostic(
      "E0432", "the texts of '\(column.name)' cannot stand among the numbers of the input '\(input)'",
      at: column.span.map { Label($0, "texts") },
      help:
        "make it an input of its own: 'features: {\(input): [COLUMN, …], \(column.name): \(yamlWord(column.name))}'"
    )
  }

  /// E0408: a column that the table does not have.
  static func noColumn(_ name: String, in table: CSVTable, at span: SourceSpan?) -> Diagnostic {
    let shown = table.header.prefix(20).joined(separator: ", ") + (table.header.count > 20 ? ", …" : "")
    return Diagnostic(
      "E0408", "'\(table.file.name)' has no column '\(name)'", at: span.map { Label($0, "not in the table") },
      help: nearest(to: name, in: Array(table.header.prefix(1000))).map { "did you mean '\($0)'?" }
        ?? (table.hasNumbersForNames ? CSVTable.headerHelp : "columns: \(shown)"))
  }

  /// E0408: nothing to predict.
  fileprivate static func noTarget(_ table: CSVTable, _ settings: DataSettings) -> Diagnostic {
    Diagnostic(
      "E0408", "a table needs a 'target'",
      at: (settings[format: CSVSource.format.key].span ?? settings.span).map { Label($0, "for this table") },
      help: "name the column to predict, for example 'target: \(table.header.last ?? "price")'")
  }

  /// E0408: a column on both sides.
  fileprivate static func targetIsFeature(_ column: ColumnName) -> Diagnostic {
    Diagnostic(
      "E0408", "'\(column.name)' is both a feature and the target",
      at: column.span.map { Label($0, "also the target") },
      help: "a model would only copy it; remove it from one of the two")
  }

  /// E0406: a column that cannot be a feature, since nothing can name it.
  fileprivate static func unnamedColumn(_ table: CSVTable) -> Diagnostic {
    let place = (table.place(of: "") ?? 0) + 1
    return .badTable(
      table.file, line: 1, "column \(place) has no name, like the index that pandas writes",
      help:
        "write 'drop: [\"\"]' to leave it out, list the columns to learn from in 'features', or name it in the header"
    )
  }

  /// E0408: a column that is dropped and used.
  fileprivate static func dropsUsedColumn(_ column: ColumnName, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0408", "'\(column.name)' is dropped, but also a feature or the target",
      at: span.map { Label($0, "dropped here") }, related: column.span.map { [Label($0, "used here")] } ?? [],
      help: "remove it from one of the two")
  }

  /// E0408: no column is left.
  fileprivate static func noFeatures(_ table: CSVTable) -> Diagnostic {
    Diagnostic(
      "E0408", "'\(table.file.name)' has no column but the target",
      at: table.file.span.map { Label($0, "this table") },
      help: "a model needs at least one feature")
  }
}
