/// Runs side by side, as a page.
public struct ComparisonPage: Sendable, Equatable {
  /// What stands in a table, and what it is sorted by.
  public struct Cell: Sendable, Equatable {
    public var text: String
    /// `nil` sorts by the text; NaN stays last.
    public var key: Double?
    /// Relative to the page.
    public var link: String?
    /// Whether it is good or bad news.
    public var tone: Tone?

    public enum Tone: String, Sendable { case good, bad }

    public init(_ text: String, key: Double? = nil, link: String? = nil, tone: Tone? = nil) {
      self.text = text
      self.key = key
      self.link = link
      self.tone = tone
    }
  }

  /// A table that a click on a column's name sorts, where scripts run.
  public struct Table: Sendable, Equatable {
    public var title: String
    /// A sentence below the title; may be empty.
    public var note: String
    public var header: [String]
    public var alignments: [ReportTable.Alignment]
    public var rows: [[Cell]]

    public init(
      title: String, note: String = "", header: [String], alignments: [ReportTable.Alignment], rows: [[Cell]]
    ) {
      self.title = title
      self.note = note
      self.header = header
      self.alignments = alignments
      self.rows = rows
    }
  }

  public var title: String
  /// A few words above the title: `12 runs`.
  public var subtitle: String
  /// Why some numbers may not be compared.
  public var warnings: [String]
  public var results: Table
  public var figures: [ReportFigure]
  /// What follows the figures.
  public var tables: [Table]

  public init(
    title: String, subtitle: String, warnings: [String] = [], results: Table, figures: [ReportFigure] = [],
    tables: [Table] = []
  ) {
    self.title = title
    self.subtitle = subtitle
    self.warnings = warnings
    self.results = results
    self.figures = figures
    self.tables = tables
  }
}
