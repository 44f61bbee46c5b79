import Config
import Diagnostics
import Testing

@testable import ExpLanguage

@Suite struct ScriptBodyTests {
  static let bodies: [(String, String)] = [
    ("return x", "return x"), ("", ""), ("# nothing\n\n", ""), ("pass", "pass"), ("return", "return"),
    ("x = y = 1", "x = y = 1"), ("a, b = b, a", "(a, b) = tuple(b, a)"),
    ("(a, (b, c)) = z", "(a, (b, c)) = z"), ("[a, b] = z", "(a, b) = z"), ("a, = z", "(a) = z"),
    ("x += 1", "x += 1"), ("x @= w", "x @= w"), ("x **= 2\nx //= 3", "x **= 2; x //= 3"),
    ("x: int = 3\ny: 'Tensor'", "x = 3; pass"), ("items[0] = 1", "items[0] = 1"),
    ("'''what\nit does'''\nreturn x", "pass; return x"), ("\"a\" 'b'", "pass"),
    ("if a: x = 1\nelif b:\n  x = 2\nelse:\n  x = 3", "if a {x = 1} if b {x = 2} else {x = 3}"),
    (
      "for i in range(3):\n  if i:\n    break\n  continue\ny", "for i in range(3) {if i {break}; continue}; y"
    ),
    ("for i, (a, b) in enumerate(z): pass", "for (i, (a, b)) in enumerate(z) {pass}"),
    ("for x in a, b:\n  pass", "for x in tuple(a, b) {pass}"),
    ("while x < 3:\n  x += 1\nreturn x", "while (x < 3) {x += 1}; return x"),
    ("assert x, f'bad {x.shape} {{}}'", "assert x, f('bad ', x.shape, ' {', '}')"),
    ("raise ValueError('no')", "raise ValueError('no')"), ("raise", "raise"),
    ("x = (1 +\n     2)\ny = 1 + \\\n  2", "x = (1 + 2); y = (1 + 2)"),
    ("x = [  # one\n  1,\n\n  2,  # two\n]\n", "x = [1, 2]"),
    ("if a:\n  # only\n\n  x\n\n# end", "if a {x}"), ("  x\n  y", "x; y"), ("x\r\ny\r\n", "x; y"),
    ("return a, b", "return tuple(a, b)"), ("return (a,)", "return tuple(a)"), ("x = ()", "x = tuple()"),
    ("a @ b * c", "((a @ b) * c)"), ("-x ** 2", "(-(x ** 2))"), ("a.b.c(1)(2)[3]", "a.b.c(1)(2)[3]"),
    ("f(x, axis=-1, keepdims=True,)", "f(x, axis=(-1), keepdims=true)"),
    ("x[:, -1]", "x[tuple(_:_:_, (-1))]"), ("x[..., None]", "x[tuple(..., nothing)]"),
    ("x[::2]", "x[_:_:2]"), ("x[a:b, ...]", "x[tuple(a:b:_, ...)]"), ("x[1:]", "x[1:_:_]"),
    ("x[:, 1:2:-1]", "x[tuple(_:_:_, 1:2:(-1))]"), ("x[0,]", "x[tuple(0)]"),
    ("a is None", "(a is nothing)"), ("a is not None", "(a is not nothing)"), ("a in b", "(a in b)"),
    ("a not in b", "(a not in b)"), ("not a in b", "(not (a in b))"),
    ("[f(x) for x in xs if x > 1]", "[f(x) for x in xs if (x > 1)]"),
    ("[a + b for a, b in zip(x, y)]", "[(a + b) for (a, b) in zip(x, y)]"),
    ("{'a': 1, 'b': x}", "{'a': 1, 'b': x}"), ("{}", "{}"), ("x if c else y", "(x if c else y)"),
    ("r'\\d'", "pass"), ("x = r'\\d'", "x = '\\d'"), ("x = 'a' 'b'", "x = 'ab'"),
    ("self.dense(x)", "self.dense(x)"), ("x = None", "x = nothing"),
    (
      "def call(self, inputs, training=None):\n  return inputs",
      "def call(inputs, training=nothing) return inputs"
    ),
    ("def f(x: 'T', *, y: int = 1) -> 'T': return x", "def f(x, y=1) return x"),
  ]
  @Test(arguments: bodies) func `statements are those of Python`(text: String, dumped: String) throws {
    #expect(try dump(ScriptBody(text)) == dumped)
  }

