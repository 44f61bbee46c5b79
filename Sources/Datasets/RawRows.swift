public import Diagnostics
internal import Config

/// Rows of a file to predict on, prepared as a model's training data were; targets are not needed.
public struct RawRows: Sendable {
  /// A column of the file that is no input, with the texts as they are.
  public struct Other: Sendable {
    public var name: String
    public var cells: [String]
  }

  public var part: DataPart
  /// For those that want to find their rows again.
  public var others: [Other]

  /// Reads a CSV file, whose columns may come in any order, or IDX images, whatever the file's name.
  ///
  /// An input without named columns takes the columns in the file's order; those of the targets are left out.
  /// - Parameter span: where an experiment names the file.
  /// - Throws: E0401 to E0406 for a file that cannot be read, E0407 for missing values, E0408 for a missing column, E0409
  ///   for a text in a column of numbers, E0418 for an unknown category, E0419 for another number of columns or pixels.
  public init(
    _ path: String, at span: SourceSpan? = nil, _ preparation: Preparation
  ) throws(Diagnostic) {
    let file = DataPath(path, span: span)
    if try file.isIDX {
      part = try Self.images(file, preparation.inputs)
      others = []
      return
    }
    let table = try CSVTable(try file.bytes(), of: file, separator: preparation.separator)
    var reader = RawTable(table, preparation)
    try reader.checkWidth()
    var features: [Column] = []
    for input in preparation.inputs {
      features.append(input.column(.table(name: input.name, try reader.columns(of: input))))
    }
    part = DataPart(features: features, targets: [], rows: .range(0..<table.rowCount))
    others = reader.others
  }

  /// Whether a file is there, for those who want to know before they need it.
  /// - Throws: E0401.
  public static func check(_ path: String, at span: SourceSpan?) throws(Diagnostic) {
    _ = try DataPath(path, span: span).bytes(atMost: 1)
  }

  private static func images(_ file: DataPath, _ inputs: [Preparation.Input]) throws(Diagnostic) -> DataPart {
    guard inputs.count == 1, let input = inputs.first, input.columns == nil else { throw .noImages(file) }
    let (header, storage, _) = try readIDX(file)
    let size = header.dims.dropFirst().reduce(1, *)
    guard size == input.size else {
      throw .otherWidth("'\(file.name)' has \(size) numbers a sample, the model takes \(input.size)", file)
    }
    let raw = Column(input.name, rowShape: input.shape, storage.floatsOrBytes)
    return DataPart(features: [input.column(.ready(raw))], targets: [], rows: .range(0..<header.dims[0]))
  }
}

extension DataPath {
  /// Whether the file begins as IDX files do, or is packed, which tables are not.
  fileprivate var isIDX: Bool {
    get throws(Diagnostic) {
      let start = try bytes(atMost: 2)
      return start == [0, 0] || start == [0x1F, 0x8B]
    }
  }
}

/// A table whose columns are taken one after another.
private struct RawTable {
  private let table: CSVTable
  private let preparation: Preparation
  /// Places of columns that no input names, and that are no targets.
  private var free: [Int]
  private var taken: Set<Int> = []

  init(_ table: CSVTable, _ preparation: Preparation) {
    (self.table, self.preparation) = (table, preparation)
    let named = Set(preparation.inputs.flatMap { $0.columns ?? [] }.map(\.name))
    let targets = Set(preparation.targets.flatMap(\.columns))
    free = table.header.indices.filter {
      !named.contains(table.header[$0]) && !targets.contains(table.header[$0])
    }
  }

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
        let encoding = Preparation.Encoding(name: table.header[place], kind: .numbers())
        result.append(try read(encoding, at: place))
      }
      free.removeFirst(input.size)
      return result
    }
    for encoding in encodings {
      guard let place = table.header.firstIndex(of: encoding.name) else {
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
    case .numbers(let fill, _, _): return try numbers(encoding.name, place, canBeMissing: fill != nil)
    case .categories(let names, let canBeMissing):
      return try categories(encoding.name, place, names, canBeMissing)
    }
  }

  private func numbers(
    _ name: String, _ place: Int, canBeMissing: Bool
  ) throws(Diagnostic) -> RawData.TableColumn {
    var numbers: [Float] = []
    numbers.reserveCapacity(table.rowCount)
    for row in 0..<table.rowCount {
      let text = table.text(row: row, column: place)
      if ColumnReader.missing.contains(text) {
        guard canBeMissing else { throw .missingInput(cell(row, place)) }
        numbers.append(.nan)
      } else {
        guard let number = ColumnReader.number(text) else { throw .noNumber(text, cell(row, place)) }
        numbers.append(number)
      }
    }
    return .numbers(name: name, numbers)
  }

  private func categories(
    _ name: String, _ place: Int, _ names: [String], _ canBeMissing: Bool
  ) throws(Diagnostic) -> RawData.TableColumn {
    let known = Dictionary(zip(names, Int32(0)...)) { first, _ in first }
    var codes: [Int32] = []
    codes.reserveCapacity(table.rowCount)
    for row in 0..<table.rowCount {
      let text = table.text(row: row, column: place)
      if let code = known[text] {
        codes.append(code)
      } else if ColumnReader.missing.contains(text) {
        guard canBeMissing else { throw .missingInput(cell(row, place)) }
        codes.append(-1)
      } else {
        throw .unknownCategory(text, cell(row, place), names)
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
    .inTable(
      "E0407", cell, "a value is missing",
      "the model was trained without 'fill_missing'; fill in the value, or remove the row")
  }

  /// E0409: a text where the model was trained on numbers.
  fileprivate static func noNumber(_ text: String, _ cell: TableCell) -> Diagnostic {
    .inTable("E0409", cell, "'\(text)' in a column of numbers", "correct it, or leave the cell empty if it is missing")
  }

  /// E0418: a category that the model was not trained on.
  fileprivate static func unknownCategory(_ text: String, _ cell: TableCell, _ names: [String]) -> Diagnostic {
    .inTable(
      "E0418", cell, "the model was not trained on '\(text)'",
      nearest(to: text, in: names).map { "did you mean '\($0)'?" }
        ?? "categories: " + names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : ""))
  }

  /// E0419: another number of columns or pixels than the model takes.
  fileprivate static func otherWidth(_ message: String, _ file: DataPath) -> Diagnostic {
    Diagnostic(
      "E0419", message, at: file.span.map { Label($0, "read for this") },
      help: "nothing is known of the columns but their number: leave out all others, in the order of the training")
  }

  /// E0420: images for a model of tables.
  fileprivate static func noImages(_ file: DataPath) -> Diagnostic {
    Diagnostic(
      "E0420", "'\(file.name)' holds images, the model takes columns of a table",
      at: file.span.map { Label($0, "read for this") }, help: "name a CSV file with a header")
  }
}
