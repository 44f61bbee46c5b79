import Experiments
import Plots
import Running
import Foundation
import Testing

@Suite struct DocumentTests {
  @Test func `the experiment of the format's page is right`() throws {
    let page = try String(
      contentsOf: repository.appending(path: "docs/experiment-format.md"), encoding: .utf8)
    let block = try #require(page.components(separatedBy: "```yaml\n").dropFirst().first)
    let text = try #require(block.components(separatedBy: "```").first)
    let scratch = try Scratch()
    #expect(try scratch.diagnose(text) == "")
  }
}
