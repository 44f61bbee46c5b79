internal import Config
internal import Diagnostics

/// Reads the columns of a training table, and of a test table with the same header, as numbers or categories.
///
/// A column whose cells are all numbers is numeric; what kind a column is, and which categories it has, is
/// decided by the training table alone.
struct ColumnReader {
  static let missing: Set<String> = ["", "NA", "nan", "NaN", "?"]
  /// More categories are more likely names or numbers of things, which say nothing about others.
  private static let categoryLimit = 1000
  private let tables: [CSVTable]
  /// For each table the places of the training table's columns.
  private let places: [[Int]]
  private let oneHot: [String]
  private let canBeMissing: Bool

  init(_ tables: [CSVTable], oneHot: [ConfigNode], canBeMissing: Bool) throws(Diagnostic) {
    self.tables = tables
    self.canBeMissing = canBeMissing
    var places: [[Int]] = []
    for table in tables {
      var own: [Int] = []
      for name in tables[0].header {
        guard let place = table.header.firstIndex(of: name) else {
          throw .noColumn(name, in: table, at: table.file.span)
        }
        own.append(place)
      }
      places.append(own)
    }
    self.places = places
    var names: [String] = []
    for node in oneHot {
      let name = try node.text()
      guard tables[0].header.contains(name) else { throw .noColumn(name, in: tables[0], at: node.span) }
      names.append(name)
    }
    self.oneHot = names
  }

  /// A feature column.
  func column(_ name: String) throws(Diagnostic) -> RawData.TableColumn {
    let texts = self.texts(name)
    if !oneHot.contains(name), let numbers = try numbers(name, texts) { return .numbers(name: name, numbers) }
    let names = Self.sortedNames(texts.prefix(tables[0].rowCount))
    guard names.count <= Self.categoryLimit else { throw .tooManyCategories(name, names.count, tables[0]) }
    let codes = codes(texts, names)
    if !canBeMissing, let row = texts.firstIndex(where: Self.missing.contains) {
      throw .missing(cell(row, name))
    }
    return .categories(name: name, codes, names: names)
  }

  /// Adds the targets: labels for a column of texts or with named classes, numbers otherwise.
  /// - Parameter areMeant: whether the classes are those of this column, whatever is in it.
  func readTarget(
    _ group: (name: String, columns: [ColumnName]), _ classes: [ConfigNode], areMeant: Bool,
    into data: inout RawData
  ) throws(Diagnostic) {
    let name = group.columns[0].name
    for column in group.columns {
      let texts = texts(column.name)
      if let row = texts.firstIndex(where: Self.missing.contains) {
        throw .missing(cell(row, column.name), isTarget: true)
      }
    }
    let classes = areMeant || fits(classes, texts(name)) ? classes : []
    var isClasses = !classes.isEmpty || oneHot.contains(name)
    if !isClasses { isClasses = try numbers(name, texts(name)) == nil }
    guard isClasses else {
      data.targets.append(try numericTarget(group))
      data.meanings.append(.init(group.name, columns: group.columns.map(\.name)))
      return
    }
    guard group.columns.count == 1 else { throw .severalClassColumns(group.columns[1]) }
    let texts = texts(name)
    var names = Self.sortedNames(texts.prefix(tables[0].rowCount))
    if !classes.isEmpty {
      let found = Set(names)
      names = []
      for node in classes { names.append(try className(node)) }
      for (name, node) in zip(names, classes) where !found.contains(name) && node.span != nil {
        data.warnings.append(.unusedClass(name, at: node.span))
      }
    }
    let codes = codes(texts, names)
    if let row = codes.firstIndex(of: -1) { throw .unknownClass(texts[row], cell(row, name), names) }
    let labels = Column(group.name, rowShape: [], .integers(codes))
    data.targets.append(oneHot.contains(name) ? labels.oneHot(names.count) : labels)
    data.meanings.append(.init(group.name, columns: [name], classes: names))
    data.classNames = names
  }

  /// Whether classes are those of this column: of several targets, or of a data set that comes with classes, only the
  /// column that holds them is meant.
  private func fits(_ classes: [ConfigNode], _ texts: [String]) -> Bool {
    let names = Set(classes.compactMap { try? className($0) })
    return texts.allSatisfy(names.contains)
  }

  private func numericTarget(_ group: (name: String, columns: [ColumnName])) throws(Diagnostic) -> Column {
    let width = group.columns.count
    let count = tables.reduce(0) { $0 + $1.rowCount }
    var values = [Float](repeating: 0, count: count * width)
    for (place, column) in group.columns.enumerated() {
      guard let numbers = try numbers(column.name, texts(column.name)) else {
        throw .severalClassColumns(column)
      }
      for (row, number) in numbers.enumerated() { values[row * width + place] = number }
    }
    return Column(group.name, rowShape: [width], .floats(values))
  }

