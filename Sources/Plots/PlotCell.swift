package import Running
package import Analysis
package import Config
import Diagnostics
import Plotting
import RunEvents

/// A figure.
///
/// Which settings it takes depends on its kind.
package struct PlotCell: Cell {
  /// What small multiples are made of.
  enum Panels: String, ConfigConvertible, CaseIterable { case model, metric, line }
  /// What a histogram of a model counts.
  enum Counted: String, ConfigConvertible, CaseIterable { case predictions, errors }

  package static let isRunAgain = false
  package var subject = ConfigNode(.null)
  var of = ConfigNode(.null)
  var data = ConfigNode(.null)
  var title: String?
  var file: String?
  var format = FigureFormat.png
  var width: Double?
  var height: Double?
  var expandsNested = false
  var count: Int?
  var columns: Int?
  var bins: Int?
  var layer: String?
  var output: String?
  var features: [ConfigNode] = []
  var classes: [ConfigNode] = []
  var counted = Counted.predictions
  var lines = ConfigNode(.null)
  var scatter = ConfigNode(.null)
  var bars = ConfigNode(.null)
  var csv = ConfigNode(.null)
  var x = ConfigNode("epoch")
  var logarithmic: [ConfigNode] = []
  var smoothing = 0.0
  var panels: Panels?

  package static let schema = Schema(
    "plot",
    "A figure: " + (PlotRegistry.names + ["or 'lines:', 'scatter:', 'bars:'"]).joined(separator: ", ") + ".",
    prototype: PlotCell(),
    Field("of", \.of, "The model it is about."),
    Field("data", \.data, "The part of a data set it is about, such as fashion.test."),
    Field("title", \.title, "Heading of the figure."),
    Field("file", \.file, "Name of the file in figures/, without its ending.", check: figureName),
    Field("format", \.format, "A format to draw it in beside PNG: svg or pdf."),
    Field("width", \.width, "Width in millimetres; a column of a journal has about 85.", check: paperLength),
    Field("height", \.height, "Height in millimetres.", check: paperLength),
    Field("expand_nested", \.expandsNested, "Whether a model_graph opens models used as layers."),
    Field("count", \.count, "How many samples, or filters.") {
      (1...400).contains($0 ?? 1) ? nil : "must be between 1 and 400"
    },
    Field("columns", \.columns, "Samples side by side.") { ($0 ?? 1) >= 1 ? nil : "must be at least 1" },
    Field("bins", \.bins, "Bars of a histogram; as many as the values are worth if left out.") {
      (2...500).contains($0 ?? 2) ? nil : "must be between 2 and 500"
    },
    Field("layer", \.layer, "The layer whose weights or outputs are shown."),
    Field("output", \.output, "Which output of a model with several; the first that fits if left out."),
    Field(
      "features", \.features, "Columns of the data: those of a histogram, the two of a decision_boundary."),
    Field("classes", \.classes, "Names of the classes that have a curve; all if left out."),
    Field("values", \.counted, "What a histogram of a model counts: predictions or errors."),
    Field(
      "lines", \.lines,
      "Logged values over epochs: [mlp.loss, mlp.val_loss], or {NAME: mlp.loss}; a list there is drawn as mean and deviation."
    ),
    Field("scatter", \.scatter, "Dots instead of lines."),
    Field(
      "bars", \.bars,
      "Results as bars: [test.accuracy], or {NAME: test.accuracy}; a list there is a mean. Of 'csv' the columns: {groups: COLUMN, series: COLUMN, values: COLUMN}."
    ),
    Field("csv", \.csv, "A table whose numbers are the bars, made elsewhere."),
    Field("x", \.x, "What runs to the right: epoch, or a logged value such as loss, of the same model."),
    Field("log", \.logarithmic, "Axes that go in powers of ten: [x], [y] or [x, y].") {
      $0.allSatisfy { ["x", "y"].contains($0.string) } ? nil : "is a list of x and y"
    },
    Field("smooth", \.smoothing, "How much of each value is that of those before it, 0 to less than 1.") {
      (0..<1).contains($0) ? nil : "must be at least 0 and less than 1"
    },
    Field("panels", \.panels, "One panel for each model, metric or line."))

  /// Settings that every kind has.
  static let common = ["title", "file", "format"]

  package func plan(_ context: inout CheckContext) -> CellRun? {
    guard let kind = kind(&context) else { return nil }
    for entry in context.cell.settings where Self.schema.fields.contains(where: { $0.key == entry.key }) {
      let known = kind.settings + Self.common
      if known.contains(entry.key) { continue }
      context.bag.report(.notOfThisFigure(entry, kind, known))
      return nil
    }
    let file = PlotFile(name: file ?? standardName(kind), format: format)
    guard let run = kind.plan(self, file, &context) else { return nil }
    for ending in format == .png ? ["png"] : ["png", format.rawValue] {
      context.claim(file: RunFile.figure(file.name, ending), at: subject.span)
    }
    return run
  }

  private func kind(_ context: inout CheckContext) -> PlotKind? {
    let written = [lines, scatter, bars]
    let free = zip(PlotRegistry.free, written).filter { !$1.isAbsent }
    if free.count > 1 {
      context.bag.report(.notOneOf(PlotRegistry.free.map(\.name), at: subject.span))
      return nil
    }
    let names = PlotRegistry.names
    if let (kind, _) = free.first {
      if case .null = subject.content { return kind }
      // Beside its contents the word is the figure's name, unless it says another kind of figure.
      if let name = subject.string, isFileName(name), !names.contains(name) { return kind }
      context.bag.report(.twoKinds(subject, kind))
      return nil
    }
    guard let name = subject.string else {
      var mistake = Diagnostic.mismatch(subject, "a kind of figure")
      mistake.help = "write one of \(names.joined(separator: ", ")), or 'lines:', 'scatter:' or 'bars:' below"
      context.bag.report(mistake)
      return nil
    }
    guard let kind = PlotRegistry.all.first(where: { $0.name == name }) else {
      // A slip in what stands beside the name was told already.
      if context.cell.wrongSettings.isDisjoint(with: PlotRegistry.free.map(\.name)) {
        context.bag.report(.unknownWord(name, in: names, at: subject.span, what: "kind of figure"))
      }
      return nil
    }
    return kind
  }

  private func standardName(_ kind: PlotKind) -> String {
    if PlotRegistry.free.contains(where: { $0.name == kind.name }) { return subject.string ?? kind.name }
    let owner = of.string ?? data.string?.replacing(".", with: "-") ?? ""
    return "\(kind.name)-\(owner)"
  }

  /// The size that was asked for, where it was.
  func size(_ standard: Size) -> Size {
    let asked = Size(millimetersWide: width ?? 0, high: height ?? 0)
    return Size(
      width: width == nil ? standard.width : asked.width,
      height: height != nil
        ? asked.height : width == nil ? standard.height : asked.width * standard.height / standard.width)
  }

  /// The model it is about, which has to be named.
  func model(_ context: inout CheckContext) -> ModelInfo? {
    if of.isAbsent && !context.cell.wrongSettings.contains("of") {
      context.bag.report(
        .missingKey("of", of: "plot", doc: "The model it is about.", at: context.cell.keywordSpan))
    }
    return context.model(of)
  }
}

