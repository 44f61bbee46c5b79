internal import Config
internal import Diagnostics

/// Reads columns to predict: numbers, or labels for a column of texts or with named classes.
extension ColumnReader {
  /// Adds the target.
  /// - Parameters:
  ///   - areMeant: whether the classes are those of this column, whatever is in it.
  /// - Throws: E0407 for a missing target, E0409, E0411 and E0417 for what is no target.
  func readTarget(
    _ group: CSVSource.Group, _ classes: [ConfigNode], areMeant: Bool,
    into data: inout RawData
  ) throws(Diagnostic) {
    let column = group.columns[0]
    let cells = try cells(column.name, isTarget: true)
    let named = areMeant || fits(classes, cells) ? try classes.map(named: cells) : []
    try classes.checkDifferent(named)
    let isNumeric = named.isEmpty ? try self.isNumeric(cells) : false
    guard !isNumeric else {
      data.targets.append(try numericTarget(group, into: &data))
      data.meanings.append(.init(group.name, columns: group.columns.map(\.name)))
      return
    }
    guard group.columns.count == 1 else { throw .severalClassColumns(group.columns[1]) }
    var names = named
    if names.isEmpty {
      try checkValues(cells)
      names = Self.sortedNames(cells, cells.trainRows)
      try CategoryCount(cells).checkClasses(isMeant: rules.kind(of: cells.name) == .category)
    } else {
      let found = Set(cells.texts[cells.trainRows])
      for (name, node) in zip(names, classes) where !found.contains(name) && node.span != nil {
        data.warnings.append(.unusedClass(name, at: node.span))
      }
    }
    let codes = named.isEmpty ? Self.codes(cells, names) : try Self.codes(cells, named: names)
    if let row = codes.firstIndex(of: -1) { throw .unknownClass(cells, row, names) }
    let labels = Column(group.name, rowShape: [], .integers(codes))
    data.targets.append(rules.oneHot.contains(cells.name) ? labels.oneHot(names.count) : labels)
    data.meanings.append(.init(group.name, columns: [cells.name], classes: names))
    data.classNames = names
  }

  /// What `classes` names is a class, whatever the word means elsewhere.
  private static func codes(_ cells: ColumnCells, named names: [String]) throws(Diagnostic) -> [Int32] {
    let codes = Dictionary(zip(names, Int32(0)...), uniquingKeysWith: { first, _ in first })
    var result: [Int32] = []
    result.reserveCapacity(cells.texts.count)
    for (row, text) in cells.texts.enumerated() {
      if let code = codes[text] {
        result.append(code)
      } else if cells.verdicts[row] == .value {
        throw .unknownClass(cells, row, names)
      } else {
        throw .missing(cells.cell(row), as: noTarget)
      }
    }
    return result
  }

  private static let noTarget = "a sample without a target cannot be learned from; remove the row"

  private func checkValues(_ cells: ColumnCells) throws(Diagnostic) {
    if let row = cells.verdicts.firstIndex(of: .missing) {
      throw .missing(cells.cell(row), as: Self.noTarget)
    }
    guard let row = cells.verdicts.firstIndex(of: .unclear) else { return }
    throw .missing(
      cells.cell(row),
      as: "\(Self.noTarget), or write 'missing: []' in the data cell if '\(cells.texts[row])' is a class")
  }

  /// Whether classes are those of this column: of several targets, or of a data set that comes with classes, only the
  /// column that holds them is meant.
  private func fits(_ classes: [ConfigNode], _ cells: ColumnCells) -> Bool {
    let names = Set(classes.compactMap { try? className($0) })
    return cells.texts.allSatisfy(names.contains)
  }

  private func numericTarget(
    _ group: CSVSource.Group, into data: inout RawData
  ) throws(Diagnostic) -> Column {
    let width = group.columns.count
    let count = tables.reduce(0) { $0 + $1.rowCount }
    var values = [Float](repeating: 0, count: count * width)
    for (place, column) in group.columns.enumerated() {
      let cells = try cells(column.name, isTarget: true)
      guard try isNumeric(cells) else { throw .severalClassColumns(column) }
      if let row = cells.verdicts.firstIndex(where: { $0 != .value }) {
        throw .missing(cells.cell(row), as: Self.noTarget)
      }
      let (numbers, _) = try numbers(cells)
      if let row = numbers.firstIndex(where: \.isNaN) { throw .missing(cells.cell(row), as: Self.noTarget) }
      data.targetNumbers.append((column.name, numbers))
      for (row, number) in numbers.enumerated() { values[row * width + place] = Float(number) }
    }
    return Column(group.name, rowShape: [width], .floats(values))
  }
}

extension [ConfigNode] {
  /// - Throws: E0411 for a class that is named twice, which would be two units for one class.
  func checkDifferent(_ names: [String]) throws(Diagnostic) {
    var seen: Set<String> = []
    for (node, name) in zip(self, names) where !seen.insert(name).inserted {
      throw Diagnostic(
        "E0411", "the class '\(name)' is named twice", at: node.span.map { .init($0, "named before") },
        help: "each class has one place among 'classes'")
    }
  }

  /// The names of the classes of a column, as the column writes them: in YAML `NULL` is nothing, and `TRUE` is true.
  fileprivate func map(named cells: ColumnCells) throws(Diagnostic) -> [String] {
    guard contains(where: { $0.string == nil }) else {
      var names: [String] = []
      for node in self { names.append(try className(node)) }
      return names
    }
    let found = Set(cells.texts)
    func spelled(_ spellings: [String]) -> String? { spellings.first(where: found.contains) }
    // 1 is the class that a table of fractions writes as 1.0.
    func written(_ number: Double) -> String? {
      found.filter { NumberNotation().number($0) == number }.min {
        $0.utf8.lexicographicallyPrecedes($1.utf8)
      }
    }
    var names: [String] = []
    for node in self {
      switch node.content {
      case .null where node.span != nil: names.append(spelled(["null", "NULL", "Null", "~"]) ?? "null")
      case .bool(true): names.append(spelled(["true", "True", "TRUE"]) ?? "true")
      case .bool(false): names.append(spelled(["false", "False", "FALSE"]) ?? "false")
      case .double(let number):
        names.append(written(number) ?? "\(number)")
      case .int(let number) where !found.contains("\(number)"):
        names.append(written(Double(number)) ?? "\(number)")
      default: names.append(try className(node))
      }
    }
    return names
  }
}

extension Diagnostic {
  /// E0411: a class that is not among those known.
  fileprivate static func unknownClass(_ cells: ColumnCells, _ row: Int, _ names: [String]) -> Diagnostic {
    .inTable(
      "E0411", cells.cell(row), "unknown class '\(cells.texts[row])'",
      help: nearest(to: cells.texts[row], in: names).map { "did you mean '\($0)'?" } ?? "classes: "
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
