/// A right experiment with a graph of layers, two inputs and two outputs; wrong ones are made from it by a change.
package let goodGraph = """
  experiment: graph
  seed: 1
  cells:
    - data: iris
      source: iris
      features:
        wide: [sepal_length, petal_length]
        deep: [sepal_length, sepal_width, petal_length]
      target: {kind: species, width: petal_width}
      split: {validation: 30, test: 30}
    - model: encoder
      input: [3]
      layers:
        - Dense: {units: 4, activation: relu}
    - model: m
      inputs: {wide: [2], deep: [3]}
      layers:
        hidden: {Dense: {units: 4}, from: deep}
        encoded: {model: encoder, from: deep}
        all: {Concatenate: {}, from: [wide, hidden, encoded]}
        kind: {Dense: {units: 3, activation: softmax}, from: all}
        width: {Dense: {units: 1}, from: hidden}
      outputs: [kind, width]
    - train: m
      data: iris
      loss: {kind: sparse_categorical_crossentropy, width: mse}
      loss_weights: {kind: 1, width: 0.5}
      optimizer: sgd
      metrics: {kind: [accuracy], width: [mae]}
    - evaluate: m
      data: iris.test
    - check:
        - test.kind_accuracy >= 0.1
    - save: m

  """

/// Mistakes in graphs of layers.
extension WrongExperiment {
  private static func graph(_ name: String, _ old: String, _ new: String) -> WrongExperiment {
    WrongExperiment(name, old, new, in: goodGraph)
  }

  private static let hidden = "hidden: {Dense: {units: 4}, from: deep}"
  private static let merge = "all: {Concatenate: {}, from: [wide, hidden, encoded]}"

  static let graphs = [
    graph("a circle of layers", hidden, "hidden: {Dense: {units: 4}, from: kind}"),
    graph("a layer called from itself", hidden, "hidden: {Dense: {units: 4}, from: hidden}"),
    graph("an unknown 'from'", hidden, "hidden: {Dense: {units: 4}, from: dep}"),
    graph("a 'from' that names nothing", hidden, "hidden: {Dense: {units: 4}, from: []}"),
    graph(
      "a value by a name that its layer does not have", hidden,
      "hidden: {Dense: {units: 4}, from: {inputs: deep, mask: wide}}"),
    graph(
      "a flag that a layer does not have", hidden,
      "hidden: {Dense: {units: 4}, from: {inputs: deep, fast: true}}"),
    graph("a 'from' that is a number", hidden, "hidden: {Dense: {units: 4}, from: 3}"),
    graph("a layer of a graph without 'from'", hidden, "hidden: {Dense: {units: 4}}"),
    graph("a layer of a graph that is a word", hidden, "hidden: Flatten"),
    graph(
      "a layer with the name of an input", hidden, hidden + "\n        wide: {Dense: {units: 4}, from: deep}"),
    graph("a layer with a path for a name", hidden, "a/b: {Dense: {units: 4}, from: deep}"),
    graph("a layer of a graph named twice", hidden, hidden + "\n        " + hidden),
    graph(
      "two layers behind one name", hidden, "hidden: {Dense: {units: 4}, Dropout: {rate: 0.1}, from: deep}"),
    graph("a setting beside a layer of a graph", hidden, "hidden: {Dense: {units: 4}, unit: 3, from: deep}"),
    graph("an unknown layer in a graph", hidden, "hidden: {Dens: {units: 4}, from: deep}"),
    graph("an unused input", "from: [wide, hidden, encoded]", "from: [hidden, encoded]"),
    graph("an unused layer", "from: [wide, hidden, encoded]", "from: [wide, hidden]"),
    graph("a graph without inputs", "inputs: {wide: [2], deep: [3]}\n      ", ""),
    graph("inputs that are a list", "inputs: {wide: [2], deep: [3]}", "inputs: [[2], [3]]"),
    graph("an input of no numbers", "deep: [3]}", "deep: []}"),
    graph("an input whose shape is a text", "deep: [3]}", "deep: three}"),
    graph("an input of unknown type", "deep: [3]}", "deep: {shape: [3], dtype: floaty}}"),
    graph("an input beside inputs", "inputs: {wide", "input: [4]\n      inputs: {wide"),
    graph("an output that is no layer", "outputs: [kind, width]", "outputs: [kind, widht]"),
    graph("an output twice", "outputs: [kind, width]", "outputs: [kind, kind]"),
    graph("no outputs", "outputs: [kind, width]", "outputs: []"),
    graph("an input as an output", "outputs: [kind, width]", "outputs: [kind, wide]"),
    graph("a merge of shapes that do not fit", "encoded]}", "encoded]}").and(
      "all: {Concatenate: {}, from: [wide, hidden, encoded]}", "all: {Add: {}, from: [wide, hidden, encoded]}"
    ),
    graph(
      "a concatenation of shapes that do not fit", "hidden: {Dense: {units: 4}, from: deep}",
      "hidden: {Reshape: {target_shape: [3, 1]}, from: deep}"),
    graph("one tensor too many for a layer", hidden, "hidden: {Dense: {units: 4}, from: [deep, wide]}"),
    graph(
      "a shared layer on another shape", hidden,
      hidden + "\n        again: {layer: hidden, from: wide}"),
    graph(
      "a shared layer that is not there", hidden,
      hidden + "\n        again: {layer: hiden, from: deep}"),
    graph(
      "a model as a layer on another shape", "{model: encoder, from: deep}", "{model: encoder, from: wide}"),
    graph("a model as a layer that is not there", "{model: encoder,", "{model: encodr,"),
    graph("a model as a layer of itself", "{model: encoder,", "{model: m,"),
    graph("a model as a layer with settings", "{model: encoder,", "{model: encoder, units: 3,"),
    graph(
      "a model as a layer on two tensors", "{model: encoder, from: deep}",
      "{model: encoder, from: [deep, wide]}"),
    graph("a data set as a layer", "{model: encoder,", "{model: iris,"),
    graph(
      "a graph whose 'layers' are one layer", "layers:\n        - Dense: {units: 4, activation: relu}",
      "layers: Dense"),
    graph("a list of layers with inputs", "input: [3]", "inputs: {x: [3]}"),
    graph(
      "weights without a call", "outputs: [kind, width]", "outputs: [kind, width]\n      weights: {a: [3]}"),
    graph(
      "a shape that does not fit deep in a chain", hidden,
      """
      wider: {Dense: {units: 10}, from: deep}
              image: {Reshape: {target_shape: [2, 5]}, from: wider}
              square: {Reshape: {target_shape: [3, 3]}, from: image}
              hidden: {Flatten: {}, from: square}
      """),
    graph(
      "an axis that is not there", hidden,
      "hidden: {Dot: {axes: 3}, from: [deep, wide]}"),
  ]

