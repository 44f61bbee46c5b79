import Config
import Diagnostics
import Testing

@testable import ExpLanguage

@Suite struct ScriptTests {
  static let values: [(String, ScriptValue)] = [
    ("1 + 2 * 3", .int(7)), ("(1 + 2) * 3", .int(9)), ("7 / 2", .double(3.5)), ("6 / 2", .double(3)),
    ("7 // 2", .int(3)),
    ("-7 // 2", .int(-4)), ("7 // -2", .int(-4)), ("-7 % 3", .int(2)), ("7 % -3", .int(-2)),
    ("-7.5 % 2", .double(0.5)),
    ("7.5 // 2", .double(3)), ("2 ** 10", .int(1024)), ("2 ** -1", .double(0.5)), ("-2 ** 2", .int(-4)),
    ("2 ** 3 ** 2", .int(512)), ("2 ** -1 * 4", .double(2)), ("1e-4", .double(1e-4)), ("0x1F", .int(31)),
    ("1_000", .int(1000)),
    (".5", .double(0.5)), ("--3", .int(3)), ("+3", .int(3)), ("'a' + \"b\"", .string("ab")),
    ("'it\\'s'", .string("it's")),
    ("True and false", .bool(false)), ("1 < 2 <= 2 != 3", .bool(true)), ("3 > 2 > 2", .bool(false)),
    ("1 == 1.0", .bool(true)),
    ("'a' < 'b'", .bool(true)), ("'1' == 1", .bool(false)), ("not 0", .bool(true)),
    ("not not 3", .bool(true)),
    ("0 or 'x'", .string("x")), ("0 and y", .int(0)), ("1 or y", .int(1)), ("1 if 2 > 3 else 4", .int(4)),
    ("1 if True else y", .int(1)), ("min(3, 1, 2)", .int(1)), ("max([1, 2.5])", .double(2.5)),
    ("abs(-3)", .int(3)),
    ("round(2.5)", .int(2)), ("round(3.5)", .int(4)), ("round(2.675, 2)", .double(2.67)),
    ("sqrt(9)", .double(3)),
    ("exp(0)", .double(1)), ("log(1)", .double(0)), ("log(8, 2)", .double(3)), ("int(-3.7)", .int(-3)),
    ("float(3)", .double(3)),
    ("len('äb')", .int(2)), ("[1, 2, 3][-1]", .int(3)), ("[1, [2]][1][0]", .int(2)), ("None", .none),
    ("units * 2", .int(600)),
    ("test.accuracy >= 0.87", .bool(true)), ("test . accuracy", .double(0.9)),
    ("units // 128 * 128", .int(256)),
  ]
  @Test(arguments: values) func `expressions are those of Python`(text: String, value: ScriptValue) throws {
    #expect(try evaluate(text, in: scope) == value)
  }

