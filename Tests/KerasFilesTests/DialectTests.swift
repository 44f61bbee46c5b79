import Config
import Diagnostics
import GraphEngine
@testable import KerasFiles
import Kernels
import Layers
import TensorCore
import Testing
import Training
import Losses
import Optimizers

/// A model with training settings.
private func compiled(
  _ layers: [NamedLayer], input: [Int] = [3], loss: any Loss = MeanSquaredError(),
  optimizer: any Optimizer = SGD(),
  metrics: [NamedMetric] = [], as semantics: Semantics = .keras3
) throws -> BuiltModel {
  let built = try BuiltModel(Sequential("m", input: input, layers), seed: 1, semantics: semantics)
  Trainer(built, pool: WorkerPool(threads: 1), now: { 0 })
    .compile(CompileSettings(loss: loss, optimizer: optimizer, metrics: metrics))
  return built
}

@Suite struct DialectTests {
  private static let layers = [
    NamedLayer("hidden", Dense(4)), NamedLayer("leaky", LeakyReLU()),
    NamedLayer("out", Dense(3, activation: .softmax)),
  ]

  private func keras2(loss: any Loss = SparseCategoricalCrossentropy(), metrics: [NamedMetric] = []) throws
    -> KerasArchive
  {
    let built = try compiled(Self.layers, loss: loss, optimizer: Adam(), metrics: metrics)
    // Before its first step an optimizer has no slots.
    built.training?.iterations = 1
    return KerasArchive(built, as: .keras2)
  }

  @Test func `Keras 2 reads its own words for inputs, types and slopes`() throws {
    let config = try #require(try keras2().modelConfig?["config"])
    let layers = try #require(config["layers"]?.list)
    #expect(config["build_input_shape"] == nil && config["trainable"] == nil)
    #expect(layers[0]["config"]?["batch_input_shape"] == [nil, 3])
    #expect(layers[1]["config"]?["dtype"] == "float32")
    #expect(layers[1]["config"]?["kernel_initializer"]?["config"]?["input_axes"] == nil)
    #expect(layers[1]["config"]?["quantization_config"] == nil)
    #expect(layers[2]["config"]?["alpha"] == 0.3 && layers[2]["config"]?["negative_slope"] == nil)
  }

