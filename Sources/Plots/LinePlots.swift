import Running
import Analysis
import Config
import Diagnostics
import Plotting

/// Logged values over epochs, or over other logged values, as lines.
let lines = PlotKind(
  "lines", "a plot of lines", shows: "Logged values over epochs, or over each other, as lines.",
  settings: "lines", "x", "log", "smooth", "panels", "width", "height"
) { cell, file, context in drawing(of: cell.lines, asDots: false, cell, file, &context) }

/// The same as dots.
let scatter = PlotKind(
  "scatter", "a scatter plot", shows: "Logged values over epochs, or over each other, as dots.",
  settings: "scatter", "x", "log", "panels", "width", "height"
) {
  cell, file, context in drawing(of: cell.scatter, asDots: true, cell, file, &context)
}

/// One value of a training that was logged each epoch.
struct LoggedValue: Sendable {
  var model: String
  var metric: String
}

/// A line and the values it is made of: of several the mean is drawn, with their deviation around it.
private struct LoggedLine: Sendable {
  var name: String
  var values: [LoggedValue]

  /// The name of its panel.
  func panel(_ panels: PlotCell.Panels?) -> String {
    switch panels {
    case nil: ""
    case .model: values[0].model
    case .metric: values[0].metric
    case .line: name
    }
  }
}

private func drawing(
  of node: ConfigNode, asDots isScattered: Bool, _ cell: PlotCell, _ file: PlotFile,
  _ context: inout CheckContext
) -> CellRun? {
  guard let lines = context.lines(node) else { return nil }
  let x = cell.x.string ?? ""
  for value in lines.flatMap(\.values) where x != "epoch" {
    let logs = context.names.trainings[value.model]?.logs ?? []
    if logs.contains(x) { continue }
    context.bag.report(.notLogged(cell.x, of: value.model, known: ["epoch"] + logs))
    return nil
  }
  let metrics = Set(lines.flatMap(\.values).map(\.metric))
  let metric = metrics.count == 1 ? metrics.first : nil
  let names = lines.map(\.name).joined(separator: ", ")
  let over = x == "epoch" ? "the epochs" : x
  return { context in
    let series = lines.map { line in
      var series = line.series(over: x, context)
      series.panel = line.panel(cell.panels)
      return series
    }
    var figure = LineChart(
      title: cell.title ?? cell.subject.string ?? metric ?? names, xLabel: x,
      yLabel: cell.panels == .metric ? "" : metric ?? "", series: series)
    figure.isScattered = isScattered
    figure.smoothing = cell.smoothing
    figure.subtitle = remark(cell.smoothing, areMeans: lines.contains { $0.values.count > 1 })
    figure.wholeNumbers = x == "epoch"
    figure.logarithmic = cell.logarithmic.contains { $0.string == "y" }
    figure.logarithmicX = cell.logarithmic.contains { $0.string == "x" }
    figure.size = cell.size(size(panels: Set(series.map(\.panel)).count))
    try context.show(
      figure, as: file, caption: metric.map { "\($0) over \(over): \(names)" } ?? "\(names) over \(over)")
  }
}

/// What is done to the values before they are drawn.
private func remark(_ smoothing: Double, areMeans: Bool) -> String {
  let means = areMeans ? "means, and one standard deviation to both sides" : ""
  guard smoothing > 0 else { return means }
  let smooth = "smoothed by \(NumberText.significant(smoothing)); faint lines are the values themselves"
  return means.isEmpty ? smooth : means + "; " + smooth
}

private func size(panels: Int) -> Size {
  switch panels {
  case ...1: Size(width: 720, height: 420)
  case 2, 3: Size(width: 880, height: 360)
  default: Size(width: 880, height: 110 + 200 * Double((panels + 2) / 3))
  }
}

extension LoggedLine {
  fileprivate func series(over x: String, _ context: RunContext) -> LineChart.Series {
    let records = values.compactMap { value in context.histories[value.model].map { (value, $0) } }
    let curves = records.map { $1.values(of: $0.metric) }
    let length = curves.map(\.count).min() ?? 0
    let across = records.first.map { value, record -> [Double] in
      let first = record.epochs - record.history.count
      return x == "epoch" ? record.history.indices.map { Double(first + $0 + 1) } : record.values(of: x)
    }
    var series = LineChart.Series(name, [])
    for i in 0..<length {
      let (mean, deviation) = meanAndDeviation(curves.map { $0[i] })
      series.points.append((across?[i] ?? .nan, mean))
      if curves.count > 1 { series.band.append((mean - deviation, mean + deviation)) }
    }
    return series
  }
}

/// The mean of some values and their standard deviation, that of a sample; 0 for a single one.
func meanAndDeviation(_ values: [Double]) -> (mean: Double, deviation: Double) {
  let n = Double(values.count)
  let mean = values.reduce(0, +) / n
  guard n > 1 else { return (mean, 0) }
  return (mean, (values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / (n - 1)).squareRoot())
}

extension CheckContext {
  /// The lines that are asked for: names of logged values, or a mapping of names to one or several of them.
  fileprivate mutating func lines(_ node: ConfigNode) -> [LoggedLine]? {
    var lines: [LoggedLine] = []
    let named = node.entries?.map { ($0.key, $0.value.list ?? [$0.value]) }
    let plain = (node.list ?? (node.string == nil ? [] : [node])).map { ($0.string ?? $0.json, [$0]) }
    for (name, items) in named ?? plain {
      var values: [LoggedValue] = []
      for item in items {
        guard let value = loggedValue(item) else { return nil }
        values.append(value)
      }
      guard !values.isEmpty else { break }
      lines.append(LoggedLine(name: name, values: values))
    }
    guard !lines.isEmpty, lines.count == (named ?? plain).count else {
      bag.report(.mismatch(node, "logged values such as [mlp.loss, mlp.val_loss]"))
      return nil
    }
    return lines
  }

  private mutating func loggedValue(_ node: ConfigNode) -> LoggedValue? {
    guard let text = node.string else {
      bag.report(.mismatch(node, "a logged value such as mlp.loss"))
      return nil
    }
    let words = text.split(separator: ".", maxSplits: 1).map(String.init)
    if words.count == 2, names.trainings[words[0]]?.logs.contains(words[1]) == true {
      return LoggedValue(model: words[0], metric: words[1])
    }
    // What a wrong training would have logged is not known.
    if let model = words.first, names.isTrainingBroken(model) { return nil }
    let known = names.trainings.keys.sorted().flatMap { model in
      names.trainings[model]?.logs.map { "\(model).\($0)" } ?? []
    }
    bag.report(.notLogged(node, of: nil, known: known))
    return nil
  }
}

extension Diagnostic {
  /// E0241: a value that no training logs.
  fileprivate static func notLogged(_ node: ConfigNode, of model: String?, known: [String]) -> Diagnostic {
    let text = node.string ?? node.json
    let near = nearest(to: text, in: known)
    let list =
      known.isEmpty
      ? "no model is trained above this cell" : "logged are " + known.joined(separator: ", ")
    return Diagnostic(
      "E0241",
      model.map { "the training of '\($0)' logs no '\(text)'" } ?? "no training above logs '\(text)'",
      at: node.span.map { Label($0, "not logged") }, help: near.map { "did you mean '\($0)'?" } ?? list,
      fix: near.flatMap { near in node.span.map { Fix($0, replacement: near) } })
  }
}
