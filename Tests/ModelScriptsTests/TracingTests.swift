import Diagnostics
@testable import ExpLanguage
import GraphEngine
import Layers
import TensorCore
import Testing

@testable import ModelScripts

@Suite struct TracingTests {
  /// Bodies over `x`, two samples of the numbers 1, 2, 3 and 4, 5, 6, with what they give.
  static let bodies: [(String, [Float])] = [
    ("return x", [1, 2, 3, 4, 5, 6]), ("return 2 * x + 1", [3, 5, 7, 9, 11, 13]),
    ("return 1 - x / 2", [0.5, 0, -0.5, -1, -1.5, -2]), ("return -x ** 2", [-1, -4, -9, -16, -25, -36]),
    ("return x[:, 0]", [1, 4]), ("return x[:, -1]", [3, 6]), ("return x[..., 1:]", [2, 3, 5, 6]),
    ("return x[:, ::2]", [1, 3, 4, 6]), ("return x[:, ::-1]", [3, 2, 1, 6, 5, 4]),
    ("return x[:, None, 1]", [2, 5]), ("return x[:, [2, 0]]", [3, 1, 6, 4]),
    ("y = x\nfor i in range(3):\n  y = y + i\nreturn y", [4, 5, 6, 7, 8, 9]),
    ("a, (b, c) = 1, (2, 3)\nreturn x * a + b * c", [7, 8, 9, 10, 11, 12]),
    ("a = b = 2\na += b\nreturn x * a", [4, 8, 12, 16, 20, 24]),
    ("n = 0\nwhile n < 10:\n  n += 1\n  if n == 3: break\nreturn x * n", [3, 6, 9, 12, 15, 18]),
    (
      "items = []\nfor i in range(3):\n  if i == 1: continue\n  items.append(x[:, i])\nreturn stack(items, axis=1)",
      [1, 3, 4, 6]
    ),
    ("s = x.shape\nreturn x * s[-1] + len(s)", [5, 8, 11, 14, 17, 20]),
    ("return sum([x[:, i] for i in range(3) if i != 1])", [4, 10]),
    ("d = {'a': 2}\nd['b'] = 3\nreturn x * d['a'] * d.get('c', 1) + d['b']", [5, 7, 9, 11, 13, 15]),
    ("return x if training else x * 2", [2, 4, 6, 8, 10, 12]),
    ("return x if mask is None else 0 * x", [1, 2, 3, 4, 5, 6]),
    ("return keras.ops.sum(x, axis=-1, keepdims=True)", [6, 15]),
    ("return tf.reduce_mean(x, axis=1)", [2, 5]),
    ("return tf.math.reduce_max(x, axis=1)", [3, 6]), ("return K.sum(x, axis=-1)", [6, 15]),
    ("return tf.nn.relu(x - 3)", [0, 0, 0, 1, 2, 3]), ("return x @ [[1.0], [0.0], [1.0]]", [4, 10]),
    ("return ops.matmul(x, ops.transpose(ones((2, 3))))", [6, 6, 15, 15]),
    ("return einsum('bi,bj->bij', x, x)[:, 0, :]", [1, 2, 3, 16, 20, 24]),
    ("return where(x > 2, x, 0)", [0, 0, 3, 4, 5, 6]), ("return maximum(x, 3)", [3, 3, 3, 4, 5, 6]),
    ("return (x > 2) * 1.0", [0, 0, 1, 1, 1, 1]), ("return cast(x >= 5, 'float32')", [0, 0, 0, 0, 1, 1]),
    ("return concatenate([x, x[:, :1]], axis=-1)", [1, 2, 3, 1, 4, 5, 6, 4]),
    ("return reshape(x, (-1, 3, 1))[:, 1]", [2, 5]),
    ("return reshape(x, [shape(x)[0], 1, -1])[:, 0]", [1, 2, 3, 4, 5, 6]),
    ("return argmax(x, axis=1)", [2, 2].map { Float(bitPattern: $0) }),
    ("return one_hot(argmax(x, axis=1), 3)", [0, 0, 1, 0, 0, 1]),
    ("return clip(x, 2, 5)", [2, 2, 3, 4, 5, 5]),
    ("return x + [10, 20, 30]", [11, 22, 33, 14, 25, 36]), ("return x * arange(3)", [0, 2, 6, 0, 5, 12]),
    ("return max(2, 5, 3) * x[:, 0]", [5, 20]), ("return min([4, 2]) * x[:, 0]", [2, 8]),
    ("return cumsum(x, axis=1)", [1, 3, 6, 4, 9, 15]),
    ("a, b, c = split(x, 3, axis=1)\nreturn c", [3, 6]), ("return tf.split(x, 3, axis=1)[1]", [2, 5]),
    ("for i, c in enumerate(unstack(x, axis=1)):\n  if i: y = y + c * i\n  else: y = c\nreturn y", [9, 21]),
    ("return sum([a * b for a, b in zip([1, 2], [x, x])])", [3, 6, 9, 12, 15, 18]),
    ("return square(2) * x[:, 0]", [4, 16]),
    ("return (x[:, 0] == 1) + 0.0", [1, 0]), ("return logical_not(x > 1)", [1, 0, 0, 0, 0, 0]),
    ("return flip(x, axis=1)", [3, 2, 1, 6, 5, 4]), ("return tile(x, [1, 2])[:, 3:5]", [1, 2, 4, 5]),
    ("return pad(x, [[0, 0], [1, 0]])[:, :2]", [0, 1, 0, 4]), ("return take(x, 1, axis=1)", [2, 5]),
    ("return squeeze(expand_dims(x, -1), -1)", [1, 2, 3, 4, 5, 6]), ("return x.T.T", [1, 2, 3, 4, 5, 6]),
    ("'''says what'''\nassert len(x.shape) == 2, f'shape {x.shape}'\nreturn x", [1, 2, 3, 4, 5, 6]),
    ("def call(self, inputs, training=None):\n    return inputs * 2", [2, 4, 6, 8, 10, 12]),
    ("def call(self, inputs, *, factor=3): return inputs * factor", [3, 6, 9, 12, 15, 18]),
    ("x = self.x if False else inputs\nreturn x", [1, 2, 3, 4, 5, 6]),
    ("return float(7 // 2) * x[:, 0]", [3, 12]),
    ("return top_k(x, 2)[0]", [3, 2, 6, 5]), ("return sort(-x, axis=-1)", [-3, -2, -1, -6, -5, -4]),
    ("return tf.cast(x, tf.float32)", [1, 2, 3, 4, 5, 6]), ("return x / norm_of\nnorm_of = 1", []),
    ("return floor(x / 2) + ceil(x / 2)", [1, 2, 3, 4, 5, 6]), ("return sign(x - 2)", [-1, 0, 1, 1, 1, 1]),
    ("return relu(x, max_value=4, threshold=2)", [0, 0, 3, 4, 4, 4]),
    ("return round(x / 2)", [0, 1, 2, 2, 2, 3]),
    ("return tf.math.rsqrt(x[:, 0])", [1, 0.5]), ("return isfinite(x[:, 0] / 0)", [0, 0]),
    ("return floor(7.5) * x[:, 0]", [7, 28]),
    ("return stop_gradient(x)", [1, 2, 3, 4, 5, 6]), ("return [x, x][1]", [1, 2, 3, 4, 5, 6]),
    ("return zeros_like(x) + eye(3)[0]", [1, 0, 0, 1, 0, 0]), ("return mean(x)", [3.5]),
    ("return tf.square(x[:, 0])", [1, 16]),
  ]
  @Test(arguments: bodies.filter { !$0.1.isEmpty })
  func `bodies give what Python gives`(body: String, numbers: [Float]) throws {
    let traced = try Traced(body, numbers: ["x": [1, 2, 3, 4, 5, 6]])
    #expect(traced.numbers == numbers)
  }

