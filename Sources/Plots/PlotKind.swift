import Running
import Analysis
public import Config
import Diagnostics
package import Plotting

/// A kind of figure.
struct PlotKind: Sendable {
  let name: String
  /// What it is called in messages: "a confusion matrix".
  let title: String
  /// What is to be seen, in a sentence.
  let summary: String
  /// The settings it has beside `title`, `file` and `format`.
  let settings: [String]
  let plan: @Sendable (PlotCell, PlotFile, inout CheckContext) -> CellRun?

  init(
    _ name: String, _ title: String, shows summary: String, settings: String...,
    plan: @escaping @Sendable (PlotCell, PlotFile, inout CheckContext) -> CellRun?
  ) {
    self.name = name
    self.title = title
    self.summary = summary
    self.settings = settings
    self.plan = plan
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
public enum PlotRegistry {
  static let all: [PlotKind] = [
    learningCurves, confusionMatrix, modelGraph, samples, worstExamples, rocCurve, precisionRecall, residuals,
    histogram, weights, activations, decisionBoundary, gradientNorms,
  ]
  /// Those without a name of their own: the setting that says what is drawn is what they are called.
  static let free: [PlotKind] = [lines, scatter, bars]
  static var names: [String] { all.map(\.name) }

  /// Every kind with the settings that it takes, as it is described.
  public static var descriptions: [MemberDescription] {
    let properties = PlotCell.schema.jsonSchema["properties"]?.entries ?? []
    return (all + free).map { kind in
      let own = properties.filter { kind.settings.contains($0.key) || PlotCell.common.contains($0.key) }
      return MemberDescription(
        kind.name, kind.summary, jsonSchema: ["type": "object", "properties": ConfigNode(.map(own))],
        defaults: PlotCell.schema.defaults)
    }
  }
}

extension RunContext {
  /// Draws a figure into its file and shows it in the report.
  func show(_ figure: some Figure, as file: PlotFile, caption: String) throws {
    try show(figure, as: file.name, format: file.format, caption: caption)
  }
}

extension FigureFormat: ConfigConvertible {}
