/// A right experiment with a function, a layer and a model written by hand; wrong ones are made from it by a change.
package let goodScript = """
  experiment: script
  seed: 1
  params: {rate: 0.1}
  cells:
    - data: iris
      source: iris
      split: {validation: 30, test: 30}
    - function: twice(x, factor=2)
      body: |
        return x * factor
    - layer: block
      args: {units: 4, activation: relu}
      layers:
        hidden: {Dense: {units: $units, activation: $activation}}
      weights:
        scale: {shape: [$units], initializer: ones}
      call: |
        return hidden(inputs) * scale
    - model: encoder
      input: [4]
      layers:
        - Dense: {units: 4}
    - model: m
      input: [4]
      layers:
        first: {block: {units: 4}}
        blocks: {block: {units: 4}, repeat: 2}
        encoder: {model: encoder}
        out: {Dense: {units: 3, activation: softmax}}
      weights:
        scale: [4]
      call: |
        z = first(twice(inputs))
        for layer in blocks:
            z = layer(z)
        z = encoder(z) * scale
        return out(z)
    - train: m
      data: iris
      loss: sparse_categorical_crossentropy
      optimizer: sgd
    - evaluate: m
      data: iris.test
    - save: m

  """

/// Mistakes in what is written by hand.
extension WrongExperiment {
  private static func script(_ name: String, _ old: String, _ new: String) -> WrongExperiment {
    WrongExperiment(name, old, new, in: goodScript)
  }

  /// A line of the model's body replaced by others.
  private static func body(_ name: String, _ line: String, _ lines: String...) -> WrongExperiment {
    script(name, line, lines.joined(separator: "\n        "))
  }

  private static let last = "return out(z)"
  private static let middle = "z = encoder(z) * scale"

