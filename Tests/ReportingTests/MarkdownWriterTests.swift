import Reporting
import Testing

@Suite struct MarkdownWriterTests {
  private func markdown(_ block: ReportBlock) -> String {
    let text = MarkdownWriter().render(report(block))
    return text.pieces(around: "· 32 s\n\n").last.map(String.init) ?? ""
  }

  @Test func `a report begins with its title, its run and the label of the cell`() {
    let text = MarkdownWriter().render(report(.code("x", language: "")))
    #expect(text == "# Title\n\n`mlp-1` · finished\n\n`[4]` **train** mlp · 32 s\n\n```\nx\n```\n")
  }

  @Test func `a table is a GitHub table`() {
    let table = ReportTable(
      header: ["a|b", "n"], rows: [["x\ny", "1"], ["z"]], alignments: [.left, .right])
    #expect(markdown(.table(table)) == "| a\\|b | n |\n| --- | ---: |\n| x y | 1 |\n| z |  |\n")
  }

  @Test func `a figure links to its file`() {
    let figure = ReportFigure(path: "figures/a (1).png", caption: "See [1]", png: tinyPNG)
    #expect(markdown(.figure(figure)) == "![See \\[1\\]](figures/a%20%281%29.png)\n\n*See \\[1\\]*\n")
  }

  @Test func `a fence is longer than any in the code`() {
    #expect(markdown(.code("````\n", language: "md")) == "`````md\n````\n`````\n")
  }

  @Test func `metrics are a table with n`() {
    #expect(
      markdown(.metrics([.init("loss", 0.25, n: 10_000), .init("lr", 1e-7)]))
        == "| metric | value | n |\n| --- | ---: | ---: |\n| loss | 0.25 | 10,000 |\n| lr | 10⁻⁷ |  |\n")
  }

  @Test func `checks are a list`() {
    #expect(
      markdown(.checks([.init("a > 1", passed: true, found: "a = 2"), .init("b", passed: false, found: "")]))
        == "- ✓ `a > 1`: a = 2\n- ✗ **failed** `b`\n")
  }

  @Test func `markup in text is escaped and stays on its line`() {
    #expect(
      markdown(.remark(.error, "<b>a_b</b> *c*\n# d `e` [f](g) | \u{0}"))
        == "> **error** \\<b\\>a\\_b\\</b\\> \\*c\\* \\# d \\`e\\` \\[f\\](g) \\|  \n")
  }

  @Test func `code on a line is fenced by more backticks than it holds`() {
    #expect(markdown(.checks([.init("a``b`", passed: true, found: "")])) == "- ✓ ``` a``b` ```\n")
  }

  @Test func `prose goes in as written`() {
    let text = MarkdownWriter().render(report(.prose("\n## A\n\n    code\n\n")))
    #expect(text == "# Title\n\n`mlp-1` · finished\n\n## A\n\n    code\n")
  }

  @Test(arguments: [
    (0.0, nil), (0.414, "0.41 s"), (9.96, "10 s"), (125, "2 min 5 s"), (4_320, "1 h 12 min"), (.nan, nil),
  ])
  func `durations are read easily`(seconds: Double, text: String?) {
    let cell = ReportCell(index: 1, keyword: "train", seconds: seconds)
    let markdown = MarkdownWriter().render(Report(title: "", run: "a", status: .finished, cells: [cell]))
    #expect(markdown.hasSuffix("**train**" + (text.map { " · " + $0 } ?? "") + "\n"))
  }
}
