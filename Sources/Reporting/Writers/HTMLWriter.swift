internal import FoundationEssentials
internal import Plotting

/// Writes a report as one self-contained page: no scripts, no requests, readable on paper and in the dark.
public struct HTMLWriter: ReportWriter {
  public static let fileExtension = "html"

  public init() {}

  public func render(_ report: Report) -> String {
    let page: HTML = """
      <a class="skip" href="#cells">To the results</a>
      <header class="masthead">
      <p class="run"><span class="name">\(report.run)</span> \(badge(report.status))</p>
      <h1>\(report.title)</h1>
      \(factLine(report.facts))</header>
      <main id="cells" tabindex="-1">
      \(report.cells.map(cell))\(provenance(report.provenance))</main>
      """
    return HTMLPage.html(title: "\(report.title) · \(report.run)", body: page)
  }

  private func badge(_ status: ReportStatus) -> HTML {
    "<span class=\"status \(status.rawValue)\">\(status.rawValue)</span>"
  }

  private func factLine(_ facts: [ReportFact]) -> HTML {
    guard !facts.isEmpty else { return "" }
    let items = facts.map { "<div><dt>\($0.name)</dt><dd>\($0.value)</dd></div>\n" as HTML }
    return "<dl class=\"facts\">\n\(items)</dl>\n"
  }

  private func cell(_ cell: ReportCell) -> HTML {
    let name: HTML = cell.name.isEmpty ? "" : " <span>\(cell.name)</span>"
    let time: HTML = cell.durationText.map { " <span class=\"time\">\($0)</span>" } ?? ""
    let status: HTML = cell.status == .finished ? "" : " \(badge(cell.status))"
    let label: HTML =
      cell.isProse
      ? "" : "<p class=\"label\"><b>\(cell.keyword)</b>\(name)\(time)\(status)</p>\n"
    let title = cell.isProse || cell.name.isEmpty ? cell.keyword : "\(cell.keyword) \(cell.name)"
    let source: HTML =
      cell.isProse || cell.source.isEmpty
      ? ""
      : "<details><summary>source</summary>\n\(code(cell.source, "yaml"))</details>\n"
    return """
      <section class="cell" id="cell-\(cell.index)" aria-label="\(title)">
      \(label)<div class="output">
      \(cell.blocks.map(block))\(source)</div>
      </section>

      """
  }

  func block(_ block: ReportBlock) -> HTML {
    switch block {
    case .prose(let markdown): "<div class=\"prose\">\n\(Markdown.html(markdown))</div>\n"
    case .heading(let text, let level): heading(text, level)
    case .table(let table): self.table(table)
    case .figure(let figure): Self.figure(figure)
    case .code(let text, let language): code(text, language)
    case .metrics(let metrics): "<dl class=\"metrics\">\n\(metrics.map(metric))</dl>\n"
    case .checks(let checks): "<ul class=\"checks\">\n\(checks.map(check))</ul>\n"
    case .remark(let kind, let text):
      "<p class=\"remark \(kind.rawValue)\"><b>\(kind.rawValue)</b> \(text)</p>\n"
    }
  }

  private func heading(_ text: String, _ level: Int) -> HTML {
    let level = min(max(level, 1), 5) + 1
    return "<h\(level)>\(text)</h\(level)>\n"
  }

  private func table(_ table: ReportTable) -> HTML {
    func row(_ texts: [String], _ tag: HTML) -> HTML {
      let cells = table.padded(texts).enumerated().map { column, text -> HTML in
        let alignment = table.alignment(column)
        let look: HTML = alignment == .left ? "" : " class=\"\(alignment.rawValue)\""
        let scope: HTML = tag == "th" ? " scope=\"col\"" : ""
        // An empty header heads nothing.
        if tag == "th" && text.isEmpty { return "<td></td>" }
        return "<\(tag)\(scope)\(look)>\(text)</\(tag)>"
      }
      return "<tr>\(cells)</tr>\n"
    }
    let caption: HTML = table.caption.isEmpty ? "" : "<caption>\(table.caption)</caption>\n"
    let head: HTML = table.header.isEmpty ? "" : "<thead>\n\(row(table.header, "th"))</thead>\n"
    return """
      <div class="scroll" tabindex="0"><table>
      \(caption)\(head)<tbody>
      \(table.rows.map { row($0, "td") })</tbody>
      </table></div>

      """
  }

