import Config
import Diagnostics
import TensorCore
import Testing

@testable import ExpLanguage

@Suite struct YAMLWriterTests {
  @Test func `a resolved experiment reads like one written by hand`() throws {
    var sources = SourceFiles()
    var bag = DiagnosticBag()
    let file = sources.add(path: "a.exp", text: goodExperiment)
    let syntax = try #require(
      ExperimentSyntax(reading: file, in: sources, cellKeywords: cellKinds, into: &bag))
    let parameters = Parameters.resolve(syntax.params, in: sources, into: &bag)
    let text = syntax.substituting(parameters, in: sources, into: &bag).text
    #expect(bag.all.isEmpty)
    #expect(
      text == """
        experiment: mlp
        title: Fashion-MNIST with a multilayer perceptron
        seed: 42

        params:
          learning_rate: 0.01
          epochs: 30
          units: [300, 100]

        cells:
          - text: |
              # Classifying clothes
              Two hidden layers, plain SGD at learning rate {{ learning_rate }}.

          - data: fashion
            source: fashion-mnist
            scale: 0.00392156862745098
            split: {validation: 5000}

          - model: mlp
            input: [28, 28]
            layers:
              - Flatten
              - Dense: {units: "300", activation: relu}
              - Dense: {units: 10, activation: softmax}

          - train: mlp
            data: fashion
            optimizer:
              SGD: {learning_rate: 0.01}
            epochs: 30
            callbacks:
              - EarlyStopping: {patience: 10, restore_best_weights: true}

          - check: [test.accuracy >= 0.87]

        """)
  }

  @Test func `a resolved experiment resolves to itself`() throws {
    func resolve(_ text: String) throws -> String {
      var sources = SourceFiles()
      var bag = DiagnosticBag()
      let file = sources.add(path: "a.exp", text: text)
      let syntax = try #require(
        ExperimentSyntax(reading: file, in: sources, cellKeywords: cellKinds, into: &bag))
      let parameters = Parameters.resolve(syntax.params, in: sources, into: &bag)
      return syntax.substituting(parameters, in: sources, into: &bag).text
    }
    let first = try resolve(goodExperiment + "\n  - save: $$epochs\n".dropFirst())
    #expect(first.contains("save: \"$epochs\""))
    #expect(try resolve(first) == first)
  }

  @Test(arguments: [
    "1", "1e-4", "true", "null", "~", "", " a", "a ", "a: b", "a #b", "#a", "- a", "-a", "?", "[a", "{a",
    "&a", "*a", "!a",
    "|", ">", "%a", "@a", "`a", "$a", "=", "---", "...", "a\nb", "a\nb\n", "a\nb\n\n", "\n", "\na", " a\nb",
    "a\n  b\n", "a\n \nb",
    "a\tb", "\t", "a\r\nb", "\u{0}", "\u{85}", "\u{2028}", "\u{FEFF}a", "'", "\"", "\\", "it's", "é", "日本",
    "😀", "a:", ":a",
    "a,b", "a]b", ".inf", "0x1F", "12:30", "a: \u{301}b", "<<", "key with spaces", "a\n\n\nb\n", "a\n#b\n",
    "x\n---\ny\n",
  ])
  func `every text reads back`(text: String) {
    let node: ConfigNode = [
      "key": .init(.string(text)), "list": [.init(.string(text)), ["in": .init(.string(text))]],
    ]
    let written = YAMLWriter.text(node)
    #expect(read(written) == node, "\(written)")
    let key = ConfigNode(.map([.init(text, 1)]))
    #expect(read(YAMLWriter.text(key)) == key)
  }

  @Test func `whatever is written reads back`() {
    var random = Random("writer")
    for _ in 0..<1500 {
      let node = ConfigNode(.map([.init("top", random.node(depth: 4))]))
      let text = YAMLWriter.text(node)
      #expect(read(text) == node, "\(text)")
      if read(text) != node { break }
    }
  }

  @Test func `long lists are written one item a line`() {
    let node: ConfigNode = ["words": ConfigNode(.list((0..<30).map { .init(.string("word\($0)")) }))]
    #expect(YAMLWriter.text(node).hasPrefix("words:\n  - word0\n  - word1\n"))
  }
}

/// Numbers for property tests, the same in every run.
struct Random {
  private let stream: RandomStream
  private var position = 0

  init(_ name: String) { stream = RandomStream(seed: 1, name) }

  mutating func below(_ bound: Int) -> Int {
    position += 1
    return Int(stream[position]) % max(1, bound)
  }

  mutating func string() -> String {
    let pieces = [
      "a", "b", " ", "\n", ":", "#", "-", "'", "\"", "\\", "$", "{", "}", "[", "]", ",", "é", "1", "e", ".",
      "\t", "!", "&", "*",
      "|", ">", "\u{7}", "0x1", "null", "  ", "\n\n",
    ]
    return (0..<below(7)).map { _ in pieces[below(pieces.count)] }.joined()
  }

  mutating func node(depth: Int) -> ConfigNode {
    switch below(depth > 0 ? 8 : 6) {
    case 0: return nil
    case 1: return .init(.bool(below(2) == 0))
    case 2: return .init(.int(below(2000) - 1000))
    case 3: return .init(.double(Double(below(2000) - 1000) / Double(1 + below(300))))
    case 4, 5: return .init(.string(string()))
    case 6: return .init(.list((0..<below(5)).map { _ in node(depth: depth - 1) }))
    default:
      var entries: [ConfigNode.Entry] = []
      for _ in 0..<below(5) {
        let key = string()
        if !entries.contains(where: { $0.key == key }) { entries.append(.init(key, node(depth: depth - 1))) }
      }
      return .init(.map(entries))
    }
  }
}