/// What is wrong with the name of a figure's file.
package let figureName: @Sendable (String?) -> String? = { name in
  name.map(isFileName) ?? true ? nil : "must be letters, digits, '_' and '-' only"
}

private let paperLength: @Sendable (Double?) -> String? = { length in
  (30...1000).contains(length ?? 100) ? nil : "must be between 30 and 1000 millimetres"
}

extension Diagnostic {
  /// E0233: a setting of other kinds of figures.
  fileprivate static func notOfThisFigure(
    _ entry: ConfigNode.Entry, _ kind: PlotKind, _ known: [String]
  ) -> Diagnostic {
    Diagnostic(
      "E0233", "'\(entry.key)' is no setting of \(kind.title)",
      at: entry.keySpan.map { Label($0, "not of '\(kind.name)'") },
      help: nearest(to: entry.key, in: known).map { "did you mean '\($0)'?" }
        ?? "remove it; it takes \(known.joined(separator: ", "))")
  }

  /// E0234: two kinds of figures in one cell.
  fileprivate static func twoKinds(_ subject: ConfigNode, _ kind: PlotKind) -> Diagnostic {
    Diagnostic(
      "E0234", "\(subject.sketch) does not go with '\(kind.name)'",
      at: subject.span.map { Label($0, "the name of the figure should stand here") },
      help: "write '- plot: NAME' in letters, digits, '_' and '-', or make two cells of it")
  }
}
