/// What a file is called by its ending: `SVG`.
func format(of path: String) -> String {
  path.split(separator: ".").last.map { $0.uppercased() } ?? path
}

/// A format that reports are written in; the same report gives the same text.
public protocol ReportWriter: Sendable {
  /// Without the dot: `html`.
  static var fileExtension: String { get }
  func render(_ report: Report) -> String
}
