import Config
import Diagnostics

/// A figure.
///
/// Which settings it takes depends on its kind.
struct PlotCell: Cell {
  static let isRunAgain = false
  var subject = ConfigNode(.null)
  var of = ConfigNode(.null)
  var data = ConfigNode(.null)
  var title: String?
  var file: String?
  var expandsNested = false

  static let schema = Schema(
    "plot", "A figure: learning_curves, confusion_matrix or model_graph.", prototype: PlotCell(),
    Field("of", \.of, "The model it is about.").required,
    Field("data", \.data, "The part of a data set it is about, such as fashion.test."),
    Field("title", \.title, "Heading of the figure."),
    Field("file", \.file, "Name of the file in figures/, without .png.", check: figureName),
    Field("expand_nested", \.expandsNested, "Whether a model_graph opens models used as layers."))

  func plan(_ context: inout CheckContext) -> CellRun? {
    guard let written = subject.string else {
      context.bag.report(
        .mismatch(subject, "a kind of figure: \(PlotRegistry.names.joined(separator: ", "))"))
      return nil
    }
    guard let kind = PlotRegistry.all.first(where: { $0.name == written }) else {
      context.bag.report(
        .unknownWord(written, in: PlotRegistry.names, at: subject.span, what: "kind of figure"))
      return nil
    }
    if expandsNested && kind.name != modelGraph.name {
      context.bag.report(.nothingToExpand(kind.name, at: subject.span))
      return nil
    }
    let file = file ?? "\(written)-\(of.string ?? "")"
    guard let run = kind.plan(self, file, &context) else { return nil }
    context.claim(file: "figures/\(file).png", at: subject.span)
    return run
  }
}

/// What is wrong with the name of a figure's file.
let figureName: @Sendable (String?) -> String? = { name in
  name.map(isFileName) ?? true ? nil : "must be letters, digits, '_' and '-' only"
}

/// A kind of figure.
struct PlotKind: Sendable {
  let name: String
  let plan: @Sendable (PlotCell, _ file: String, inout CheckContext) -> CellRun?
}

/// Every kind of figure.
///
/// Adding one adds one line here.
enum PlotRegistry {
  static let all: [PlotKind] = [learningCurves, confusionMatrix, modelGraph]
  static var names: [String] { all.map(\.name) }
}
