import Foundation

/// Renders diagnostics for editors: an array of objects with one-based lines and columns.
public struct JSONRenderer: Sendable {
  private struct Place: Encodable {
    var file: String
    var line: Int
    var column: Int
    var length: Int
    var text: String
  }
  private struct Entry: Encodable {
    var code: String
    var severity: String
    var message: String
    var at: Place?
    var related: [Place]
    var help: String?
    var replacement: String?
  }
  private let sources: SourceMap

  public init(_ sources: SourceMap) { self.sources = sources }

  public func render(_ diagnostics: [Diagnostic]) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let entries = diagnostics.map { diagnostic in
      Entry(
        code: diagnostic.code, severity: diagnostic.severity.rawValue, message: diagnostic.message,
        at: diagnostic.primary.map(place), related: diagnostic.related.map(place), help: diagnostic.help,
        replacement: diagnostic.fix?.replacement)
    }
    let bytes = (try? encoder.encode(entries)) ?? Data("[]".utf8)  // strings and integers always encode
    return String(decoding: bytes, as: UTF8.self)
  }

  private func place(_ label: Diagnostic.Label) -> Place {
    let at = sources.position(of: label.span)
    return Place(
      file: at.path, line: at.line, column: at.column, length: sources.excerpt(of: label.span).width,
      text: label.text)
  }
}