  /// The column as numbers, NaN where one is missing; `nil` if it holds texts.
  /// - Throws: E0407 for missing numbers that nothing fills, E0409 for a column that is neither the one nor
  ///   the other.
  private func numbers(_ name: String, _ texts: [String]) throws(Diagnostic) -> [Float]? {
    var numbers: [Float] = []
    numbers.reserveCapacity(texts.count)
    var (firstText, firstMissing): (Int?, Int?)
    var (found, given) = (0, 0)
    for (row, text) in texts.enumerated() {
      let isMissing = Self.missing.contains(text)
      let number = isMissing ? nil : Self.number(text)
      numbers.append(number ?? .nan)
      if isMissing, firstMissing == nil { firstMissing = row }
      if !isMissing, number == nil, firstText == nil { firstText = row }
      if row < tables[0].rowCount, !isMissing {
        given += 1
        if number != nil { found += 1 }
      }
    }
    if given == 0 { throw .emptyColumn(name, tables[0]) }
    if let row = firstText {
      if found * 2 < given { return nil }
      throw .mixedColumn(texts[row], cell(row, name))
    }
    if let row = firstMissing, !canBeMissing { throw .missing(cell(row, name)) }
    return numbers
  }

  /// A number as tables have it, independent of any locale.
  static func number(_ text: String) -> Float? {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }) else {
      return nil
    }
    guard let number = Float(text), number.isFinite else { return nil }
    return number
  }

  private func texts(_ name: String) -> [String] {
    guard let place = tables[0].header.firstIndex(of: name) else { return [] }
    return zip(tables, places).flatMap { table, places in
      (0..<table.rowCount).map { table.text(row: $0, column: places[place]) }
    }
  }

  /// Each once, in order: whole numbers by size, everything else by its UTF-8 bytes.
  private static func sortedNames(_ texts: ArraySlice<String>) -> [String] {
    let names = Set(texts).subtracting(missing)
    let numbers = names.compactMap { Int($0) }
    if numbers.count == names.count { return names.sorted { (Int($0) ?? 0, $0) < (Int($1) ?? 0, $1) } }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private func codes(_ texts: [String], _ names: [String]) -> [Int32] {
    let codes = Dictionary(zip(names, Int32(0)...), uniquingKeysWith: { first, _ in first })
    return texts.map { codes[$0] ?? -1 }
  }

  /// Where a row of the column stands.
  private func cell(_ row: Int, _ name: String) -> TableCell {
    let isTest = row >= tables[0].rowCount
    let table = tables[isTest ? 1 : 0]
    return TableCell(table: table, line: table.lines[isTest ? row - tables[0].rowCount : row], column: name)
  }
}

/// A place in a table, for messages.
struct TableCell {
  var table: CSVTable
  var line: Int
  var column: String
  var text: String { "'\(table.file.name)' line \(line), column '\(column)'" }
}

extension Diagnostic {
  static func inTable(_ code: String, _ cell: TableCell, _ message: String, _ help: String)
    -> Diagnostic
  {
    Diagnostic(
      code, "\(cell.text): \(message)", at: cell.table.file.span.map { Label($0, "read for this") },
      help: help)
  }

  /// E0407: a missing value.
  fileprivate static func missing(_ cell: TableCell, isTarget: Bool = false) -> Diagnostic {
    .inTable(
      "E0407", cell, "a value is missing",
      isTarget
        ? "a sample without a target cannot be learned from; remove the row"
        : "write 'fill_missing: mean', or remove the row")
  }

  /// E0407: nothing but missing values.
  fileprivate static func emptyColumn(_ name: String, _ table: CSVTable) -> Diagnostic {
    .inTable(
      "E0407", TableCell(table: table, line: table.lines.first ?? 1, column: name),
      "the column has no values",
      "leave it out of 'features'")
  }

  /// E0417: a column in which almost every row is different.
  fileprivate static func tooManyCategories(_ name: String, _ count: Int, _ table: CSVTable) -> Diagnostic {
    Diagnostic(
      "E0417", "'\(table.file.name)', column '\(name)': \(count) different categories",
      at: table.file.span.map { Label($0, "read for this") },
      help: "more than 1000 become no features; leave the column out of 'features'")
  }

  /// E0409: neither a number nor one of some categories.
  fileprivate static func mixedColumn(_ text: String, _ cell: TableCell) -> Diagnostic {
    .inTable(
      "E0409", cell, "'\(text)' in a column of numbers",
      "correct it, or write 'one_hot: [\(cell.column)]' if the column holds categories")
  }

  /// E0411: a class that is not among those known.
  fileprivate static func unknownClass(_ text: String, _ cell: TableCell, _ names: [String]) -> Diagnostic {
    .inTable(
      "E0411", cell, "unknown class '\(text)'",
      nearest(to: text, in: names).map { "did you mean '\($0)'?" } ?? "classes: "
        + names.prefix(20).joined(separator: ", "))
  }

  /// E0409: classes beside other targets.
  fileprivate static func severalClassColumns(_ column: ColumnName) -> Diagnostic {
    Diagnostic(
      "E0409", "several targets in one must all be numbers",
      at: column.span.map { Label($0, "beside another target") },
      help: "give each its name: 'target: {a: …, b: …}'")
  }
}
