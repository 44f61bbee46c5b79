import Config
import Diagnostics
import EngineTestSupport
import GraphEngine
import Layers
import TensorCore
import Testing

/// Calls whose values have names.
@Suite struct CallArgumentTests {
  private let attention = MultiHeadAttention(heads: 2, keyDim: 2).signature

  private func arranged(
    _ inputs: [Int], _ named: [(name: String, value: Int)], flags: [String] = []
  ) throws -> (values: [Int], names: NamedArguments) {
    try attention.arranged(inputs, named: named, flags: flags, of: "'a'", at: nil)
  }

  @Test func `inputs by name are put into the layer's order`() throws {
    let (values, names) = try arranged([], [("key", 3), ("value", 2), ("query", 1)])
    #expect(values == [1, 2, 3] && names == NamedArguments())
  }

  @Test func `other values keep their names and stand behind the inputs`() throws {
    let (values, names) = try arranged(
      [1], [("attention_mask", 9), ("value", 2)], flags: ["use_causal_mask"])
    #expect(values == [1, 2, 9])
    #expect(names == NamedArguments(values: ["attention_mask"], flags: ["use_causal_mask"]))
  }

  @Test func `an unknown name is E0370 and suggests the nearest`() throws {
    let error = try #require(throws: Diagnostic.self) { try arranged([1, 2], [("atention_mask", 3)]) }
    #expect(error.code == "E0370" && error.help == "did you mean 'attention_mask'?")
  }

  @Test func `an unknown flag is E0370`() throws {
    let error = try #require(throws: Diagnostic.self) { try arranged([1, 2], [], flags: ["causal"]) }
    #expect(error.code == "E0370")
  }

  @Test func `an input without the one before it is E0370`() throws {
    let error = try #require(throws: Diagnostic.self) { try arranged([1], [("key", 3)]) }
    #expect(error.help == "give each input once, and 'key' together with 'value'")
  }

  @Test func `an input given twice is E0370`() throws {
    let error = try #require(throws: Diagnostic.self) { try arranged([1, 2], [("query", 3)]) }
    #expect(error.code == "E0370")
  }

  @Test func `a layer without such arguments refuses them`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.batch, .size(3)]))
    let scope = LayerScope(graph: graph, phase: .inference, model: "m", seed: 1)
    let error = try #require(throws: Diagnostic.self) {
      try scope.apply(NamedLayer("d", Dense(2)), [x, x], named: NamedArguments(values: ["mask"]))
    }
    #expect(error.code == "E0370" && error.message.contains("'d'"))
  }

  /// A model of one layer of attention, as a graph written by name.
  private func model() throws -> Functional {
    typealias Word = FunctionalBuilder.Word
    var bag = DiagnosticBag()
    let builder = FunctionalBuilder(
      "m",
      inputs: [
        (Word("x"), ModelInput("x", shape: [4, 3])), (Word("y"), ModelInput("y", shape: [5, 3])),
        (Word("seen"), ModelInput("seen", shape: [4, 5])),
      ],
      entries: [
        .init(
          Word("a"), .layer(NamedLayer("a", MultiHeadAttention(heads: 2, keyDim: 2))),
          from: [Word("seen"), Word("y"), Word("x")],
          named: [Word("attention_mask"), Word("value"), Word("query")], flags: [Word("use_causal_mask")])
      ], outputs: [Word("a")])
    let model = builder.model(into: &bag)
    return try #require(model, "\(bag.all)")
  }

  @Test func `a graph keeps the names of its values`() throws {
    let call = try #require(model().calls.last)
    #expect(call.named == NamedArguments(values: ["attention_mask"], flags: ["use_causal_mask"]))
    #expect(call.inputs.count == 3)
  }

  @Test func `the configuration has them as keyword arguments, and they come back`() throws {
    let model = try model()
    let keywords = model.config["layers"]?.list?.last?["inbound_nodes"]?.list?.first?["kwargs"]
    #expect(keywords?.entries?.map(\.key) == ["attention_mask", "use_causal_mask"])
    let again = try ModelDecoder().model(["class_name": "Functional", "config": model.config])
    #expect(again.config == model.config)
  }
}
