import Diagnostics
import EngineTestSupport
import GraphEngine
import KernelABI
import Layers
import TensorCore
import Testing

/// What fixtures of real Keras do not show: masks of all kinds, windows, mistakes.
@Suite struct AttentionTests {
  /// The attention of a batch of two, each with three tokens of two features: which token looks at which.
  private func weights(
    _ layer: any Layer, named: NamedArguments = NamedArguments(), masks: [Tensor] = [],
    query: [Int] = [3, 2],
    value: [Int] = [3, 2]
  ) throws -> Tensor {
    let graph = Graph()
    let scope = LayerScope(graph: graph, phase: .inference, model: "m", seed: 1)
    let shapes = [query, value] + masks.map { Array($0.shape.dropFirst()) }
    let inputs = shapes.enumerated().map {
      graph.leaf(.input("x\($0)"), TensorType([.batch] + $1.map { .size($0) }))
    }
    var named = named
    named.flags.append("return_attention_scores")
    let outputs = try scope.apply(NamedLayer("a", layer), inputs, named: named)
    var leaves: [Leaf: Tensor] = [:]
    for (index, shape) in shapes.enumerated() {
      let count = 2 * shape.reduce(1, *)
      let numbers = (0..<count).map { Float($0 * 7 % 5) / 5 }
      leaves[.input("x\(index)")] = index < 2 ? Tensor([2] + shape, numbers) : masks[index - 2]
    }
    for parameter in scope.parameters {
      let spec = parameter.spec
      leaves[.parameter(spec.path)] = parameter.initializer.tensor(spec.shape, seed: 1, path: spec.path)
    }
    return EagerEvaluator(graph, batch: 2, leaves: leaves)[outputs[1]]
  }

  private func isSeen(_ weights: Tensor) -> [Bool] { weights.elements.map { $0 > 1e-30 } }

  @Test func `a causal mask leaves the past and the present`() throws {
    let seen = isSeen(
      try weights(MultiHeadAttention(heads: 1, keyDim: 2), named: .init(flags: ["use_causal_mask"])))
    let past = [true, false, false, true, true, false, true, true, true]
    #expect(seen == past + past)
  }

  @Test func `a window leaves the neighbours`() throws {
    var layer = MultiHeadAttention(heads: 1, keyDim: 2)
    layer.slidingWindow = 2
    let near = [true, true, false, true, true, true, false, true, true]
    #expect(isSeen(try weights(layer)) == near + near)
  }

  @Test func `masks of tokens and pairs add up`() throws {
    let tokens = Tensor([2, 3], [1, 1, 0, 0, 1, 1])
    let pairs = Tensor([2, 3, 3], [Float](repeating: 1, count: 9) + [0, 1, 0, 1, 1, 1, 1, 1, 1])
    let seen = isSeen(
      try weights(
        MultiHeadAttention(heads: 1, keyDim: 2), named: .init(values: ["value_mask", "attention_mask"]),
        masks: [tokens, pairs]))
    let first = [true, true, false, true, true, false, true, true, false]
    #expect(seen == first + [false, true, false, false, true, true, false, true, true])
  }

  @Test func `every row of attention adds up to 1`() throws {
    let found = try weights(GroupQueryAttention(headDim: 2, queryHeads: 4, keyValueHeads: 2))
    #expect(found.shape == [2, 4, 3, 3])
    let sums = stride(from: 0, to: found.elements.count, by: 3).map {
      found.elements[$0..<$0 + 3].reduce(0, +)
    }
    #expect(sums.allSatisfy { abs($0 - 1) < 1e-5 })
  }

  @Test func `a value mask of Attention hides tokens of the value`() throws {
    let masks = [Tensor([2, 3], [1, 1, 1, 1, 1, 1]), Tensor([2, 3], [1, 0, 1, 1, 1, 0])]
    let seen = isSeen(try weights(Attention(), named: .init(values: ["mask", "mask"]), masks: masks))
    #expect(
      seen == [true, false, true, true, false, true, true, false, true]
        + [true, true, false, true, true, false, true, true, false])
  }

  private func code(_ layer: any Layer, query: [Int] = [3, 2], value: [Int] = [3, 2]) throws -> String {
    let error = try #require(throws: Diagnostic.self) { try weights(layer, query: query, value: value) }
    return error.code
  }

  @Test func `a query without an axis of tokens is E0371`() throws {
    #expect(try code(MultiHeadAttention(heads: 1, keyDim: 2), query: [3]) == "E0371")
  }

  @Test func `attention over two axes is E0371`() throws {
    let images = [3, 4, 2]
    #expect(try code(MultiHeadAttention(heads: 1, keyDim: 2), query: images, value: images) == "E0371")
  }

  @Test func `heads that make no groups are E0372`() throws {
    #expect(try code(GroupQueryAttention(headDim: 2, queryHeads: 3, keyValueHeads: 2)) == "E0372")
  }
}
