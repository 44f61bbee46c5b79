import Running
import Analysis
import Config
import Datasets
import Diagnostics
import Plotting

/// How values fall: those of a data set's columns, or a model's predictions or errors.
struct HistogramPlot: PlotKind {
  /// What a histogram of a model counts.
  enum Counted: String, ConfigConvertible, CaseIterable { case predictions, errors }

  static let title = "a histogram"
  /// More panels would be too small to read.
  private static let mostPanels = 16

  var topic = PlotTopic()
  var features: [ConfigNode] = []
  var bins: Int?
  var counted = Counted.predictions
  var size = PlotSize()

  static let schema = Schema(
    "histogram",
    "How values fall: those of a data set's columns, or a model's predictions or errors.",
    prototype: HistogramPlot(),
    .of(\.topic.of), .data(\.topic.data), .output(\.topic.output), .features(\.features), .bins(\.bins),
    Field("values", \.counted, "What a histogram of a model counts: predictions or errors."),
    .width(\.size.width), .height(\.size.height))

  func plan(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun? {
    guard case .string = topic.data.content else {
      context.bag.report(.needsData(Self.title, at: cell.subject))
      return nil
    }
    return topic.of.isAbsent ? ofData(cell, file, &context) : ofModel(cell, file, &context)
  }

  private func ofData(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun? {
    guard let part = context.part(topic.data), let numbers = context.numbers(features, of: part) else {
      return nil
    }
    let title = cell.title ?? "\(part.data): \(part.part)"
    return { context in
      guard let data = context.data[part.data], let rows = data[part.part] else { return }
      let shown = numbers.prefix(Self.mostPanels)
      let panels = shown.map { Histogram.Panel($0.name, [(name: "", values: $0.values(in: rows, of: data))]) }
      var figure = Histogram(title: title, panels: panels, bins: bins)
      figure.subtitle =
        numbers.count > shown.count ? "the first \(shown.count) of \(numbers.count) columns" : ""
      if size.isAsked { figure.wanted = size.applied(to: figure.size) }
      let names = shown.map(\.name).joined(separator: ", ")
      try context.show(figure, as: file, caption: "How \(names) fall in \(part.data).\(part.part)")
    }
  }

  private func ofModel(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun? {
    guard let plan = context.numberPlan(topic, "a histogram of predictions", in: cell) else { return nil }
    let isOfErrors = counted == .errors
    let title = cell.title ?? "\(isOfErrors ? "Errors" : "Predictions") of \(plan.subject)"
    return { context in
      guard let pairs = try NumberPairs(plan, context) else { return }
      let panels = zip(pairs.names, pairs.columns).prefix(Self.mostPanels).map { name, pairs in
        isOfErrors
          ? Histogram.Panel("\(name): predicted − true", [("", pairs.map { $0.prediction - $0.truth })])
          : Histogram.Panel(name, [("true", pairs.map(\.truth)), ("predicted", pairs.map(\.prediction))])
      }
      var figure = Histogram(title: title, panels: panels, bins: bins)
      if size.isAsked { figure.wanted = size.applied(to: figure.size) }
      let what = isOfErrors ? "the errors" : "true and predicted values"
      try context.show(figure, as: file, caption: "How \(what) fall in \(plan.part.data).\(plan.part.part)")
    }
  }
}
