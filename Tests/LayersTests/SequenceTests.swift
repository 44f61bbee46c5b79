import Config
import Diagnostics
import EngineTestSupport
import GraphEngine
import Layers
import Losses
import TensorCore
import Testing

/// Masks and recurrent layers where the fixtures of Keras do not look.
@Suite struct SequenceTests {
  private let graph = Graph()
  private let scope: LayerScope

  init() { scope = LayerScope(graph: graph, phase: .inference, model: "m", seed: 1) }

  /// Two sequences of three steps; the second step of the first and two of the second are nothing.
  private static let x = Tensor([2, 3, 2], [1, 2, 0, 0, 3, -1, 0, 0, 0, 0, 2, 2])

  private func sequence(_ features: Int = 2, steps: Int = 3) -> Value {
    graph.leaf(.input("x"), TensorType([.batch, .size(steps), .size(features)]))
  }

  private func numbers(_ value: Value, _ parameters: [Leaf: Tensor] = [:], x: Tensor = Self.x) -> [Float] {
    var leaves = parameters
    leaves[.input("x")] = x
    for parameter in scope.parameters where leaves[.parameter(parameter.spec.path)] == nil {
      leaves[.parameter(parameter.spec.path)] = parameter.initializer.tensor(
        parameter.spec.shape, seed: 1, path: parameter.spec.path)
    }
    return EagerEvaluator(graph, batch: x.shape[0], leaves: leaves)[value].elements
  }

  private func apply(_ layer: any Layer, to values: Value...) throws -> [Value] {
    try scope.apply(NamedLayer(layer.className.snakeCased, layer), values)
  }

  @Test func `a mask goes through layers that work step by step`() throws {
    let masked = try apply(Masking(), to: sequence())[0]
    let after = try apply(Dense(4, activation: .relu), to: masked)[0]
    let mask = try #require(scope.mask(of: after))
    #expect(numbers(mask) == [1, 0, 1, 0, 0, 1])
  }

  @Test func `a mask ends where steps are mixed`() throws {
    let masked = try apply(Masking(), to: sequence())[0]
    #expect(scope.mask(of: try apply(Flatten(), to: masked)[0]) == nil)
    #expect(scope.mask(of: try apply(LSTM(2), to: masked)[0]) == nil)
  }

  @Test func `a recurrent layer that gives all steps gives their mask`() throws {
    let masked = try apply(Masking(), to: sequence())[0]
    var layer = GRU(2)
    layer.settings.returnSequences = true
    let mask = try #require(scope.mask(of: try apply(layer, to: masked)[0]))
    #expect(numbers(mask) == [1, 0, 1, 0, 0, 1])
  }

  @Test func `a sum has a mask only if all it adds have one`() throws {
    let (plain, masked) = (sequence(), try apply(Masking(), to: sequence())[0])
    #expect(scope.mask(of: try apply(Add(), to: masked, plain)[0]) == nil)
    #expect(scope.mask(of: try apply(Add(), to: masked, masked)[0]) != nil)
  }

  @Test func `what is joined side by side counts where either does, and throughout beside what has no mask`()
    throws
  {
    let (plain, masked) = (sequence(), try apply(Masking(), to: sequence())[0])
    let mask = try #require(scope.mask(of: try apply(Layers.Concatenate(), to: masked, masked)[0]))
    #expect(numbers(mask) == [1, 0, 1, 0, 0, 1])
    #expect(scope.mask(of: try apply(Layers.Concatenate(), to: masked, plain)[0]) == nil)
  }

  @Test func `sequences one after another keep their masks`() throws {
    let (plain, masked) = (sequence(), try apply(Masking(), to: sequence())[0])
    let joined = try apply(Layers.Concatenate(axis: 1), to: masked, plain)[0]
    let mask = try #require(scope.mask(of: joined))
    #expect(numbers(mask) == [1, 0, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1])
  }

  @Test func `in Keras 2 a sum counts where all do that have a mask`() throws {
    let scope = LayerScope(graph: graph, phase: .inference, model: "m", seed: 1, semantics: .keras2)
    let masked = try scope.apply(NamedLayer("masking", Masking()), [sequence()])[0]
    let sum = try scope.apply(NamedLayer("add", Add()), [masked, sequence()])[0]
    #expect(numbers(try #require(scope.mask(of: sum))) == [1, 0, 1, 0, 0, 1])
  }

  @Test func `attention passes over tokens of the value that are masked`() throws {
    let masked = try apply(Masking(), to: sequence())[0]
    let result = try apply(Attention(), to: sequence(), masked)[0]
    // The second sample has one token that counts, which is all there is to take.
    #expect(Array(numbers(result)[6...]) == [2, 2, 2, 2, 2, 2])
  }

