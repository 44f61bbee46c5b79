import Config
import Diagnostics
import Foundation
import Testing

@testable import ExpLanguage

/// Every mistake of this phase with the words its author reads: `Golden/diagnostics.txt`.
@Suite struct DiagnosticTests {
  /// Name, text, overrides.
  static let cases: [(name: String, text: String, overrides: [String])] = [
    ("a duplicate key", "experiment: a\nseed: 1\nseed: 2\ncells: []\n", []),
    ("a duplicate key in braces", "cells:\n  - model: m\n    layers: [{Dense: {units: 3, units: 4}}]\n", []),
    ("a tag", "cells:\n  - model: !!str m\n", []),
    ("an anchor and an alias", "cells:\n  - model: &m mlp\n  - train: *m\n", []),
    ("an indentation with a tab", "cells:\n  - model: m\n\tinput: [1]\n", []),
    ("a second document", "cells: []\n---\ncells: []\n", []),
    ("a key that is a list", "[a, b]: 1\ncells: []\n", []),
    ("a key that is true", "true: 1\ncells: []\n", []),
    ("a number that is not finite", "cells:\n  - train: m\n    epochs: .inf\n", []),
    ("an empty file", "", []),
    ("a file of comments", "# nothing\n", []),
    ("too deep nesting", "cells: " + String(repeating: "[", count: 70), []),
    ("a file that is a list", "- model: mlp\n- train: mlp\n", []),
    ("no cells", "experiment: a\n", []),
    ("cells that are no list", "cells:\n  model: mlp\n", []),
    ("a cell that is a word", "cells:\n  - model\n  - 12\n", []),
    ("an unknown kind of cell", "cells:\n  - modle: mlp\n", []),
    ("a cell whose kind comes second", "cells:\n  - loss: mse\n    train: mlp\n", []),
    ("an empty cell", "cells:\n  - {}\n  -\n", []),
    ("a colon in a text", "title: one: two\ncells: []\n", []),
    ("a bracket that is not closed", "cells:\n  - model: m\n    input: [28, 28\n  - train: m\n", []),
    ("a brace that is not closed", "cells:\n  - train: {a: 1\n", []),
    ("a quote that is not closed", "title: \"Fashion\ncells: []\n", []),
    ("an indentation that fits nothing", "cells:\n    - model: m\n   - train: m\n", []),
    ("a key without a colon", "experiment: a\nseed\ncells: []\n", []),
    ("a character that begins nothing", "title: @home\ncells: []\n", []),
    ("an unknown escape", "title: \"C:\\data\"\ncells: []\n", []),
    ("a list behind its key", "cells: - model: m\n", []),
    (
      "an unknown parameter", "params: {learning_rate: 0.1}\ncells:\n  - train: m\n    rate: $learning_rat\n",
      []
    ),
    ("a parameter below", "params: {a: $b, b: 1}\ncells: []\n", []),
    (
      "an expression with a mistake",
      "params: {n: 3}\ncells:\n  - train: m\n    epochs: $(2 * (n - 3)) \n    rate: $(1 / (n - 3))\n", []
    ),
    ("an expression that ends early", "cells:\n  - train: m\n    epochs: $(2 *)\n", []),
    ("a comma in an expression in braces", "cells:\n  - train: {epochs: $(min(1, 2))}\n", []),
    ("a name with something behind it", "params: {n: 3}\ncells:\n  - train: m\n    epochs: $n * 2\n", []),
    ("an expression with texts", "params: {n: a}\ncells:\n  - train: m\n    epochs: $(n * 2)\n", []),
    ("an unknown function", "cells:\n  - train: m\n    epochs: $(maks(1, 2))\n", []),
    ("wrong arguments", "cells:\n  - train: m\n    epochs: $(sqrt('a'))\n", []),
    ("a parameter that is a mapping", "params: {a: {b: 1}}\ncells: []\n", []),
    ("a parameter name with a hyphen", "params: {a-b: 1}\ncells: []\n", []),
    ("parameters that are a list", "params: [a, b]\ncells: []\n", []),
    ("an override of nothing", "params: {learning_rate: 0.1}\ncells: []\n", ["learning_rte=0.2"]),
    ("an override of another kind", "params:\n  epochs: 30\ncells: []\n", ["epochs=many"]),
    ("an override that is no assignment", "params: {epochs: 30}\ncells: []\n", ["epochs 3"]),
    ("an override with broken YAML", "params: {units: [1]}\ncells: []\n", ["units=[3, 4"]),
    ("letters of other alphabets", "title: größe: 3\ncells: []\n", []),
  ]

  @Test func `every mistake is explained as agreed`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
    let file = folder.appending(path: "diagnostics.txt")
    let actual = Self.cases.map { "## \($0.name)\n" + diagnose($0.text, overrides: $0.overrides) }.joined(
      separator: "\n")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(actual.utf8).write(to: file)
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    let pairs = zip(expected.components(separatedBy: "## "), actual.components(separatedBy: "## "))
    for (old, new) in pairs where old != new { #expect(new == old) }
    #expect(actual == expected)
  }

  @Test(arguments: cases) func `no mistake goes unnoticed`(name: String, text: String, overrides: [String]) {
    #expect(diagnose(text, overrides: overrides).contains("error[E"))
  }

  @Test func `a good experiment has nothing to say`() {
    #expect(diagnose(goodExperiment) == "")
  }

  @Test func `mutations never crash, and point into the file`() {
    var random = Random("mutations")
    let good = Array(goodExperiment.utf8)
    let pieces = [
      "\t", "[", "]", "{", "}", ":", "- ", "\n", "'", "\"", "&a", "*a", "!x", "$", "$(", "é", "\u{0}", "|",
      ">", "#", "---\n", "  ", "%", "?",
    ]
    for _ in 0..<2000 {
      var bytes = good
      for _ in 0...random.below(4) {
        let at = random.below(bytes.count)
        switch random.below(4) {
        case 0: bytes.remove(at: at)
        case 1: bytes.insert(contentsOf: pieces[random.below(pieces.count)].utf8, at: at)
        case 2: bytes.removeSubrange(at..<min(bytes.count, at + random.below(40)))
        default: bytes[at] = UInt8(random.below(256))
        }
      }
      check(bytes)
    }
  }

  private func check(_ bytes: [UInt8]) {
    var sources = SourceFiles()
    var bag = DiagnosticBag()
    let file = bag.collect { () throws(Diagnostic) in try sources.add(path: "a.exp", bytes: bytes) } ?? 0
    if let syntax = ExperimentSyntax(reading: file, in: sources, cellKeywords: cellKinds, into: &bag) {
      let parameters = Parameters.resolve(syntax.params, in: sources, into: &bag)
      _ = syntax.substituting(parameters, in: sources, into: &bag).text
      for cell in syntax.cells {
        guard let text = cell.name else { continue }
        _ = bag.collect { () throws(Diagnostic) in
          try interpolate(ScriptText(text, at: cell.value.span, in: sources), in: parameters.scope)
        }
      }
    }
    let count = Int32(String(decoding: bytes, as: UTF8.self).utf8.count)
    let labels = bag.all.flatMap { ($0.primary.map { [$0] } ?? []) + $0.related }
    #expect(
      labels.allSatisfy { 0 <= $0.span.lower && $0.span.lower <= $0.span.upper && $0.span.upper <= count + 1 }
    )
    #expect(TextRenderer(sources.map).render(bag.all).isEmpty == bag.all.isEmpty)
  }
}
