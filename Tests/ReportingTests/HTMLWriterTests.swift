import Reporting
import Testing

@Suite struct HTMLWriterTests {
  private func html(_ block: ReportBlock) -> String { HTMLWriter().render(report(block)) }

  @Test func `a cell has its label and its blocks`() {
    let html = html(.remark(.note, "stopped early"))
    #expect(
      html.contains(
        """
        <section class="cell" id="cell-4" aria-label="train mlp">
        <p class="label"><b>train</b> <span>mlp</span> <span class="time">32 s</span></p>
        <div class="output">
        <p class="remark note"><b>note</b> stopped early</p>
        </div>
        </section>
        """))
  }

  @Test func `a cell shows how it was written`() {
    var report = report(.remark(.note, "a"))
    report.cells[0].source = "train: mlp\nepochs: <3>"
    #expect(
      HTMLWriter().render(report).contains(
        "<details><summary>source</summary>\n<pre tabindex=\"0\"><code class=\"language-yaml\">train: mlp\n"
          + "epochs: &lt;3&gt;</code></pre>\n</details>"))
  }

  @Test func `a figure links to the file that is sharp at any size`() {
    var figure = ReportFigure(path: "figures/a.png", caption: "Curves", png: tinyPNG)
    figure.original = "figures/a.svg"
    #expect(
      html(.figure(figure)).contains("<figcaption>Curves <a href=\"figures/a.svg\">SVG</a></figcaption>"))
    #expect(
      MarkdownWriter().render(report(.figure(figure))).contains("*Curves* [SVG](figures/a.svg)"))
  }

  @Test func `a page begins with a link past its head`() {
    let html = html(.remark(.note, "a"))
    #expect(html.contains("<body class=\"report\">\n<a class=\"skip\" href=\"#cells\">"))
    #expect(html.contains("<main id=\"cells\""))
  }

  @Test func `a cell of prose has no label`() {
    #expect(!html(.prose("Only *words*.")).contains("class=\"label\""))
  }

  @Test func `a table aligns its columns and fills short rows`() {
    let table = ReportTable(
      header: ["part", "n"], rows: [["train", "55,000"], ["test"]], alignments: [.left, .right])
    #expect(
      html(.table(table)).contains(
        """
        <thead>
        <tr><th scope="col">part</th><th scope="col" class="right">n</th></tr>
        </thead>
        <tbody>
        <tr><td>train</td><td class="right">55,000</td></tr>
        <tr><td>test</td><td class="right"></td></tr>
        </tbody>
        """))
  }

  @Test func `a figure carries its bytes, its caption and half its pixels as size`() {
    let html = html(.figure(.init(path: "figures/a.png", caption: "Curves", png: tinyPNG)))
    #expect(
      html.contains(
        "<img src=\"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAMgAAABk\" "
          + "alt=\"Curves\" width=\"100\" height=\"50\">"
      ))
    #expect(html.contains("<figcaption>Curves</figcaption>"))
  }

  @Test func `a figure that is no PNG is named, not shown`() {
    let html = html(.figure(.init(path: "figures/a.png", caption: "", png: [1, 2, 3])))
    #expect(html.contains("the figure figures/a.png is missing"))
    #expect(!html.contains("<img"))
  }

  @Test func `metrics show value and n`() {
    #expect(
      html(.metrics([.init("accuracy", 0.88314, n: 10_000)]))
        .contains("<dt>accuracy</dt><dd>0.8831 <small>n = 10,000</small></dd>"))
  }

  @Test func `a failed check is told from a passed one without colour`() {
    let html = html(
      .checks([.init("a > 1", passed: true, found: "a = 2"), .init("b", passed: false, found: "")]))
    #expect(html.contains("✓ passed</span> <code>a &gt; 1</code> <span class=\"found\">a = 2</span>"))
    #expect(html.contains("✗ failed</span> <code>b</code>"))
  }

  @Test func `hostile text stays text everywhere`() {
    let html = HTMLWriter().render(report(of: hostile))
    #expect(!html.contains("<script"))
    #expect(!html.contains("&lt;&lt;"))
    #expect(html.contains("&lt;/style&gt;&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;`"))
    #expect(html.pieces(around: "</style>").count == 2)
    #expect(html.unicodeScalars.allSatisfy { $0.value >= 32 || $0 == "\n" })
  }

  @Test func `nothing is loaded from anywhere`() {
    let prose = "![a](https://a.example/x.png) <img src=\"https://b.example\"> <https://c.example>"
    let html = html(.prose(prose))
    #expect(html.contains("default-src 'none'"))
    for loader in ["src=\"http", "url(", "@import", "<link", "<iframe", "<script", "srcset"] {
      #expect(!html.contains(loader), "\(loader)")
    }
  }

  @Test func `the same report gives the same text`() {
    #expect(HTMLWriter().render(report(of: "a")) == HTMLWriter().render(report(of: "a")))
  }

  @Test func `how it was made names command, data and how to make it again`() {
    let made = Provenance(
      command: "runexp a.exp", facts: [.init("git", "3f2c")],
      data: [.init(name: "a.csv", sha256: "00ff", detail: "3 rows")], reproduce: ["runexp reproduce a.zip"])
    let html = HTMLWriter().render(Report(title: "", run: "", status: .finished, provenance: made))
    #expect(html.contains("<h2>How this was made</h2>"))
    #expect(
      html.contains("<pre tabindex=\"0\"><code class=\"language-sh\">runexp reproduce a.zip</code></pre>"))
    #expect(html.contains("<dt>git</dt><dd>3f2c</dd>"))
    #expect(html.contains("<b>a.csv</b> <span class=\"found\">3 rows</span><br><code>sha256 00ff</code>"))
  }
}
