import Diagnostics
import Foundation
import Testing

@testable import ModelScripts

/// The defaults of operations are those of the module they are called from.
@Suite struct ModuleDefaultsTests {
  /// Bodies over `x`, two samples of 1, 2, 3 and 4, 5, 6, with what they give; `y` is a matrix without samples.
  static let bodies: [(String, [Float])] = [
    ("return cumsum(y)", [1, 6, 13, 16]), ("return keras.ops.cumsum(y)", [1, 6, 13, 16]),
    ("return np.cumsum(y)", [1, 6, 13, 16]), ("return tf.cumsum(y)", [1, 5, 8, 8]),
    ("return tf.math.cumsum(y)", [1, 5, 8, 8]), ("return K.cumsum(y)", [1, 5, 8, 8]),
    ("return cumprod(y)", [1, 5, 35, 105]), ("return tf.math.cumprod(y)", [1, 5, 7, 15]),
    ("return K.cumprod(y)", [1, 5, 7, 15]), ("return cast(argmax(y), 'float32')", [2]),
    ("return cast(np.argmin(y), 'float32')", [0]), ("return cast(tf.argmax(y), 'float32')", [1, 0]),
    ("return cast(tf.math.argmin(y), 'float32')", [0, 1]), ("return cast(K.argmax(y), 'float32')", [1, 0]),
    ("return cast(keras.backend.argmax(x), 'float32')", [2, 2]),
    ("return cast(argmax(y, keepdims=True), 'float32')[0]", [2]),
    ("return take(y, [1])", [5]), ("return np.take(y, 3)", [3]), ("return take(y, [1], axis=0)", [7, 3]),
    ("return tf.gather(y, [1])", [7, 3]), ("return gather(y, [1])", [7, 3]),
    ("return K.gather(y, [1])", [7, 3]),
    ("return take_along_axis(y, convert_to_tensor([3, 0]))", [3, 1]),
    ("return np.take_along_axis(y, convert_to_tensor([[1], [0]]))", [5, 7]),
    ("return concatenate([y, y])", [1, 5, 1, 5, 7, 3, 7, 3]),
    ("return keras.layers.concatenate([y, y])", [1, 5, 1, 5, 7, 3, 7, 3]),
    ("return keras.ops.concatenate([y, y])", [1, 5, 7, 3, 1, 5, 7, 3]),
    ("return np.concatenate([y, y])", [1, 5, 7, 3, 1, 5, 7, 3]),
    ("return K.concatenate([y, y])", [1, 5, 1, 5, 7, 3, 7, 3]),
    ("return tf.concat([y, y], 0)", [1, 5, 7, 3, 1, 5, 7, 3]),
    ("return concatenate([x, x])[:, 3:5]", [1, 2, 4, 5]),
    ("return diagonal(z)", [0, 6, 1, 7]), ("return np.diagonal(z, axis1=1, axis2=2)", [0, 3, 4, 7]),
    ("return tf.linalg.diag_part(z)", [0, 3, 4, 7]), ("return trace(z)", [6, 8]),
    ("return tf.linalg.trace(z)", [3, 11]), ("return np.trace(z, 1)", [2, 3]),
    ("return diagflat(y)[2]", [0, 0, 7, 0]), ("return tf.linalg.diag(y)[1]", [7, 0, 0, 3]),
    ("return reshape(zeros_like(expand_dims(y, (-1, 0))), (1, 2, 2, 1))[0, 1, :, 0]", [0, 0]),
    ("return expand_dims(y, (-1, -2))[1, :, 0, 0]", [7, 3]), ("return K.expand_dims(y)[1, :, 0]", [7, 3]),
    ("return repeat(y, 2)", [1, 1, 5, 5, 7, 7, 3, 3]), ("return repeat(x, 2, axis=1)[:, 3]", [2, 5]),
    ("return K.repeat(x, 2)[:, 1]", [1, 2, 3, 4, 5, 6]),
    ("return K.repeat_elements(x, rep=2, axis=1)[:, 1]", [1, 4]),
    ("return roll(y, 1)", [3, 1, 5, 7]), ("return roll(y, 1, axis=1)", [5, 1, 3, 7]),
    ("a, b = tf.split(x, [1, 2], axis=1)\nreturn b", [2, 3, 5, 6]),
    ("a, b = split(x, [1], axis=1)\nreturn b", [2, 3, 5, 6]),
    ("a, b = np.split(x, [2], axis=1)\nreturn b", [3, 6]),
    ("return normalize(convert_to_tensor([3e-4, 4e-4]), epsilon=0.01)", [0.03, 0.04]),
    ("return normalize(convert_to_tensor([3.0, 5.0]), order=1)", [0.375, 0.625]),
    ("return normalize(convert_to_tensor([3.0, -4.0]), order=float('inf'))", [0.75, -1]),
    ("return normalize(convert_to_tensor([3.0, 4.0]))", [0.6, 0.8]),
    ("return tf.nn.l2_normalize(convert_to_tensor([[3.0, 0.0], [0.0, 4.0]]))", [0.6, 0, 0, 0.8]),
    ("return K.l2_normalize(convert_to_tensor([[3.0, 0.0], [0.0, 4.0]]), axis=-1)", [1, 0, 0, 1]),
    ("return average(y)", [4]), ("return average([y, 3 * y])", [2, 10, 14, 6]),
    ("return ops.average([y, 3 * y])", [8]),
    ("return keras.layers.average([y, 3 * y])", [2, 10, 14, 6]),
    ("return np.average(y, 0, [3, 1])", [2.5, 4.5]),
    ("return average(y, weights=[[1, 0], [0, 1]])", [2]),
    ("return keras.layers.add([x, x, x])[:, 0]", [3, 12]),
    ("return keras.layers.subtract([x, 2 * x])[:, 0]", [-1, -4]),
    ("return layers.maximum([x, 4 - x])[:, 0]", [3, 4]),
    ("return layers.minimum([x, 4 - x])[:, 0]", [1, 0]),
    ("return tf.keras.layers.multiply([x, x])[:, 0]", [1, 16]),
    ("return K.sqrt(x - 4)[:, 0]", [0, 0]), ("return keras.backend.sqrt(x)[:, 0]", [1, 2]),
    ("return tf.keras.backend.sqrt(-x)[:, 1]", [0, 0]),
    ("return K.hard_sigmoid(x - 2)[:, 0]", [0.3, 0.9]),
    ("return tf.keras.backend.hard_sigmoid(-x)[:, 2]", [0, 0]),
    ("return hard_sigmoid(x - 2)[:, 0] * 3", [1, 2.5]),
    ("return K.batch_flatten(z)[1]", [4, 5, 6, 7]), ("return K.batch_flatten(x)[:, 1]", [2, 5]),
    ("return ravel(y)", [1, 5, 7, 3]), ("return np.ravel(z)[5:]", [5, 6, 7]),
    ("return K.flatten(y)[2:]", [7, 3]),
    ("return tf.identity(x)[:, 0]", [1, 4]), ("return identity(2)[0]", [1, 0]),
    ("return cast(tf.cast(x - 1, tf.bool), 'float32')", [0, 1, 1, 1, 1, 1]),
    ("return K.relu(x - 3, alpha=0.5)[:, 0]", [-1, 1]),
    ("return tf.nn.leaky_relu(x - 3, alpha=0.5)[:, 1]", [-0.5, 2]),
    ("return cast(argmax(convert_to_tensor([1, 5, 5, -2])), 'float32')", [1]),
    ("return cast(argmin(convert_to_tensor([[3, -4096], [-4097, 3]]), axis=0), 'float32')", [1, 0]),
    // Floats cannot tell these apart.
    ("return cast(argmax(convert_to_tensor([16777216, 16777217, 16777216])), 'float32')", [1]),
    ("return cast(cumsum(convert_to_tensor([1, -5, 3])), 'float32')", [1, -4, -1]),
    ("return cast(cumsum(convert_to_tensor([16777216, 1, 1, -1])) - 16777216, 'float32')", [0, 1, 2, 1]),
    ("return cast(tf.cumsum(cast(x, 'int32'), 1) // 2, 'float32')[:, 2]", [3, 7]),
    ("return keras.activations.gelu(x)[:, 0] - tf.nn.gelu(x, approximate=False)[:, 0]", [0, 0]),
  ]

