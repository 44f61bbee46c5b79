import Datasets
import EngineTestSupport
import ExpLanguage
import GraphEngine
import Kernels
import Layers
import Losses
import ModelScripts
import Optimizers
import TensorCore
import Testing
import Training

/// What training, validation and evaluation compute beside the loss of a batch, as Keras does.
@Suite struct KerasSemanticsTests {
  private let data = labelled(50, [6], classes: 3)
  private let model = chain([6], Dense(5, activation: .tanh), Dense(3, activation: .softmax))

  /// Trains with an optimizer, once as it is and once with a scaled loss.
  private func histories(scale: Double, _ change: (inout SGD) -> Void) throws -> [[Logs]] {
    try [nil, scale].map { factor in
      var optimizer = SGD(learningRate: 0.1)
      change(&optimizer)
      optimizer.common.lossScaleFactor = factor
      return try fitted(model, settings(optimizer), data) {
        $0.epochs = 3
        $0.batchSize = 16
      }.history
    }
  }

  @Test func `a loss scaled by a power of two changes nothing, to the bit`() throws {
    let changes: [(inout SGD) -> Void] = [
      { $0.momentum = 0.9 }, { $0.common.clipnorm = 0.05 }, { $0.common.clipvalue = 0.01 },
      { $0.common.gradientAccumulationSteps = 2 }, { $0.common.weightDecay = 0.01 },
    ]
    for change in changes {
      let both = try histories(scale: 8, change)
      #expect(both[0].map { $0.map(\.value) } == both[1].map { $0.map(\.value) })
    }
  }

  @Test func `another scale changes rounding only`() throws {
    let both = try histories(scale: 1000) { $0.momentum = 0.5 }
    #expect(zip(both[0].joined(), both[1].joined()).allSatisfy { abs($0.value - $1.value) < 1e-4 })
  }

  // MARK: Losses of outputs

  private func twoOutputs() throws -> (any Model, DataPart, CompileSettings) {
    let parts = ScriptParts(layers: [
      .init(NamedLayer("a", Dense(1))), .init(NamedLayer("b", Dense(1))),
    ])
    let model = ScriptedModel(
      "m", inputs: [ModelInput("x", shape: [6])], parts, body: try ScriptBody("return a(x), b(x) * 3"),
      outputs: ["a", "b"])
    var data = data
    data.targets = [
      Column("a", rowShape: [1], .floats(noise(50, "ya"))),
      Column("b", rowShape: [1], .floats(noise(50, "yb").map { $0 * 4 })),
    ]
    let output = CompileSettings.Output(loss: MeanSquaredError())
    return (model, data, CompileSettings([output, output], optimizer: SGD(learningRate: 0)))
  }

  @Test(arguments: [1, 7, 16, 49])
  func `losses of outputs weigh a short last batch by its samples`(batchSize: Int) throws {
    let (model, data, settings) = try twoOutputs()
    let built = try BuiltModel(model, seed: 1)
    let trainer = Trainer(built, pool: WorkerPool(threads: 1), now: { 0 })
    let whole = try trainer.evaluate(data, settings, batchSize: 50)
    let parts = try trainer.evaluate(data, settings, batchSize: batchSize)
    #expect(whole.map(\.name) == ["a_loss", "b_loss", "loss"])
    #expect(zip(whole, parts).allSatisfy { abs($0.value - $1.value) < 1e-5 * abs($0.value) })
    let fit = try fitted(model, settings, data, validation: data) {
      $0.batchSize = batchSize
      $0.shuffle = false
    }
    for (name, value) in whole {
      let logged = try #require(fit.history.first?.filter { $0.name == name || $0.name == "val_" + name })
      #expect(logged.count == 2)
      #expect(logged.allSatisfy { abs($0.value - value) < 1e-4 * abs(value) }, "\(name)")
    }
  }

  // MARK: add_loss

  @Test(arguments: [
    "add_loss(mean(x) * 0 + 5.0)", "self.add_loss(mean(x) * 0 + 2.0)\nself.add_loss(mean(x) * 0 + 3.0)",
    "self.add_loss(zeros((5,)) + 1.0)",
    "if training:\n  self.add_loss(mean(x) * 0 + 5.0)\nelse:\n  self.add_loss(mean(x) * 0 + 5.0)",
  ])
  func `added losses count in training, validation and evaluation`(body: String) throws {
    func logs(_ body: String) throws -> (train: Logs, evaluation: Logs) {
      let model = ScriptedModel(
        "m", inputs: [ModelInput("x", shape: [6])],
        ScriptParts(layers: [.init(NamedLayer("d", Dense(3, activation: .softmax)))]),
        body: try ScriptBody(body + "\nreturn d(x)"))
      let (built, history) = try fitted(model, settings(SGD(learningRate: 0)), data, validation: data) {
        $0.batchSize = 16
      }
      let trainer = Trainer(built, pool: WorkerPool(threads: 1), now: { 0 })
      return (history[0], try trainer.evaluate(data, settings(SGD(learningRate: 0)), batchSize: 20))
    }
    let plain = try logs("pass")
    let added = try logs(body)
    for name in ["loss", "val_loss"] {
      let values = [plain.train, added.train].map { logs in logs.first { $0.name == name }?.value ?? .nan }
      #expect(abs(values[1] - values[0] - 5) < 1e-4, "\(name)")
    }
    #expect(abs((added.evaluation.last?.value ?? 0) - (plain.evaluation.last?.value ?? 0) - 5) < 1e-4)
  }
}
