import Diagnostics
import Foundation
import KerasFiles
import Layers
import Testing
import Training

/// The tables that real Keras prints, beside the files it saved.
@Suite(.enabled(if: !ModelFixture.all.isEmpty, "no collection of Keras files here"))
struct SummaryFixtureTests {
  /// The number behind a word such as `Trainable params:`.
  private func number(_ word: String, in text: String) -> Int? {
    let line = text.split(separator: "\n").first { $0.drop { $0 == " " }.hasPrefix(word) }
    let digits = line?.drop { $0 != ":" }.dropFirst().drop { $0 == " " }.prefix { $0.isNumber || $0 == "," }
    return digits.flatMap { Int($0.filter(\.isNumber)) }
  }

  @Test func `sums are those that Keras prints`() throws {
    var (checked, optimizers) = (0, 0)
    for fixture in ModelFixture.all {
      let path = String(fixture.file.dropLast(3)) + ".summary.txt"
      guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { continue }
      let summary = try ModelFile.load(fixture.file, seed: 1).built.fullSummary
      #expect(summary.trainable == number("Trainable params", in: text), "\(fixture.name)")
      #expect(summary.nonTrainable == number("Non-trainable params", in: text), "\(fixture.name)")
      #expect(
        summary.rows.map(\.parameters).reduce(0, +) == summary.parameters, "\(fixture.name): the rows' sum")
      if let optimizer = number("Optimizer params", in: text) {
        #expect(summary.optimizerParameters == optimizer, "\(fixture.name): optimizer")
        optimizers += 1
      }
      checked += 1
    }
    print("summaries: \(checked) checked, \(optimizers) with an optimizer")
    #expect(checked > 40)
  }

  @Test func `connections of Keras 3 are those that it prints`() throws {
    var checked = 0
    for fixture in ModelFixture.all where fixture.name.hasPrefix("k3_func") {
      let path = String(fixture.file.dropLast(3)) + ".summary.txt"
      guard let text = try? String(contentsOfFile: path, encoding: .utf8),
        text.contains("Connected to"), !text.contains("…"),
        let summary = try? ModelFile.load(fixture.file, seed: 1).built.summary
      else { continue }
      // Cells of several lines, with neither their frames nor their blanks.
      var printed = ""
      for line in text.split(separator: "\n") where line.hasPrefix("│") {
        let cells = line.split(separator: "│", omittingEmptySubsequences: false)
        if cells.count > 4 { printed += cells[4].filter { $0 != " " && $0 != "-" } + "," }
      }
      let own = summary.rows.flatMap(\.connectedTo)
      #expect(own == printed.split(separator: ",").map(String.init), "\(fixture.name)")
      checked += 1
    }
    print("connections: \(checked) checked")
    #expect(checked > 5)
  }
}
