import CAllocations
import Config
import Datasets
import Diagnostics
import EngineTestSupport
import GraphEngine
import Kernels
import Layers
import Losses
import Optimizers
import TensorCore
import Testing
import Training

/// Layers that keep their states from batch to batch.
@Suite struct StatefulTests {
  private static let kinds: [(name: String, layer: @Sendable (Int) -> any RecurrentLayer)] = [
    ("SimpleRNN", { SimpleRNN($0) }), ("LSTM", { LSTM($0) }), ("GRU", { GRU($0) }),
    (
      "GRU, reset before",
      {
        var layer = GRU($0)
        layer.settings.resetAfter = false
        return layer
      }
    ),
  ]

  /// A layer that keeps its state and gives every step.
  private func stateful(_ layer: any RecurrentLayer, _ isStateful: Bool = true) -> any RecurrentLayer {
    var copy = layer
    copy.settings.stateful = isStateful
    copy.settings.returnSequences = true
    return copy
  }

  private func model(_ input: [Int], batch: Int? = 4, _ layers: any Layer...) -> Sequential {
    Sequential(
      "m", input: ModelInput("x", shape: input.map { $0 }, batchSize: batch),
      layers.enumerated().map { NamedLayer("layer_\($0)", $1) })
  }

  private func samples(_ count: Int, _ shape: [Int], seed: UInt64 = 1) -> DataPart {
    let x = noise(count * shape.product, "samples", seed: seed)
    return part(x, shape, targets: noise(count, "targets", seed: seed), [1], isLabels: false)
  }

  private func trainer(_ built: BuiltModel, threads: Int = 1) -> Trainer {
    Trainer(built, pool: WorkerPool(threads: threads), now: { 0 })
  }

  private var squares: CompileSettings {
    CompileSettings(loss: MeanSquaredError(), optimizer: Adam(), metrics: [])
  }

  private func code(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch { return (error as? Diagnostic)?.code }
  }

  @Test(arguments: 0..<kinds.count)
  func `a sequence in two batches gives what it gives in one piece`(kind: Int) throws {
    let layer = Self.kinds[kind].layer(3)
    let whole = try BuiltModel(model([6, 2], batch: nil, stateful(layer, false)), seed: 3)
    let cut = try BuiltModel(model([3, 2], stateful(layer)), seed: 3)
    let long = samples(4, [6, 2])
    let x = long.values(of: long.features[0], sample: 0).count
    #expect(x == 12)
    let numbers = (0..<4).map { long.values(of: long.features[0], sample: $0) }
    // First the halves of all samples, then the other halves.
    let halves = numbers.flatMap { $0[..<6] } + numbers.flatMap { $0[6...] }
    let expected = try trainer(whole).predict(long, batchSize: 4)[0]
    let found = try trainer(cut).predict(
      part(halves, [3, 2], targets: [Float](repeating: 0, count: 8), [1], isLabels: false), batchSize: 4)[0]
    for sample in 0..<4 {
      let rows = found[sample * 9..<sample * 9 + 9] + found[36 + sample * 9..<36 + sample * 9 + 9]
      #expect(bits(Array(rows)) == bits(Array(expected[sample * 18..<sample * 18 + 18])))
    }
  }

  @Test func `only a reset lets predictions begin anew`() throws {
    let built = try BuiltModel(model([3, 2], stateful(LSTM(3))), seed: 3)
    let (trainer, data) = (trainer(built), samples(4, [3, 2]))
    let first = try trainer.predict(data, batchSize: 4)
    let second = try trainer.predict(data, batchSize: 4)
    #expect(first != second)
    built.resetStates()
    #expect(try trainer.predict(data, batchSize: 4) == first)
  }

  @Test func `states that were set aside come back`() throws {
    let built = try BuiltModel(model([3, 2], stateful(GRU(3))), seed: 3)
    let (trainer, data) = (trainer(built), samples(4, [3, 2]))
    let first = try trainer.predict(data, batchSize: 4)
    let kept = bits(built.states.tensor("m/layer_0/rnn_state").elements)
    #expect(try built.withFreshStates { try trainer.predict(data, batchSize: 4) } == first)
    #expect(bits(built.states.tensor("m/layer_0/rnn_state").elements) == kept)
  }

