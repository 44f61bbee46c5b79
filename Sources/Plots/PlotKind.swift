import Running
import Analysis
public import Config
import Diagnostics
package import Plotting

/// A kind of figure, with its settings beside those that every figure has.
///
/// Its schema has its name, what is to be seen in a sentence, and its settings. A setting that other kinds have too is made
/// as theirs is, see `PlotSettings.swift`. None is `required`, since a plot cell has those of all kinds: what has to be
/// there is said by `plan`.
protocol PlotKind: Configurable {
  /// What it is called in messages: "a confusion matrix".
  static var title: String { get }
  init()
  /// - Returns: `nil` after a mistake.
  func plan(_ cell: PlotCell, _ file: PlotFile, _ context: inout CheckContext) -> CellRun?
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
  static let all: [any PlotKind.Type] = [
    LearningCurvesPlot.self,
    ConfusionMatrixPlot.self,
    ModelGraphPlot.self,
    SamplesPlot.self,
    WorstExamplesPlot.self,
    ROCPlot.self,
    PrecisionRecallPlot.self,
    ResidualsPlot.self,
    HistogramPlot.self,
    WeightsPlot.self,
    ActivationsPlot.self,
    DecisionBoundaryPlot.self,
    GradientNormsPlot.self,
  ]
  /// Those without a name of their own: the setting that says what is drawn is what they are called.
  static let free: [any PlotKind.Type] = [LinesPlot.self, ScatterPlot.self, BarsPlot.self]
  static var names: [String] { all.map { $0.name } }

  /// Every kind with the settings that it takes, as it is described.
  public static var descriptions: [MemberDescription] { (all + free).map { $0.description } }
}

extension PlotKind {
  static var name: String { schema.name }

  /// The names of its settings.
  static var settings: [String] { schema.fields.map(\.key) }

  /// Its settings as those of a cell, which checks them before it knows its kind.
  static var fieldsOfCell: [Field<PlotCell>] {
    schema.fields.map { Field($0, at: \PlotCell.[trying: Trial<Self>()]) }
  }

  /// Takes its settings from a cell that has been read.
  init(of cell: CellAtHand) {
    let own = cell.settings.filter { Self.settings.contains($0.key) }
    // What is wrong with them was told when the cell was read.
    var told = DiagnosticBag()
    self = Self.schema.read(ConfigNode(.map(own)), into: &told).root
  }

  fileprivate static var description: MemberDescription {
    let own = schema.jsonSchema["properties"]?.entries ?? []
    let ofCell = PlotCell.schema.jsonSchema["properties"]?.entries ?? []
    let properties = ofCell.compactMap { entry in
      PlotCell.common.contains(entry.key) ? entry : own.first { $0.key == entry.key }
    }
    return MemberDescription(
      name, schema.summary, jsonSchema: ["type": "object", "properties": ConfigNode(.map(properties))],
      defaults: PlotCell.schema.defaults)
  }
}

/// Names a kind of figure in a key path.
private struct Trial<Kind: PlotKind>: Hashable, Sendable {}

extension PlotCell {
  /// Where a setting of a kind is written to be checked; it is kept by the kind that the figure turns out to be of.
  fileprivate subscript<Kind: PlotKind>(trying trial: Trial<Kind>) -> Kind {
    get { Kind() }
    set {}
  }
}

extension RunContext {
  /// Draws a figure into its file and shows it in the report.
  func show(_ figure: some Figure, as file: PlotFile, caption: String) throws {
    try show(figure, as: file.name, format: file.format, caption: caption)
  }
}

extension FigureFormat: ConfigConvertible {}
