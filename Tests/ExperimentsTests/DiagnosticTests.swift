import ExperimentSamples
import Analysis
import Experiments
import Plots
import Running
import Foundation
import Testing

/// What is said about wrong experiments, whole.
///
/// To accept changes: `UPDATE_GOLDEN=1 swift test --filter Diagnostic`.
@Suite struct DiagnosticTests {
  private let fixtures = repository.appending(path: "Tests/KerasFilesTests/Fixtures")

  private func diagnose(_ wrong: WrongExperiment) throws -> String {
    let scratch = try Scratch()
    for file in wrong.files { try scratch.write(file.bytes(fixtures: fixtures), to: file.name) }
    return try scratch.diagnose(wrong.text, overrides: wrong.overrides)
  }

  @Test func `every mistake is explained as agreed`() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/diagnostics.txt")
    let actual = try WrongExperiment.all.map { "## \($0.name)\n" + (try diagnose($0)) }.joined(
      separator: "\n")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      try Data(actual.utf8).write(to: file)
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    let pairs = zip(expected.components(separatedBy: "## "), actual.components(separatedBy: "## "))
    for (old, new) in pairs where old != new { #expect(new == old) }
    #expect(actual == expected)
  }

  @Test(arguments: WrongExperiment.all.map(\.name)) func `no mistake goes unnoticed`(name: String) throws {
    let wrong = try #require(WrongExperiment.all.first { $0.name == name })
    #expect(!wrong.text.isEmpty, "the piece to replace is not in the good experiment")
    let said = try diagnose(wrong)
    #expect(said.contains("error[") || said.contains("warning["))
  }

  @Test(arguments: [goodExperiment, goodGraph, goodScript, goodStateful])
  func `a good experiment has nothing to say`(text: String) throws {
    let scratch = try Scratch()
    #expect(try scratch.diagnose(text) == "")
  }
}