  @Test func `Keras 3 finds stacked cells by their module, and a threshold in ReLU`() throws {
    let stack: ConfigNode = ["RNN": ["cell": [["LSTMCell": ["units": 2]], ["GRUCell": ["units": 3]]]]]
    var bag = DiagnosticBag()
    let layers = try #require(
      LayerRegistry.decode([stack, ["ThresholdedReLU": ["theta": 0.5]], ["Dense": ["units": 1]]], into: &bag))
    let built = try compiled(layers, input: [4, 2])
    let words = Keras3Equivalents.of(built.model.kerasConfig, from: .keras2)
    let config = Keras3Writing.legacy(words)["config"]
    let written = try #require(config?["layers"]?.list)
    let cells = written[1]["config"]?["cell"]?["config"]?["cells"]?.list ?? []
    #expect(cells.map { $0["module"]?.string } == ["keras.layers", "keras.layers"])
    for node in [
      written[2], Keras3Writing.full(words, shapes: [:])["config"]?["layers"]?.list?[2],
    ] {
      #expect(node?["class_name"] == "ReLU" && node?["config"]?["threshold"] == 0.5)
      #expect(node?["config"]?["theta"] == nil && node?["config"]?["name"] == "thresholded_re_lu")
    }
  }

  @Test func `what Keras 3 no longer has is told`() throws {
    let local = NamedLayer("local", LocallyConnected<1>(2, kernelSize: .init(2)))
    let built = try compiled([local], input: [4, 2], as: .keras2)
    let codes = { (semantics: Semantics) in DialectNotes(built, semantics, .h5).all.map(\.code) }
    #expect(codes(.keras3).contains("E0628") && !codes(.keras2).contains("E0628"))
  }

  @Test func `Keras 2 has names of its own for weights and slots`() throws {
    let saved = try keras2()
    #expect(saved.kerasVersion == "2.21.0")
    #expect(saved.layers.map(\.name) == ["hidden", "leaky", "out"])
    #expect(saved.layers[0].weights.map(\.path) == ["hidden/kernel:0", "hidden/bias:0"])
    #expect(
      saved.optimizer.map(\.path).prefix(3) == [
        "iteration:0", "Adam/m/hidden/kernel:0", "Adam/v/hidden/kernel:0",
      ])
  }

  @Test func `Keras 2 finds its optimizers under their registered names`() throws {
    let optimizer = try keras2().trainingConfig?["optimizer_config"]
    #expect(optimizer?["class_name"] == "Custom>Adam")
    #expect(optimizer?["config"]?["is_legacy_optimizer"] == false)
    #expect(optimizer?["config"]?["jit_compile"] == false)
    #expect(try keras2().trainingConfig?["steps_per_execution"] == nil)
  }

  @Test func `the accuracy of a Keras 2 file is the one that the word stands for`() throws {
    let metrics = [NamedMetric("accuracy", Accuracy())]
    let saved = try keras2(metrics: metrics).trainingConfig?["metrics"]?.list?.first
    #expect(saved?["class_name"] == "MeanMetricWrapper")
    #expect(saved?["config"]?["fn"] == "sparse_categorical_accuracy")
    let other = try keras2(loss: CategoricalCrossentropy(), metrics: metrics)
    #expect(other.trainingConfig?["metrics"]?.list?.first?["config"]?["fn"] == "categorical_accuracy")
  }

  @Test func `metrics that Keras 2 has as classes only are written as such`() throws {
    let metrics = [NamedMetric("root_mean_squared_error", RootMeanSquaredError())]
    let saved = try keras2(metrics: metrics).trainingConfig?["metrics"]?.list?.first
    #expect(saved?["class_name"] == "RootMeanSquaredError")
  }

  @Test func `Keras 2 is not told of an axis of classes`() throws {
    var loss = SparseCategoricalCrossentropy()
    loss.fromLogits = true
    let saved = try keras2(loss: loss).trainingConfig?["loss"]?["config"]
    #expect(saved?["from_logits"] == true)
    #expect(saved?["axis"] == nil)
  }

  @Test func `layers of one name in nested models keep their full names`() throws {
    func inner(_ name: String) -> Sequential {
      Sequential(name, input: [2], [NamedLayer("dense", Dense(2))])
    }
    let outer = Sequential("block", input: [2], [NamedLayer("a", inner("a")), NamedLayer("b", inner("b"))])
    let built = try BuiltModel(Sequential("m", input: [2], [NamedLayer("block", outer)]), seed: 1)
    #expect(
      KerasArchive(built, as: .keras2).layers[0].weights.map(\.path) == [
        "block/a/dense/kernel:0", "block/a/dense/bias:0", "block/b/dense/kernel:0", "block/b/dense/bias:0",
      ])
    try withFolder { folder in
      try built.save(to: folder + "/m.h5", as: .keras2)
      #expect(numbers(of: try ModelFile.load(folder + "/m.h5", seed: 2).built) == numbers(of: built))
      try built.save(to: folder + "/m.keras")
      #expect(numbers(of: try ModelFile.load(folder + "/m.keras", seed: 2).built) == numbers(of: built))
    }
  }
}

@Suite struct Keras2WritingTests {
  private static func tensor(_ name: String) -> ConfigNode {
    [
      "class_name": "__keras_tensor__",
      "config": ["shape": [nil, 5, 8], "dtype": "float32", "keras_history": [.init(.string(name)), 0, 0]],
    ]
  }

  /// A model around one layer that takes two values.
  private static func model(_ className: ConfigNode) -> ConfigNode {
    let node: ConfigNode = [
      "class_name": className, "config": ["name": "a", "seed": nil], "name": "a",
      "inbound_nodes": [["args": [tensor("x"), tensor("y")], "kwargs": ["training": false]]],
    ]
    return [
      "class_name": "Functional",
      "config": ["name": "m", "layers": [node], "input_layers": ["x", 0, 0], "output_layers": ["a", 0, 0]],
    ]
  }

  @Test func `attention takes its value by keyword, and knows the shapes`() {
    let layer = Keras2Writing.translate(Self.model("MultiHeadAttention"))["config"]?["layers"]?.list?.first
    #expect(layer?["inbound_nodes"] == [[["x", 0, 0, ["training": false, "value": ["y", 0, 0]]]]])
    for key in ["query_shape", "key_shape", "value_shape"] {
      #expect(layer?["config"]?[key] == [nil, 5, 8])
    }
  }

