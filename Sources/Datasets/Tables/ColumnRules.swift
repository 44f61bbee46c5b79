internal import Config
internal import Diagnostics

/// What the settings of a data set say about the columns of its table.
struct ColumnRules {
  enum Kind: String, CaseIterable { case number, category, date, text }

  /// What columns hold in the words of other programs.
  private static let otherWords: [String: Kind] = [
    "float": .number, "float32": .number, "float64": .number, "int": .number, "int32": .number,
    "int64": .number, "integer": .number, "real": .number, "numeric": .number, "numerical": .number,
    "continuous": .number, "double": .number, "decimal": .number, "currency": .number, "percent": .number,
    "categorical": .category, "string": .text, "str": .text, "object": .category, "texts": .text,
    "words": .text,
    "class": .category, "label": .category, "nominal": .category, "ordinal": .category, "factor": .category,
    "bool": .category, "boolean": .category, "binary": .category, "one_hot": .category,
    "datetime": .date, "timestamp": .date, "time": .date,
  ]

  let missing: MissingWords
  /// Whether missing values of features are filled.
  let canBeMissing: Bool
  /// Columns that become vectors of 0 and 1.
  let oneHot: Set<String>
  let dropped: Set<String>
  private let kinds: [String: Kind]
  private let hasDecimalComma: Bool
  private let commaColumns: [String: Bool]

  /// - Throws: E0201, E0205 and E0408 for settings that cannot be meant.
  init(_ settings: DataSettings, for table: CSVTable) throws(Diagnostic) {
    canBeMissing = !settings.fillMissing.isAbsent
    missing = try MissingWords(reading: settings.missing)
    oneHot = try Self.names(settings.oneHot, in: table)
    dropped = try Self.names(settings.drop, in: table)
    kinds = try Self.kinds(settings.types, in: table)
    let (isComma, columns) = try Self.decimals(settings.decimal, in: table)
    hasDecimalComma = isComma
    commaColumns = columns
    for node in settings.oneHot {
      guard let name = node.string, let kind = kinds[name], kind != .category else { continue }
      throw .contradictingTypes(name, kind.rawValue, at: node.span)
    }
  }

  /// What a column is told to be.
  func kind(of name: String) -> Kind? { kinds[name] ?? (oneHot.contains(name) ? .category : nil) }

  /// How its numbers are written.
  func notation(of name: String) -> NumberNotation {
    let form: NumberNotation.Form =
      switch kinds[name] {
      case .number: .number
      case .date: .date
      case .category, .text, nil: .plain
      }
    return NumberNotation(form, hasDecimalComma: commaColumns[name] ?? hasDecimalComma)
  }

  /// Whether the decimal mark was said for this column alone.
  func hasOwnMark(_ name: String) -> Bool { commaColumns[name] != nil }

  private static func names(_ nodes: [ConfigNode], in table: CSVTable) throws(Diagnostic) -> Set<String> {
    var names: Set<String> = []
    for node in nodes {
      let name = node.isAbsent ? "" : try node.text()
      guard table.place(of: name) != nil else { throw .noColumn(name, in: table, at: node.span) }
      names.insert(name)
    }
    return names
  }

  private static func kinds(_ node: ConfigNode, in table: CSVTable) throws(Diagnostic) -> [String: Kind] {
    guard !node.isAbsent else { return [:] }
    guard let entries = node.entries else { throw .mismatch(node, "a mapping of columns to types") }
    var kinds: [String: Kind] = [:]
    for entry in entries {
      guard table.place(of: entry.key) != nil else {
        throw .noColumn(entry.key, in: table, at: entry.keySpan)
      }
      let word = try entry.value.text()
      guard let kind = Kind(rawValue: word) else {
        throw .unknownType(word, otherWords[word.lowercased()], at: entry.value.span)
      }
      kinds[entry.key] = kind
    }
    return kinds
  }

  private static func decimals(
    _ node: ConfigNode, in table: CSVTable
  ) throws(Diagnostic) -> (Bool, [String: Bool]) {
    guard !node.isAbsent else { return (false, [:]) }
    guard let entries = node.entries else { return (try isComma(node), [:]) }
    var columns: [String: Bool] = [:]
    for entry in entries {
      guard table.place(of: entry.key) != nil else {
        throw .noColumn(entry.key, in: table, at: entry.keySpan)
      }
      columns[entry.key] = try isComma(entry.value)
    }
    return (false, columns)
  }

  private static func isComma(_ node: ConfigNode) throws(Diagnostic) -> Bool {
    guard let mark = node.string, mark == "," || mark == "." else {
      throw .mismatch(node, "the decimal mark, ',' or '.', or a mapping of columns to theirs")
    }
    return mark == ","
  }
}

extension Diagnostic {
  /// E0205: no kind of column, or one in another program's word.
  fileprivate static func unknownType(_ word: String, _ meant: ColumnRules.Kind?, at span: SourceSpan?)
    -> Diagnostic
  {
    var diagnostic = Diagnostic.unknownWord(
      word, in: ColumnRules.Kind.allCases.map(\.rawValue), at: span, what: "type")
    if let meant { diagnostic.help = "write '\(meant.rawValue)'" }
    return diagnostic
  }

  /// E0415: a column that is told to be two things.
  fileprivate static func contradictingTypes(_ name: String, _ kind: String, at span: SourceSpan?)
    -> Diagnostic
  {
    Diagnostic(
      "E0415", "'one_hot' does not apply to '\(name)', whose type is \(kind)",
      at: span.map { Label($0, "has no effect") }, help: "remove it from one of 'one_hot' and 'types'")
  }
}
