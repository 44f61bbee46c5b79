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

@Suite struct DataTests {
  private let model = chain([4], Dense(3, activation: .softmax))

  private func problem(_ data: DataPart, _ loss: any Loss) throws -> Diagnostic {
    let settings = CompileSettings(loss: loss, optimizer: SGD(), metrics: [])
    return try #require(throws: Diagnostic.self) { try fitted(model, settings, data) }
  }

  @Test(arguments: [3, 5])
  func `samples of another size are E0304`(size: Int) throws {
    let error = try problem(labelled(8, [size], classes: 3), SparseCategoricalCrossentropy())
    #expect(error.code == "E0304")
    #expect(
      error.message == "the input 'input_layer' takes samples (batch, 4), the data gives (batch, \(size))")
  }

  @Test func `targets that cannot be compared are E0306`() throws {
    #expect(try problem(labelled(8, [4], classes: 3), MeanSquaredError()).code == "E0306")
    let wide = part(noise(32, "x"), [4], targets: noise(24, "y"), [3], isLabels: false)
    #expect(try problem(wide, SparseCategoricalCrossentropy()).code == "E0306")
  }

  @Test func `data without targets is E0306, and can be predicted`() throws {
    var data = labelled(8, [4], classes: 3)
    data.targets = []
    #expect(try problem(data, SparseCategoricalCrossentropy()).code == "E0306")
    let trainer = Trainer(try BuiltModel(model, seed: 1), pool: WorkerPool(threads: 1), now: { 0 })
    #expect(try trainer.predict(data, batchSize: 3)[0].count == 24)
  }

  @Test func `samples of another shape but as many numbers fit`() throws {
    _ = try fitted(model, settings(SGD()), labelled(8, [2, 2], classes: 3))
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity, 1e30, -1e30, 3, -1])
  func `a label of no class gives a loss that is not a number`(label: Float) throws {
    let data = part(noise(4, "x"), [4], targets: [label], [], isLabels: false)
    let trainer = Trainer(try BuiltModel(model, seed: 1), pool: WorkerPool(threads: 1), now: { 0 })
    let logs = try trainer.evaluate(data, settings(SGD()), batchSize: 1)
    #expect(logs.map(\.name) == ["accuracy", "loss"] && logs[1].value.isNaN && logs[0].value == 0)
  }

  @Test func `a training without samples changes nothing`() throws {
    let start = try weightBits(BuiltModel(model, seed: 1))
    let (built, _) = try fitted(model, settings(SGD()), labelled(0, [4], classes: 3))
    #expect(weightBits(built) == start)
  }

  @Test func `every layer has a sample`() {
    #expect(
      (LayerSample.all.map(\.className) + LayerSample.ofTexts).sorted()
        == LayerRegistry.builtIn.names.sorted())
  }

  @Test(arguments: LayerSample.all)
  func `every layer trains, and infers without random numbers`(sample: LayerSample) throws {
    var bag = DiagnosticBag()
    let layer = try #require(LayerRegistry.all.decode(sample.node, into: &bag))
    let input = sample.className == "RepeatVector" ? [3] : sample.shape
    let ends = (0..<sample.inputs).map { FunctionalBuilder.Word("dense_\($0)") }
    var entries = ends.map { word in
      FunctionalBuilder.Entry(word, .layer(NamedLayer(word.text, Dense(3))), from: [.init("x")])
    }
    entries += [
      .init(.init("layer"), .layer(NamedLayer("layer", layer)), from: ends),
      .init(.init("flat"), .layer(NamedLayer("flat", Flatten())), from: [.init("layer")]),
      .init(.init("out"), .layer(NamedLayer("out", Dense(3, activation: .softmax))), from: [.init("flat")]),
    ]
    let builder = FunctionalBuilder(
      "m", inputs: [(.init("x"), ModelInput("x", shape: input))], entries: entries, outputs: [.init("out")])
    let model = try #require(builder.model(into: &bag))
    let data = labelled(10, input, classes: 3)
    let isTrained = try Trace(model, phase: .training, seed: 1).scope.obstacles.isEmpty
    let built: BuiltModel
    if isTrained {
      let result = try fitted(model, settings(SGD()), data)
      built = result.built
      for (name, value) in result.history[0] { #expect(value.isFinite, "\(name)") }
    } else {
      #expect(throws: Diagnostic.self) { try fitted(model, settings(SGD()), data) }
      built = try BuiltModel(model, seed: 1)
    }
    #expect(try !Trace(model, phase: .inference, seed: 1).graph.hasLeaf(.input("step")))
    let trainer = Trainer(built, pool: WorkerPool(threads: 1), now: { 0 })
    let outputs = try trainer.predict(data, batchSize: 4)[0]
    #expect(outputs.count == 10 * built.outputs[0].shape(batch: 1).reduce(1, *))
    #expect(try outputs == trainer.predict(data, batchSize: 4)[0])
  }
}
