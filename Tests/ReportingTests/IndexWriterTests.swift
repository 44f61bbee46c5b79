import Reporting
import Testing

@Suite struct IndexWriterTests {
  private let index = IndexPage(
    columns: ["optimizer", "val_accuracy"],
    rows: [
      .init(
        run: "mlp-1", link: "mlp-1/report.html", status: .finished, started: "2026-03-01 14:02", seconds: 34,
        values: [.text("sgd"), .number(0.89123)]),
      .init(run: "mlp-2", link: "mlp-2/report.html", status: .failed, started: "2026-03-01 14:05"),
    ])

  @Test func `a row links to the report and keeps exact numbers for sorting`() {
    let html = IndexWriter().render(index)
    #expect(
      html.contains(
        "<tr><td><a href=\"./mlp-1/report.html\">mlp-1</a></td><td class=\"finished\">finished</td>"
          + "<td>2026-03-01 14:02</td><td class=\"right\" data-key=\"34.0\">34 s</td>"
          + "<td>sgd</td><td class=\"right\" data-key=\"0.89123\">0.8912</td></tr>"))
  }

  @Test func `the numbers of a column have as many decimals each`() {
    let rows = [0.88, 0.8912, .nan].map { value in
      IndexPage.Row(run: "a", link: "a", status: .finished, started: "", values: [.number(value)])
    }
    let html = IndexWriter().render(IndexPage(columns: ["accuracy"], rows: rows))
    #expect(html.contains("data-key=\"0.88\">0.8800</td>"))
    #expect(html.contains(">0.8912</td>"))
    #expect(html.contains(">NaN</td>"))
  }

  @Test func `missing values leave empty cells`() {
    #expect(
      IndexWriter().render(index).contains("data-key=\"\"></td><td></td><td class=\"right\"></td></tr>"))
  }

  @Test func `hostile names stay text and links stay beside the index`() {
    let row = IndexPage.Row(
      run: hostile, link: "javascript:alert(1)", status: .running, started: hostile, values: [.text(hostile)])
    let html = IndexWriter().render(IndexPage(title: hostile, columns: [hostile], rows: [row]))
    #expect(html.pieces(around: "<script>").count == 2)
    #expect(html.contains("href=\"./javascript:alert(1)\""))
  }

  @Test func `an index without runs is a page`() {
    #expect(IndexWriter().render(IndexPage(rows: [])).contains("0 runs"))
  }
}
