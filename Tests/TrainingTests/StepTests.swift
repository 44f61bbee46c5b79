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

/// What a step costs, as golden numbers: a lost fusion or a worse plan fails here rather than in a benchmark.
@Suite struct StepTests {
  @Test(arguments: [1, 3])
  func `vectors that were not looked up stay untouched by descent, with the same bits`(threads: Int) throws {
    let tokens = noise(40 * 6, "tokens").map { Int32(($0 + 1) * 14) }
    let data = DataPart(
      features: [Column("x", rowShape: [6], .integers(tokens))],
      targets: [Column("y", rowShape: [], .integers(tokens.prefix(40).map { $0 % 3 }))], rows: .range(0..<40))
    let model = Sequential(
      "m", input: ModelInput("x", shape: [6], .int32),
      [
        NamedLayer("e", Embedding(30, 5)), NamedLayer("f", Flatten()),
        NamedLayer("d", Dense(3, activation: .softmax)),
      ])
    func trained(_ optimizer: SGD) throws -> [[UInt32]] {
      weightBits(
        try fitted(model, settings(optimizer), data, threads: threads) {
          $0.batchSize = 8
          $0.epochs = 2
        }
        .built)
    }
    #expect(try trained(SGD(learningRate: 0.1)) == trained(unfusedSGD(learningRate: 0.1)))
  }

  private let mlp = chain(
    [784], Dense(300, activation: .relu), Dense(100, activation: .relu), Dense(10, activation: .softmax))
  private let images = labelled(32, [784], classes: 10)

  private func isFrugal(_ step: Program) -> Bool { step.arena.count <= Lifetimes(step).peak * 115 / 100 }

  @Test func `a step of gradient descent is these kernels`() throws {
    let step = try trainingStep(mlp, SGD(), batch: 32, images)
    #expect(
      step.lines.map(\.name) == [
        "matmul", "matmul", "matmul", "softmax", "sparse_cross_entropy", "mean_all", "matches", "sum_all",
        "sparse_cross_entropy_gradient",
        "sum_leading", "matmul", "matmul", "sum_leading", "matmul", "matmul", "sum_leading", "matmul",
        "update",
      ])
    // Kernels change where their gradient is made; what is left to update are the biases.
    #expect(step.lines.last?.shape == [304, 112, 16])
    #expect(step.arena.count == 47_904)
    #expect(isFrugal(step))
  }

  @Test(arguments: [Adam(), SGD(momentum: 0.9), unfusedSGD()] as [any Optimizer])
  func `other optimizers update everything at once`(optimizer: any Optimizer) throws {
    let step = try trainingStep(mlp, optimizer, batch: 32, images)
    #expect(step.lines.count == 18 && step.arena.count == 47_904)
    #expect(step.lines.last?.shape == [784 * 304 + 304 + 300 * 112 + 112 + 100 * 16 + 16])
    #expect(isFrugal(step))
  }

  @Test func `a deep model keeps its activations and little else`() throws {
    let tanh = try Activation(config: "tanh")
    let layers = (0..<20).map { NamedLayer("layer_\($0)", Dense(64, activation: tanh)) }
    let deep = Sequential("deep", input: [64], layers + [NamedLayer("out", Dense(10, activation: .softmax))])
    let step = try trainingStep(deep, SGD(), batch: 32, labelled(32, [64], classes: 10))
    #expect(step.lines.count == 130)
    #expect(step.arena.count == 45_792)
    #expect(isFrugal(step))
  }

  @Test func `a batch too long for registers is updated in two steps, with the same bits`() throws {
    let model = chain([20], Dense(17, activation: .relu), Dense(3, activation: .softmax))
    let data = labelled(400, [20], classes: 3)
    let step = try trainingStep(model, SGD(), batch: 400, data)
    #expect(step.lines.last?.shape == [20 * 32 + 32 + 17 * 16 + 16])
    let long: (inout FitSettings) -> Void = {
      $0.batchSize = 400
      $0.epochs = 3
    }
    let fused = try fitted(model, settings(SGD()), data, change: long)
    let plain = try fitted(model, settings(unfusedSGD()), data, change: long)
    #expect(weightBits(fused.built) == weightBits(plain.built))
  }

  @Test(arguments: [1, 7, 32, 384, 385])
  func `fused updates give the bits of separate ones`(batch: Int) throws {
    let model = chain(
      [9, 3], Dense(17, activation: .relu), Flatten(), Dense(5), Dense(3, activation: .softmax))
    let data = labelled(400, [9, 3], classes: 3)
    let change: (inout FitSettings) -> Void = {
      $0.batchSize = batch
      $0.stepsPerEpoch = 20
    }
    let fused = try fitted(model, settings(SGD(learningRate: 0.1)), data, change: change)
    let plain = try fitted(model, settings(unfusedSGD(learningRate: 0.1)), data, change: change)
    #expect(weightBits(fused.built) == weightBits(plain.built))
  }

  @Test(
    arguments: [SGD(learningRate: 0), SGD(learningRate: 0, momentum: 0.9), Adam(learningRate: 0)]
      as [any Optimizer])
  func `learning rate 0 leaves the weights as they are`(optimizer: any Optimizer) throws {
    let model = chain([20], Dense(17, activation: .relu), Dense(3, activation: .softmax))
    let start = try weightBits(BuiltModel(model, seed: 1))
    #expect(try weightBits(fitted(model, settings(optimizer), labelled(40, [20], classes: 3)).built) == start)
  }

  @Test func `frozen layers stay as they are, and the others learn as if they were data`() throws {
    let layers = [
      NamedLayer("a", Dense(8, activation: .relu), isTrainable: false),
      NamedLayer("b", Dense(8, activation: .relu)),
      NamedLayer("c", Dense(8, activation: .relu), isTrainable: false),
      NamedLayer("d", Dense(3, activation: .softmax)),
    ]
    let model = Sequential("m", input: [4], layers)
    let start = try weightBits(BuiltModel(model, seed: 1))
    let end = try weightBits(fitted(model, settings(Adam()), labelled(40, [4], classes: 3)).built)
    #expect(zip(start, end).map { $0 == $1 } == [true, true, false, false, true, true, false, false])
  }

  @Test func `frozen weights get no gradients, and nothing before the first trained layer gets any`() throws {
    let layers = [
      NamedLayer("a", Dense(8, activation: .relu), isTrainable: false),
      NamedLayer("b", Dense(8, activation: .relu)),
      NamedLayer("c", Dense(3, activation: .softmax), isTrainable: false),
    ]
    let step = try trainingStep(
      Sequential("m", input: [4], layers), SGD(), batch: 8, labelled(8, [4], classes: 3))
    #expect(
      step.lines.map(\.name) == [
        "matmul", "matmul", "matmul", "softmax", "sparse_cross_entropy", "mean_all", "matches", "sum_all",
        "sparse_cross_entropy_gradient", "matmul", "sum_leading", "matmul", "update",
      ])
    #expect(step.lines.last?.shape == [16])
  }

  @Test func `a model without anything to train keeps its weights`() throws {
    let model = Sequential(
      "m", input: [4], [NamedLayer("a", Dense(3, activation: .softmax), isTrainable: false)])
    let start = try weightBits(BuiltModel(model, seed: 1))
    #expect(try weightBits(fitted(model, settings(SGD()), labelled(8, [4], classes: 3)).built) == start)
  }
}
