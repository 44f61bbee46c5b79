import Config
import Datasets
import ExpLanguage
import Foundation
import Layers
import ModelScripts
import Testing
import Training

@testable import KerasFiles

/// Models as Python modules for Keras.
@Suite struct PythonExportTests {
  private func text(_ model: any Model) throws -> String {
    try PythonModule(model, functions: StoredFunctions([try Scripted.squash()])).text
  }

  @Test func `a call keeps its text, with self and ops put in`() throws {
    let call = """
          def call(self, inputs, training=None):
              z = inputs  # a comment
              for layer in self.hidden:
                  z = layer(z)
              if training:
                  z = self.drop(z)
              # what is large is pulled back
              if ops.max(abs(z)) > 0.9:
                  z = ops.tanh(z * self.gain)
              mean = ops.mean(z, axis=-1, keepdims=True)
              z = self.block(z - mean) * (ops.cast(mean > -1, "float32"))
              return self.main(ops.concatenate([z, inputs], -1)), self.output_(z)

      """
    #expect(try text(try Scripted.model()).contains(call))
  }

  @Test func `an own layer becomes a class that is built for its shapes`() throws {
    let block = """
      class Block(keras.layers.Layer):
          \"\"\"The layer 'Block', written by hand.\"\"\"

          def __init__(self, **kwargs):
              super().__init__(**kwargs)
              self.factor = 0.5
              self.dense = keras.layers.Dense(units=4, activation=squash, name="dense")

          def build(self, input_shape=None):
              self.scale = self.add_weight(name="scale", shape=(4,), initializer=keras.initializers.Ones())
              self.dense.build((None, 4))
              self.built = True

          def call(self, inputs):
              return self.dense(inputs * self.scale) * self.factor
      """
    #expect(try text(try Scripted.model()).contains(block))
  }

  @Test func `a model that decides on data runs eagerly`() throws {
    #expect(try text(try Scripted.model()).contains("        self.run_eagerly = True\n"))
    #expect(try !text(try Scripted.plain()).contains("run_eagerly"))
  }

  @Test func `a sequential model is a list of constructors`() throws {
    let model = Sequential(
      "mlp", input: [3],
      [NamedLayer("dense", Dense(1, activation: .relu)), NamedLayer("two", Dense(2), isTrainable: false)])
    let expected = """
      def make_model():
          return keras.Sequential(
              [
                  keras.Input((3,), name="input_layer"),
                  keras.layers.Dense(units=1, activation="relu", name="dense"),
                  keras.layers.Dense(units=2, trainable=False, name="two"),
              ],
              name="mlp",
          )
      """
    #expect(try text(model).contains(expected))
  }

  @Test func `a graph of layers is written call by call`() throws {
    let calls: [Functional.Call] = [
      .init(layer: 0, inputs: []), .init(layer: 1, inputs: [.init(0)]), .init(layer: 1, inputs: [.init(1)]),
      .init(layer: 2, inputs: [.init(1), .init(2)]),
    ]
    let model = Functional(
      "twins",
      layers: [NamedLayer("x", InputLayer([3])), NamedLayer("same", Dense(3)), NamedLayer("sum", Add())],
      calls: calls, inputs: [0], outputs: [.init(3)])
    let expected = """
      def make_model():
          x = keras.Input((3,), name="x")
          same_layer = keras.layers.Dense(units=3, name="same")
          same = same_layer(x)
          same_1 = same_layer(same)
          sum = keras.layers.Add(name="sum")([same, same_1])
          return keras.Model(x, sum, name="twins")
      """
    #expect(try text(model).contains(expected))
  }

