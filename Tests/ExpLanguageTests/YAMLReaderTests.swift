import Config
import Diagnostics
import Testing

@testable import ExpLanguage

@Suite struct YAMLReaderTests {
  static let scalars: [(String, ConfigNode)] = [
    ("1e-4", 1e-4), ("yes", "yes"), ("no", "no"), ("on", "on"), ("0x1F", 31), ("0o17", 15), ("017", 17),
    ("-12", -12),
    ("+3", 3), ("1.", 1.0), (".5", 0.5), ("-.5e1", -5.0), ("1_000", "1_000"), ("~", nil), ("null", nil),
    ("Null", nil),
    ("true", true), ("FALSE", false), ("tRue", "tRue"), ("\"1\"", "1"), ("'true'", "true"), ("1e", "1e"),
    ("-", "-"),
    ("1.2.3", "1.2.3"), ("0x", "0x"), ("0b1", "0b1"), ("99999999999999999999", 1e20),
    ("2001-01-01", "2001-01-01"),
    ("inf", "inf"), ("nan", "nan"), ("12:30:45", "12:30:45"), (".", "."), ("-0x1F", "-0x1F"),
    ("0o18", "0o18"),
    ("1e3", 1000.0), ("relu", "relu"), ("µ", "µ"),
  ]
  @Test(arguments: scalars) func `scalars mean what YAML 1·2 says`(text: String, value: ConfigNode) {
    #expect(read("a: \(text == "-" ? "\"-\"" : text)") == ["a": value])
  }

  @Test(arguments: [
    "a: 1\nb: [2, ä]\n", "# hi\na: 1\nb: [2, ä]\n", "---\na: 1\nb: [2, ä]\n", "{a: 1, b: [2, ä]}",
  ])
  func `a byte order mark is no part of the text`(text: String) throws {
    #expect(read("\u{FEFF}" + text) == read(text))
    #expect(read(text) == ["a": 1, "b": [2, "ä"]])
    var (sources, bag) = (SourceFiles(), DiagnosticBag())
    let file = sources.add(path: "x", text: "\u{FEFF}" + text)
    let span = try #require(readYAML(file, in: sources, into: &bag)?["b"]?.list?.last?.span)
    #expect(sources.text(span) == "ä")
  }

  @Test func `one-key layers keep their arguments`() {
    let text = """
      - model: mlp
        layers:
          - Flatten
          - Dense: {units: 300, activation: relu}
      """
    #expect(
      read(text) == [
        ["model": "mlp", "layers": ["Flatten", ["Dense": ["units": 300, "activation": "relu"]]]]
      ])
  }

  @Test(arguments: [
    ("a: relu", "relu"), ("a:  'it''s'  # c", "'it''s'"), ("a: \"x\\ny\" ", "\"x\\ny\""),
    ("a: [1, 2] # c", "[1, 2]"),
    ("a: {b: 1}\nc: 2", "{b: 1}"), ("ä: öü # c", "öü"), ("a: one\n  two\nb: 1", "one\n  two"),
    ("a:\n  b: 1\n\nc: 2", "b: 1"),
    ("a:\n  - 1\n  - 22\n\nb: 2", "- 1\n  - 22"), ("a: x y", "x y"), ("日本: 東京", "東京"),
  ])
  func `a span covers the value`(text: String, covered: String) {
    let reading = Reading(text)
    #expect(reading.text(reading.node?.entries?.first?.value.span) == covered)
  }

  @Test func `a span of a key covers the key`() {
    let reading = Reading("ä:\n  'näme': 3\n")
    #expect(reading.text(reading.node?["ä"]?.entries?.first?.keySpan) == "'näme'")
  }

  @Test func `a block text begins at its sign and ends with its text`() {
    let reading = Reading("a: |\n  one\n  two\n\nb: 1\n")
    #expect(reading.node?["a"] == ConfigNode(.string("one\ntwo\n"), span: reading.node?["a"]?.span))
    #expect(reading.text(reading.node?["a"]?.span)?.hasPrefix("|\n  one\n  two") == true)
  }

  @Test func `a missing value is null and stands behind its colon`() {
    let reading = Reading("a:\nb: 1\n")
    #expect(reading.node?["a"]?.span == SourceSpan(2, 2))
    #expect(reading.bag.all.isEmpty)
  }

  @Test func `whole numbers may be keys, as classes are in Keras`() {
    #expect(read("class_weight: {0: 1.0, 1: 5}") == ["class_weight": ["0": 1.0, "1": 5]])
  }

  @Test func `every duplicate is reported, and the first value kept`() {
    let reading = Reading("a: 1\nb: {c: 1, c: 2}\na: 3\n")
    #expect(reading.node.map(bare) == ["a": 1, "b": ["c": 1]])
    #expect(reading.bag.all.map(\.code) == ["E0103", "E0103"])
  }

  @Test func `a byte order mark is no part of the first key`() {
    #expect(read("\u{FEFF}a: 1") == ["a": 1])
  }

  @Test func `lines may end as on Windows`() {
    let reading = Reading("a: 1\r\nb: two\r\n")
    #expect(reading.node.map(bare) == ["a": 1, "b": "two"])
    #expect(reading.text(reading.node?["b"]?.span) == "two")
  }

  @Test func `bytes that are no UTF-8 are pointed at`() {
    var sources = SourceFiles()
    #expect(throws: Diagnostic.notUTF8(SourceSpan(3, 4))) {
      try sources.add(path: "a.exp", bytes: [0x61, 0x3A, 0x20, 0xFF, 0x0A])
    }
  }

  @Test(arguments: ["[", "{a: ", "- "]) func `deep nesting is refused, not followed`(opening: String) {
    let text =
      opening == "- " ? String(repeating: "- ", count: 30_000) : String(repeating: opening, count: 30_000)
    #expect(Reading(text).bag.all.map(\.code) == ["E0110"])
  }

  @Test func `aliases cannot multiply`() {
    var text = "a: &a [x, x]\n"
    for level in 1...30 { text += "b\(level): &b\(level) [*\(level == 1 ? "a" : "b\(level - 1)"), *a]\n" }
    #expect(Reading(text).bag.all.allSatisfy { $0.code == "E0105" })
  }
}
