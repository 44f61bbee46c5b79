import Config
import Diagnostics
import GraphEngine
import Layers
import TensorCore
import Testing

/// Layers of a model, each with a span that tells which one a message points at: layer i is at 10 · i.
private func span(_ index: Int) -> SourceSpan { SourceSpan(10 * index, 10 * index + 5) }

private func trace(_ input: [Int], _ layers: any Layer...) throws -> Trace {
  let named = layers.enumerated().map { NamedLayer("layer_\($0)", $1, at: span($0)) }
  return try Trace(Sequential("m", input: input, named), phase: .training, seed: 1)
}

private func problem(_ input: [Int], _ layers: any Layer...) throws -> Diagnostic {
  let named = layers.enumerated().map { NamedLayer("layer_\($0)", $1, at: span($0)) }
  return try #require(throws: Diagnostic.self) {
    try Trace(Sequential("m", input: input, named), phase: .inference, seed: 1)
  }
}

@Suite struct ShapeErrorTests {
  @Test func `a reshape of the wrong size is E0301 at its layer`() throws {
    let error = try problem([4], Dense(6), Reshape([4, 2]))
    #expect(error.code == "E0301")
    #expect(error.message == "6 elements of (batch, 6) cannot be seen as [4, 2]")
    #expect(error.primary == .init(span(1), "does not fit here"))
    #expect(error.help == "the sizes must multiply to 6, not 8")
  }

  @Test func `an open axis that does not come out is E0301`() throws {
    let error = try problem([7], Reshape([2, -1]))
    #expect(error.code == "E0301" && error.help == "7 is not a multiple of 2")
  }

  @Test func `a dense layer on single numbers is E0303 at its layer`() throws {
    let error = try problem([], Dense(3))
    #expect(error.code == "E0303")
    #expect(error.message == "Dense needs an axis of known size beside the batch, found (batch)")
    #expect(error.primary?.span == span(0))
  }

  @Test func `a softmax over the batch is E0301`() throws {
    let error = try problem([], ActivationLayer(.softmax))
    #expect(error.code == "E0301" && error.primary?.span == span(0))
  }

  @Test func `operands that differ point at both layers`() throws {
    let graph = Graph()
    graph.origin = span(0)
    let a = graph.leaf(.input("a"), TensorType([.batch, .size(2)]))
    let b = graph.leaf(.input("b"), TensorType([.batch, .size(3)]))
    graph.origin = span(1)
    let error = try #require(throws: Diagnostic.self) { try graph.apply(MatMul(), a, b) }
    #expect(error.code == "E0301" && error.primary?.span == span(1))
    #expect(error.related.map(\.span) == [span(0)])
  }

  @Test func `two layers of one name are E0302 at both`() throws {
    let layers = [NamedLayer("a", Dense(2), at: span(0)), NamedLayer("a", Dense(3), at: span(1))]
    let error = try #require(throws: Diagnostic.self) {
      try Trace(Sequential("m", input: [4], layers), phase: .training, seed: 1)
    }
    #expect(error.code == "E0302" && error.primary?.span == span(1))
    #expect(error.related.map(\.span) == [span(0)])
  }

  @Test func `an input layer that says another shape is E0301`() throws {
    let error = try problem([4], Dense(3), InputLayer([4]))
    #expect(error.code == "E0301" && error.primary?.span == span(1))
    #expect(try trace([4], InputLayer([4]), Dense(3)).outputs[0].type == TensorType([.batch, .size(3)]))
  }

  @Test func `messages follow the house style`() throws {
    let errors = [
      try problem([4], Reshape([3])), try problem([], Dense(3)), try problem([], ActivationLayer(.softmax)),
      try problem([], InputLayer([1])),
    ]
    for error in errors {
      #expect(!error.message.hasSuffix(".") && error.primary != nil, "\(error)")
      #expect(
        error.message.first?.isUppercase == false || error.message.hasPrefix("Dense"), "\(error.message)")
    }
  }

  @Test func `a message points at the layer, and the next layer is clean again`() throws {
    let trace = try trace([4], Dense(3, activation: .relu), Dense(2))
    let origins = trace.graph.nodes.compactMap { $0.op == nil ? nil : $0.origin }
    #expect(origins == [span(0), span(0), span(0), span(1), span(1)])
    #expect(trace.graph.origin == nil)
  }
}
