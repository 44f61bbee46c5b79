import Config
import Datasets
import EngineTestSupport
import GraphEngine
import Kernels
import Layers
import Optimizers
import TensorCore
import Testing
import Training

/// Guarantee: the same file and data give the same bits for any number of threads and on any instruction set.
@Suite struct DeterminismTests {
  private let data = labelled(187, [130], classes: 7)
  private let held = labelled(61, [130], classes: 7)

  /// Big enough that all threads take part; no size is a multiple of the width of a vector.
  private func model() throws -> Sequential {
    let tanh = try Activation(config: "tanh")
    return chain(
      [130], Dense(97, activation: tanh), Dropout(0.3), Dense(33, activation: .relu),
      Dense(7, activation: .softmax))
  }

  private func fit(
    threads: Int = 1, set: InstructionSet = .current, seed: UInt64 = 1, _ optimizer: any Optimizer = Adam()
  ) throws -> Outcome {
    let (built, history) = try fitted(
      model(), settings(optimizer), data, validation: held, seed: seed, threads: threads, set: set
    ) {
      $0.epochs = 2
      $0.batchSize = 50
    }
    return Outcome(
      weights: weightBits(built), names: history.map { $0.map(\.name) },
      values: history.map { $0.map(\.value.bitPattern) })
  }

  private struct Outcome: Equatable {
    var weights: [[UInt32]]
    var names: [[String]]
    var values: [[UInt64]]
  }

  @Test(arguments: InstructionSet.supported, [1, 2, 3])
  func `threads and instruction sets change no bit`(set: InstructionSet, threads: Int) throws {
    let (found, expected) = (try fit(threads: threads, set: set), try fit())
    #expect(found.names == expected.names)
    #expect(found.values == expected.values)
    #expect(found.weights == expected.weights)
  }

  @Test func `fused updates are the same on all threads too`() throws {
    let (one, three) = (try fit(SGD()), try fit(threads: 3, SGD()))
    #expect(one == three)
  }

  @Test(arguments: ["sgd", "adam"]) func `recording the lengths of gradients changes no bit`(name: String)
    throws
  {
    let optimizer: any Optimizer = name == "sgd" ? SGD() : Adam()
    let plain = try fit(optimizer)
    let (built, history) = try fitted(model(), settings(optimizer), data, validation: held) {
      $0.epochs = 2
      $0.batchSize = 50
      $0.recordsGradientNorms = true
    }
    let norms = history.map { $0.filter { $0.name.hasPrefix(GradientNorms.prefix) } }
    #expect(weightBits(built) == plain.weights)
    #expect(norms.map(\.count) == [6, 6])
    #expect(norms.joined().allSatisfy { $0.value.isFinite && $0.value > 0 })
  }

  @Test func `the length of a gradient is that of the step plain descent takes`() throws {
    // One step over everything: what the weights have moved, over the rate.
    let start = try BuiltModel(model(), seed: 1)
    let (built, history) = try fitted(model(), settings(SGD()), data) {
      $0.epochs = 1
      $0.batchSize = 187
      $0.recordsGradientNorms = true
    }
    let path = start.slab.entries[0].spec.path
    let moved = zip(built.slab.tensor(path).elements, start.slab.tensor(path).elements)
      .map { Double($0 - $1) / 0.01 }
    let length = moved.map { $0 * $0 }.reduce(0, +).squareRoot()
    let logged = try #require(history[0].first { $0.name.hasPrefix(GradientNorms.prefix) }?.value)
    #expect(abs(logged / length - 1) < 1e-3)
  }

  @Test func `another seed gives another training`() throws {
    #expect(try fit(seed: 1).weights != fit(seed: 2).weights)
  }

  @Test func `a layer more does not change the start of the others`() throws {
    let short = try BuiltModel(
      Sequential("m", input: [8], [NamedLayer("a", Dense(5)), NamedLayer("c", Dense(3))]), seed: 4)
    let long = try BuiltModel(
      Sequential(
        "m", input: [8], [NamedLayer("a", Dense(5)), NamedLayer("b", Dense(5)), NamedLayer("c", Dense(3))]),
      seed: 4)
    for name in ["m/a/kernel", "m/c/kernel"] { #expect(short.slab.tensor(name) == long.slab.tensor(name)) }
  }

  @Test func `dropout draws new masks at every step, the same ones in a repeated training`() throws {
    let layers = chain([64], Dropout(0.5), Dense(3, activation: .softmax))
    let data = labelled(8, [64], classes: 3)
    let losses = try [1, 2].map { _ in
      let recorder = Recorder()
      _ = try fitted(layers, settings(SGD(learningRate: 0)), data) {
        $0.epochs = 4
        $0.shuffle = false
        $0.callbacks = [recorder]
      }
      return recorder.losses.all
    }
    #expect(losses[0] == losses[1])
    #expect(Set(losses[0]).count == 4)
  }

  @Test func `epochs are shuffled, each in its own order`() throws {
    let data = labelled(64, [4], classes: 3)
    let recorder = Recorder()
    _ = try fitted(chain([4], Dense(3, activation: .softmax)), settings(SGD(learningRate: 0)), data) {
      $0.epochs = 2
      $0.batchSize = 32
      $0.callbacks = [recorder]
    }
    #expect(Set(recorder.losses.all).count == 4)
  }

  @Test func `an epoch cut short goes on in the next one, and every sample is seen before any again`() throws
  {
    let data = labelled(10, [4], classes: 3)
    let recorder = Recorder()
    _ = try fitted(chain([4], Dense(3, activation: .softmax)), settings(SGD(learningRate: 0)), data) {
      $0.epochs = 5
      $0.batchSize = 1
      $0.stepsPerEpoch = 4
      $0.callbacks = [recorder]
    }
    #expect(recorder.losses.all.count == 20)
    #expect(Set(recorder.losses.all[..<10]).count == 10)
    #expect(Set(recorder.losses.all[..<10]) == Set(recorder.losses.all[10...]))
    #expect(recorder.losses.all[..<10] != recorder.losses.all[10...])
  }

  @Test func `predictions do not depend on the size of a batch`() throws {
    let trainer = Trainer(try BuiltModel(model(), seed: 1), pool: WorkerPool(threads: 1), now: { 0 })
    let whole = try trainer.predict(data, batchSize: 187)[0]
    #expect(try bits(trainer.predict(data, batchSize: 13)[0]) == bits(whole))
    #expect(whole.count == 187 * 7)
  }
}
