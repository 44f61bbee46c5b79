public import Config
import Diagnostics
import Plotting

/// A kind of figure.
struct PlotKind: Sendable {
  let name: String
  /// What it is called in messages: "a confusion matrix".
  let title: String
  /// The settings it has beside `title`, `file` and `format`.
  let settings: [String]
  let plan: @Sendable (PlotCell, PlotFile, inout CheckContext) -> CellRun?

  init(
    _ name: String, _ title: String, settings: String...,
    plan: @escaping @Sendable (PlotCell, PlotFile, inout CheckContext) -> CellRun?
  ) {
    (self.name, self.title, self.settings, self.plan) = (name, title, settings, plan)
  }
}

/// Where a figure is drawn.
struct PlotFile: Sendable {
  /// Without the folder and the ending.
  var name: String
  var format: FigureFormat
}

/// Every kind of figure.
///
/// Adding one adds one line here.
enum PlotRegistry {
  static let all: [PlotKind] = [
    learningCurves, confusionMatrix, modelGraph, samples, worstExamples, rocCurve, precisionRecall, residuals,
    histogram, weights, activations, decisionBoundary, gradientNorms,
  ]
  /// Those without a name of their own: the setting that says what is drawn is what they are called.
  static let free: [PlotKind] = [lines, scatter, bars]
  static var names: [String] { all.map(\.name) }
}

extension RunContext {
  /// Draws a figure into its file and shows it in the report.
  func show(_ figure: some Figure, as file: PlotFile, caption: String) throws {
    try show(figure, as: file.name, format: file.format, caption: caption)
  }
}

extension FigureFormat: ConfigConvertible {}