  @Test(arguments: bodies)
  func `a name means what its module means by it`(body: String, numbers: [Float]) throws {
    let known =
      "y = convert_to_tensor([[1.0, 5.0], [7.0, 3.0]])\nz = reshape(cast(arange(8), 'float32'), (2, 2, 2))\n"
    let traced = try Traced(known + body, numbers: ["x": [1, 2, 3, 4, 5, 6]])
    #expect(traced.numbers.count == numbers.count)
    #expect(zip(traced.numbers, numbers).allSatisfy { abs($0 - $1) <= 1e-6 }, "\(traced.numbers)")
  }

  @Test(arguments: [
    "cumsum(x)", "cumprod(x)", "argmax(x)", "argmin(x)", "take(x, [0])", "take_along_axis(x, x)",
    "repeat(x, 2)",
    "roll(x, 1)", "diagflat(x)", "diagonal(x)", "trace(x)", "tf.roll(x, 1)", "tf.concat([x, x])",
    "expand_dims(x, (0, 0))", "ravel(x)", "np.ravel(x)", "K.flatten(x)", "ops.ravel(x * 2)",
  ])
  func `the samples of a batch are not put in one row`(call: String) {
    #expect(throws: Diagnostic.self) { try Traced("return \(call)") }
  }

  /// Operations that differ from Keras's signature on purpose, with the reason.
  private static let known = [
    "arange.step": "None means 1", "pad.constant_values": "None means 0",
    "where.x1": "required: places are not known before running",
    "where.x2": "required", "concatenate.axis": "a bare name means keras.layers; ops. has Keras's default",
  ]

