import Reporting
import Testing

@Suite struct MarkdownProseTests {
  private func html(_ prose: String) -> String {
    let page = HTMLWriter().render(report(.prose(prose)))
    return page.pieces(around: "<div class=\"prose\">\n").last?.pieces(around: "</div>\n</div>").first.map(
      String.init) ?? ""
  }

  @Test func `tables, emphasis and lists are rendered`() {
    let html = html("*a*\n\n- b\n\n| x | y |\n|---|--:|\n| 1 | 2 |\n")
    #expect(html.contains("<em>a</em>"))
    #expect(html.contains("<li>b</li>"))
    #expect(html.contains("<td align=\"right\">2</td>"))
  }

  @Test func `headings go below the title of the report`() {
    #expect(html("# a\n\n###### b") == "<h2>a</h2>\n<h6>b</h6>\n")
  }

  @Test func `raw HTML is shown as text`() {
    #expect(html("a <b onclick=x>c</b>") == "<p>a &lt;b onclick=x&gt;c&lt;/b&gt;</p>\n")
    #expect(html("<script>\nalert(1)\n</script>").contains("&lt;script&gt;\nalert(1)"))
  }

  @Test func `a picture becomes a link`() {
    #expect(
      html("![the *plot*](https://a.example/x.png)")
        == "<p><a href=\"https://a.example/x.png\">the <em>plot</em></a></p>\n")
  }

  @Test(arguments: [
    "javascript:alert(1)", "JaVaScRiPt:x", "vbscript:x", "data:text/html,x", "file:///etc/passwd",
  ])
  func `a link cannot run anything`(target: String) {
    #expect(html("[a](\(target))") == "<p><a href=\"\">a</a></p>\n")
  }

  @Test func `deep nesting and broken text do not crash`() {
    #expect(!html(String(repeating: "> ", count: 20_000) + "a").isEmpty)
    #expect(!html(String(repeating: "[![", count: 5_000)).isEmpty)
    #expect(html("a\u{0}b") == "<p>a\u{FFFD}b</p>\n")
  }
}