  static let bodies = [
    body("an import", middle, "import keras", middle),
    body("a lambda", middle, "f = lambda x: x", middle),
    body("a function inside a body", middle, "def f(x):", "    return x", middle),
    body("a class inside a body", middle, "class A:", "    pass", middle),
    body("an exception caught", middle, "try:", "    z = first(z)", "except ValueError:", "    pass"),
    body("a 'with'", middle, "with open('f') as f:", "    pass", middle),
    body("printing", middle, "print(z)", middle),
    body("an attribute of one's own", middle, "self.state = z", middle),
    body("a walrus", middle, "if (n := 3) > 2:", "    pass", middle),
    body("operators on bits", middle, "z = (z > 0) & (z < 1)", middle),
    body("a global", middle, "global z", middle),
    body("a generator", middle, "yield z", middle),
    body("an expression that stays open", middle, "z = encoder((z * scale", last),
    body("an indentation that fits nothing", middle, "  z = encoder(z)", middle),
    body("a colon left out", "for layer in blocks:", "for layer in blocks"),
    body("a bare text", middle, "z = 'open", middle),
    body("an assignment in a condition", middle, "if z = 3:", "    pass", middle),
    body("an unknown name", last, "return out(y)"),
    body("a misspelt operation", middle, "z = reulu(z)", middle),
    body("a misspelt layer", last, "return self.oot(z)"),
    body("a misspelt operation of a module", middle, "z = tf.nn.softmx(z)", middle),
    body("a module of no body", middle, "z = torch.relu(z)", middle),
    body("a name that is set further below", middle, "z = z * later", "later = 3", middle),
    body("a wrong argument of an operation", middle, "z = mean(z, axes=-1)", middle),
    body("an argument missing", middle, "z = maximum(z)", middle),
    body("an argument too many", middle, "z = relu(z, 0.1, 3, 2, 1, 0)", middle),
    body("a wrong axis", middle, "z = mean(z, axis=2, keepdims=True)", middle),
    body("a sum of shapes that do not fit", middle, "z = z + ones((3,))", middle),
    body("a product of matrices that do not fit", middle, "z = z @ ones((3, 4))", middle),
    body(
      "a concatenation that does not fit", middle, "z = concatenate([z, mean(z, axis=-1)], axis=-1)", middle),
    body("a reshape that does not fit", middle, "z = reshape(z, (-1, 3))", middle),
    body("an index behind the end", middle, "z = z[:, 4]", middle),
    body(
      "a layer on a shape it was not built for", last, "z = concatenate([z, z])", "return out(encoder(z))"),
    body("a layer of a list on another shape", last, "return out(blocks[0](z[:, :2]))"),
    body("a layer that is called with settings", last, "return out(z, units=3)"),
    body("a layer that is called without a tensor", last, "return out()"),
    body("a list of layers that is called", last, "return out(blocks(z))"),
    body("an index behind a list of layers", last, "return out(blocks[2](z))"),
    body("a condition on a tensor that is no scalar", middle, "if z > 0:", "    z = -z", middle),
    body("a condition on the number of samples", middle, "if z.shape[0] > 3:", "    z = -z", middle),
    body("a number of a tensor used as a size", middle, "z = reshape(z, (-1, int(mean(z))))", middle),
    body("a loop over a tensor's samples", middle, "for row in z:", "    z = z + row", middle),
    body("an endless loop", middle, "while True:", "    z = z + 1", middle),
    body("a body that grows and grows", middle, "n = 1", "while n < 2000000:", "    n = n + 1", middle),
    body("a division by zero", middle, "z = z * (1 / 0)", middle),
    body("a sum of a text and a number", middle, "z = z * ('3' + 3)", middle),
    body("a tensor that is assigned to", middle, "z[:, 0] = 0", middle),
    body("more names than values", middle, "a, b, c = 1, 2", middle),
    body("a failed assertion", middle, "assert z.shape[-1] == 5, f'{z.shape} is not right'", middle),
    body("an error raised", middle, "raise ValueError('not yet')", middle),
    body("a missing return", last, "out(z)"),
    body("a return of nothing", last, "return"),
    body("a return of no tensor", last, "return 3"),
    body("a return only on one way", last, "if training:", "    return out(z)"),
    body("another number of values on another way", last, "if training:", "    return out(z), z", last),
    body("another shape on another way", last, "if training:", "    return z", last),
    body("another shape as the data say", last, "if mean(z) > 0:", "    return z", last),
    script(
      "too few values for the outputs", "weights:\n        scale: [4]",
      "outputs: [a, b]\n      weights:\n        scale: [4]"),
    body("a function called with too much", "z = first(twice(inputs))", "z = first(twice(inputs, 2, 3))"),
    body(
      "a function called with an unknown argument", "z = first(twice(inputs))",
      "z = first(twice(inputs, by=3))"),
    body(
      "a shape that does not fit inside a function", "z = first(twice(inputs))",
      "z = first(twice(inputs, ones((3,))))"),
    script(
      "an empty call",
      "z = first(twice(inputs))\n        for layer in blocks:\n            z = layer(z)\n        z = encoder(z) * scale\n        return out(z)",
      "# nothing"),
    script(
      "a call that is a list",
      "call: |\n        z = first(twice(inputs))\n        for layer in blocks:\n            z = layer(z)\n        z = encoder(z) * scale\n        return out(z)",
      "call: [out]"),
  ]

  private static let whole = """
    z = first(twice(inputs))
            for layer in blocks:
                z = layer(z)
            z = encoder(z) * scale
            return out(z)
    """

  static let signatures = [
    script(
      "a signature with an unknown input", whole,
      "def call(self, inputs, other):\n            return out(inputs)"),
    script("a signature without a colon", whole, "def call(self, inputs)\n            return out(inputs)"),
    script("a signature with stars", whole, "def call(self, *inputs):\n            return out(inputs)"),
    script("a signature that is all there is", whole, "def call(self, inputs):"),
    script(
      "two bodies", whole,
      "def call(self, inputs):\n            return out(inputs)\n        return out(inputs)"),
    script(
      "a decorated body", whole,
      "@tf.function\n        def call(self, inputs):\n            return out(inputs)"),
  ]