  static let perOutput = [
    graph("a loss for an output that is not there", "loss: {kind:", "loss: {kidn:"),
    graph(
      "too many losses", "loss: {kind: sparse_categorical_crossentropy, width: mse}", "loss: [mse, mse, mse]"),
    graph(
      "one loss that does not fit both outputs", "loss: {kind: sparse_categorical_crossentropy, width: mse}",
      "loss: sparse_categorical_crossentropy"),
    graph("an unknown loss for one output", "width: mse}", "width: mze}"),
    graph("a weight for an output that is not there", "loss_weights: {kind: 1", "loss_weights: {kin: 1"),
    graph("a weight that is a text", "loss_weights: {kind: 1", "loss_weights: {kind: one"),
    graph("too few weights", "loss_weights: {kind: 1, width: 0.5}", "loss_weights: [1]"),
    graph("metrics for an output that is not there", "metrics: {kind:", "metrics: {knd:"),
    graph("an unknown metric for one output", "width: [mae]", "width: [mea]"),
    graph("a metric that does not fit its output", "width: [mae]", "width: [sparse_categorical_accuracy]"),
    graph("a metric twice for one output", "width: [mae]", "width: [mae, mae]"),
    graph("a result of one output that is not there", "test.kind_accuracy", "test.kind_acuracy"),
    graph(
      "features that are not the inputs", "wide: [sepal_length, petal_length]",
      "wid: [sepal_length, petal_length]"),
    graph("a feature of another size", "wide: [sepal_length, petal_length]", "wide: [sepal_length]"),
    graph(
      "an unknown column among the features", "wide: [sepal_length, petal_length]",
      "wide: [sepal_lenth, petal_length]"),
    graph(
      "features that are not named",
      "features:\n        wide: [sepal_length, petal_length]\n        deep: [sepal_length, sepal_width, petal_length]",
      "features: [sepal_length, sepal_width, petal_length]"),
    graph("targets that are not the outputs", "width: petal_width}", "breadth: petal_width}"),
    graph("an unknown column among the targets", "width: petal_width}", "width: petal_widht}"),
    graph("one target for two outputs", "target: {kind: species, width: petal_width}", "target: species"),
    graph("a target that is a feature", "width: petal_width}", "width: petal_length}"),
  ]
}
