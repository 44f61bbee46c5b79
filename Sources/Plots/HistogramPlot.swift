import Running
import Analysis
import Config
import Datasets
import Diagnostics
import Plotting

/// How values fall: those of a data set's columns, or a model's predictions or errors.
let histogram = PlotKind(
  "histogram", "a histogram",
  shows: "How values fall: those of a data set's columns, or a model's predictions or errors.",
  settings: "of", "data", "output", "features", "bins", "values", "width",
  "height"
) { cell, file, context in
  guard case .string = cell.data.content else {
    context.bag.report(.needsData("a histogram", at: cell.subject))
    return nil
  }
  return cell.of.isAbsent ? ofData(cell, file, &context) : ofModel(cell, file, &context)
}

/// More panels would be too small to read.
private let mostPanels = 16

private func ofData(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun? {
  guard let part = context.part(cell.data), let numbers = context.numbers(cell, of: part) else { return nil }
  let title = cell.title ?? "\(part.data): \(part.part)"
  return { context in
    guard let data = context.data[part.data], let rows = data[part.part] else { return }
    let shown = numbers.prefix(mostPanels)
    let panels = shown.map { Histogram.Panel($0.name, [(name: "", values: $0.values(in: rows, of: data))]) }
    var figure = Histogram(title: title, panels: panels, bins: cell.bins)
    figure.subtitle =
      numbers.count > shown.count ? "the first \(shown.count) of \(numbers.count) columns" : ""
    if cell.width != nil || cell.height != nil { figure.wanted = cell.size(figure.size) }
    let names = shown.map(\.name).joined(separator: ", ")
    try context.show(figure, as: file, caption: "How \(names) fall in \(part.data).\(part.part)")
  }
}

private func ofModel(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun? {
  guard let plan = context.numberPlan(cell, "a histogram of predictions") else { return nil }
  let isOfErrors = cell.counted == .errors
  let title = cell.title ?? "\(isOfErrors ? "Errors" : "Predictions") of \(plan.subject)"
  return { context in
    guard let pairs = try NumberPairs(plan, context) else { return }
    let panels = zip(pairs.names, pairs.columns).prefix(mostPanels).map { name, pairs in
      isOfErrors
        ? Histogram.Panel("\(name): predicted − true", [("", pairs.map { $0.prediction - $0.truth })])
        : Histogram.Panel(name, [("true", pairs.map(\.truth)), ("predicted", pairs.map(\.prediction))])
    }
    var figure = Histogram(title: title, panels: panels, bins: cell.bins)
    if cell.width != nil || cell.height != nil { figure.wanted = cell.size(figure.size) }
    let what = isOfErrors ? "the errors" : "true and predicted values"
    try context.show(figure, as: file, caption: "How \(what) fall in \(plan.part.data).\(plan.part.part)")
  }
}
