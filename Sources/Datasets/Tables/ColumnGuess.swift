internal import Config
internal import Diagnostics

/// What a column holds that no setting tells of, by the cells of the training table.
struct ColumnGuess {
  private let cells: ColumnCells
  private let rules: ColumnRules
  /// How its numbers are written.
  let notation: NumberNotation

  /// Different texts that are looked at closely; more of them tell nothing new.
  private static let mostLooks = 500

  init(_ cells: ColumnCells, _ rules: ColumnRules) {
    self.cells = cells
    self.rules = rules
    var notation = rules.notation(of: cells.name)
    if notation.hasDecimalComma, !rules.hasOwnMark(cells.name), Self.hasPointsOnly(cells) {
      notation.hasDecimalComma = false
    }
    self.notation = notation
  }

  /// Whether a column cannot be read with decimal commas, but with points: no cell has a comma, and in one a point
  /// cannot group digits.
  private static func hasPointsOnly(_ cells: ColumnCells) -> Bool {
    var isCertain = false
    for row in cells.trainRows where cells.verdicts[row] == .value {
      let text = cells.texts[row]
      guard NumberNotation().number(text) != nil else { return false }
      isCertain = isCertain || (text.contains(".") && WrittenNumber(text, hasDecimalComma: true) == nil)
    }
    return isCertain
  }

  /// Whether it holds numbers rather than texts.
  /// - Throws: E0407 for a column without values, E0409 for one that is neither the one nor the other.
  func isNumeric() throws(Diagnostic) -> Bool {
    var (given, found) = (0, 0)
    var firstText: Int?
    for row in cells.trainRows where cells.verdicts[row] == .value {
      given += 1
      if notation.number(cells.texts[row]) != nil { found += 1 } else if firstText == nil { firstText = row }
    }
    if given == 0 {
      // Words that may be values are categories then, if they are that at all.
      if cells.verdicts.contains(.unclear) { return false }
      throw .emptyColumn(cells)
    }
    guard let firstText else { return true }
    if found * 2 < given, !isNearlyNumeric(given) { return false }
    throw .notANumber(cells, at: firstText, notation, rules)
  }

  /// Whether half of the cells, or half of the different texts, are numbers or look like some.
  private func isNearlyNumeric(_ given: Int) -> Bool {
    var counts: [String: Int] = [:]
    var order: [String] = []
    for row in cells.trainRows where cells.verdicts[row] == .value {
      if counts[cells.texts[row], default: 0] == 0 { order.append(cells.texts[row]) }
      counts[cells.texts[row], default: 0] += 1
    }
    let seen = order.prefix(Self.mostLooks)
    var (numbers, rows, all) = (0, 0, 0)
    var units: [String: (texts: Int, rows: Int)] = [:]
    for text in seen {
      let count = counts[text] ?? 0
      all += count
      let look = NumberLook(text, hasDecimalComma: notation.hasDecimalComma)
      if look == .unit, let unit = NumberLook.unit(of: text) {
        units[unit, default: (0, 0)].texts += 1
        units[unit, default: (0, 0)].rows += count
      } else if look != nil || notation.number(text) != nil {
        numbers += 1
        rows += count
      }
    }
    // `12 kg` is a number where all have that unit; `1st` and `2nd` are names.
    if let unit = units.values.max(by: { $0.texts < $1.texts }), unit.texts >= 3 {
      numbers += unit.texts
      rows += unit.rows
    }
    return numbers > 0 && (numbers * 2 >= seen.count || rows * 2 >= all)
  }
}

/// Whether the categories of a column say something about rows that are not in it.
struct CategoryCount {
  private let cells: ColumnCells
  private let rowCount: Int
  private let count: Int

  /// More categories than these are not made features, nor classes, unless that is said.
  private static let most = 1000
  /// Nor more than these, whatever is said.
  private static let mostAtAll = 65_536
  /// From here on they are worth a word.
  private static let many = 100
  /// So many may always differ in every row.
  private static let few = 10
  /// Nor is a word lost about so many.
  private static let veryFew = 4

  init(_ cells: ColumnCells) {
    self.cells = cells
    var found: Set<String> = []
    var given = 0
    for row in cells.trainRows where cells.verdicts[row] == .value {
      found.insert(cells.texts[row])
      given += 1
    }
    count = found.count
    rowCount = given
  }

  /// Whether nearly every row has its own.
  var isNearlyUnique: Bool { count > Self.most || (count >= Self.few && count * 2 >= rowCount) }

  /// Whether every row has its own, of so few that it may be chance.
  private var isUnique: Bool { count == rowCount && count >= Self.veryFew }

  /// - Throws: E0417 for a column in which nearly every row is different.
  func check(isMeant: Bool, width: Int, warnings: inout [Diagnostic]) throws(Diagnostic) {
    // Numbers of 0 and 1 of a gibibyte.
    let isTooLarge =
      width > Self.mostAtAll
      || width.multipliedReportingOverflow(by: cells.texts.count).partialValue > 1 << 28
    if isTooLarge || (isNearlyUnique && !isMeant) {
      throw .tooManyCategories(cells, count, of: rowCount, canBeMeant: !isTooLarge)
    }
    if !isMeant, count > Self.many || isUnique { warnings.append(.manyCategories(cells, count)) }
  }

