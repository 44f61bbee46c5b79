import ExpLanguage
import Layers
import Testing

@testable import ModelScripts

/// What is drawn of hand-written models.
@Suite struct DiagramTests {
  private let parts = ScriptParts(layers: [layer("f", Dense(3)), layer("g", Dense(3)), layer("h", Dense(3))])

  private func diagram(_ body: String, _ parts: ScriptParts? = nil) throws -> ModelDiagram {
    let written = try model(body, parts: parts ?? self.parts)
    return ModelDiagram(of: written, try Trace.allWays(of: written, phase: .training, seed: 1))
  }

  private func arrows(_ diagram: ModelDiagram) -> Set<String> {
    Set(
      diagram.edges.map { edge in
        let mark = edge.isConditional ? " ⇢ " : " → "
        let label = edge.label.isEmpty ? "" : " (\(edge.label))"
        return diagram.nodes[edge.from].name + mark + diagram.nodes[edge.to].name + label
      })
  }

  @Test func `layers are joined by what is computed between them`() throws {
    #expect(
      try arrows(diagram("a = f(x)\nb = g(x)\nreturn h(concatenate([a, b]))")) == [
        "x → f", "x → g", "f → concatenate", "g → concatenate", "concatenate → h", "h → output",
      ])
  }

  @Test func `steps in a row are one node`() throws {
    let found = try diagram("return f(sqrt(abs(tanh(x))))")
    #expect(found.nodes.map(\.name) == ["x", "tanh, abs, sqrt", "f", "output"])
  }

  @Test func `steps that fork and join again over one layer are one node`() throws {
    let found = try diagram("a = f(x)\nreturn g(tanh(a) * sigmoid(a))")
    #expect(found.nodes.filter { $0.kind == .operation }.count == 1)
  }

  @Test func `a weight of the model is a node`() throws {
    var own = parts
    own.weights = [ScriptWeight("scale", .sizes([3]))]
    let found = try diagram("return f(x * self.scale)", own)
    #expect(arrows(found).contains("scale → multiply"))
    #expect(found.nodes.first { $0.name == "scale" }?.kind == .weight)
  }

  @Test func `a condition on data leads to what depends on it, in its own words`() throws {
    let found = try diagram("y = f(x)\nif reduce_max(y) > 3:\n    y = g(y)\nreturn h(y)")
    #expect(
      arrows(found) == [
        "x → f", "f → reduce_max(y) > 3", "reduce_max(y) > 3 ⇢ g (yes)", "f → g", "g ⇢ h", "f ⇢ h (no)",
        "h → output",
      ])
  }

  @Test func `both sides of a condition are drawn`() throws {
    let found = try diagram("if reduce_max(x) > 3:\n    y = f(x)\nelse:\n    y = g(x)\nreturn h(y)")
    let condition = "reduce_max(x) > 3"
    #expect(
      arrows(found).isSuperset(of: ["\(condition) ⇢ f (yes)", "\(condition) ⇢ g (no)", "f ⇢ h", "g ⇢ h"]))
  }

  @Test func `layers called in another order on another way make no circle`() throws {
    let square = ScriptParts(layers: [layer("f", Identity()), layer("g", Identity())])
    let found = try diagram(
      "if reduce_max(x) > 3:\n    y = f(g(x))\nelse:\n    y = g(f(x))\nreturn y", square)
    var isBefore = found.edges.map { ($0.from, $0.to) }
    var count = found.nodes.count
    // Takes away what nothing leads to until nothing is left.
    while true {
      let sources = found.nodes.indices.filter { node in !isBefore.contains { $0.1 == node } }
      let rest = isBefore.filter { !sources.contains($0.0) }
      if rest.count == isBefore.count { break }
      isBefore = rest
      count = sources.count
    }
    #expect(isBefore.isEmpty && count > 0)
  }

  @Test func `own weights are a row of the summary`() throws {
    var own = parts
    own.weights = [ScriptWeight("scale", .sizes([3]))]
    let written = try model("return f(x * self.scale)", parts: own)
    let summary = ModelSummary(of: written, try Trace.allWays(of: written, phase: .training, seed: 1))
    #expect(summary.rows.last?.name == "scale" && summary.rows.last?.parameters == 3)
    #expect(summary.parameters == summary.rows.map(\.parameters).reduce(0, +))
  }

  @Test func `a summary says which layers a value was computed from`() throws {
    let written = try model("a = f(x)\nb = g(x)\nreturn h(a * b + x)", parts: parts)
    let summary = ModelSummary(of: written, try Trace.allWays(of: written, phase: .training, seed: 1))
    #expect(summary.rows.map(\.connectedTo)[2] == ["f[0][0]", "g[0][0]", "x[0][0]"])
  }
}
