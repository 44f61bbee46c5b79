package import Running
package import Analysis
package import Config
import Diagnostics
import Plotting
import RunEvents

/// A figure.
///
/// Which settings it takes beside its heading and its file depends on its kind, which they are handed to.
package struct PlotCell: Cell {
  package static let isRunAgain = false
  package var subject = ConfigNode(.null)
  var title: String?
  var file: String?
  var format = FigureFormat.png

  package static let schema = Schema(
    "plot",
    "A figure: " + (PlotRegistry.names + ["or 'lines:', 'scatter:', 'bars:'"]).joined(separator: ", ") + ".",
    prototype: PlotCell(), fields: fields)

  /// Settings that every kind has.
  static let common = ownFields.map(\.key)

  private static let ownFields: [Field<PlotCell>] = [
    Field("title", \.title, "Heading of the figure."),
    Field("file", \.file, "Name of the file in figures/, without its ending.", check: figureName),
    Field("format", \.format, "A format to draw it in beside PNG: svg or pdf."),
  ]

  /// The settings in the order in which they are described; others that kinds have come behind them.
  private static let order = [
    "of", "data", "title", "file", "format", "width", "height", "expand_nested", "count", "columns", "bins",
    "layer", "output", "features", "classes", "values", "lines", "scatter", "bars", "csv", "x", "log",
    "smooth", "panels",
  ]

  /// The settings of every figure, and each that a kind has, once.
  private static var fields: [Field<PlotCell>] {
    var all = ownFields
    for field in (PlotRegistry.all + PlotRegistry.free).flatMap({ $0.fieldsOfCell })
    where !all.contains(where: { $0.key == field.key }) {
      all.append(field)
    }
    return order.compactMap { key in all.first { $0.key == key } } + all.filter { !order.contains($0.key) }
  }

  package func plan(_ context: inout CheckContext) -> CellRun? {
    guard let kind = kind(&context) else { return nil }
    for entry in context.cell.settings where Self.schema.fields.contains(where: { $0.key == entry.key }) {
      let known = kind.settings + Self.common
      if known.contains(entry.key) { continue }
      context.bag.report(.notOfThisFigure(entry, kind, known))
      return nil
    }
    let file = PlotFile(name: file ?? standardName(kind, context.cell), format: format)
    guard let run = kind.init(of: context.cell).plan(self, file, &context) else { return nil }
    for ending in format == .png ? ["png"] : ["png", format.rawValue] {
      context.claim(file: RunFile.figure(file.name, ending), at: subject.span)
    }
    return run
  }

  private func kind(_ context: inout CheckContext) -> (any PlotKind.Type)? {
    let written = context.cell.settings.map(\.key)
    let free = PlotRegistry.free.filter { written.contains($0.name) }
    if free.count > 1 {
      context.bag.report(.notOneOf(PlotRegistry.free.map { $0.name }, at: subject.span))
      return nil
    }
    let names = PlotRegistry.names
    if let kind = free.first {
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
      if context.cell.wrongSettings.isDisjoint(with: PlotRegistry.free.map { $0.name }) {
        context.bag.report(.unknownWord(name, in: names, at: subject.span, what: "kind of figure"))
      }
      return nil
    }
    return kind
  }

  private func standardName(_ kind: any PlotKind.Type, _ cell: CellAtHand) -> String {
    if PlotRegistry.free.contains(where: { $0.name == kind.name }) { return subject.string ?? kind.name }
    func word(_ key: String) -> String? { cell.settings.first { $0.key == key }?.value.string }
    let owner = word("of") ?? word("data")?.replacing(".", with: "-") ?? ""
    return "\(kind.name)-\(owner)"
  }
}

/// What is wrong with the name of a figure's file.
package let figureName: @Sendable (String?) -> String? = { name in
  name.map(isFileName) ?? true ? nil : "must be letters, digits, '_' and '-' only"
}

extension Diagnostic {
  /// E0233: a setting of other kinds of figures.
  fileprivate static func notOfThisFigure(
    _ entry: ConfigNode.Entry, _ kind: any PlotKind.Type, _ known: [String]
  ) -> Diagnostic {
    Diagnostic(
      "E0233", "'\(entry.key)' is no setting of \(kind.title)",
      at: entry.keySpan.map { Label($0, "not of '\(kind.name)'") },
      help: nearest(to: entry.key, in: known).map { "did you mean '\($0)'?" }
        ?? "remove it; it takes \(known.joined(separator: ", "))")
  }

  /// E0234: two kinds of figures in one cell.
  fileprivate static func twoKinds(_ subject: ConfigNode, _ kind: any PlotKind.Type) -> Diagnostic {
    Diagnostic(
      "E0234", "\(subject.sketch) does not go with '\(kind.name)'",
      at: subject.span.map { Label($0, "the name of the figure should stand here") },
      help: "write '- plot: NAME' in letters, digits, '_' and '-', or make two cells of it")
  }
}