  static let mistakes: [(String, String, String)] = [
    ("return y", "E0321", "y"), ("return reulu(x)", "E0321", "reulu"),
    ("return self.dense(x)", "E0321", "self.dense"),
    ("return tf.foo(x)", "E0321", "tf.foo"), ("return Dense(3)(x)", "E0321", "Dense"),
    ("return x + 'a'", "E0320", "'a'"), ("return 'a' + 1", "E0320", "'a'"),
    ("a, b = 1, 2, 3", "E0320", "a, b"),
    ("return x[1, 2, 3]", "E0320", "x[1, 2, 3]"), ("return x.foo", "E0320", "x.foo"),
    ("return (1)(2)", "E0320", "1"),
    ("return [1][3]", "E0320", "3"), ("for i in 3: pass", "E0320", "3"), ("for i in x: pass", "E0320", "x"),
    ("x[0] = 1", "E0320", "x"), ("return {'a': 1}['b']", "E0320", "'b'"),
    ("return x < 'a'", "E0320", "x < 'a'"),
    ("return 1 / 0 * x", "E0123", "0"), ("return x.shape[0] * 2", "E0322", "x.shape[0]"),
    ("return mean(x, axes=1)", "E0322", "1"), ("return mean(x, axis='a')", "E0322", "'a'"),
    ("return mean()", "E0322", "mean()"),
    ("return exp(x, 2)", "E0322", "2"), ("return concatenate(3)", "E0322", "3"),
    ("return reshape(x, [2, -1, -1])", "E0322", "[2, -1, -1]"),
    ("while True: pass", "E0323", "pass"), ("for i in range(10 ** 9): pass", "E0323", "range(10 ** 9)"),
    ("while True: x = x + 1", "E0323", "True"), ("n = [1] * 10 ** 12", "E0323", "[1] * 10 ** 12"),
    ("return split(x[:, 3:], 2 ** 62, axis=1)", "E0323", "split(x[:, 3:], 2 ** 62, axis=1)"),
    ("raise ValueError('no')", "E0325", "raise ValueError('no')"),
    ("assert 1 > 2, 'wrong'", "E0325", "1 > 2"), ("return None", "E0327", "return None"),
    ("y = 1", "E0327", ""),
    ("return x, 'a'", "E0327", "return x, 'a'"), ("if True: return x, x\nreturn x", "E0329", "return x"),
    ("return matmul(x, ones((4, 2)))", "E0301", "matmul(x, ones((4, 2)))"),
    ("return x + ones((2, 2, 4))", "E0301", "x + ones((2, 2, 4))"),
    ("if x > 1:\n  return x\nreturn x", "E0318", "x > 1"), ("return x[::0]", "E0320", "::0"),
    ("return x[0.5]", "E0320", "0.5"),
  ]
  @Test(arguments: mistakes)
  func `mistakes in a trace point at what is wrong`(text: String, code: String, place: String) throws {
    var sources = SourceFiles()
    let file = sources.add(path: "a.exp", text: text)
    let script = ScriptText(text, at: SourceSpan(file: file, 0, text.utf8.count), in: sources)
    let model = ScriptedModel(
      "m", inputs: [ModelInput("x", shape: [3])], ScriptParts(), body: try ScriptBody(parsing: script))
    let diagnostic = #expect(throws: Diagnostic.self) { try Trace(model, phase: .inference, seed: 1) }
    #expect(diagnostic?.code == code)
    let span = try #require(diagnostic?.primary?.span)
    if !place.isEmpty { #expect(String(decoding: sources.bytes(span), as: UTF8.self) == place) }
  }

  @Test(arguments: [
    ("return reulu(x)", "did you mean 'relu'?"), ("hidden = x\nreturn hiden", "did you mean 'hidden'?"),
    ("return mean(x, keepdim=True)", "did you mean 'keepdims'?"),
    ("return reduce_mena(x)", "did you mean 'reduce_mean'?"),
  ])
  func `an unknown name suggests the nearest`(body: String, help: String) throws {
    let model = try model(body)
    let diagnostic = #expect(throws: Diagnostic.self) { try Trace(model, phase: .inference, seed: 1) }
    #expect(diagnostic?.help == help)
  }

  @Test func `training is known by the phase`() throws {
    #expect(try Traced("return x * 2 if training else x", phase: .training).numbers == [1, 1, 1, 1, 1, 1])
    #expect(try Traced("return x * 2 if training else x").numbers == [0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
  }

  @Test func `a condition on data goes the way the scope decides`() throws {
    let body = "if mean(x) > 1:\n  return x * 2\nreturn x * 3"
    #expect(try Traced(body, assuming: [true]).numbers[0] == 1)
    #expect(try Traced(body, assuming: [false]).numbers[0] == 1.5)
    #expect(try Traced(body).trace.scope.decisions.count == 1)
  }

  @Test func `a loop on data runs as often as the scope decides`() throws {
    let body = "while reduce_max(x) > 1:\n  x = x / 2\nreturn x"
    #expect(try Traced(body, assuming: [true, true, false]).numbers[0] == 0.125)
  }

  @Test func `a loop on data that never ends is stopped`() {
    let body = "while mean(x) > 1:\n  x = x + 1\nreturn x"
    let diagnostic = #expect(throws: Diagnostic.self) {
      try Traced(body, assuming: [Bool](repeating: true, count: 2000))
    }
    #expect(diagnostic?.code == "E0323")
  }

