import Config
import Diagnostics
import EngineTestSupport
import GraphEngine
import KernelABI
import Layers
import TensorCore
import Testing

/// Settings that must fit the input, and noise.
@Suite struct FittingTests {
  private func trace(_ layer: any Layer, _ shape: [Int]) throws -> Trace {
    try Trace(Sequential("m", input: shape, [NamedLayer("l", layer)]), phase: .training, seed: 1)
  }

  private func code(_ layer: any Layer, _ shape: [Int]) throws -> String {
    try #require(throws: Diagnostic.self) { try trace(layer, shape) }.code
  }

  @Test func `channels that make no groups are E0372`() throws {
    var layer = GroupNormalization()
    layer.groups = 4
    #expect(try code(layer, [5, 6]) == "E0372")
  }

  @Test(arguments: [
    "ab->ab", "abc,cd->abd", "ab,bc->ac,", "ab,cd->ad", "...ab,bc->ac", "ab,bc->az", "", ",->", "ab,bc",
    "ab,b0->a0",
  ])
  func `an equation that does not fit is a diagnostic`(equation: String) throws {
    let found = try code(EinsumDense(equation, outputShape: OpenShape([4])), [3])
    #expect(["E0373", "E0330"].contains(found))
  }

  @Test func `a bias along an axis that is not there is E0373`() throws {
    #expect(try code(EinsumDense("ab,bc->ac", outputShape: OpenShape([4]), biasAxes: "z"), [3]) == "E0373")
  }

  @Test func `an output shape of another length is E0373`() throws {
    #expect(try code(EinsumDense("ab,bc->ac", outputShape: OpenShape([4, 4])), [3]) == "E0373")
  }

  @Test func `axes behind dots are passed on`() throws {
    let layer = EinsumDense("...x,xy->...y", outputShape: OpenShape([4]), biasAxes: "y")
    #expect(try trace(layer, [2, 5, 3]).outputs[0].type.shape(batch: 1) == [1, 2, 5, 4])
  }

  @Test func `a noise shape of other axes is E0374`() throws {
    var layer = Layers.Dropout(0.5)
    layer.noiseShape = try NoiseShape(config: [nil, 1])
    #expect(try code(layer, [3, 2]) == "E0374")
  }

  /// What a layer makes of ones in a training step.
  private func noisy(_ layer: any Layer, _ shape: [Int]) throws -> Tensor {
    let trace = try trace(layer, shape)
    var leaves: [Leaf: Tensor] = [:]
    for node in trace.graph.nodes {
      guard case .leaf(let leaf) = node.kind else { continue }
      let shape = node.type.shape(batch: 4)
      switch leaf {
      case .input("step"): leaves[leaf] = Tensor(shape, [0, 0])
      case .input: leaves[leaf] = Tensor(shape, [Float](repeating: 1, count: shape.product))
      default: continue
      }
    }
    return EagerEvaluator(trace.graph, batch: 4, leaves: leaves)[trace.outputs[0]]
  }

  @Test func `a spatial dropout drops whole channels`() throws {
    let y = try noisy(SpatialDropout<1>(0.5), [6, 20])
    let isWhole = (0..<4 * 20).allSatisfy { place in
      let column = (0..<6).map { y.elements[(place / 20 * 6 + $0) * 20 + place % 20] }
      return Set(column).count == 1
    }
    #expect(isWhole && Set(y.elements) == [0, 2])
  }

  @Test func `noise of mean 0 and 1 keeps the mean`() throws {
    for layer in [GaussianNoise(0.5), GaussianDropout(0.2), AlphaDropout(0.2)] as [any Layer] {
      let y = try noisy(layer, [2000]).elements
      let mean = y.reduce(0, +) / Float(y.count)
      #expect(Set(y).count > 1)
      #expect(layer is AlphaDropout || abs(mean - 1) < 0.03, "\(layer.className): \(mean)")
    }
  }

  @Test func `an alpha dropout keeps mean 0 and deviation 1`() throws {
    // Ones are kept as a + b, others become a · α' + b.
    let y = try noisy(AlphaDropout(0.3), [2000]).elements
    let kept = try #require(y.max()), dropped = try #require(y.min())
    let share = Double(y.count { $0 == dropped }) / Double(y.count)
    #expect(abs(share - 0.3) < 0.03)
    let low = -1.758_099_340_847_376_6
    let a = 1 / (0.7 * (1 + 0.3 * low * low)).squareRoot()
    #expect(abs(Double(kept) - (a - a * low * 0.3)) < 1e-5)
    #expect(abs(Double(dropped) - (a * low - a * low * 0.3)) < 1e-5)
  }
}