  /// - Throws: E0417 for a target in which nearly every row is different.
  func checkClasses(isMeant: Bool) throws(Diagnostic) {
    if isNearlyUnique && !isMeant { throw .tooManyClasses(cells, count, of: rowCount) }
  }
}

extension Diagnostic {
  /// E0409: a text in a column of numbers, with the setting that its look asks for.
  static func notANumber(
    _ cells: ColumnCells, at row: Int, _ notation: NumberNotation, _ rules: ColumnRules
  ) -> Diagnostic {
    let (text, name) = (cells.texts[row], yamlWord(cells.name))
    let look = cells.look(at: row, notation)
    let column =
      cells.isTarget
      ? "'types: {\(name): category}' if the column holds classes"
      : "'one_hot: [\(name)]' if the column holds categories, 'drop: [\(name)]' to leave it out"
    let isTold = rules.kind(of: cells.name) != nil
    let message =
      isTold
      ? "'\(text)' is not a \(notation.form == .date ? "date of ISO 8601" : "number")"
        + (notation.unit.isEmpty ? "" : " with '\(notation.unit)'")
      : look == nil ? "'\(text)' in a column of numbers" : "'\(text)' is not read as a number"
    let words = (cells.unclearWords + [text]).map(yamlWord).joined(separator: ", ")
    let steps: String =
      switch look {
      case .decimalComma: "write 'decimal: \",\"' in the data cell if the comma is the decimal mark"
      case .comma:
        "write 'decimal: {\(name): \",\"}' in the data cell if the comma is the decimal mark, "
          + "'types: {\(name): number}' if it groups digits"
      case .written where !isTold:
        "write 'types: {\(name): number}' in the data cell for numbers with a currency, a percent sign or grouped digits"
      case .date where !isTold: "write 'types: {\(name): date}' in the data cell for days since 1970"
      case .date, .otherDate: "write dates as 2024-01-31 or 2024-01-31T12:00 for 'types: {\(name): date}'"
      case .unit: "remove the unit"
      case .written, .other, nil:
        notation.hasDecimalComma && NumberNotation().number(text) != nil
          ? "write 'decimal: {\(name): .}' in the data cell if the point is the decimal mark of this column"
          : isTold && notation.form == .number && look == .written
            ? "correct it; all numbers of a column have the same currency or percent sign, or none"
            : "correct it, or write 'missing: [\(words)]' in the data cell if it stands for a missing value"
      }
    return .inTable("E0409", cells.cell(row), message, help: isTold ? steps : "\(steps); \(column)")
  }

  /// E0417: a column in which almost every row is different.
  fileprivate static func tooManyCategories(
    _ cells: ColumnCells, _ count: Int, of rows: Int, canBeMeant: Bool
  ) -> Diagnostic {
    let name = yamlWord(cells.name)
    return .inTable(
      "E0417", cells.cell(0), "\(count) different categories in \(rows) rows, such as '\(cells.example)'",
      help: "leave the column out with 'drop: [\(name)]'"
        + (canBeMeant ? ", or write 'one_hot: [\(name)]' if each is a feature of its own" : ""))
  }

  /// E0417: as many classes as samples.
  fileprivate static func tooManyClasses(_ cells: ColumnCells, _ count: Int, of rows: Int) -> Diagnostic {
    .inTable(
      "E0417", cells.cell(0), "\(count) different classes in \(rows) rows, such as '\(cells.example)'",
      help: "name another target, or write 'types: {\(yamlWord(cells.name)): category}' if each is a class")
  }

  /// E0425: a column that makes many features.
  fileprivate static func manyCategories(_ cells: ColumnCells, _ count: Int) -> Diagnostic {
    var diagnostic = Diagnostic.inTable(
      "E0425", cells.cell(0), "\(count) categories become \(count) features",
      help: "write 'one_hot: [\(yamlWord(cells.name))]' if that is meant, or leave the column out with 'drop'"
    )
    diagnostic.severity = .warning
    return diagnostic
  }
}

extension ColumnCells {
  /// How many cells are looked at to understand one.
  private static let mostLooks = 500

  /// What a cell looks like, beside the others: what may be thousands or a decimal comma is clear where another is.
  fileprivate func look(at row: Int, _ notation: NumberNotation) -> NumberLook? {
    let look = NumberLook(texts[row], hasDecimalComma: notation.hasDecimalComma)
    guard look == .comma else { return look }
    let others = trainRows.prefix(Self.mostLooks).lazy.compactMap { NumberLook(texts[$0]) }
    return others.first { $0 == .decimalComma || $0 == .written } ?? look
  }

  /// The first value.
  fileprivate var example: String {
    zip(texts, verdicts).first { $0.1 == .value }.map { String($0.0.prefix(60)) } ?? ""
  }
}
