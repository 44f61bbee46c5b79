/// Renders diagnostics for people: message, place, excerpt with caret, help; what a terminal would obey is made harmless.
public struct TextRenderer: Sendable {
  public var sources: SourceMap
  public var isColoured: Bool

  public init(_ sources: SourceMap, isColoured: Bool = false) {
    self.sources = sources
    self.isColoured = isColoured
  }

  public func render(_ diagnostics: [Diagnostic]) -> String {
    diagnostics.map(render).joined(separator: "\n")
  }

  public func render(_ diagnostic: Diagnostic) -> String {
    let tint = diagnostic.severity == .error ? "1;31" : diagnostic.severity == .warning ? "1;33" : "1;36"
    var lines = [
      style("\(diagnostic.severity.rawValue)[\(diagnostic.code)]", tint)
        + style(": \(diagnostic.message.harmless)", "1")
    ]
    let labels = diagnostic.related.map { ("-", "34", $0) }
    let all = (diagnostic.primary.map { [("^", tint, $0)] } ?? []) + labels
    let gutter = all.map { String(sources.position(of: $0.2.span).line).count }.max() ?? 1
    let margin = String(repeating: " ", count: gutter)
    for (mark, colour, label) in all {
      let at = sources.position(of: label.span)
      let (line, width) = sources.excerpt(of: label.span)
      let number = String(at.line)
      let padded = String(repeating: " ", count: gutter - number.count) + number
      let underline =
        String(repeating: " ", count: at.column - 1) + style(String(repeating: mark, count: width), colour)
      lines.append("\(margin)\(style("-->", "34")) \(at.path.harmlessLine):\(at.line):\(at.column)")
      lines.append("\(style("\(padded) |", "34")) \(line.harmlessLine)")
      lines.append(
        "\(style("\(margin) |", "34")) \(underline)"
          + (label.text.isEmpty ? "" : " " + style(label.text.harmless, colour)))
    }
    if let help = diagnostic.help { lines.append("\(margin) \(style("=", "34")) help: \(help.harmless)") }
    return lines.joined(separator: "\n") + "\n"
  }

  private func style(_ text: String, _ code: String) -> String {
    isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