  static let parts = [
    script(
      "a layer beside 'from' and 'call'", "out: {Dense: {units: 3, activation: softmax}}",
      "out: {Dense: {units: 3, activation: softmax}, from: x}"),
    script("a layer whose name is no name", "out: {Dense", "my-out: {Dense"),
    script(
      "layers of a call that are a list",
      "layers:\n        first: {block: {units: 4}}\n        blocks: {block: {units: 4}, repeat: 2}\n        encoder: {model: encoder}\n        out: {Dense: {units: 3, activation: softmax}}",
      "layers: [{Dense: {units: 3}}]"),
    script("a repetition that is a text", "repeat: 2", "repeat: twice"),
    script("a negative repetition", "repeat: 2", "repeat: -2"),
    script("a repetition without an end", "repeat: 2", "repeat: 100000000"),
    script("a weight without a shape", "scale: [4]", "scale: {initializer: ones}"),
    script("a weight of a negative size", "scale: [4]", "scale: [-4]"),
    script("a weight with a misspelt setting", "scale: [4]", "scale: {shape: [4], initialiser: ones}"),
    script("a weight with an unknown initializer", "scale: [4]", "scale: {shape: [4], initializer: oness}"),
    script(
      "a weight of a shape that cannot be calculated", "scale: [4]",
      "scale: {shape: \"(inputs.shape[0], 4)\"}"),
    script("a weight of a shape that is no number", "scale: [4]", "scale: {shape: four}"),
    script("a weight of a shape that does not fit", "scale: [4]", "scale: [5]"),
    script("a weight that would fill the memory", "scale: [4]", "scale: [4000000000, 4000000000]"),
    script("a weight with the name of a layer", "scale: [4]", "scale: [4]\n        out: [4]"),
    script("an own layer with an unknown setting", "first: {block: {units: 4}}", "first: {block: {unit: 4}}"),
    script(
      "an own layer with a setting of another kind", "first: {block: {units: 4}}",
      "first: {block: {units: four}}"),
    script("an own layer that is misspelt", "first: {block:", "first: {blok:"),
    script(
      "an own layer whose setting does not fit inside", "first: {block: {units: 4}}",
      "first: {block: {units: 0}}"),
    script("an own layer without a call", "call: |\n        return hidden(inputs) * scale\n", "\n"),
    script("an own layer with a name that is taken", "- layer: block", "- layer: Dense"),
    script("an own layer without a name", "- layer: block", "- layer:"),
    script(
      "an own layer with arguments that are a list", "args: {units: 4, activation: relu}", "args: [units]"),
    script("an own layer with an argument that is no name", "args: {units: 4,", "args: {my-units: 4,"),
    script(
      "an own layer that uses an unknown argument", "{units: $units, activation", "{units: $unit, activation"),
    script("an own layer with a wrong layer inside", "hidden: {Dense:", "hidden: {Dens:"),
    script("an own layer with a wrong body", "return hidden(inputs) * scale", "return hiden(inputs) * scale"),
    script(
      "an own layer that fits nothing", "return hidden(inputs) * scale", "return hidden(inputs) * ones((3,))"),
    script(
      "an own layer that holds a model", "hidden: {Dense: {units: $units, activation: $activation}}",
      "hidden: {model: m}"),
    script("an own layer that returns nothing", "return hidden(inputs) * scale", "hidden(inputs)"),
    script(
      "an own layer without a value for an argument", "args: {units: 4, activation: relu}",
      "args: {units: null, activation: relu}"
    ).and("first: {block: {units: 4}}", "first: block"),
    script("a function without a signature", "- function: twice(x, factor=2)", "- function: twice"),
    script("a function without a body", "body: |\n        return x * factor\n", "\n"),
    script(
      "a function with a name that is taken", "- function: twice(x, factor=2)",
      "- function: relu(x, factor=2)"),
    script("a function with a parameter twice", "- function: twice(x, factor=2)", "- function: twice(x, x)"),
    script(
      "a function with a wrong signature", "- function: twice(x, factor=2)", "- function: twice(x, factor="),
    script("a function with a wrong body", "return x * factor", "return x * facter"),
    script("a function that returns nothing", "return x * factor", "x * factor"),
    script("a function that calls itself", "return x * factor", "return twice(x)"),
    script(
      "a loss of one's own that has the wrong shape", "- function: twice(x, factor=2)",
      "- function: own(y_true, y_pred)"
    ).and("return x * factor", "return y_true - y_pred[:, :2]").and(
      "z = first(twice(inputs))", "z = first(inputs)"
    ).and("loss: sparse_categorical_crossentropy", "loss: own"),
    script(
      "a loss of one's own that is misspelt", "- function: twice(x, factor=2)",
      "- function: own_loss(y_true, y_pred)"
    ).and("return x * factor", "return mean(square(y_pred), axis=-1)").and(
      "z = first(twice(inputs))", "z = first(inputs)"
    ).and("loss: sparse_categorical_crossentropy", "loss: own_los"),
  ]
}
