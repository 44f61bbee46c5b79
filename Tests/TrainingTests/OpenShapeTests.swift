import CAllocations
import Config
import Datasets
import Diagnostics
import EngineTestSupport
import ExpLanguage
import GraphEngine
import Kernels
import Layers
import ModelScripts
import Optimizers
import TensorCore
import Testing
import Training

/// Sequences of 6 steps of which only some count, and the same without the padding.
private struct Sequences {
  let padded: DataPart
  let exact: [DataPart]

  /// - Parameter lengths: of the samples, one after another.
  init(_ lengths: [Int], longest: Int = 6) {
    let labels = Column("y", rowShape: [], .integers(lengths.indices.map { Int32($0 % 3) }))
    var x = Column("x", rowShape: [longest, 2], .floats(noise(lengths.count * longest * 2, "x")))
    x.lengths = lengths.map { Int32($0) }
    padded = DataPart(features: [x], targets: [labels], rows: .range(0..<lengths.count))
    exact = lengths.enumerated().map { [x] row, length in
      let numbers = Array(x.values(row: row).prefix(length * 2))
      return DataPart(
        features: [Column("x", rowShape: [length, 2], .floats(numbers))],
        targets: [Column("y", rowShape: [], .integers([Int32(row % 3)]))], rows: .range(0..<1))
    }
  }
}

private let reader = open([nil, 2], LSTM(5), Dense(3, activation: .softmax))

/// Layers named after their number, on samples that leave some lengths open.
private func open(_ input: [Int?], _ layers: any Layer...) -> Sequential {
  Sequential("m", input: input, layers.enumerated().map { NamedLayer("layer_\($0)", $1) })
}

private func trainer(_ built: BuiltModel) -> Trainer {
  Trainer(built, pool: WorkerPool(threads: 1), now: { 0 })
}

@Suite struct OpenShapeTests {
  @Test func `a model takes samples of any length`() throws {
    let built = try BuiltModel(reader, seed: 1)
    for length in [1, 4, 9] {
      let x = Column("x", rowShape: [length, 2], .floats(noise(3 * length * 2, "x")))
      let part = DataPart(features: [x], targets: [], rows: .range(0..<3))
      #expect(try trainer(built).predict(part, batchSize: 2)[0].count == 9)
    }
  }

  @Test func `padded sequences are cut to the longest of their batch`() throws {
    let built = try BuiltModel(reader, seed: 1)
    let sequences = Sequences([3, 6, 1, 4, 3])
    let padded = try trainer(built).predict(sequences.padded, batchSize: 1)[0]
    let exact = try sequences.exact.flatMap { try trainer(built).predict($0, batchSize: 1)[0] }
    #expect(bits(padded) == bits(exact))
  }

  @Test func `training on padded sequences is training on sequences of their lengths`() throws {
    let lengths = [3, 6, 1, 4, 3, 6, 2]
    let sequences = Sequences(lengths)
    let padded = try fitted(reader, settings(Adam()), sequences.padded) {
      $0.batchSize = 1
      $0.shuffle = false
    }
    let built = try BuiltModel(reader, seed: 1)
    let one = trainer(built)
    one.compile(settings(Adam()))
    for part in sequences.exact {
      _ = try one.fit(
        part, validation: nil, FitSettings(), isInterrupted: { false }, observe: { _ in })
    }
    #expect(weightBits(padded.built) == weightBits(built))
  }

  @Test func `padding that is masked changes nothing`() throws {
    var embedding = Embedding(9, 4)
    embedding.maskZero = true
    let model = Sequential(
      "m", input: ModelInput("x", shape: [nil], .int32),
      [NamedLayer("e", embedding), NamedLayer("l", LSTM(5)), NamedLayer("d", Dense(3, activation: .softmax))])
    let built = try BuiltModel(model, seed: 1)
    func predicted(_ lengths: [Int32]?) throws -> [Float] {
      var x = Column("x", rowShape: [5], .integers([1, 2, 0, 0, 0, 3, 4, 5, 0, 0]))
      x.lengths = lengths
      let part = DataPart(features: [x], targets: [], rows: .range(0..<2))
      return try trainer(built).predict(part, batchSize: 2)[0]
    }
    #expect(bits(try predicted([2, 3])) == bits(try predicted(nil)))
  }

  @Test func `outputs that are as long as the inputs keep their padding`() throws {
    let built = try BuiltModel(open([nil, 2], Dense(3)), seed: 1)
    let sequences = Sequences([3, 6, 1, 4])
    #expect(try trainer(built).predict(sequences.padded, batchSize: 1)[0].count == 4 * 6 * 3)
    #expect(try built.outputTypes(for: sequences.padded)[0].shape(batch: 4) == [4, 6, 3])
  }

  @Test func `more lengths than programs are kept give the same results`() throws {
    let lengths = (0..<150).map { 1 + ($0 * 37) % 75 }
    let sequences = Sequences(lengths, longest: 75)
    let built = try BuiltModel(open([nil, 2], GlobalAveragePooling<1>(), Dense(3)), seed: 1)
    let padded = try trainer(built).predict(sequences.padded, batchSize: 1)[0]
    let exact = try sequences.exact.flatMap { try trainer(built).predict($0, batchSize: 1)[0] }
    #expect(bits(padded) == bits(exact))
  }

  @Test func `a step of a length that came before allocates nothing`() throws {
    let sequences = Sequences([3, 6, 1, 4, 3, 6])
    let built = try BuiltModel(reader, seed: 1)
    let settings = settings(Adam())
    let state = TrainingState(settings, slab: built.slab, kernels: kernels)
    let step = try StepProgram(
      built, settings, part: sequences.padded, batch: 2, state: state, pool: WorkerPool(threads: 1),
      kernels: kernels)
    let rows = (0..<6).map { Int32($0) }
    try rows.withUnsafeBufferPointer { rows in
      guard let base = rows.baseAddress else { return }
      for i in 0..<3 { try step.run(base + 2 * i, iteration: i) }
      let before = allocations_of_this_thread()
      for i in 0..<30 { try step.run(base + 2 * (i % 3), iteration: i) }
      let count = allocations_of_this_thread() - before
      #expect(count == 0)
    }
  }

  @Test func `conditions on data and lengths go together`() throws {
    let sequences = Sequences([3, 6, 1, 4, 3, 6, 5, 2])
    let body = try ScriptBody(
      """
      if reduce_mean(x) > 0:
          return reduce_sum(x, axis=1)
      return reduce_max(x, axis=1)
      """)
    let model = ScriptedModel(
      "m", inputs: [ModelInput("x", shape: [nil, 2])], ScriptParts(layers: []), body: body)
    let built = try BuiltModel(model, seed: 1)
    let padded = try trainer(built).predict(sequences.padded, batchSize: 1)[0]
    let exact = try sequences.exact.flatMap { try trainer(built).predict($0, batchSize: 1)[0] }
    #expect(bits(padded) == bits(exact))
  }

  @Test func `data of another rank are told from those of another length`() throws {
    let built = try BuiltModel(reader, seed: 1)
    let x = Column("x", rowShape: [8], .floats(noise(8, "x")))
    let part = DataPart(features: [x], targets: [], rows: .range(0..<1))
    let error = #expect(throws: Diagnostic.self) { try trainer(built).predict(part, batchSize: 1) }
    #expect(error?.code == "E0304")
    #expect(
      error?.message == "the input 'input_layer' takes samples (batch, None, 2), the data gives (batch, 8)")
  }
}
