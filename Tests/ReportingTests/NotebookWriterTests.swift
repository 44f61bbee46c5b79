import Foundation
import Reporting
import Testing

@Suite struct NotebookWriterTests {
  private func notebook(_ report: Report) throws -> [String: Any] {
    let data = Data(NotebookWriter().render(report).utf8)
    return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func cells(_ report: Report) throws -> [[String: Any]] {
    try #require(notebook(report)["cells"] as? [[String: Any]])
  }

  private func source(_ cell: [String: Any]) -> String { (cell["source"] as? [String] ?? []).joined() }

  private func output(_ block: ReportBlock) throws -> [String: Any] {
    let outputs = try cells(report(block))[1]["outputs"] as? [[String: Any]]
    return try #require(outputs?.first?["data"] as? [String: Any])
  }

  @Test func `a notebook is of format 4.5`() throws {
    let notebook = try notebook(report(.prose("a")))
    #expect(notebook["nbformat"] as? Int == 4 && notebook["nbformat_minor"] as? Int == 5)
  }

  @Test func `the title comes first`() throws {
    #expect(source(try cells(report(.prose("a")))[0]).hasPrefix("# Title\n"))
  }

  @Test func `prose is a cell of Markdown`() throws {
    let cell = try cells(report(.prose("Only *words*.\nTwo lines.")))[1]
    #expect(cell["cell_type"] as? String == "markdown" && source(cell) == "Only *words*.\nTwo lines.")
  }

  @Test func `other cells show their text and what came of it`() throws {
    var report = report(.remark(.note, "stopped"))
    report.cells[0].source = "train: mlp\ndata: fashion"
    let cell = try cells(report)[1]
    #expect(cell["cell_type"] as? String == "code" && source(cell) == "train: mlp\ndata: fashion")
    #expect(cell["execution_count"] as? Int == 4)
    #expect((cell["outputs"] as? [Any])?.count == 1)
  }

  @Test func `a skipped cell was not executed`() throws {
    var report = report(.remark(.note, "never"))
    report.cells[0].status = .skipped
    #expect(try cells(report)[1]["execution_count"] is NSNull)
  }

  @Test func `a figure carries its bytes`() throws {
    let data = try output(.figure(.init(path: "figures/a.png", caption: "Curves", png: tinyPNG)))
    #expect(data["image/png"] as? String == Data(tinyPNG).base64EncodedString())
    #expect(data["text/plain"] as? [String] == ["Curves"])
  }

  @Test func `a table is HTML and text`() throws {
    let data = try output(.table(.init(header: ["a"], rows: [["1"]])))
    #expect((data["text/html"] as? [String])?.joined().contains("<td>1</td>") == true)
    #expect((data["text/plain"] as? [String])?.joined().contains("| 1 |") == true)
  }

  @Test func `identifiers are as nbformat wants them`() throws {
    let ids = try cells(report(of: hostile)).compactMap { $0["id"] as? String }
    #expect(ids.allSatisfy { $0.wholeMatch(of: /[a-zA-Z0-9_-]{1,64}/) != nil })
    #expect(Set(ids).count == ids.count)
  }

  @Test func `hostile text stays text`() throws {
    let html = try cells(report(of: hostile)).flatMap { $0["outputs"] as? [[String: Any]] ?? [] }
      .compactMap { ($0["data"] as? [String: Any])?["text/html"] as? [String] }.joined().joined()
    #expect(!html.contains("<script>"))
  }
}
