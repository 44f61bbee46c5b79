/// Writes a comparison as one self-contained page in the look of the reports.
public struct ComparisonWriter: Sendable {
  public init() {}

  public func render(_ page: ComparisonPage) -> String {
    let figures: HTML =
      page.figures.isEmpty
      ? "" : "<h2>Curves</h2>\n<div class=\"figures\">\n\(page.figures.map(HTMLWriter.figure))</div>\n"
    let body: HTML = """
      <header class="masthead">
      <p class="run">\(page.subtitle)</p>
      <h1>\(page.title)</h1>
      </header>
      <main>
      \(page.warnings.map { "<p class=\"remark warning\"><b>warning</b> \($0)</p>\n" as HTML })\(table(page.results))\(figures)\(page.tables.map(table))</main>

      """
    return HTMLPage.html(
      title: page.title, body: body, bodyClass: "index", script: SortingScript.script)
  }

  private func table(_ table: ComparisonPage.Table) -> HTML {
    func style(_ column: Int, _ tone: ComparisonPage.Cell.Tone? = nil) -> HTML {
      let isRight = table.alignments.indices.contains(column) && table.alignments[column] == .right
      let classes = (isRight ? ["right"] : []) + (tone.map { [$0.rawValue] } ?? [])
      return classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\""
    }
    let header = table.header.enumerated().map {
      "<th data-column scope=\"col\"\(style($0))>\($1)</th>" as HTML
    }
    let rows = table.rows.map { row -> HTML in
      let cells = row.enumerated().map { column, cell -> HTML in
        let key: HTML = cell.key.map { " data-key=\"\("\($0)")\"" } ?? ""
        let text: HTML = cell.link.map { "<a href=\"\($0)\">\(cell.text)</a>" } ?? "\(cell.text)"
        return "<td\(style(column, cell.tone))\(key)>\(text)</td>"
      }
      return "<tr>\(cells)</tr>\n"
    }
    let note: HTML = table.note.isEmpty ? "" : "<p class=\"run\">\(table.note)</p>\n"
    return """
      <h2>\(table.title)</h2>
      \(note)<div class="scroll"><table class="compared">
      <thead>
      <tr>\(header)</tr>
      </thead>
      <tbody>
      \(rows)</tbody>
      </table></div>

      """
  }
}
