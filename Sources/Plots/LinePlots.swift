import Running
import Analysis
import Config
import Diagnostics
import Plotting

/// Logged values over epochs, or over other logged values, as lines.
struct LinesPlot: PlotKind {
  static let title = "a plot of lines"
  var lines = ConfigNode(.null)
  var axes = LineAxes()
  var smoothing = 0.0

  static let schema = Schema(
    "lines", "Logged values over epochs, or over each other, as lines.", prototype: LinesPlot(),
    Field(
      "lines", \.lines,
      "Logged values over epochs: [mlp.loss, mlp.val_loss], or {NAME: mlp.loss}; a list there is drawn as mean and deviation."
    ),
    .x(\.axes.x), .logarithmic(\.axes.logarithmic),
    Field("smooth", \.smoothing, "How much of each value is that of those before it, 0 to less than 1.") {
      (0..<1).contains($0) ? nil : "must be at least 0 and less than 1"
    },
    .panels(\.axes.panels), .width(\.axes.size.width), .height(\.axes.size.height))

  func plan(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun? {
    axes.drawing(of: lines, asDots: false, smoothing: smoothing, cell, file, &context)
  }
}

/// The same as dots.
struct ScatterPlot: PlotKind {
  static let title = "a scatter plot"
  var scatter = ConfigNode(.null)
  var axes = LineAxes()

  static let schema = Schema(
    "scatter", "Logged values over epochs, or over each other, as dots.", prototype: ScatterPlot(),
    Field("scatter", \.scatter, "Dots instead of lines."), .x(\.axes.x), .logarithmic(\.axes.logarithmic),
    .panels(\.axes.panels), .width(\.axes.size.width), .height(\.axes.size.height))

  func plan(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun? {
    axes.drawing(of: scatter, asDots: true, smoothing: 0, cell, file, &context)
  }
}

/// What small multiples are made of.
enum Panels: String, ConfigConvertible, CaseIterable { case model, metric, line }

/// How logged values are laid out.
struct LineAxes: Sendable {
  var x = ConfigNode("epoch")
  var logarithmic: [ConfigNode] = []
  var panels: Panels?
  var size = PlotSize()
}

extension Field {
  fileprivate static func x(_ path: any WritableKeyPath<Root, ConfigNode> & Sendable) -> Field {
    Field("x", path, "What runs to the right: epoch, or a logged value such as loss, of the same model.")
  }

  fileprivate static func panels(_ path: any WritableKeyPath<Root, Panels?> & Sendable) -> Field {
    Field("panels", path, "One panel for each model, metric or line.")
  }
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
  func panel(_ panels: Panels?) -> String {
    switch panels {
    case nil: ""
    case .model: values[0].model
    case .metric: values[0].metric
    case .line: name
    }
  }
}

extension LineAxes {
  fileprivate func drawing(
    of node: ConfigNode, asDots isScattered: Bool, smoothing: Double, _ cell: PlotCell, _ file: PlotFile,
    _ context: inout CheckContext
  ) -> CellRun? {
    guard let lines = context.lines(node) else { return nil }
    let x = x.string ?? ""
    for value in lines.flatMap(\.values) where x != "epoch" {
      let logs = context.names.trainings[value.model]?.logs ?? []
      if logs.contains(x) { continue }
      context.bag.report(.notLogged(self.x, of: value.model, known: ["epoch"] + logs))
      return nil
    }
    let metrics = Set(lines.flatMap(\.values).map(\.metric))
    let metric = metrics.count == 1 ? metrics.first : nil
    let names = lines.map(\.name).joined(separator: ", ")
    let over = x == "epoch" ? "the epochs" : x
    return { context in
      let series = lines.map { line in
        var series = line.series(over: x, context)
        series.panel = line.panel(panels)
        return series
      }
      var figure = LineChart(
        title: cell.title ?? cell.subject.string ?? metric ?? names, xLabel: x,
        yLabel: panels == .metric ? "" : metric ?? "", series: series)
      figure.isScattered = isScattered
      figure.smoothing = smoothing
      figure.subtitle = remark(smoothing, areMeans: lines.contains { $0.values.count > 1 })
      figure.wholeNumbers = x == "epoch"
      figure.logarithmic = logarithmic.contains { $0.string == "y" }
      figure.logarithmicX = logarithmic.contains { $0.string == "x" }
      figure.size = size.applied(to: standardSize(panels: Set(series.map(\.panel)).count))
      try context.show(
        figure, as: file, caption: metric.map { "\($0) over \(over): \(names)" } ?? "\(names) over \(over)")
    }
  }
}

/// What is done to the values before they are drawn.
private func remark(_ smoothing: Double, areMeans: Bool) -> String {
  let means = areMeans ? "means, and one standard deviation to both sides" : ""
  guard smoothing > 0 else { return means }
  let smooth = "smoothed by \(NumberText.significant(smoothing)); faint lines are the values themselves"
  return means.isEmpty ? smooth : means + "; " + smooth
}

private func standardSize(panels: Int) -> Size {
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