  @Test func `batch normalization takes the moments of the steps that count`() throws {
    let scope = LayerScope(graph: graph, phase: .training, model: "m", seed: 1)
    let masked = try scope.apply(NamedLayer("masking", Masking()), [sequence()])[0]
    _ = try scope.apply(NamedLayer("norm", BatchNormalization()), [masked])
    let mean = try #require(scope.updates.first { $0.path.hasSuffix("moving_mean") }?.value)
    // (1 + 3 + 2) / 3 and (2 - 1 + 2) / 3, of which a hundredth is taken in.
    let start: [Leaf: Tensor] = [.parameter("m/norm/moving_mean"): Tensor([2], [0, 0])]
    #expect(zip(numbers(mean, start), [0.02, 0.01]).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func `pooling over steps takes the mean of those that count`() throws {
    let masked = try apply(Masking(), to: sequence())[0]
    #expect(numbers(try apply(GlobalAveragePooling<1>(), to: masked)[0]) == [2, 0.5, 2, 2])
  }

  @Test func `a loss is the mean over the steps that count`() throws {
    let masked = try apply(Masking(), to: sequence())[0]
    let sums = try masked.sum(over: [2], keepingDimensions: true)
    let target = graph.constant(Tensor([1, 3, 1], [1, 5, 0]))
    // (3 - 1)² + (2 - 0)² and (4 - 0)² at three steps.
    let loss = try MeanSquaredError().reduced(
      try target + sums * 0, sums, steps: scope.mask(of: masked))
    #expect(numbers(loss) == [8])
  }

  @Test func `the forget gate starts open`() throws {
    _ = try apply(LSTM(2), to: sequence())
    let bias = try #require(scope.parameters.last)
    #expect(bias.spec.path == "m/lstm/lstm_cell/bias")
    #expect(bias.initializer.tensor([8], seed: 1, path: "b").elements == [0, 0, 1, 1, 0, 0, 0, 0])
  }

  @Test func `steps that are masked at the end change nothing`() throws {
    let masked = try apply(Masking(), to: sequence())[0]
    let state = try apply(LSTM(3), to: masked)[0]
    let short = Tensor([1, 3, 2], [1, 2, 3, -1, 0, 0])
    let spread = Tensor([1, 3, 2], [1, 2, 0, 0, 3, -1])
    #expect(numbers(state, x: short) == numbers(state, x: spread))
  }

  @Test func `walking backwards is walking along the reversed sequence`() throws {
    var layer = SimpleRNN(3)
    layer.settings.goBackwards = true
    let there = try apply(SimpleRNN(3), to: try sequence().flipped([1]))[0]
    let back = try apply(layer, to: sequence())[0]
    #expect(numbers(there) == numbers(back))
  }

  @Test func `an embedding masks zeros and takes rows`() throws {
    let ids = graph.leaf(.input("x"), TensorType([.batch, .size(3)]))
    var layer = Embedding(3, 2)
    layer.maskZero = true
    let rows = try apply(layer, to: ids)[0]
    let table: [Leaf: Tensor] = [.parameter("m/embedding/embeddings"): Tensor([3, 2], [0, 1, 2, 3, 4, 5])]
    let x = Tensor([1, 3], [2, 0, 1])
    #expect(numbers(rows, table, x: x) == [4, 5, 0, 1, 2, 3])
    #expect(numbers(try #require(scope.mask(of: rows)), table, x: x) == [1, 0, 1])
  }

  @Test func `without a way to merge both directions are outputs`() throws {
    var layer = Bidirectional(GRU(2))
    layer.mergeMode = nil
    #expect(try apply(layer, to: sequence()).map(\.type.dims) == [[.batch, .size(2)], [.batch, .size(2)]])
    #expect(
      scope.parameters.map(\.spec.path).filter { $0.hasSuffix("bias") } == [
        "m/bidirectional/forward_gru/gru_cell/bias", "m/bidirectional/backward_gru/gru_cell/bias",
      ])
  }

  @Test func `a mistake is told with its code`() throws {
    var stateful = LSTM(2)
    stateful.settings.stateful = true
    var mixing = GRU(2)
    mixing.settings.activation = .softmax
    var several = LSTM(2)
    several.settings.returnState = true
    var dense = Bidirectional(LSTM(2))
    dense.layer = InnerLayer(Dense(2))
    let steps = graph.leaf(.input("steps"), TensorType([.batch, .size(2), .size(3), .size(4)]))
    func code(_ layer: any Layer, _ x: Value) -> String? {
      do {
        _ = try apply(layer, to: x)
        return nil
      } catch { return (error as? Diagnostic)?.code }
    }
    #expect(code(stateful, sequence()) == "E0388")
    #expect(code(mixing, sequence()) == "E0362")
    #expect(code(dense, sequence()) == "E0364")
    #expect(code(TimeDistributed(several), steps) == "E0365")
    #expect(code(LSTM(2), steps) == "E0301")
  }
}
