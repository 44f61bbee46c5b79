internal import Config
internal import Diagnostics
internal import TensorCore

/// A table to predict on, whose columns are taken one after another.
struct RawTable {
  private let table: CSVTable
  private let preparation: Preparation
  /// Places of columns that no input names, and that are no targets.
  private var free: [Int]
  private var taken: Set<Int> = []

  init(_ table: CSVTable, _ preparation: Preparation) {
    self.table = table
    self.preparation = preparation
    let named = Set(preparation.inputs.flatMap { $0.columns ?? [] }.map(\.name))
    let targets = Set(preparation.targets.flatMap(\.columns))
    free = table.header.indices.filter {
      !named.contains(table.header[$0]) && !targets.contains(table.header[$0])
    }
  }

  /// How many columns are left for inputs without named ones.
  var freeCount: Int { free.count }

  /// - Throws: E0419 unless inputs without named columns find as many as they need.
  func checkWidth() throws(Diagnostic) {
    let inputs = preparation.inputs.filter { $0.columns == nil }
    let needed = inputs.reduce(0) { $0 + $1.size }
    guard !inputs.isEmpty, needed != free.count else { return }
    throw .otherWidth(
      "'\(table.file.name)' has \(free.count) columns, the model takes \(needed) numbers", table.file)
  }

  /// - Throws: E0407 to E0409, E0418.
  mutating func columns(of input: Preparation.Input) throws(Diagnostic) -> [RawData.TableColumn] {
    var result: [RawData.TableColumn] = []
    guard let encodings = input.columns else {
      for place in free.prefix(input.size) {
        let kind: Preparation.Encoding.Kind = input.isText ? .texts : .numbers()
        let encoding = Preparation.Encoding(name: table.header[place], kind: kind)
        result.append(try read(encoding, at: place))
      }
      free.removeFirst(input.size)
      return result
    }
    for encoding in encodings {
      guard let place = table.place(of: encoding.name) else {
        throw .noColumn(encoding.name, in: table, at: table.file.span)
      }
      result.append(try read(encoding, at: place))
    }
    return result
  }

  /// What no input took, in the file's order.
  var others: [RawRows.Other] {
    table.header.indices.filter { !taken.contains($0) }.map { place in
      RawRows.Other(
        name: table.header[place],
        cells: (0..<table.rowCount).map { table.text(row: $0, column: place) })
    }
  }

  private mutating func read(
    _ encoding: Preparation.Encoding, at place: Int
  ) throws(Diagnostic) -> RawData.TableColumn {
    taken.insert(place)
    switch encoding.kind {
    case .texts:
      let texts = (0..<table.rowCount).map { table.text(row: $0, column: place) }
      return .texts(name: encoding.name, TextTable.codes(of: texts))
    case .numbers(let fill, _, _): return try numbers(encoding, place, canBeMissing: fill != nil)
    case .categories(let names, let canBeMissing):
      return try categories(encoding.name, at: place, names, canBeMissing: canBeMissing)
    }
  }

  private func verdict(_ text: String, _ row: Int, _ place: Int) -> MissingWords.Verdict {
    preparation.format.missing.verdict(text, isQuoted: table.isQuoted(row: row, column: place))
  }

  private func numbers(
    _ encoding: Preparation.Encoding, _ place: Int, canBeMissing: Bool
  ) throws(Diagnostic) -> RawData.TableColumn {
    var numbers: [Double] = []
    numbers.reserveCapacity(table.rowCount)
    for row in 0..<table.rowCount {
      let text = table.text(row: row, column: place)
      if verdict(text, row, place) != .value {
        guard canBeMissing else { throw .missingInput(cell(row, place)) }
        numbers.append(.nan)
      } else {
        guard let number = encoding.notation.number(text) else {
          throw .noNumber(text, cell(row, place), encoding.notation)
        }
        let isMissing = preparation.format.missing.names(number)
        guard !isMissing || canBeMissing else { throw .missingInput(cell(row, place)) }
        numbers.append(isMissing ? .nan : number)
      }
    }
    return .numbers(name: encoding.name, numbers, encoding.notation)
  }

  private func categories(
    _ name: String, at place: Int, _ names: [String], canBeMissing: Bool
  ) throws(Diagnostic) -> RawData.TableColumn {
    let known = Dictionary(zip(names, Int32(0)...)) { first, _ in first }
    var codes: [Int32] = []
    codes.reserveCapacity(table.rowCount)
    for row in 0..<table.rowCount {
      let text = table.text(row: row, column: place)
      if let code = known[text] {
        codes.append(code)
      } else if verdict(text, row, place) != .value {
        guard canBeMissing else { throw .missingInput(cell(row, place)) }
        codes.append(-1)
      } else {
        guard preparation.format.unknownCategories == .zeros else {
          throw .unknownCategory(text, cell(row, place), names)
        }
        codes.append(-1)
      }
    }
    return .categories(name: name, codes, names: names)
  }

  private func cell(_ row: Int, _ place: Int) -> TableCell {
    TableCell(table: table, line: table.lines[row], column: table.header[place])
  }
}

extension Diagnostic {
  /// E0407: a missing value that nothing fills.
  fileprivate static func missingInput(_ cell: TableCell) -> Diagnostic {
    .missing(
      cell, as: "the model was trained without 'fill_missing'; fill in the value, or remove the row")
  }

  /// E0409: a text where the model was trained on numbers.
  fileprivate static func noNumber(
    _ text: String, _ cell: TableCell, _ notation: NumberNotation
  ) -> Diagnostic {
    let form =
      switch notation.form {
      case .plain, .number:
        (notation.hasDecimalComma ? "with a decimal comma" : "with a decimal point")
          + (notation.unit.isEmpty ? "" : " and '\(notation.unit)'")
      case .date: "as dates of ISO 8601"
      }
    let isPlain = notation == NumberNotation()
    return .inTable(
      "E0409", cell, "'\(text)' in a column of numbers",
      help: isPlain && NumberLook(text) == nil
        ? "correct it, or leave the cell empty if it is missing"
        : "the model was trained on numbers \(form): write it so, or leave the cell empty if it is missing")
  }

  /// E0418: a category that the model was not trained on.
  fileprivate static func unknownCategory(_ text: String, _ cell: TableCell, _ names: [String]) -> Diagnostic
  {
    .inTable(
      "E0418", cell, "the model was not trained on '\(text)'",
      help: nearest(to: text, in: names).map { "did you mean '\($0)'?" }
        ?? "categories: " + names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : ""))
  }
}
