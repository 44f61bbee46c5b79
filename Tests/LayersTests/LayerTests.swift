import Config
import Diagnostics
import EngineTestSupport
import GraphEngine
import Layers
import TensorCore
import Testing

@Suite struct LayerTests {
  private func decode(_ nodes: [ConfigNode]) -> (layers: [NamedLayer]?, problems: [Diagnostic]) {
    var bag = DiagnosticBag()
    return (LayerRegistry.decode(nodes, into: &bag), bag.all)
  }

  @Test func `layers without a name are named and numbered as in Keras`() throws {
    let layers = try #require(decode([["Dense": ["units": 1]], "Flatten", ["Dense": ["units": 1]]]).layers)
    #expect(layers.map(\.name) == ["dense", "flatten", "dense_1"])
  }

  @Test func `a written name is kept out of the numbering`() throws {
    let named: ConfigNode = ["Dense": ["units": 1, "name": "dense"]]
    let layers = try #require(decode([named, ["Dense": ["units": 1]]]).layers)
    #expect(layers.map(\.name) == ["dense", "dense_1"])
  }

  @Test func `one name for two layers is E0302`() {
    let named: ConfigNode = ["Dense": ["units": 1, "name": "a"]]
    #expect(decode([named, named]).problems.map(\.code) == ["E0302"])
  }

  @Test(
    arguments: [
      (["Dense": ["units": 1, "name": "a/b"]], "E0202"), (["Dense": ["units": 1, "name": ""]], "E0202"),
      (["Dense": ["units": 1, "dtype": "float16"]], "E0202"),
      (["Dense": ["units": 1, "trainable": 1]], "E0201"),
      (["Dense": ["units": 0]], "E0202"), (["Dense": ["units": 1.5]], "E0201"), (["Dense": []], "E0201"),
      (["Dense": nil], "E0203"), ("Dens", "E0206"), (["Dense": ["units": 1], "Flatten": nil], "E0207"),
      ([:], "E0207"), (3, "E0201"), (["Dropout": ["rate": 1]], "E0202"),
      (["Dropout": ["rate": -0.5]], "E0202"),
      // As a float this is 1, and nothing would be left to scale by.
      (["Dropout": ["rate": 0.99999999999]], "E0202"),
      (["Reshape": ["target_shape": [-1, -1]]], "E0202"), (["Reshape": ["target_shape": [0]]], "E0202"),
    ] as [(ConfigNode, String)])
  func `a mistake is reported`(node: ConfigNode, code: String) {
    let (layers, problems) = decode([node])
    #expect(layers == nil && problems.map(\.code) == [code], "\(problems)")
  }

  @Test func `every mistake of a model is reported`() {
    let problems = decode(["Dens", ["Dense": ["units": 0, "activation": "rleu"]], ["Dropout": nil]]).problems
    #expect(problems.map(\.code) == ["E0206", "E0202", "E0205", "E0203"])
  }

  @Test(arguments: [
    ("Dense", "dense"), ("LeakyReLU", "leaky_re_lu"), ("Conv2D", "conv2d"),
    ("BatchNormalization", "batch_normalization"),
    ("PReLU", "p_re_lu"), ("LSTM", "lstm"), ("InputLayer", "input_layer"),
  ])
  func `class names become snake case as in Keras`(name: String, expected: String) {
    #expect(name.snakeCased == expected)
  }

  @Test func `a frozen layer declares frozen weights`() throws {
    let model = Sequential(
      "m", input: [2], [NamedLayer("a", Dense(3), isTrainable: false), NamedLayer("b", Dense(1))])
    let trace = try Trace(model, phase: .training, seed: 1)
    let summary = ModelSummary(of: model, [trace])
    #expect(summary.rows.map(\.trainable) == [0, 4] && summary.rows.map(\.parameters) == [9, 4])
    #expect(trace.scope.parameters.map(\.spec.isTrainable) == [false, false, true, true])
  }

  @Test func `a model in inference draws no random numbers`() throws {
    let model = Sequential("m", input: [2], [NamedLayer("d", Dropout(0.5)), NamedLayer("b", Dense(1))])
    #expect(try !Trace(model, phase: .inference, seed: 1).graph.hasLeaf(.input("step")))
    #expect(try Trace(model, phase: .training, seed: 1).graph.hasLeaf(.input("step")))
  }
}