  @Test func `other layers take one value after another`() {
    let layer = Keras2Writing.translate(Self.model("Add"))["config"]?["layers"]?.list?.first
    #expect(layer?["inbound_nodes"] == [[["x", 0, 0, ["training": false]], ["y", 0, 0, [:]]]])
  }

  @Test func `settings that Keras 2 lacks are lost only if they say something`() {
    #expect(Keras2Writing.lost("LSTM", ["seed": 3, "zero_output_for_mask": false]) == [])
    #expect(Keras2Writing.lost("LSTM", ["zero_output_for_mask": true]) == ["zero_output_for_mask"])
    #expect(Keras2Writing.lost("SpatialDropout2D", ["data_format": "channels_last"]) == [])
  }
}

@Suite struct SavedObjectTests {
  @Test(
    arguments: [
      ("LSTM", [:], ["lstm_cell"], ["cell"]), ("Dense", [:], [], []),
      ("MultiHeadAttention", [:], ["attention_output"], ["output_dense"]),
      (
        "Bidirectional", ["layer": ["class_name": "GRU", "config": [:]]], ["backward_gru", "gru_cell"],
        ["backward_layer", "cell"]
      ),
      ("TimeDistributed", ["layer": ["class_name": "Dense", "config": [:]]], ["dense"], ["layer"]),
      (
        "RNN",
        [
          "cell": [
            "class_name": "StackedRNNCells",
            "config": [
              "cells": [
                ["class_name": "LSTMCell", "config": ["name": "a"]],
                ["class_name": "LSTMCell", "config": ["name": "b"]],
              ]
            ],
          ]
        ], ["stacked_rnn_cells", "b"], ["cell", "cells", "lstm_cell_1"]
      ),
    ] as [(String, ConfigNode, [String], [String])])
  func `parts of layers lie where Keras holds them`(
    className: String, config: ConfigNode, parts: [String], expected: [String]
  ) {
    #expect(KerasDialects.attributes(of: parts, in: className, config) == expected)
  }
}

@Suite struct DialectNotesTests {
  private func codes(_ built: BuiltModel, _ name: String, as semantics: Semantics = .keras3) throws
    -> [String]
  {
    try withFolder { try built.save(to: $0 + "/" + name, as: semantics).map(\.code) }
  }

  private let plain: [NamedLayer]

  init() throws {
    plain = [NamedLayer("d", Dense(1, activation: try Activation(config: "sigmoid")))]
  }

  @Test(arguments: Semantics.allCases, Semantics.allCases)
  func `nothing is said where nothing differs`(own: Semantics, target: Semantics) throws {
    let built = try compiled(plain, loss: BinaryCrossentropy(), as: own)
    #expect(try codes(built, "m.h5", as: target) == [])
  }

  @Test func `pictures normalized by the other Keras are E0627`() throws {
    let layers = [NamedLayer("n", BatchNormalization()), NamedLayer("f", Flatten())] + plain
    let built = try compiled(layers, input: [2, 2, 3], as: .keras2)
    #expect(try codes(built, "m.keras") == ["E0627"])
    #expect(try codes(built, "m.h5", as: .keras2) == [])
  }

  @Test func `a cross-entropy of probabilities that no sigmoid made is E0627`() throws {
    let layers = plain + [NamedLayer("r", Rescaling(0.5))]
    let built = try compiled(layers, loss: BinaryCrossentropy(), as: .keras2)
    #expect(try codes(built, "m.h5") == ["E0627"])
  }

  @Test func `what Keras 2 does not have is E0628`() throws {
    var optimizer = SGD()
    optimizer.common.gradientAccumulationSteps = 2
    let built = try compiled(plain, optimizer: optimizer)
    #expect(try codes(built, "m.h5", as: .keras2) == ["E0628"])
    #expect(try codes(built, "m.h5") == [])
  }

  @Test func `what Keras 3 cannot read from its own .h5 is E0629`() throws {
    var norm = LayerNormalization()
    norm.axis = Axes([1, 2])
    let built = try compiled([NamedLayer("n", norm), NamedLayer("f", Flatten())] + plain, input: [2, 3])
    #expect(try codes(built, "m.h5") == ["E0629"])
    #expect(try codes(built, "m.keras") == [])
  }
}
