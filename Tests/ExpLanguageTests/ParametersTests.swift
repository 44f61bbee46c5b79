import Config
import Diagnostics
import Testing

@testable import ExpLanguage

@Suite struct ParametersTests {
  /// The value of `a` with these parameters and overrides.
  private func value(_ text: String, params: String, _ overrides: String...) throws -> ConfigNode? {
    var sources = SourceFiles()
    var bag = DiagnosticBag()
    let file = sources.add(path: "a.exp", text: "params: \(params)\ncells: []\na: \(text)\n")
    let values = try overrides.map { try ParameterOverride(parsing: $0, in: &sources) }
    let syntax = try #require(ExperimentSyntax(reading: file, in: sources, cellKeywords: [], into: &bag))
    let parameters = Parameters.resolve(syntax.params, overrides: values, in: sources, into: &bag)
    let result = syntax.substituting(parameters, in: sources, into: &bag)["a"]
    #expect(bag.all == [])
    return result.map(bare)
  }

  @Test func `a name alone keeps the type`() throws {
    #expect(try value("$units", params: "{units: 300}") == 300)
    #expect(try value("$units", params: "{units: 300.0}") == 300.0)
    #expect(try value("$name", params: "{name: relu}") == "relu")
    #expect(try value("[$a, {x: $b}]", params: "{a: [1, 2], b: ~}") == [[1, 2], ["x": nil]])
  }

  @Test func `an expression is calculated`() throws {
    #expect(try value("$(2 * units)", params: "{units: 300}") == 600)
    #expect(try value("$(1 / 255)", params: "{}") == .init(.double(1.0 / 255)))
  }

  @Test func `quotes and two dollar signs keep a dollar sign`() throws {
    #expect(try value("\"$units\"", params: "{units: 3}") == "$units")
    #expect(try value("'$(1)'", params: "{units: 3}") == "$(1)")
    #expect(try value("$$units", params: "{units: 3}") == "$units")
    #expect(try value("$5 a day", params: "{units: 3}") == "$5 a day")
    #expect(try value("|\n  $units", params: "{units: 3}") == "$units\n")
  }

  @Test func `a parameter may be calculated from those above`() throws {
    #expect(try value("$b", params: "{a: 2, b: $(a * 3)}") == 6)
    #expect(try value("$b", params: "{a: 2, b: $(a * 3)}", "a=10") == 30)
    #expect(try value("$b", params: "{a: 2, b: $(a * 3)}", "b=1") == 1)
  }

  static let overrides: [(String, String, ConfigNode)] = [
    ("300", "v=12", 12), ("0.1", "v=1", 1.0), ("0.1", "v=1e-3", 0.001), ("relu", "v=elu", "elu"),
    ("[1]", "v=[3, 4]", [3, 4]), ("true", "v=false", false), ("~", "v=x", "x"), ("x", "v='1'", "1"),
    ("x", "v=a=b", "a=b"),
    ("3", "v=4.0", 4),
  ]
  @Test(arguments: overrides)
  func `an override takes the place of the default`(standard: String, override: String, result: ConfigNode)
    throws
  {
    #expect(try value("$v", params: "{v: \(standard)}", override) == result)
  }

  static let hashes: [(String, ConfigNode)] = [
    ("v=run #1", "run #1"), ("v=#1", "#1"), ("v=a#b", "a#b"), ("v='x # y'", "x # y"), ("v=\"#fff\"", "#fff"),
    ("v=1 # one", "1 # one"), ("v=  # ", "#"),
  ]
  @Test(arguments: hashes) func `a hash in an override is a character`(override: String, result: ConfigNode)
    throws
  {
    #expect(try value("$v", params: "{v: x}", override) == result)
  }

  @Test func `a hash in a list of an override is a character`() throws {
    #expect(try value("$v", params: "{v: []}", "v=[run #1, '#2', x#3]") == ["run #1", "#2", "x#3"])
  }

  @Test(arguments: ["v='x' # y", "v=\"a\" #", "v=[1] # c", "v={a: 1} #"])
  func `what follows a whole value is refused`(text: String) {
    var sources = SourceFiles()
    #expect(throws: Diagnostic.self) { try ParameterOverride(parsing: text, in: &sources) }
  }

  @Test func `the last override wins`() throws {
    #expect(try value("$v", params: "{v: 1}", "v=2", "v=3") == 3)
  }

  @Test(arguments: [
    "v", "=1", "1v=2", "v=a: b", "v=- a", "v=[1", "v=&a 1", "v=!x 1", "v=\t- a", "v=1\nw: 2", "v=.nan",
  ])
  func `what is no assignment is refused`(text: String) {
    var sources = SourceFiles()
    #expect(throws: Diagnostic.self) { try ParameterOverride(parsing: text, in: &sources) }
  }

  @Test(arguments: ["s=|", "s=>", "s=|-", "s=> x", "s=a: b", "s=- x", "s=key:"])
  func `an override that needs quotes is told so`(text: String) {
    var sources = SourceFiles()
    let value = text.dropFirst(2)
    #expect {
      try ParameterOverride(parsing: text, in: &sources)
    } throws: {
      let diagnostic = $0 as? Diagnostic
      return diagnostic?.help?.contains("s=\"\(value)\"") == true || diagnostic?.code == "E0102"
    }
    #expect((try? ParameterOverride(parsing: "s=\"\(value)\"", in: &sources))?.value.string == String(value))
  }
}