  @Test func `states are neither weights nor counted`() throws {
    let built = try BuiltModel(model([3, 2], stateful(LSTM(3))), seed: 3)
    #expect(built.parameterCount == 72)
    #expect(built.summary.parameters == 72)
    #expect(built.slab.entries.count == 3)
    #expect(
      built.states.entries.map(\.spec.path) == ["m/layer_0/rnn_state", "m/layer_0/rnn_state_1"])
    #expect(built.states.entries.map(\.spec.shape) == [[4, 3], [4, 3]])
  }

  @Test func `validation goes on from the training's states and leaves its own`() throws {
    let network = model([3, 2], stateful(GRU(3)), Flatten(), Dense(1))
    let (data, held) = (samples(8, [3, 2]), samples(4, [3, 2], seed: 2))
    func losses(_ validation: DataPart?, _ callbacks: [any Callback] = []) throws -> [Logs] {
      var optimizer = SGD()
      optimizer.common.learningRate = .constant(0)
      return try fitted(
        network, CompileSettings(loss: MeanSquaredError(), optimizer: optimizer, metrics: []), data,
        validation: validation
      ) {
        $0.epochs = 2
        $0.batchSize = 4
        $0.shuffle = false
        $0.callbacks = callbacks
      }.history
    }
    let (with, without) = (try losses(held), try losses(nil))
    #expect(with[0][0].value == without[0][0].value)
    #expect(with[1][0].value != without[1][0].value)
    let reset = try losses(held, [ResetStates()])
    #expect(reset[0].map(\.value) == reset[1].map(\.value))
    var training = ResetStates()
    training.validation = false
    let half = try losses(held, [training])
    #expect(half[0].map(\.value) == half[1].map(\.value))
    #expect(half[0][1].value != reset[0][1].value)
  }

  @Test func `a layer that is not trained keeps its states, too`() throws {
    var network = model([3, 2], stateful(GRU(3)), Flatten(), Dense(1))
    network = network.freezing(["layer_0"])
    let built = try fitted(network, squares, samples(4, [3, 2])) {
      $0.batchSize = 4
      $0.shuffle = false
    }
    #expect(built.built.states.tensor("m/layer_0/rnn_state").elements.contains { $0 != 0 })
  }

  @Test(arguments: InstructionSet.supported, [1, 2, 4])
  func `threads and instruction sets change no bit`(set: InstructionSet, threads: Int) throws {
    func run(_ threads: Int, _ set: InstructionSet) throws -> ([[UInt32]], [UInt32]) {
      let both = Bidirectional(stateful(LSTM(33)))
      let network = model([7, 19], batch: 16, both, stateful(GRU(17)), Flatten(), Dense(1))
      let built = try fitted(network, squares, samples(48, [7, 19]), threads: threads, set: set) {
        $0.batchSize = 16
        $0.epochs = 2
        $0.shuffle = false
      }.built
      return (
        weightBits(built), built.states.entries.flatMap { bits(built.states.tensor($0.spec.path).elements) }
      )
    }
    let (found, expected) = (try run(threads, set), try run(1, .current))
    #expect(found.0 == expected.0)
    #expect(found.1 == expected.1)
  }

  @Test func `a step that takes less memory keeps the same states`() throws {
    func run(_ memory: CompileSettings.Memory) throws -> [[UInt32]] {
      var settings = squares
      settings.memory = memory
      let network = model([7, 5], stateful(LSTM(6)), stateful(GRU(4)), Flatten(), Dense(1))
      let built = try fitted(network, settings, samples(12, [7, 5])) {
        $0.batchSize = 4
        $0.epochs = 2
        $0.shuffle = false
      }.built
      return weightBits(built) + built.states.entries.map { bits(built.states.tensor($0.spec.path).elements) }
    }
    #expect(try run(.low) == run(.normal))
  }

  @Test(arguments: [1, 3]) func `a step that keeps states allocates nothing`(threads: Int) throws {
    let built = try BuiltModel(model([5, 8], batch: 8, stateful(LSTM(24)), Flatten(), Dense(1)), seed: 1)
    let state = TrainingState(squares, slab: built.slab, kernels: kernels)
    let step = try StepProgram(
      built, squares, part: samples(8, [5, 8]), batch: 8, state: state, pool: WorkerPool(threads: threads),
      kernels: kernels)
    let rows = (0..<8).map { Int32($0) }
    try rows.withUnsafeBufferPointer { rows in
      let base = try #require(rows.baseAddress)
      try step.run(base, iteration: 0)
      let before = allocations_of_this_thread()
      for i in 0..<50 { try step.run(base, iteration: i) }
      #expect(allocations_of_this_thread() - before == 0)
    }
  }

  @Test func `a program gives what the ops give one by one`() throws {
    let network = model([3, 2], stateful(LSTM(3)))
    let built = try BuiltModel(network, seed: 3)
    let data = samples(4, [3, 2])
    let trace = try Trace(network, phase: .inference, seed: 3)
    let x = (0..<4).flatMap { data.values(of: data.features[0], sample: $0) }
    var leaves: [Leaf: Tensor] = [.input("x/x"): Tensor([4, 3, 2], x)]
    for entry in built.slab.entries {
      leaves[.parameter(entry.spec.path)] = built.slab.tensor(entry.spec.path)
    }
    for entry in built.states.entries {
      leaves[.state(entry.spec.path)] = Tensor([4, 3], noise(12, entry.spec.path))
      built.states.set(entry.spec.path, Tensor([4, 3], noise(12, entry.spec.path)))
    }
    let evaluator = EagerEvaluator(trace.graph, batch: 4, leaves: leaves)
    let given = try trainer(built).predict(data, batchSize: 4)[0]
    #expect(bits(given) == bits(evaluator[trace.outputs[0]].elements))
    for (path, value) in trace.scope.nextStates {
      #expect(bits(built.states.tensor(path).elements) == bits(evaluator[value].elements))
    }
  }

  @Test func `a layer that is called twice goes on in Keras's order, the last output first`() throws {
    let rnn = NamedLayer("rnn", stateful(SimpleRNN(2)))
    let network = Functional(
      "m", layers: [NamedLayer("x", InputLayer(ModelInput("x", shape: [3, 2], batchSize: 4))), rnn],
      calls: [
        .init(layer: 0, inputs: []), .init(layer: 1, inputs: [.init(0)]), .init(layer: 1, inputs: [.init(0)]),
      ],
      inputs: [0], outputs: [.init(1), .init(2)])
    let once = try BuiltModel(model([3, 2], stateful(SimpleRNN(2))), seed: 3)
    let twice = try BuiltModel(network, seed: 3)
    for (a, b) in zip(once.slab.entries, twice.slab.entries) {
      twice.slab.set(b.spec.path, once.slab.tensor(a.spec.path))
    }
    let data = samples(4, [3, 2])
    let (first, second) = (
      try trainer(once).predict(data, batchSize: 4)[0], try trainer(once).predict(data, batchSize: 4)[0]
    )
    #expect(try trainer(twice).predict(data, batchSize: 4) == [second, first])
  }

  @Test func `a model and a layer that it is share their states`() throws {
    let part = try BuiltModel(model([3, 2], stateful(GRU(2))), seed: 3)
    let whole = try BuiltModel(
      Sequential("whole", input: part.model.inputs[0], [NamedLayer("part", part.model)]), seed: 4)
    whole.share(part, as: "part")
    let data = samples(4, [3, 2])
    _ = try trainer(part).predict(data, batchSize: 4)
    whole.takeParts()
    #expect(whole.states.tensor("whole/part/layer_0/rnn_state") == part.states.tensor("m/layer_0/rnn_state"))
    _ = try trainer(whole).predict(data, batchSize: 4)
    whole.giveParts()
    #expect(whole.states.tensor("whole/part/layer_0/rnn_state") == part.states.tensor("m/layer_0/rnn_state"))
  }

  @Test func `a checkpoint has the states`() throws {
    func built() throws -> BuiltModel { try BuiltModel(model([3, 2], stateful(LSTM(3))), seed: 3) }
    let (one, other) = (try built(), try built())
    let data = samples(4, [3, 2])
    _ = try trainer(one).predict(data, batchSize: 4)
    let (facts, arrays) = ModelSnapshot(one).encoded(as: "m")
    try other.restore(#require(ModelSnapshot(facts, named: "m", in: arrays)))
    #expect(try trainer(other).predict(data, batchSize: 4) == trainer(one).predict(data, batchSize: 4))
  }

  @Test func `a checkpoint with states for other batches is refused`() throws {
    let one = try BuiltModel(model([3, 2], batch: 4, stateful(LSTM(3))), seed: 3)
    let other = try BuiltModel(model([3, 2], batch: 2, stateful(LSTM(3))), seed: 3)
    #expect(code { try other.restore(ModelSnapshot(one)) } == "E0512")
  }

  @Test func `batches of any size are no place for states`() {
    #expect(code { _ = try BuiltModel(model([3, 2], batch: nil, stateful(LSTM(3))), seed: 3) } == "E0388")
  }

  @Test func `other batches than those of the states are refused`() throws {
    let built = try BuiltModel(model([3, 2], stateful(LSTM(3))), seed: 3)
    let trainer = trainer(built)
    #expect(code { _ = try trainer.predict(samples(8, [3, 2]), batchSize: 8) } == "E0389")
    #expect(code { _ = try trainer.predict(samples(6, [3, 2]), batchSize: 4) } == "E0390")
    #expect(code { _ = try trainer.predict(samples(3, [3, 2]), batchSize: 4) } == "E0390")
    trainer.compile(squares)
    var fit = FitSettings()
    fit.batchSize = 4
    #expect(
      code {
        _ = try trainer.fit(
          samples(6, [3, 2]), validation: nil, fit, isInterrupted: { false }, observe: { _ in })
      } == "E0390")
  }

  @Test func `states that no machine holds are refused`() {
    var layer = LSTM(1_000_000)
    layer.settings.stateful = true
    #expect(
      code { _ = try BuiltModel(model([3, 2], batch: 1_000_000, layer), seed: 3) }.map {
        ["E0314", "E0315"].contains($0)
      } == true)
  }
}