  @Test func `an assertion on data is assumed to hold and fails where it does not`() throws {
    let body = "assert mean(x) < 1, 'too large'\nreturn x"
    #expect(try Traced(body).numbers[0] == 0.5)
    let diagnostic = #expect(throws: Diagnostic.self) { try Traced(body, assuming: [true]) }
    #expect(diagnostic?.message == "an assertion of the body failed: too large")
  }

  @Test func `lists are shared as in Python`() throws {
    let body = "a = [1]\nb = a\nb.append(2)\nb += [3]\nreturn x * len(a)"
    #expect(try Traced(body).numbers[0] == 1.5)
  }

  @Test func `outputs are named by what is returned`() throws {
    let parts = ScriptParts(layers: [layer("main", Dense(1)), layer("aux", Dense(1))])
    #expect(
      try model("return main(x), self.aux(x), x", parts: parts).outputNames == ["main", "aux", "output"])
    #expect(try model("return {'a': x, 'b': x}").outputNames == ["a", "b"])
    let named = "y = main(x)\nz = self.aux(y)\n"
    #expect(try model(named + "return y, z", parts: parts).outputNames == ["main", "aux"])
    #expect(try model(named + "return z, y", parts: parts).outputNames == ["aux", "main"])
    // What is set again, or on some branches only, has no one name.
    #expect(try model(named + "y = y + 1\nreturn y, z", parts: parts).outputNames == ["output", "aux"])
    #expect(try model(named + "y += 1\nreturn y, z", parts: parts).outputNames == ["output", "aux"])
    #expect(
      try model(named + "if training:\n  z = y\nreturn y, z", parts: parts).outputNames == ["main", "output"])
    #expect(try model("return x, x").outputNames == ["output", "output_1"])
  }

  @Test func `random numbers differ from call to call and from step to step`() throws {
    let traced = try Traced("return random.normal((2,)), keras.random.normal((2,))", phase: .training)
    #expect(traced.outputs[0] != traced.outputs[1])
    let other = try Traced(
      "return random.normal((2,)), random.normal((2,))", phase: .training,
      numbers: ["step": [Float(bitPattern: 1), 0]])
    #expect(traced.outputs[0] != other.outputs[0])
  }
}
