import Running
import Analysis
import Config
import Datasets
import Diagnostics
import Plotting

/// Bars of numbers in a CSV file: which columns say what.
struct TableBars {
  private static let keys = ["groups", "series", "values", "over", "where", "label"]

  private var groups: [String] = []
  private var series: [BarChart.Series] = []
  /// What is measured, in words.
  private let label: String
  /// The series that the others are divided by.
  private let over: String?
  private let conditions: [(column: String, value: String)]

  /// Reads `bars: {groups: COLUMN, series: COLUMN, values: COLUMN, over: SERIES, where: {COLUMN: VALUE}, label: WORDS}`.
  /// - Throws: E0201 and E0203 for wrong settings, E0139 for a column or a value that there is not, E0140 for what is
  ///   no number.
  init(_ node: ConfigNode, of table: PlainTable) throws(Diagnostic) {
    guard let entries = node.entries else {
      throw .mismatch(node, "the columns, as in {groups: COLUMN, series: COLUMN, values: COLUMN}")
    }
    for entry in entries where !Self.keys.contains(entry.key) {
      throw .unknownKey(entry, of: "bars", known: Self.keys)
    }
    var conditions: [(column: String, value: String)] = []
    var rows = table.rows
    for entry in node["where"]?.entries ?? [] {
      let place = try Self.column(ConfigNode(.string(entry.key), span: entry.keySpan), of: table)
      let wanted = entry.value.string ?? entry.value.json
      guard rows.contains(where: { $0[place] == wanted }) else {
        throw .notInTable(wanted, "no row has", known: rows.map { $0[place] }, at: entry.value.span)
      }
      rows.removeAll { $0[place] != wanted }
      conditions.append((entry.key, wanted))
    }
    func column(_ key: String) throws(Diagnostic) -> Int {
      guard let name = node[key] else { throw .missingKey(key, of: "bars", doc: "A column.", at: node.span) }
      return try Self.column(name, of: table)
    }
    let (group, kind, value) = (try column("groups"), try column("series"), try column("values"))
    over = node["over"]?.string
    self.conditions = conditions
    let name = table.header[value]
    label = node["label"]?.string ?? over.map { "\(name) over that of \($0)" } ?? name
    var numbers: [String: [String: Double]] = [:]
    var names: [String] = []
    for row in rows {
      guard let number = Double(row[value]), number.isFinite else {
        throw .noNumber(row[value], in: table.header[value], at: node["values"]?.span)
      }
      if !groups.contains(row[group]) { groups.append(row[group]) }
      if !names.contains(row[kind]) { names.append(row[kind]) }
      numbers[row[group], default: [:]][row[kind]] = number
    }
    if let over, !names.contains(over) {
      throw .notInTable(over, "there is no series", known: names, at: node["over"]?.span)
    }
    for name in names where name != over {
      series.append(
        BarChart.Series(
          name,
          groups.map { group in
            let number = numbers[group]?[name] ?? .nan
            return over.map { number / (numbers[group]?[$0] ?? .nan) } ?? number
          }))
    }
  }

  private static func column(_ node: ConfigNode, of table: PlainTable) throws(Diagnostic) -> Int {
    let name = node.string ?? node.json
    if let place = table.header.firstIndex(of: name) { return place }
    throw .notInTable(name, "the table has no column", known: table.header, at: node.span)
  }

  func figure(title: String?, isLogarithmic: Bool) -> BarChart {
    var figure = BarChart(
      title: title ?? label, groups: groups, series: series, valueLabel: label, direction: .vertical)
    figure.subtitle = conditions.map { "\($0.column) \($0.value)" }.joined(separator: ", ")
    figure.isLogarithmic = isLogarithmic
    if let over { figure.reference = BarChart.Reference(value: 1, name: over) }
    return figure
  }

  /// What a reader who does not see the figure is told.
  var caption: String {
    series.map { series in
      let numbers = zip(groups, series.values).filter { $1.isFinite }
      return series.name + ": "
        + numbers.map { "\($0) \(NumberText.significant($1, digits: 3))" }.joined(separator: ", ")
    }.joined(separator: "; ")
  }
}

extension Diagnostic {
  /// E0139: a column, a series or a value that is not in a table.
  fileprivate static func notInTable(
    _ name: String, _ what: String, known: [String], at span: SourceSpan?
  ) -> Diagnostic {
    var seen: Set<String> = []
    let names = known.filter { seen.insert($0).inserted }
    return Diagnostic(
      "E0139", "\(what) '\(name)'", at: span.map { Label($0, "not in the table") },
      help: nearest(to: name, in: names).map { "did you mean '\($0)'?" }
        ?? "there are \(names.prefix(12).joined(separator: ", "))")
  }

  /// E0140: a cell that should be a number.
  fileprivate static func noNumber(_ text: String, in column: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0140", "'\(text)' in the column '\(column)' is no number",
      at: span.map { Label($0, "numbers are drawn") }, help: "write numbers such as 0.5 or 1e-3 in the column"
    )
  }
}