  static let mistakes: [(String, String, String)] = [
    ("x = ", "E0130", ""), ("x = 1 2", "E0130", "2"), ("if x\n  y", "E0130", ""),
    ("if x = 3:\n  y", "E0130", "="),
    ("(1", "E0130", "("), ("1)", "E0130", ")"), ("(1]", "E0130", "]"), ("x = 'abc\ny'", "E0130", "'"),
    ("'''abc", "E0130", "'''"), ("x \\ y", "E0130", "\\"), ("1.2.3", "E0130", "1.2.3"),
    ("x = $units", "E0130", "$"),
    ("x[]", "E0130", "]"), ("f(a=1, a=2)", "E0130", "a"), ("f(a=1, 2)", "E0130", "2"),
    ("for x y:", "E0130", "y"),
    ("else if x:\n  y", "E0135", "else"), ("if a:\n  b\nelse if c:\n  d", "E0130", "if"),
    ("if a:\n\tx", "E0131", "\t"), ("if a:\nx", "E0131", ""), ("x\n  y", "E0131", "  "),
    ("if a:\n    x\n  y", "E0131", "  "), ("  x\ny", "E0131", ""),
    ("import keras", "E0132", "import"), ("from keras import ops", "E0132", "from"),
    ("class A:\n  pass", "E0132", "class"),
    ("x = 1\ndef f():\n  pass", "E0132", "def"), ("lambda: 1", "E0132", "lambda"),
    ("f = lambda x: x", "E0132", "lambda"),
    ("try:\n  x\nexcept E:\n  y", "E0132", "try"), ("with tape:\n  x", "E0132", "with"),
    ("yield x", "E0132", "yield"),
    ("x = yield", "E0132", "yield"), ("async def f(): pass", "E0132", "async"),
    ("x = await y", "E0132", "await"),
    ("global x", "E0132", "global"), ("nonlocal x", "E0132", "nonlocal"), ("del x", "E0132", "del"),
    ("print(x)", "E0132", "print"), ("print 'x'", "E0132", "print"),
    ("@tf.function\ndef f(): pass", "E0132", "@tf.function"),
    ("if (n := 1) > 0:\n  x", "E0132", ":="), ("a & b", "E0132", "&"), ("a | b", "E0132", "|"),
    ("~a", "E0132", "~"),
    ("x = ~a", "E0132", "~"), ("a << 1", "E0132", "<<"), ("a ^= 1", "E0132", "^="), ("a && b", "E0132", "&&"),
    ("x = 1; y = 2", "E0132", ";"), ("for x in y:\n  z\nelse:\n  z", "E0132", "else"),
    ("match x:\n  y", "E0132", "match"),
    ("f(*args)", "E0132", "*"), ("f(**kw)", "E0132", "**"), ("a, *b = c", "E0132", "*"),
    ("*a, b = c", "E0132", "*"),
    ("def f(*args): pass", "E0132", "*"), ("def f(x, **kwargs): pass", "E0132", "**"),
    ("x = 2j", "E0132", "2j"),
    ("x = b'a'", "E0132", "b"), ("x = {1, 2}", "E0132", "{1"), ("{a: b for a in c}", "E0132", "for"),
    ("sum(x for x in y)", "E0132", "for"), ("(x for x in y)", "E0132", "for"),
    ("[x for a in b for x in a]", "E0132", "for"),
    ("x = f'{y}'", "E0132", "f'{y}'"), ("assert x, f'{y:.2f}'", "E0132", ":.2f"),
    ("def f(): pass\nx", "E0132", "x"),
    ("1 = x", "E0133", "1"), ("f(x) = y", "E0133", "f(x)"), ("self.x = y", "E0133", "self.x"),
    ("x.y = 1", "E0133", "x.y"),
    ("None = 1", "E0133", "None"), ("a + b = c", "E0133", "a + b"), ("a, b += 1", "E0133", "a, b"),
    ("for 1 in x: pass", "E0133", "1"),
    ("break", "E0135", "break"), ("if a:\n  continue", "E0135", "continue"),
    ("elif a:\n  x", "E0135", "elif"),
    ("if a: if b: c", "E0135", "if"), ("def f(x, x): pass", "E0136", "x"),
    ("def f(x=1, y): pass", "E0136", "y"),
  ]
  @Test(arguments: mistakes)
  func `mistakes in bodies point at what is wrong`(text: String, code: String, place: String) throws {
    var sources = SourceFiles()
    let file = sources.add(path: "a.exp", text: text)
    let script = ScriptText(text, at: SourceSpan(file: file, 0, text.utf8.count), in: sources)
    let diagnostic = #expect(throws: Diagnostic.self) { try ScriptBody(parsing: script) }
    #expect(diagnostic?.code == code)
    let span = try #require(diagnostic?.primary?.span)
    if !place.isEmpty { #expect(String(decoding: sources.bytes(span), as: UTF8.self) == place) }
  }

  @Test(arguments: Refusal.allCases) func `every refusal says what to write instead`(refusal: Refusal) {
    let diagnostic = Diagnostic.refused(refusal, nil)
    #expect(diagnostic.message == refusal.what)
    #expect(diagnostic.help?.hasSuffix(".") == false)
  }

  @Test func `every refusal is reached by some script`() {
    let seen = Self.mistakes.filter { $0.1 == "E0132" }.compactMap { mistake in
      #expect(throws: Diagnostic.self) { try ScriptBody(mistake.0) }?.message
    }
    #expect(Refusal.allCases.filter { !seen.contains($0.what) } == [])
  }

  @Test func `a mistake in a block of a file is pointed at there`() throws {
    let reading = Reading(
      "cells:\n  - model: a\n    call: |\n      x = 1\n      if x:\n          y = lambda: 2\n")
    let node = try #require(reading.node?["cells"]?.list?[0]["call"])
    let script = ScriptText(try #require(node.string), at: node.span, in: reading.sources)
    let diagnostic = #expect(throws: Diagnostic.self) { try ScriptBody(parsing: script) }
    #expect(reading.text(diagnostic?.primary?.span) == "lambda")
  }

  static let hostile: [(String, String, Int, String)] = [
    ("", "(", 90_000, ""), ("", "if a:\n", 9000, ""), ("x = ", "-", 90_000, ""), ("x", ".a", 40_000, ""),
    ("x = [", "[a for b in ", 5000, ""), ("x", "(1)", 30_000, ""), ("", "x = ", 20_000, ""),
    ("assert a, f'", "{", 50_001, "'"), ("", "f'{", 20_000, ""), ("", "a", 200_000, ""),
    ("for ", "(", 50_000, ""),
    ("x = {", "{", 5000, ""), ("x = ", "1 + ", 20_000, "1"), ("x = ", "not ", 20_000, "1"),
    ("x = ", "a if b else ", 8000, "c"), ("x = ", "2 ** ", 15_000, "1"), ("x = ", "a[", 30_000, "0"),
  ]
  @Test(arguments: hostile)
  func `hostile bodies are refused`(start: String, repeated: String, count: Int, end: String) {
    let text = start + String(repeating: repeated, count: count) + end
    let diagnostic = #expect(throws: Diagnostic.self) { try ScriptBody(text) }
    #expect(["E0124", "E0130", "E0131", "E0132", "E0134"].contains(diagnostic?.code))
  }

  @Test func `blocks that are nested too deep are refused`() {
    let text = (0..<400).map { String(repeating: " ", count: $0) + "if a:\n" }.joined()
    let diagnostic = #expect(throws: Diagnostic.self) { try ScriptBody(text) }
    #expect(diagnostic?.code == "E0134")
  }

  @Test func `mutated bodies never crash`() {
    var random = Random("bodies")
    let seeds = Self.bodies.map { Array($0.0.utf8) } + Self.mistakes.map { Array($0.0.utf8) }
    let signs = Array(" \n\t()[]{}:=.,'\"#\\*f".utf8)
    var understood = 0
    for _ in 0..<4000 {
      var bytes = seeds[random.below(seeds.count)] + [0x0A] + seeds[random.below(seeds.count)]
      for _ in 0..<random.below(4) {
        let place = random.below(bytes.count)
        switch random.below(3) {
        case 0: bytes.remove(at: place)
        case 1: bytes.insert(signs[random.below(signs.count)], at: place)
        default: bytes.swapAt(place, random.below(bytes.count))
        }
        if bytes.isEmpty { bytes = [0x20] }
      }
      if (try? ScriptBody(String(decoding: bytes, as: UTF8.self))) != nil { understood += 1 }
    }
    #expect(understood > 200)
  }

  @Test func `a signature has parameters and defaults`() throws {
    let signature = try ScriptSignature(parsing: ScriptText("huber_like(y_true, y_pred, delta=1.0)"))
    #expect(signature.name == "huber_like")
    #expect(signature.parameters.map(\.name) == ["y_true", "y_pred", "delta"])
    #expect(signature.parameters.last?.initial.map(dump) == "1.0")
  }
}