  @Test func `every default is the one that Keras documents`() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "Fixtures/keras_signatures.txt")
    var compared = 0
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      let parts = line.dropLast().split(separator: "(", maxSplits: 1)
      let name = String(parts[0])
      guard let found = OperationRegistry.find(name) else { continue }
      let operation = (OperationRegistry.find("ops." + name) ?? found).called(from: .kerasOps)
      for (place, text) in Self.parameters(parts.count > 1 ? String(parts[1]) : "").enumerated() {
        let keras = Operation.Parameter(stringLiteral: text)
        let ours = try? Arguments.parameter(keras.name, of: operation, nil)
        guard let own = operation.parameters.first(where: { $0.name == ours }) else { continue }
        guard Self.known["\(name).\(keras.name)"] == nil else { continue }
        compared += 1
        #expect(Self.plain(own.initial) == Self.plain(keras.initial), "\(name): \(keras.name)")
        #expect(operation.parameters.firstIndex { $0.name == own.name } == place, "\(name): \(keras.name)")
      }
    }
    #expect(compared > 200)
  }

  private static func plain(_ text: String?) -> String? {
    guard let text, let number = Double(text) else { return text?.replacingOccurrences(of: "'", with: "") }
    return "\(number)"
  }

  /// The parameters of a signature; tuples are no separators.
  private static func parameters(_ text: String) -> [String] {
    var depth = 0
    var parts = [""]
    for letter in text where letter != " " {
      if "([".contains(letter) { depth += 1 }
      if ")]".contains(letter) { depth -= 1 }
      if letter == ",", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(letter) }
    }
    return parts.filter { !$0.isEmpty }
  }
}