  @Test func `words of TensorFlow become those of Keras`() throws {
    #expect(
      try call("return tf.reduce_max(x, axis=-1, keep_dims=True)")
        == "return ops.max(x, axis=-1, keepdims=True)")
    #expect(
      try call("return tf.nn.relu(tf.cast(x, tf.float32))") == "return ops.relu(ops.cast(x, \"float32\"))")
    #expect(try call("return reshape(x, shape=(-1, 3, 1))") == "return ops.reshape(x, newshape=(-1, 3, 1))")
    #expect(try call("return tf.squared_difference(x, x[:, :1])") == "return squared_difference(x, x[:, :1])")
  }

  @Test func `defaults that Keras has otherwise are written out`() throws {
    #expect(try call("return K.argmax(x)") == "return ops.argmax(x, axis=-1)")
    #expect(try call("return tf.cumsum(x, axis=1)") == "return ops.cumsum(x, axis=1)")
    #expect(try call("return concatenate([x, x])") == "return ops.concatenate([x, x], axis=-1)")
    #expect(try call("return ops.concatenate([x, x], axis=1)") == "return ops.concatenate([x, x], axis=1)")
    #expect(try call("return K.expand_dims(x)") == "return ops.expand_dims(x, axis=-1)")
    #expect(try call("return tf.gather(x, [0], axis=1)") == "return ops.take(x, [0], axis=1)")
    #expect(try call("return tf.nn.l2_normalize(x, axis=1)") == "return l2_normalize(x, axis=1)")
    #expect(try call("return keras.layers.add([x, x])") == "return keras.layers.add([x, x])")
  }

  @Test func `Python's own functions stay`() throws {
    #expect(try call("return x * max(1, 2) + len([x, x])") == "return x * max(1, 2) + len([x, x])")
  }

  @Test func `an export of Keras's own files has every layer`() throws {
    let loaded = try ModelFile.load(try fixture("keras3"), seed: 0)
    let text = try PythonModule(loaded.built.model).text
    #expect(loaded.built.model.layers.allSatisfy { text.contains("name=\"\($0.name)\"") })
  }

  @Test(arguments: [
    (
      #"{"class_name": "Normalization", "config": {"name": "n", "axis": null, "mean": 1.0, "variance": 4.0}}"#,
      "axis=None"
    ),
    (
      #"{"class_name": "Discretization", "config": {"name": "n", "bin_boundaries": [0.5], "num_bins": 2}}"#,
      "keras.layers.Discretization(bin_boundaries=[0.5], name="
    ),
    (
      #"{"class_name": "RNN", "config": {"name": "n", "cell": {"class_name": "StackedRNNCells", "config": {"name": "s", "cells": [{"class_name": "GRUCell", "config": {"name": "g", "units": 2}}]}}}}"#,
      "cells=[keras.layers.GRUCell("
    ),
    (
      #"{"class_name": "TimeDistributed", "config": {"name": "n", "layer": {"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "Flatten", "config": {"name": "f"}}]}}}}"#,
      "layer=keras.Sequential([keras.layers.Flatten(name=\"f\")], name=\"s\")"
    ),
  ])
  func `settings are written as Keras's constructors take them`(json: String, text: String) throws {
    let sequence = json.contains("RNN") || json.contains("TimeDistributed")
    let input: ConfigNode = [
      "class_name": "InputLayer",
      "config": ["name": "x", "batch_shape": sequence ? [nil, 3, 2] : [nil, 3], "dtype": "float32"],
    ]
    let node: ConfigNode = [
      "class_name": "Sequential",
      "config": ["name": "m", "layers": [input, try ConfigNode(json: json)]],
    ]
    let module = try PythonModule(ModelDecoder().model(node)).text
    #expect(module.contains(text), "\(module)")
  }

  @Test func `first states are given by their name`() throws {
    let inputs = [NamedLayer("x", InputLayer([3, 2])), NamedLayer("h", InputLayer([2]))]
    let calls: [Functional.Call] = [
      .init(layer: 0, inputs: []), .init(layer: 1, inputs: []),
      .init(layer: 2, inputs: [.init(0), .init(1)]),
    ]
    let model = Functional(
      "m", layers: inputs + [NamedLayer("gru", GRU(2))], calls: calls, inputs: [0, 1], outputs: [.init(2)])
    #expect(try PythonModule(model).text.contains("(x, initial_state=[h])"))
  }

  /// The last line of the `call` that a body becomes.
  private func call(_ body: String) throws -> String? {
    let model = ScriptedModel(
      "m", inputs: [ModelInput("x", shape: [3])], ScriptParts(), body: try ScriptBody(body))
    let lines = try PythonModule(model).text.components(separatedBy: "\n")
    return lines.first { $0.hasPrefix("        return") }.map { String($0.dropFirst(8)) }
  }
}