  static let mistakes: [(String, String, String)] = [
    ("1 +", "E0120", ""), ("", "E0120", ""), ("1 2", "E0120", "2"), ("(1", "E0120", ""),
    ("a = 1", "E0120", "="), ("1 & 2", "E0120", "&"),
    ("'abc", "E0120", "'"), ("1.2.3", "E0120", "1.2.3"), ("1x", "E0120", "1x"),
    ("2 * unitz", "E0121", "unitz"),
    ("1 + 'a'", "E0122", "'a'"), ("True + 1", "E0122", "True"), ("'a' + 1", "E0122", "1"),
    ("1 < 'a'", "E0122", "1 < 'a'"),
    ("-'a'", "E0122", "'a'"), ("units[0]", "E0122", "units"), ("[1][0.5]", "E0122", "0.5"),
    ("[1][1]", "E0123", "1"),
    ("1 + 1 / (2 - 2)", "E0123", "2 - 2"), ("5 % 0", "E0123", "0"), ("0 ** -1", "E0123", "-1"),
    ("2 ** 64", "E0123", "2 ** 64"),
    ("10.0 ** 400", "E0123", "10.0 ** 400"), ("(-8.0) ** 0.5", "E0123", "-8.0) ** 0.5"),
    ("9223372036854775807 + 1", "E0123", "9223372036854775807 + 1"),
    ("log(0)", "E0123", "log(0)"), ("sqrt(-1)", "E0123", "sqrt(-1)"), ("exp(1000)", "E0123", "exp(1000)"),
    ("int(1e300)", "E0123", "int(1e300)"),
    ("1e999", "E0120", "1e999"), ("sqr(4)", "E0125", "sqr(4)"), ("sqrt(1, 2)", "E0125", "sqrt(1, 2)"),
    ("min()", "E0125", "min()"),
    ("min('a')", "E0125", "min('a')"), ("test.acuracy", "E0121", "test.acuracy"), ("é", "E0120", "é"),
  ]
  @Test(arguments: mistakes)
  func `mistakes point at what is wrong`(text: String, code: String, place: String) throws {
    var sources = SourceFiles()
    let file = sources.add(path: "a.exp", text: text)
    let script = ScriptText(text, at: SourceSpan(file: file, 0, text.utf8.count), in: sources)
    let diagnostic = #expect(throws: Diagnostic.self) { try evaluate(script, in: scope) }
    #expect(diagnostic?.code == code)
    let span = try #require(diagnostic?.primary?.span)
    if !place.isEmpty { #expect(String(decoding: sources.bytes(span), as: UTF8.self) == place) }
  }

  @Test func `an unknown name suggests the nearest`() {
    let diagnostic = #expect(throws: Diagnostic.self) { try evaluate("2 * unit", in: scope) }
    #expect(diagnostic?.help == "did you mean 'units'?")
  }

  @Test(arguments: [
    String(repeating: "(", count: 5000), String(repeating: "-", count: 5000),
    String(repeating: "not ", count: 2400) + "1",
    "1" + String(repeating: "+1", count: 4000), "1" + String(repeating: "**1", count: 3000),
    "a" + String(repeating: "[0]", count: 3000),
    String(repeating: "[", count: 5000), "1" + String(repeating: " if 1 else 1", count: 800),
    String(repeating: "min(", count: 2400),
  ])
  func `hostile nesting is refused`(text: String) {
    let diagnostic = #expect(throws: Diagnostic.self) { try evaluate(text) }
    #expect(["E0124", "E0120"].contains(diagnostic?.code))
  }

  @Test func `a name may end in the threshold of a metric`() throws {
    let expression = try Expression(parsing: ScriptText("test.recall@0.5 >= 0.1 and recall@1 > a"))
    #expect(expression.names == ["test.recall@0.5", "recall@1", "a"])
  }

  @Test func `names are known before evaluating`() throws {
    let expression = try Expression(parsing: ScriptText("test.accuracy > min(a, b) and a < c"))
    #expect(expression.names == ["test.accuracy", "a", "b", "c"])
  }

  @Test func `random tokens never crash`() {
    var random = Random("tokens")
    let words = [
      "1", "a", "+", "-", "*", "**", "(", ")", "[", "]", ",", "if", "else", "not", "and", "<", "'", ".",
      "min", "9.9e99", "//", "%",
    ]
    var values = 0
    for _ in 0..<5000 {
      let text = (0..<random.below(12)).map { _ in words[random.below(words.count)] }.joined(separator: " ")
      if (try? evaluate(text, in: scope)) != nil { values += 1 }
    }
    #expect(values > 30)
  }

  private var scope: ScriptScope {
    ScriptScope("name", names: ["units", "test.accuracy"]) { name in
      switch name {
      case "units": .int(300)
      case "test.accuracy": .double(0.9)
      default: nil
      }
    }
  }
}

@Suite struct InterpolationTests {
  @Test(arguments: [
    ("at {{ rate }}.", "at 0.1."), ("{{rate}}{{ rate * 2 }}", "0.10.2"), ("no braces", "no braces"),
    ("{ x }", "{ x }"),
    ("{{ '}}' }}", "}}"), ("{{ '{{' }}", "{{"), ("{{ 1e-5 }} {{ 3 }} {{ True }}", "1e-05 3 true"),
    ("ä {{ 'ö' }}", "ä ö"),
    ("{{ [1, 'a'] }}", "[1, a]"), ("", ""),
  ])
  func `expressions in prose become their values`(prose: String, text: String) throws {
    #expect(try interpolate(ScriptText(prose), in: scope) == text)
  }

  @Test func `a mistake in a block text is pointed at in the file`() throws {
    let reading = Reading("cells:\n  - text: |\n      # One\n\n      Two {{ raet }} three\n")
    let node = try #require(reading.node?["cells"]?.list?[0]["text"])
    let prose = ScriptText(try #require(node.string), at: node.span, in: reading.sources)
    let diagnostic = #expect(throws: Diagnostic.self) { try interpolate(prose, in: scope) }
    #expect(reading.text(diagnostic?.primary?.span) == "raet")
    #expect(diagnostic?.help == "did you mean 'rate'?")
  }

  @Test func `unclosed braces are reported`() {
    let diagnostic = #expect(throws: Diagnostic.self) {
      try interpolate(ScriptText("a {{ rate } b"), in: scope)
    }
    #expect(diagnostic?.code == "E0127")
  }

  private var scope: ScriptScope {
    ScriptScope("parameter", names: ["rate"]) { $0 == "rate" ? .double(0.1) : nil }
  }
}
