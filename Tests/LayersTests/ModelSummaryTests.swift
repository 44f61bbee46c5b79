import Config
import Diagnostics
import GraphEngine
import Layers
import TensorCore
import Testing

/// Models to be summed up and drawn.
enum Samples {
  static func dense(_ name: String, _ units: Int, isTrainable: Bool = true) throws -> NamedLayer {
    var bag = DiagnosticBag()
    let layer = LayerRegistry.all.decode(["Dense": ["units": units.config]], into: &bag)
    return NamedLayer(name, try #require(layer), isTrainable: isTrainable)
  }

  static func chain(_ name: String = "chain") throws -> Sequential {
    Sequential(name, input: [4], [try dense("a", 5), NamedLayer("stop", Dropout(0.5)), try dense("b", 2)])
  }

  /// One tower on two inputs, and what it gives for them added up.
  static func siamese() throws -> Functional {
    let inputs = ["left", "right"].map { NamedLayer($0, InputLayer([4])) }
    return Functional(
      "siamese", layers: inputs + [NamedLayer("tower", try chain("tower")), NamedLayer("sum", Add())],
      calls: [
        .init(layer: 0, inputs: []), .init(layer: 1, inputs: []), .init(layer: 2, inputs: [.init(0)]),
        .init(layer: 2, inputs: [.init(1)]), .init(layer: 3, inputs: [.init(2), .init(3)]),
      ], inputs: [0, 1], outputs: [.init(4)])
  }

  static func ways(_ model: any Model) throws -> [Trace] {
    try Trace.allWays(of: model, phase: .training, seed: 1)
  }
}

@Suite struct ModelSummaryTests {
  private func summary(_ model: any Model) throws -> ModelSummary {
    ModelSummary(of: model, try Samples.ways(model))
  }

  @Test func `a chain lists its layers with shapes and parameters`() throws {
    let summary = try summary(Samples.chain())
    #expect(summary.rows.map(\.name) == ["a", "stop", "b"])
    #expect(summary.rows.map(\.parameters) == [25, 0, 12])
    #expect(
      summary.rows.map { $0.outputs.map(\.description) } == [["(batch, 5)"], ["(batch, 5)"], ["(batch, 2)"]])
    #expect(summary.isChain)
  }

  @Test func `frozen layers count as not trainable`() throws {
    let model = Sequential(
      "m", input: [4], [try Samples.dense("a", 5, isTrainable: false), try Samples.dense("b", 2)])
    let summary = try summary(model)
    #expect((summary.parameters, summary.trainable, summary.nonTrainable) == (37, 12, 25))
    #expect(summary.bytes == 148)
  }

  @Test func `a graph says what each layer is called on, as Keras does`() throws {
    let rows = try summary(Samples.siamese()).rows
    #expect(rows.map(\.name) == ["left", "right", "tower", "sum"])
    #expect(
      rows.map(\.connectedTo) == [[], [], ["left[0][0]", "right[0][0]"], ["tower[0][0]", "tower[1][0]"]])
  }

  @Test func `a model used as a layer has rows of its own, counted once`() throws {
    let summary = try summary(Samples.siamese())
    #expect(summary.parameters == 37)
    #expect(summary.rows[2].rows.map(\.parameters) == [25, 0, 12])
    #expect(summary.rows(expandingNested: false).count == 4)
    #expect(summary.rows(expandingNested: true).map(\.depth) == [0, 0, 0, 1, 1, 1, 0])
  }
}

@Suite struct ModelDiagramTests {
  private func diagram(_ model: any Model, expanded: Bool = false) throws -> ModelDiagram {
    ModelDiagram(of: model, try Samples.ways(model), expandingNested: expanded)
  }

  private func arrows(_ diagram: ModelDiagram) -> [String] {
    diagram.edges.map { "\(diagram.nodes[$0.from].name) → \(diagram.nodes[$0.to].name)" }
  }

  @Test func `a chain goes from its input to its output`() throws {
    let diagram = try diagram(Samples.chain())
    #expect(arrows(diagram) == ["input_layer → a", "a → stop", "stop → b", "b → output"])
    #expect(diagram.nodes.map(\.kind) == [.input, .layer, .layer, .layer, .output])
  }

  @Test func `every use of a shared layer is a node of its own`() throws {
    let diagram = try diagram(Samples.siamese())
    let towers = diagram.nodes.filter { $0.name == "tower" }
    #expect(towers.map(\.kind) == [.model, .model])
    #expect(towers.map { "\($0.sharing?.use ?? 0) of \($0.sharing?.count ?? 0)" } == ["1 of 2", "2 of 2"])
    #expect(diagram.layerCount == 2)
    #expect(arrows(diagram).filter { $0 == "tower → sum" }.count == 2)
  }

  @Test func `opened models are groups, one for each use`() throws {
    let diagram = try diagram(Samples.siamese(), expanded: true)
    #expect(diagram.groups.map(\.name) == ["tower", "tower"])
    #expect(diagram.nodes.filter { $0.group == 1 }.map(\.name) == ["a", "stop", "b"])
    #expect(arrows(diagram).filter { $0 == "left → a" || $0 == "right → a" || $0 == "b → sum" }.count == 4)
  }

  @Test func `nodes carry the settings somebody chose, and what is required`() throws {
    var bag = DiagnosticBag()
    let written: [ConfigNode] = [
      ["Dense": ["units": 1]], ["Dense": ["units": 7, "activation": "relu", "use_bias": false]],
      ["Dropout": ["rate": 0.25]], "Flatten",
    ]
    let layers = try #require(LayerRegistry.decode(written, into: &bag))
    let diagram = try diagram(Sequential("m", input: [3], layers))
    #expect(
      diagram.nodes.filter { $0.kind == .layer }.map(\.settings) == [
        ["units 1"], ["units 7", "relu", "use_bias false"], ["rate 0.25"], [],
      ])
  }
}
