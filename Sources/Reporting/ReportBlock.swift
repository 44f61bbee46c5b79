/// One thing that a cell shows; each writer says how it looks.
public enum ReportBlock: Sendable, Equatable {
  /// GitHub-flavoured Markdown.
  case prose(String)
  /// A heading inside a cell; level 1 is the largest.
  case heading(String, level: Int)
  case table(ReportTable)
  case figure(ReportFigure)
  case code(String, language: String)
  case metrics([ReportMetric])
  case checks([ReportCheck])
  case remark(RemarkKind, String)

  /// How serious a remark is.
  public enum RemarkKind: String, Sendable, CaseIterable { case note, warning, error }
}

/// Rows of text under a header.
public struct ReportTable: Sendable, Equatable {
  public enum Alignment: String, Sendable { case left, right, center }

  public var header: [String]
  public var rows: [[String]]
  /// One for each column; numbers belong right, and columns without one are aligned left.
  public var alignments: [Alignment]
  public var caption: String

  public init(header: [String], rows: [[String]], alignments: [Alignment] = [], caption: String = "") {
    self.header = header
    self.rows = rows
    self.alignments = alignments
    self.caption = caption
  }

  var columnCount: Int { rows.reduce(header.count) { max($0, $1.count) } }

  func alignment(_ column: Int) -> Alignment {
    alignments.indices.contains(column) ? alignments[column] : .left
  }

  /// A row with as many texts as there are columns.
  func padded(_ row: [String]) -> [String] { row + Array(repeating: "", count: columnCount - row.count) }
}

/// A picture: HTML carries its bytes, Markdown links to its file.
public struct ReportFigure: Sendable, Equatable {
  /// Relative to the report: `figures/curves.png`.
  public var path: String
  public var caption: String
  public var png: [UInt8]
  /// In points; nil takes two pixels of the PNG for a point.
  public var width: Double?
  /// A file of the same figure that is sharp at any size; relative to the report.
  public var original: String?

  public init(path: String, caption: String, png: [UInt8], width: Double? = nil) {
    self.path = path
    self.caption = caption
    self.png = png
    self.width = width
  }

  /// The size to show it at in points, or nil when the bytes are no PNG.
  var size: (width: Int, height: Int)? {
    guard png.count >= 24, png.starts(with: [0x89, 0x50, 0x4E, 0x47]) else { return nil }
    func field(_ range: Range<Int>) -> Double { Double(png[range].reduce(0) { $0 << 8 | Int($1) }) }
    let pixels = (width: field(16..<20), height: field(20..<24))
    guard pixels.width > 0, pixels.height > 0 else { return nil }
    let width = min(max(self.width ?? pixels.width / 2, 1), 10_000)
    return (Int(width.rounded()), Int(min(width * pixels.height / pixels.width, 1_000_000).rounded()))
  }
}

/// A number that was measured, and on how many samples.
public struct ReportMetric: Sendable, Equatable {
  public var name: String
  public var value: Double
  public var n: Int?
  public init(_ name: String, _ value: Double, n: Int? = nil) {
    self.name = name
    self.value = value
    self.n = n
  }
}

/// A condition that the experiment demanded, such as `accuracy > 0.85`.
public struct ReportCheck: Sendable, Equatable {
  public var expression: String
  public var passed: Bool
  /// What was found: `accuracy = 0.8891`.
  public var found: String
  public init(_ expression: String, passed: Bool, found: String) {
    self.expression = expression
    self.passed = passed
    self.found = found
  }
}
