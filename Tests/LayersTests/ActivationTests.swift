import Config
import Diagnostics
import EngineTestSupport
import GraphEngine
import Layers
import TensorCore
import Testing

@Suite struct ActivationTests {
  @Test func `names are unique`() { #expect(Set(Activation.names).count == Activation.names.count) }

  @Test(arguments: Activation.names)
  func `a name is read and written`(name: String) throws {
    let activation = try Activation(config: ConfigNode(.string(name)))
    #expect(try Activation(config: activation.config) == activation)
  }

  /// Numbers away from the kinks at 0, one half and 1.
  @Test(arguments: Activation.names.filter { $0 != "sparsemax" })
  func `a gradient is what differences say`(name: String) throws {
    let activation = try Activation(config: ConfigNode(.string(name)))
    for size in name == "glu" ? [2, 16, 34] : [1, 15, 16, 17, 37] {
      let numbers = noise(3 * size, name).enumerated().map { i, x in
        ([-1.5, -0.75, -0.25, 0.25, 0.75, 1.5] as [Float])[i % 6] + 0.05 * x
      }
      let probe = Probe(TensorType([.batch, .size(size)]), numbers)
      let error = try gradientError([probe], batch: 3) { try activation($0[0]) }
      #expect(error < 2e-7, "size \(size): relative error \(error)")
    }
  }

  /// Its kinks are where a number is just in or out.
  @Test func `the gradient of sparsemax is what differences say`() throws {
    let probe = Probe(TensorType([.batch, .size(4)]), [0.25, 2, 0.5, -1, -0.1, -0.4, -0.25, -2])
    let error = try gradientError([probe], batch: 2) { try Activation(config: "sparsemax")($0[0]) }
    #expect(error < 2e-7)
  }

  @Test func `activations are Keras's`() throws {
    let x: [Float] = [-4, -2.5, -0.75, -0.25, 0, 0.25, 0.75, 4]
    let expected: [(String, [Float])] = [
      ("relu6", [0, 0, 0, 0, 0, 0.25, 0.75, 4]),
      ("hard_sigmoid", [0, 0.083333336, 0.375, 0.45833334, 0.5, 0.5416667, 0.625, 1]),
      ("hard_silu", [0, -0.20833334, -0.28125, -0.114583336, 0, 0.13541667, 0.46875, 4]),
      ("hard_shrink", [-4, -2.5, -0.75, 0, 0, 0, 0.75, 4]),
      ("soft_shrink", [-3.5, -2, -0.25, 0, 0, 0, 0.25, 3.5]),
      ("sparse_plus", [0, 0, 0.015625, 0.140625, 0.25, 0.390625, 0.765625, 4]),
      ("sparse_sigmoid", [0, 0, 0.125, 0.375, 0.5, 0.625, 0.875, 1]),
      ("squareplus", [0.236068, 0.3507811, 0.6930005, 0.8827822, 1, 1.1327822, 1.4430005, 4.236068]),
      ("sparsemax", [0, 0, 0, 0, 0, 0, 0, 1]),
    ]
    for (name, numbers) in expected {
      let found = try values(name, x)
      #expect(zip(found, numbers).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($1)) }, "\(name) \(found)")
    }
  }

  @Test func `the hard sigmoid of Keras 2 is steeper to its ends`() throws {
    #expect(try values("hard_sigmoid", [-2.5, -1, 0, 1, 2.5], .keras2) == [0, 0.3, 0.5, 0.7, 1])
  }

  private func values(_ name: String, _ x: [Float], _ semantics: Semantics = .keras3) throws -> [Float] {
    let graph = Graph()
    let input = graph.leaf(.input("x"), TensorType([.batch, .size(x.count)]))
    let y = try Activation(config: ConfigNode(.string(name)))(input, semantics)
    return EagerEvaluator(graph, batch: 1, leaves: [.input("x"): Tensor([1, x.count], x)])[y].elements
  }

  @Test func `no activation is linear`() throws {
    #expect(try Activation(config: nil) == .linear)
  }

  @Test func `an unknown name is E0205 and suggests the nearest`() throws {
    let error = try #require(throws: Diagnostic.self) { try Activation(config: "rleu") }
    #expect(error.code == "E0205" && error.help == "did you mean 'relu'?")
  }

  @Test func `something else than a name is E0201`() throws {
    let error = try #require(throws: Diagnostic.self) { try Activation(config: 3) }
    #expect(error.code == "E0201")
  }
}
