import Foundation
import Reporting
import Testing

@Suite struct ComparisonWriterTests {
  private func page(_ cell: ComparisonPage.Cell, warnings: [String] = []) -> String {
    let table = ComparisonPage.Table(
      title: hostile, note: hostile, header: ["run", hostile], alignments: [.left, .right],
      rows: [[.init("a"), cell]])
    return ComparisonWriter().render(
      ComparisonPage(title: hostile, subtitle: hostile, warnings: warnings, results: table, tables: [table]))
  }

  @Test func `no text becomes markup`() {
    let html = page(.init(hostile, link: hostile), warnings: [hostile])
    // Its own script, and nothing else that runs or loads.
    #expect(html.components(separatedBy: "<script>").count == 2)
    #expect(!html.contains("alert(1)</script>"))
    for loader in ["src=\"http", "url(", "@import", "<link", "<iframe", "srcset"] {
      #expect(!html.contains(loader))
    }
  }

  @Test func `numbers are sorted by what they are, not by their text`() {
    let html = page(.init("0.5 ± 0.1", key: 0.5, tone: .good))
    #expect(html.contains("<td class=\"right good\" data-key=\"0.5\">0.5 ± 0.1</td>"))
  }

  @Test func `a page without figures and warnings has neither`() {
    let html = page(.init("x"))
    #expect(!html.contains("<h2>Curves</h2>") && !html.contains("class=\"remark"))
  }
}