/// The modules in real Keras; needs a Python with Keras 3, named by `RUNEXP_KERAS_PYTHON`, and passes without.
@Suite struct PythonExportInteropTests {
  private static let script = """
    import json, os, sys
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    sys.path.insert(0, sys.argv[1])
    import keras, numpy
    given = json.load(open(sys.argv[1] + "/data.json"))
    worst = 0.0
    for name in sys.argv[2:]:
        module = __import__("export_" + name)
        model = module.make_model()
        module.load_weights(model, f"{sys.argv[1]}/{name}.h5")
        x = numpy.array(given["x"], "float32").reshape(-1, 3)
        y = model.predict(x, verbose=0)
        y = y if isinstance(y, (list, tuple)) else [y]
        for one, wanted in zip(y, given[name]):
            worst = max(worst, float(abs(numpy.ravel(one) - numpy.array(wanted)).max()))
    print(json.dumps(worst))
    """

  /// A model of each kind.
  private static func models(_ functions: StoredFunctions) throws -> [any Model] {
    let dense = try functions.whileKnown { Dense(5, activation: try Activation(config: "squash")) }
    let sequential = Sequential(
      "seq", input: [3],
      [try Scripted.block("block", units: 4), NamedLayer("dense", dense), NamedLayer("out", Dense(1))])
    let calls: [Functional.Call] = [
      .init(layer: 0, inputs: []), .init(layer: 1, inputs: [.init(0)]), .init(layer: 2, inputs: [.init(0)]),
      .init(layer: 3, inputs: [.init(1), .init(2)]),
    ]
    let graph = Functional(
      "fun",
      layers: [
        NamedLayer("x", InputLayer([3])), NamedLayer("inner", sequential), NamedLayer("side", Dense(1)),
        NamedLayer("sum", Add()),
      ], calls: calls, inputs: [0], outputs: [.init(3), .init(1)])
    return [sequential, graph, try Scripted.model(), try Scripted.plain()]
  }

  @Test func `exported models predict the same in Keras`() throws {
    guard let python = ProcessInfo.processInfo.environment["RUNEXP_KERAS_PYTHON"], !python.isEmpty else {
      print("export: not checked, RUNEXP_KERAS_PYTHON names no Python with Keras")
      return
    }
    let functions = StoredFunctions([try Scripted.squash()])
    let models = try Self.models(functions)
    try withFolder { folder in
      var numbers: [String: Any] = [:]
      if case .floats(let values) = Scripted.data(["y"]).features[0].storage {
        numbers["x"] = values.map(Double.init)
      }
      for model in models {
        let built = try BuiltModel(model, seed: 9)
        try Scripted.train(built)
        try built.save(to: "\(folder)/\(model.name).h5")
        numbers[model.name] = try Scripted.predictions(built).map { $0.map(Double.init) }
        let text = try PythonModule(model, functions: functions).text
        try text.write(toFile: "\(folder)/export_\(model.name).py", atomically: true, encoding: .utf8)
      }
      let json = try JSONSerialization.data(withJSONObject: numbers)
      try json.write(to: URL(fileURLWithPath: folder + "/data.json"))
      let process = Process()
      process.executableURL = URL(fileURLWithPath: python)
      process.arguments = ["-c", Self.script, folder] + models.map(\.name)
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let printed = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      let difference = try JSONDecoder().decode(Double.self, from: printed)
      #expect(difference < 1e-6, "largest difference \(difference)")
      print("export: largest difference of four models \(difference)")
    }
  }
}
