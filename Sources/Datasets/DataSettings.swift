public import Config
public import Diagnostics

/// What becomes of a category that the training part does not have.
public enum UnknownCategories: String, CaseIterable, ConfigConvertible, Sendable {
  case error, zeros
}

/// The settings of a `data` cell.
///
/// Settings whose kind depends on others are kept as they were written, with the place, and read by what uses
/// them.
public struct DataSettings: Configurable {
  /// What stands behind the key of each format.
  private var sources: [String: ConfigNode] = [:]
  public var features: ConfigNode = nil
  public var target: ConfigNode = nil
  public var shape: [Int]?
  public var scale: Double?
  public var standardize: ConfigNode = nil
  public var fillMissing: ConfigNode = nil
  public var oneHot: [ConfigNode] = []
  public var types: ConfigNode = nil
  public var decimal: ConfigNode = nil
  /// `nil` for the usual words.
  public var missing: [ConfigNode]?
  public var drop: [ConfigNode] = []
  public var unknownCategories = UnknownCategories.error
  public var encoding: ConfigNode = nil
  public var classes: [ConfigNode] = []
  public var split: ConfigNode = nil
  public var shuffle = false
  /// Where the settings are, for what is missing in them.
  public var span: SourceSpan?

  public init() {}

  /// What stands behind the key of a format, such as `csv`.
  public subscript(format key: String) -> ConfigNode {
    get { sources[key] ?? nil }
    set { sources[key] = newValue }
  }

  public static let schema = Schema(
    "data", "A data set: where it comes from, and what is done to it before training.",
    prototype: DataSettings(),
    fields: DataFormat.all.map { Field($0.key, \DataSettings[format: $0.key], $0.doc) } + preparing)

  private static let preparing: [Field<DataSettings>] = [
    Field(
      "features", \.features,
      "Columns that are inputs: a list, or a mapping of inputs to lists. All but the target."),
    Field("target", \.target, "Column to predict, or a mapping of outputs to columns. Texts are classes."),
    Field("shape", \.shape, "The shape of one sample's features, such as [8, 8]."),
    Field("scale", \.scale, "Features are multiplied by this, such as $(1 / 255)."),
    Field(
      "standardize", \.standardize, "true, or a list of columns: mean 0 and deviation 1 on the training part."
    ),
    Field("fill_missing", \.fillMissing, "mean, median or a number, in the place of missing numbers."),
    Field(
      "one_hot", \.oneHot,
      "Columns to be read as categories, whatever is in them; the target for vectors of 0 and 1."),
    Field(
      "types", \.types,
      "What columns hold, such as {price: number, day: date, zip: category}: numbers in groups of three digits, with a currency or a percent sign; dates as days since 1970; texts."
    ),
    Field("decimal", \.decimal, "The decimal mark: ',' or '.', or a mapping of columns to theirs."),
    Field(
      "missing", \.missing,
      "The words and numbers that stand for a missing value beside an empty cell, such as [NA, -999]; [] for none."
    ),
    Field("drop", \.drop, "Columns that are no features, such as identifiers."),
    Field(
      "unknown_categories", \.unknownCategories,
      "What becomes of a category that the training part does not have: error, or zeros for all zeros."),
    Field("encoding", \.encoding, "How the characters of CSV files are written, such as windows-1252."),
    Field("classes", \.classes, "The names of the classes, in the order of their labels."),
    Field(
      "split", \.split,
      "Parts taken from the training set: {validation: 5000, test: 0.2}, counts or fractions."),
    Field(
      "shuffle", \.shuffle, "Whether samples are drawn at random for the split, instead of from the top."),
  ]

  /// Reads the settings of a cell.
  /// - Parameter ignoring: keys that belong to the cell.
  public static func decode(
    _ node: ConfigNode, ignoring: Set<String> = [], into bag: inout DiagnosticBag
  ) -> DataSettings? {
    var settings = schema.decode(node, ignoring: ignoring, into: &bag)
    settings?.span = node.span
    return settings
  }
}

extension ConfigNode {
  /// A text, or a message that one is expected.
  func text() throws(Diagnostic) -> String { try String(config: self) }
}
