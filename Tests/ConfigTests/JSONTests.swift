import Config
import Diagnostics
import Testing

@Suite struct JSONReaderTests {
  @Test func `every kind of value is read`() throws {
    let node = try ConfigNode(json: #"{"a": null, "b": [true, false, 1, -2.5e3, "x"], "c": {}, "d": []}"#)
    #expect(node == ["a": nil, "b": [true, false, 1, -2500.0, "x"], "c": [:], "d": []])
  }

  @Test func `whole numbers stay whole and fractions stay fractions`() throws {
    #expect(try ConfigNode(json: "[1, 1.0, 1e2]") == [1, 1.0, 100.0])
  }

  @Test func `whole numbers beyond Int become doubles`() throws {
    #expect(try ConfigNode(json: "9223372036854775808").content == .double(9_223_372_036_854_775_808))
  }

  @Test func `the literals of Python are numbers`() throws {
    let items = try #require(try ConfigNode(json: "[NaN, Infinity, -Infinity]").list)
    guard case .double(let first) = items[0].content else {
      Issue.record("NaN is not a double")
      return
    }
    #expect(first.isNaN)
    #expect(items[1].content == .double(.infinity))
    #expect(items[2].content == .double(-.infinity))
  }

  @Test func `escapes and surrogate pairs become characters`() throws {
    #expect(try ConfigNode(json: #""\u00e9\ud83d\ude00\n\"\\\/""#) == "é😀\n\"\\/")
  }

  @Test func `the last of two equal keys wins in the place of the first`() throws {
    #expect(try ConfigNode(json: #"{"a": 1, "b": 2, "a": 3}"#) == ["a": 3, "b": 2])
  }

  @Test func `keys that Unicode calls equivalent stay apart or collapse without a crash`() throws {
    let node = try ConfigNode(json: #"{"\u00e9": 1, "e\u0301": 2}"#)
    #expect(node.entries?.isEmpty == false)
  }

  @Test func `spans cover the value and the key`() throws {
    let node = try ConfigNode(json: #" {"ab": 12}"#, file: 3)
    #expect(node.span == SourceSpan(file: 3, 1, 11))
    #expect(node.entries?[0].keySpan == SourceSpan(file: 3, 2, 6))
    #expect(node["ab"]?.span == SourceSpan(file: 3, 8, 10))
  }

  @Test func `without a file there are no spans`() throws {
    #expect(try ConfigNode(json: "[1]").list?[0].span == nil)
  }

  @Test(arguments: [
    ("", 0), ("{", 1), ("[1,]", 3), ("{'a': 1}", 1), (#"{"a" 1}"#, 5), ("01", 1), ("1.", 2), (".5", 0),
    ("-", 1),
    ("+1", 0), ("1e", 2), ("nul", 0), ("[1 2]", 3), (#""a"#, 0), ("\"\u{1}\"", 1), (#""\x""#, 2),
    (#""\u12g4""#, 3),
    (#""\ud800""#, 7), (#""\udc00x""#, 7), ("1 1", 2), ("--1", 1), ("\u{FEFF}1", 0), ("[1}", 2),
    (#""\u+123""#, 3),
    ("-NaN", 1), ("{\"a\":1,}", 7),
  ])
  func `text that is not JSON is refused with its offset`(text: String, offset: Int) {
    let error = #expect(throws: Diagnostic.self) { try ConfigNode(json: text) }
    #expect(error?.code == "E0150")
    #expect(error?.message.hasPrefix("not valid JSON at byte \(offset):") == true, "\(error?.message ?? "")")
  }

  @Test func `bytes that are not UTF-8 are refused`() {
    for bytes: [UInt8] in [[0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0xFF]] {
      #expect(throws: Diagnostic.self) { try ConfigNode(json: bytes) }
    }
  }

  @Test(arguments: ["[", "{\"a\":", "[[{\"k\":"])
  func `a million levels are a diagnostic and not a stack overflow`(opening: String) {
    let error = #expect(throws: Diagnostic.self) {
      try ConfigNode(json: String(repeating: opening, count: 1_000_000))
    }
    #expect(error?.code == "E0151")
  }

  @Test func `every truncation of a text is refused`() throws {
    let text = Array(#"{"a": [1, "\u00e9", {"b": null}], "c": "x"}"#.utf8)
    for count in 0..<text.count {
      #expect(throws: Diagnostic.self) { try ConfigNode(json: Array(text[..<count])) }
    }
  }

  @Test func `mutated texts never crash and read back what they read`() throws {
    let text = Array(#"{"a": [1, -2.5e-3, "\u00e9\ud83d\ude00", {"b": null}], "c": [NaN, true]}"#.utf8)
    var random = Generator(state: 7)
    for _ in 0..<5000 {
      var bytes = text
      for _ in 0...(random.next() % 3) {
        bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      guard let node = try? ConfigNode(json: bytes) else { continue }
      #expect(try ConfigNode(json: node.json).json == node.json)
    }
  }
}

@Suite struct JSONWriterTests {
  @Test func `separators and order are those of Python`() {
    let node: ConfigNode = ["b": 1, "a": [1, nil, true], "c": [:], "d": []]
    #expect(node.json == #"{"b": 1, "a": [1, null, true], "c": {}, "d": []}"#)
  }

  @Test(arguments: [
    (0.01, "0.01"), (1e-7, "1e-07"), (1, "1.0"), (1e16, "1e+16"),
    (9_999_999_999_999_998, "9999999999999998.0"),
    (1.2345678901234568e16, "1.2345678901234568e+16"), (-1.2e16, "-1.2e+16"), (1e17, "1e+17"),
    (1e100, "1e+100"),
    (0.0001, "0.0001"), (0.00001, "1e-05"), (.leastNonzeroMagnitude, "5e-324"), (12.5, "12.5"),
    (120, "120.0"), (-0.00123, "-0.00123"), (-0.0, "-0.0"), (0.1 + 0.2, "0.30000000000000004"),
    (0.0010000000474974513, "0.0010000000474974513"), (123456789, "123456789.0"), (.nan, "NaN"),
    (.infinity, "Infinity"), (-.infinity, "-Infinity"), (1.7976931348623157e308, "1.7976931348623157e+308"),
    (18_014_398_509_481_984, "1.8014398509481984e+16"),
  ])
  func `floats are written as Python writes them`(value: Double, text: String) {
    #expect(ConfigNode(.double(value)).json == text)
  }

  @Test func `everything beyond printable ASCII is escaped in lower case`() {
    #expect(
      ConfigNode.init(stringLiteral: "é😀\u{7F}\u{0}\n\t\u{8}\u{C}\r\"\\/").json
        == #""\u00e9\ud83d\ude00\u007f\u0000\n\t\b\f\r\"\\/""#)
  }

  @Test func `the pretty form indents by two`() {
    let node: ConfigNode = ["a": [1, "x"], "b": [:], "c": []]
    #expect(node.prettyJSON == "{\n  \"a\": [\n    1,\n    \"x\"\n  ],\n  \"b\": {},\n  \"c\": []\n}")
  }

  @Test(arguments: 1...200 as ClosedRange<UInt64>)
  func `what is written reads back equal`(seed: UInt64) throws {
    var random = Generator(state: seed)
    let node = random.node(depth: 0)
    #expect(try ConfigNode(json: node.json) == node)
    #expect(try ConfigNode(json: node.prettyJSON) == node)
  }
}

/// SplitMix64, so that every failure can be repeated.
struct Generator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func node(depth: Int) -> ConfigNode {
    switch next() % (depth < 5 ? 7 : 5) {
    case 0: return nil
    case 1: return ConfigNode(.bool(next() % 2 == 0))
    case 2: return ConfigNode(.int(Int(truncatingIfNeeded: next()) >> Int(next() % 63)))
    case 3:
      let value = Double(bitPattern: next())
      return ConfigNode(.double(value.isNaN ? 0.5 : value))
    case 4: return ConfigNode(.string(text()))
    case 5: return ConfigNode(.list((0..<(next() % 5)).map { _ in node(depth: depth + 1) }))
    default:
      return ConfigNode(.map((0..<(next() % 5)).map { .init("\($0)" + text(), node(depth: depth + 1)) }))
    }
  }

  private mutating func text() -> String {
    var result = ""
    for _ in 0..<(next() % 6) {
      result.unicodeScalars.append(
        Unicode.Scalar(UInt32(truncatingIfNeeded: next() % 0x11_0000)) ?? "\u{FFFD}")
    }
    return result
  }
}
