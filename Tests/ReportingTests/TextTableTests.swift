import Reporting
import Testing

@Suite struct TextTableTests {
  @Test func `prose is broken between words, and a word never`() {
    #expect(TextTable.wrapped("one two three fourteen", width: 9) == "one two\nthree\nfourteen")
    #expect(TextTable.wrapped("", width: 9) == "")
  }

  @Test func `a table has its caption below`() {
    let table = ReportTable(
      header: ["a", "b"], rows: [["1", "22"], ["333", "4"]], alignments: [.left, .right], caption: "Two.")
    #expect(table.text == "a     b\n1    22\n333   4\n\nTwo.")
  }
}