  static func figure(_ figure: ReportFigure) -> HTML {
    guard let size = figure.size else {
      return "<p class=\"remark warning\"><b>warning</b> the figure \(figure.path) is missing</p>\n"
    }
    // Base64 is letters, digits, '+', '/' and '=': nothing to escape in a string that can be long.
    let bytes = HTML(trusted: Data(figure.png).base64EncodedString())
    let wide: HTML = size.width > 736 ? " class=\"wide\"" : ""
    let alt = figure.caption.isEmpty ? figure.path : figure.caption
    let link: HTML = figure.original.map { " <a href=\"\($0)\">\(format(of: $0))</a>" } ?? ""
    let hasWords = !figure.caption.isEmpty || figure.original != nil
    let caption: HTML = hasWords ? "<figcaption>\(figure.caption)\(link)</figcaption>\n" : ""
    return """
      <figure\(wide)>
      <img src="data:image/png;base64,\(bytes)" alt="\(alt)" width="\(size.width)" height="\(size.height)">
      \(caption)</figure>

      """
  }

  private func code(_ text: String, _ language: String) -> HTML {
    let kind: HTML = language.isEmpty ? "" : " class=\"language-\(language)\""
    return "<pre tabindex=\"0\"><code\(kind)>\(text)</code></pre>\n"
  }

  private func metric(_ metric: ReportMetric) -> HTML {
    let n: HTML = metric.n.map { " <small>n = \(NumberText.grouped($0))</small>" } ?? ""
    return "<div><dt>\(metric.name)</dt><dd>\(NumberText.significant(metric.value))\(n)</dd></div>\n"
  }

  private func check(_ check: ReportCheck) -> HTML {
    let (kind, mark): (HTML, HTML) = check.passed ? ("passed", "✓ passed") : ("failed", "✗ failed")
    return """
      <li class="\(kind)"><span class="mark">\(mark)</span> <code>\(check.expression)</code> \
      <span class="found">\(check.found)</span></li>

      """
  }

  private func provenance(_ made: Provenance) -> HTML {
    guard made != Provenance() else { return "" }
    var parts: [HTML] = []
    if !made.command.isEmpty { parts += ["<h3>Command</h3>\n", code(made.command, "sh")] }
    if !made.reproduce.isEmpty {
      parts += ["<h3>To reproduce</h3>\n", code(made.reproduce.joined(separator: "\n"), "sh")]
    }
    if !made.facts.isEmpty { parts.append(list("Circumstances", made.facts)) }
    if !made.data.isEmpty {
      parts += ["<h3>Data</h3>\n", "<ul class=\"hashes\">\n\(made.data.map(hash))</ul>\n"]
    }
    for listing in made.listings {
      parts += ["<h3>\(listing.title)</h3>\n", code(listing.text, listing.language)]
    }
    return
      "<section class=\"provenance\" id=\"provenance\">\n<h2>How this was made</h2>\n\(parts)</section>\n"
  }

  private func list(_ title: HTML, _ facts: [ReportFact]) -> HTML {
    let items = facts.map { "<dt>\($0.name)</dt><dd>\($0.value)</dd>\n" as HTML }
    return "<h3>\(title)</h3>\n<dl class=\"list\">\n\(items)</dl>\n"
  }

  private func hash(_ data: Provenance.DataHash) -> HTML {
    let detail: HTML = data.detail.isEmpty ? "" : " <span class=\"found\">\(data.detail)</span>"
    return "<li><b>\(data.name)</b>\(detail)<br><code>sha256 \(data.sha256)</code></li>\n"
  }
}
