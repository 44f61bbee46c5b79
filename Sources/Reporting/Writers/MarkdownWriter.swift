internal import Plotting

/// Writes a report as GitHub-flavoured Markdown for a repository; pictures are links to their files.
///
/// Prose is the author's own Markdown and goes in as written; everything else is escaped.
public struct MarkdownWriter: ReportWriter {
  public static let fileExtension = "md"

  public init() {}

  public func render(_ report: Report) -> String {
    var parts = [head(report)]
    for cell in report.cells { parts += self.cell(cell) }
    parts += provenance(report.provenance)
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  /// The title, and what is to be known at first sight.
  func head(_ report: Report) -> String {
    let facts = report.facts.map { "\(plain($0.name)): **\(plain($0.value))**" }
    let line = [codeSpan(report.run), report.status.rawValue] + facts
    return "# \(plain(report.title))\n\n" + line.joined(separator: " · ")
  }

  private func cell(_ cell: ReportCell) -> [String] {
    let blocks = cell.blocks.map(block)
    guard !cell.isProse else { return blocks }
    var label = "`[\(cell.index)]` **\(plain(cell.keyword))**"
    if !cell.name.isEmpty { label += " " + plain(cell.name) }
    if let duration = cell.durationText { label += " · " + duration }
    if cell.status != .finished { label += " · " + cell.status.rawValue }
    return [label] + blocks
  }

  func block(_ block: ReportBlock) -> String {
    switch block {
    case .prose(let markdown): trimmed(markdown)
    case .heading(let text, let level): heading(text, min(max(level, 1), 5) + 1)
    case .table(let table): self.table(table)
    case .figure(let figure): self.figure(figure)
    case .code(let text, let language): code(text, language)
    case .metrics(let metrics): self.metrics(metrics)
    case .checks(let checks): checks.map(check).joined(separator: "\n")
    case .remark(let kind, let text): "> **\(kind.rawValue)** \(plain(text))"
    }
  }

  private func heading(_ text: String, _ level: Int) -> String {
    String(repeating: "#", count: level) + " " + plain(text)
  }

  private func table(_ table: ReportTable) -> String {
    guard table.columnCount > 0 else { return "" }
    func row(_ texts: [String]) -> String { "| " + texts.joined(separator: " | ") + " |" }
    let rules = (0..<table.columnCount).map { column in
      switch table.alignment(column) {
      case .left: "---"
      case .right: "---:"
      case .center: ":---:"
      }
    }
    let rows = table.rows.map { row(table.padded($0).map(plain)) }
    let lines = [row(table.padded(table.header).map(plain)), row(rules)] + rows
    return lines.joined(separator: "\n") + (table.caption.isEmpty ? "" : "\n\n*\(plain(table.caption))*")
  }

  private func figure(_ figure: ReportFigure) -> String {
    let alt = plain(figure.caption.isEmpty ? figure.path : figure.caption)
    let picture = "![\(alt)](\(percentEncoded(figure.path)))"
    let link = figure.original.map { " [\(plain(format(of: $0)))](\(percentEncoded($0)))" } ?? ""
    return figure.caption.isEmpty && link.isEmpty ? picture : picture + "\n\n*\(alt)*" + link
  }

  private func code(_ text: String, _ language: String) -> String {
    let fence = String(repeating: "`", count: max(3, longestBackticks(text) + 1))
    let kind = language.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "+") }
    return fence + kind + "\n" + text + (text.hasSuffix("\n") ? "" : "\n") + fence
  }

  private func metrics(_ metrics: [ReportMetric]) -> String {
    guard !metrics.isEmpty else { return "" }
    let hasCounts = metrics.contains { $0.n != nil }
    let rows = metrics.map { metric in
      let row = [metric.name, NumberText.significant(metric.value)]
      return hasCounts ? row + [metric.n.map(NumberText.grouped) ?? ""] : row
    }
    let header = ["metric", "value"] + (hasCounts ? ["n"] : [])
    return table(ReportTable(header: header, rows: rows, alignments: [.left, .right, .right]))
  }

  private func check(_ check: ReportCheck) -> String {
    let found = check.found.isEmpty ? "" : ": " + plain(check.found)
    return "- \(check.passed ? "✓" : "✗ **failed**") \(codeSpan(check.expression))\(found)"
  }

  func provenance(_ made: Provenance) -> [String] {
    guard made != Provenance() else { return [] }
    var parts = ["## How this was made"]
    if !made.command.isEmpty { parts += ["### Command", code(made.command, "sh")] }
    if !made.reproduce.isEmpty {
      parts += ["### To reproduce", code(made.reproduce.joined(separator: "\n"), "sh")]
    }
    if !made.facts.isEmpty {
      let rows = made.facts.map { [$0.name, $0.value] }
      parts += ["### Circumstances", table(ReportTable(header: ["", ""], rows: rows))]
    }
    if !made.data.isEmpty {
      let lines = made.data.map { data in
        let detail = data.detail.isEmpty ? "" : ", \(plain(data.detail))"
        return "- \(codeSpan(data.name))\(detail): \(codeSpan("sha256 " + data.sha256))"
      }
      parts += ["### Data", lines.joined(separator: "\n")]
    }
    for listing in made.listings {
      parts += ["### \(plain(listing.title))", code(listing.text, listing.language)]
    }
    return parts
  }
}

// MARK: Escaping

/// Text in which nothing is markup, on one line.
private func plain(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\\", "`", "*", "_", "[", "]", "<", ">", "|", "#", "~", "$", "!", "&":
      result += "\\"
      result.unicodeScalars.append(scalar)
    case _ where scalar.value < 32 || scalar.value == 127: result += " "
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// Text as code on one line, between more backticks than it holds.
private func codeSpan(_ text: String) -> String {
  let line = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 ? " " : $0 }))
  let fence = String(repeating: "`", count: longestBackticks(line) + 1)
  let padding = line.hasPrefix("`") || line.hasSuffix("`") || line.isEmpty ? " " : ""
  return fence + padding + line + padding + fence
}

private func longestBackticks(_ text: String) -> Int {
  var (longest, current) = (0, 0)
  for byte in text.utf8 {
    current = byte == UInt8(ascii: "`") ? current + 1 : 0
    longest = max(longest, current)
  }
  return longest
}

private func trimmed(_ text: String) -> String {
  let ending = text.reversed().drop(while: \.isWhitespace).reversed()
  return String(String(ending).drop(while: \.isNewline))
}

/// A path as the target of a link: what is not plainly part of a path is percent-encoded.
private func percentEncoded(_ path: String) -> String {
  path.utf8.map { byte in
    let scalar = UnicodeScalar(byte)
    let isWord = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    if byte < 128, isWord || "-._~/".unicodeScalars.contains(scalar) { return String(Character(scalar)) }
    return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
  }.joined()
}
