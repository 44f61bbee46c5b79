import Running
import Analysis
import Config
import Datasets
import Diagnostics
import ExpLanguage
import Plotting

/// Results side by side, or numbers of a table.
struct BarsPlot: PlotKind {
  static let title = "a plot of bars"
  var bars = ConfigNode(.null)
  var csv = ConfigNode(.null)
  var logarithmic: [ConfigNode] = []

  static let schema = Schema(
    "bars", "Results as bars, or numbers of a table.", prototype: BarsPlot(),
    Field(
      "bars", \.bars,
      "Results as bars: [test.accuracy], or {NAME: test.accuracy}; a list there is a mean. Of 'csv' the columns: {groups: COLUMN, series: COLUMN, values: COLUMN}."
    ),
    Field("csv", \.csv, "A table whose numbers are the bars, made elsewhere."),
    .logarithmic(\.logarithmic))

  func plan(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun? {
    if !csv.isAbsent { return ofTable(cell, file, &context) }
    guard let rows = context.bars(bars) else { return nil }
    let names = rows.map(\.name)
    let title = cell.title ?? cell.subject.string ?? names.joined(separator: ", ")
    return { context in
      var series = BarChart.Series("", [])
      for row in rows {
        let values = try row.scripts.map { try evaluate($0, in: context.scope).number ?? .nan }
        let (mean, deviation) = meanAndDeviation(values)
        series.values.append(mean)
        series.spreads.append(deviation)
      }
      var figure = BarChart(title: title, groups: names, series: [series])
      if rows.contains(where: { $0.scripts.count > 1 }) {
        figure.subtitle = "means, and one standard deviation to both sides"
      }
      let numbers = zip(names, series.values).map { "\($0) \(NumberText.significant($1))" }
      try context.show(figure, as: file, caption: numbers.joined(separator: ", "))
    }
  }

  private func ofTable(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun? {
    let environment = context.experiment.environment
    let read = context.bag.collect { () throws(Diagnostic) in
      let table = try PlainTable(csv, in: environment)
      return (try TableBars(self.bars, of: table), table.input)
    }
    guard let (bars, input) = read else { return nil }
    context.use([input])
    let figure = bars.figure(
      title: cell.title ?? cell.subject.string, isLogarithmic: logarithmic.contains { $0.string == "y" })
    return { try $0.show(figure, as: file, caption: bars.caption) }
  }
}

/// A bar and the results it is the mean of.
private struct BarRow: Sendable {
  var name: String
  var scripts: [ScriptText]
}

extension CheckContext {
  /// The bars that are asked for: results or expressions of them, or a mapping of names to one or several.
  fileprivate mutating func bars(_ node: ConfigNode) -> [BarRow]? {
    let named = node.entries?.map { ($0.key, $0.value.list ?? [$0.value]) }
    let plain = (node.list ?? [node]).map { ($0.string ?? $0.json, [$0]) }
    var rows: [BarRow] = []
    for (name, items) in named ?? plain {
      var scripts: [ScriptText] = []
      for item in items {
        guard let script = result(item) else { return nil }
        scripts.append(script)
      }
      rows.append(BarRow(name: name, scripts: scripts))
    }
    guard !rows.isEmpty, rows.allSatisfy({ !$0.scripts.isEmpty }) else {
      bag.report(.mismatch(node, "results such as [test.accuracy]"))
      return nil
    }
    return rows
  }

  private mutating func result(_ node: ConfigNode) -> ScriptText? {
    guard let text = node.string ?? (node.entries == nil && node.list == nil ? node.json : nil) else {
      bag.report(.mismatch(node, "a result such as test.accuracy"))
      return nil
    }
    let script = ScriptText(text, at: node.span, in: experiment.sources)
    let scope = expressionScope
    let read = bag.collect { () throws(Diagnostic) in try Expression(parsing: script) }
    guard let expression = read else { return nil }
    let isRight = tryOut(expression.names) { () throws(Diagnostic) in
      if try evaluate(script, in: scope).number == nil { throw .noNumber(text, at: node.span) }
    }
    return isRight ? script : nil
  }
}

extension Diagnostic {
  /// E0242: a bar that is no number.
  fileprivate static func noNumber(_ text: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0242", "'\(text)' is no number", at: span.map { Label($0, "cannot be a bar") },
      help: "results such as test.accuracy, numbers and calculations with them can")
  }
}
