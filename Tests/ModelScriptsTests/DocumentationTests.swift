import Foundation
import Layers
import Testing

@testable import ModelScripts

/// The examples of the documentation are run.
@Suite struct DocumentationTests {
  @Test func `every example of the language can be traced`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let page = try String(contentsOf: folder.appending(path: "../../docs/call-language.md"), encoding: .utf8)
    let examples = page.components(separatedBy: "```python\n").dropFirst().compactMap {
      $0.components(separatedBy: "```").first
    }
    #expect(examples.count >= 6)
    let parts = ScriptParts(layers: [
      layer("hidden", Dense(4)), layer("drop", Dropout(0.2)), layer("out", Dense(2)),
      .init(NamedLayer("blocks", Dense(4)), repeated: 4),
    ])
    for example in examples {
      _ = try Traced(example, [("inputs", [4])], parts: parts, phase: .training)
    }
  }
}
