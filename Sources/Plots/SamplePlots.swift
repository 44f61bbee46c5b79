import Running
import Analysis
import Config
import Datasets
import Diagnostics
import Glibc
import Plotting
import Reporting

/// The first samples of a part with their labels, and with a model what it takes them for.
struct SamplesPlot: PlotKind {
  static let title = "a plot of samples"
  var topic = PlotTopic()
  var count: Int?
  var columns: Int?

  static let schema = Schema(
    "samples", "Samples of a data set, with what they are, or what a model predicts.",
    prototype: SamplesPlot(),
    .data(\.topic.data), .of(\.topic.of), .output(\.topic.output), .count(\.count), .columns(\.columns))

  func plan(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun? {
    guard case .string = topic.data.content else {
      context.bag.report(.needsData(Self.title, at: cell.subject))
      return nil
    }
    var plan: ClassPlan?
    if !topic.of.isAbsent {
      plan = context.classPlan(topic, "a plot of predicted samples", in: cell)
      if plan == nil { return nil }
    }
    guard let part = plan?.part ?? context.part(topic.data), context.showsPictures(part, topic) else {
      return nil
    }
    let (count, columns) = (self.count ?? 20, self.columns)
    let title = cell.title ?? plan?.name ?? "\(part.data): \(part.part)"
    return { [plan] context in
      guard let data = context.data[part.data], let rows = data[part.part], let feature = rows.features.first
      else { return }
      let scores = try plan.flatMap { try ClassScores($0, context) }
      let shown = 0..<min(count, scores?.count ?? rows.count)
      let labels = shown.map { sample in
        scores?.label(sample) ?? data.label(of: rows, sample: sample)
      }
      let grid = SampleGrid(
        title: title, images: shown.map { rows.image(of: feature, sample: $0) },
        labels: labels.allSatisfy(\.isEmpty) ? [] : labels,
        predicted: scores.map { scores in
          shown.map { scores.classes[scores.prediction($0)] }
        } ?? [], columns: columns)
      try context.show(
        grid, as: file, caption: "The first \(shown.count) samples of \(part.data).\(part.part)")
    }
  }
}

/// The samples whose true class a model finds least likely.
struct WorstExamplesPlot: PlotKind {
  static let title = "a plot of the worst examples"
  var topic = PlotTopic()
  var count: Int?
  var columns: Int?

  static let schema = Schema(
    "worst_examples", "The samples that a model is most wrong about.", prototype: WorstExamplesPlot(),
    .of(\.topic.of), .data(\.topic.data), .output(\.topic.output), .count(\.count), .columns(\.columns))

  func plan(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun? {
    guard let plan = context.classPlan(topic, Self.title, in: cell),
      context.showsPictures(plan.part, topic)
    else { return nil }
    let (count, columns) = (self.count ?? 20, self.columns)
    let title = cell.title ?? "Worst examples of \(plan.name)"
    return { context in
      guard let scores = try ClassScores(plan, context), let feature = scores.rows.features.first else {
        return
      }
      func likelihood(_ sample: Int) -> Float { scores.probability(sample, of: scores.labels[sample]) }
      let worst = (0..<scores.count).filter { scores.prediction($0) != scores.labels[$0] }
        .sorted { (likelihood($0), $0) < (likelihood($1), $1) }
      let shown = worst.prefix(count)
      var grid = SampleGrid(
        title: title, images: shown.map { scores.rows.image(of: feature, sample: $0) },
        labels: shown.map(scores.label),
        predicted: shown.map { sample in
          let taken = scores.prediction(sample)
          let share = Double(scores.probability(sample, of: taken))
          return "\(scores.classes[taken]) \(NumberText.percent(share, decimals: 0))"
        }, columns: columns)
      grid.emptyText = "no sample is taken for another class"
      let caption =
        "\(NumberText.grouped(worst.count)) of \(NumberText.grouped(scores.count)) are taken for another class; "
        + "these are the \(shown.count) whose own class seems least likely"
      try context.show(
        grid, as: file, caption: worst.isEmpty ? "No sample is taken for another class" : caption)
    }
  }
}

extension DataShape {
  /// Whether samples are grey or coloured pictures.
  package var arePictures: Bool {
    guard let shape = features.first?.rowShape else { return false }
    return shape.count == 2 || (shape.count == 3 && (shape[2] == 1 || shape[2] == 3))
  }
}

extension CheckContext {
  /// Whether the samples of a part can be shown as pictures; otherwise that is reported.
  fileprivate mutating func showsPictures(_ part: DataPartInfo, _ topic: PlotTopic) -> Bool {
    if part.shape.arePictures { return true }
    bag.report(.noPictures(part.data, at: topic.data.span))
    return false
  }
}

extension Diagnostic {
  /// E0236: samples that are no pictures.
  fileprivate static func noPictures(_ data: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0236", "the samples of '\(data)' are no pictures", at: span.map { Label($0, "has other samples") },
      help: "'- show: \(data)' gives a table of any samples, 'histogram' how their numbers fall")
  }
}
