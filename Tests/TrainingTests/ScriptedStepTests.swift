import ExpLanguage
import GraphEngine
import Layers
import ModelScripts
import Optimizers
import Testing
import Training

/// A hand-written model costs nothing: what is trained is the list of kernels that the same graph of layers gives.
@Suite struct ScriptedStepTests {
  private let parts = [
    NamedLayer("first", Dense(24, activation: .relu)), NamedLayer("second", Dense(24, activation: .relu)),
    NamedLayer("drop", Layers.Dropout(0.2)), NamedLayer("out", Dense(10, activation: .softmax)),
  ]

  private func scripted(_ body: String, _ parts: ScriptParts) throws -> ScriptedModel {
    ScriptedModel("m", inputs: [ModelInput("x", shape: [16])], parts, body: try ScriptBody(body))
  }

  /// x → first → second → first + second → drop → concatenated with x → out.
  private var graph: Functional {
    let calls: [Functional.Call] = [
      .init(layer: 0, inputs: []), .init(layer: 1, inputs: [.init(0)]), .init(layer: 2, inputs: [.init(1)]),
      .init(layer: 3, inputs: [.init(1), .init(2)]), .init(layer: 4, inputs: [.init(3)]),
      .init(layer: 5, inputs: [.init(4), .init(0)]), .init(layer: 6, inputs: [.init(5)]),
    ]
    let layers = [
      NamedLayer("x", InputLayer([16])), parts[0], parts[1], NamedLayer("add", Add()), parts[2],
      NamedLayer("join", Concatenate()), parts[3],
    ]
    return Functional("m", layers: layers, calls: calls, inputs: [0], outputs: [.init(6)])
  }

  private func lines(_ model: any Model) throws -> [String] {
    let step = try trainingStep(model, Adam(), batch: 32, labelled(32, [16], classes: 10))
    return step.lines.map { "\($0.name) \($0.shape) \($0.cost)" }
  }

  @Test func `a call gives the kernels of the same graph of layers`() throws {
    let model = try scripted(
      """
      a = first(x)
      z = a + second(a)
      if training:
          z = drop(z)
      return out(concatenate([z, x]))
      """, ScriptParts(layers: parts.map { .init($0) }))
    #expect(try lines(model) == lines(graph))
  }

  @Test func `a layer of one's own gives the kernels of what it does`() throws {
    let block = ScriptedLayer(
      "Block", ScriptParts(layers: parts[0...1].map { .init($0) }),
      body: try ScriptBody("a = first(inputs)\nreturn a + second(a)"))
    let own = ScriptParts(
      layers: [.init(NamedLayer("block", block))] + parts[2...].map { .init($0) })
    let model = try scripted("return out(concatenate([drop(block(x)), x]))", own)
    #expect(try lines(model) == lines(graph))
  }
}
