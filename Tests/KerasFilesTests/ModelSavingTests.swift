import Config
import Diagnostics
import Foundation
import GraphEngine
import KerasFiles
import Kernels
import Layers
import Losses
import Optimizers
import Testing
import Training

@Suite struct ModelSavingTests {
  /// A compiled model; losses and metrics as a file would write them.
  private func archive(loss: ConfigNode, metrics: [ConfigNode], optimizer: any Optimizer = SGD()) throws
    -> KerasArchive
  {
    var bag = DiagnosticBag()
    let built = try BuiltModel(
      Sequential("m", input: [3], [NamedLayer("hidden", Dense(4)), NamedLayer("out", Dense(2))]), seed: 1)
    let named = try metrics.map { node in
      let (name, _, settings) = try #require(MetricRegistry.all.parts(of: node, into: &bag))
      return NamedMetric(
        MetricRegistry.logName(name, settings: settings),
        try #require(MetricRegistry.all.decode(node, into: &bag)))
    }
    let settings = CompileSettings(
      loss: try #require(LossRegistry.all.decode(loss, into: &bag)), optimizer: optimizer, metrics: named)
    Trainer(built, pool: WorkerPool(threads: 1), now: { 0 }).compile(settings)
    // Before its first step an optimizer has no slots.
    built.training?.iterations = 1
    return KerasArchive(built)
  }

  @Test func `a loss is written by its full function name`() throws {
    let saved = try archive(loss: "mse", metrics: [])
    #expect(saved.trainingConfig?["loss"] == "mean_squared_error")
  }

  @Test func `a loss with settings is written with them`() throws {
    let saved = try archive(loss: ["BinaryCrossentropy": ["from_logits": true]], metrics: [])
    #expect(saved.trainingConfig?["loss"]?["class_name"] == "BinaryCrossentropy")
    #expect(saved.trainingConfig?["loss"]?["config"]?["from_logits"] == true)
  }

  @Test func `metrics are words, or classes where they have settings`() throws {
    let named: ConfigNode = ["BinaryAccuracy": ["threshold": 0.7, "name": "strict"]]
    let saved = try archive(loss: "mse", metrics: ["accuracy", "mae", named])
    let metrics = try #require(saved.trainingConfig?["metrics"]?.list)
    #expect(metrics[0] == "accuracy" && metrics[1] == "mae")
    #expect(metrics[2]["class_name"] == "BinaryAccuracy")
    #expect(metrics[2]["config"]?["name"] == "strict" && metrics[2]["config"]?["threshold"] == 0.7)
  }

  @Test(arguments: [("m.h5", Semantics.keras3), ("m.keras", .keras3), ("m.h5", .keras2)])
  func `thresholds of a metric come back`(name: String, dialect: Semantics) throws {
    var metric = Precision()
    metric.thresholds = Thresholds([0.25, 0.75])
    let built = try BuiltModel(Sequential("m", input: [3], [NamedLayer("out", Dense(1))]), seed: 1)
    let settings = CompileSettings(
      loss: BinaryCrossentropy(), optimizer: SGD(), metrics: [NamedMetric("precision", metric)])
    Trainer(built, pool: WorkerPool(threads: 1), now: { 0 }).compile(settings)
    try withFolder { folder in
      try built.save(to: "\(folder)/\(name)", as: dialect)
      let metrics = try ModelFile.load("\(folder)/\(name)", seed: 2).built.training?.settings.outputs[0]
        .metrics
      #expect(metrics?.flatMap(\.logNames) == ["precision@0.25", "precision@0.75"])
    }
  }

  @Test func `weighted metrics stand in a list of their own, and come back`() throws {
    let built = try BuiltModel(Sequential("m", input: [3], [NamedLayer("out", Dense(2))]), seed: 1)
    let mean = LossMetric<MeanAbsoluteError>()
    let metrics = [NamedMetric("mae", mean), NamedMetric("weighted_mae", mean, isWeighted: true)]
    let settings = CompileSettings(loss: MeanSquaredError(), optimizer: SGD(), metrics: metrics)
    Trainer(built, pool: WorkerPool(threads: 1), now: { 0 }).compile(settings)
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).h5").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    _ = try ModelFile.save(built, to: path)
    #expect(KerasArchive(built).trainingConfig?["weighted_metrics"]?.list?.count == 1)
    let loaded = try #require(
      try ModelFile.load(path, seed: 1).built.training?.settings.outputs.first?.metrics)
    #expect(loaded.map(\.name) == ["mae", "weighted_mae"] && loaded.map(\.isWeighted) == [false, true])
  }

  @Test func `optimizer variables come in Keras's order`() throws {
    let saved = try archive(loss: "mse", metrics: [], optimizer: Adam())
    #expect(
      saved.optimizer.map(\.path) == [
        "adam/iteration", "adam/learning_rate", "adam/m_hidden_kernel_momentum",
        "adam/m_hidden_kernel_velocity",
        "adam/m_hidden_bias_momentum", "adam/m_hidden_bias_velocity", "adam/m_out_kernel_momentum",
        "adam/m_out_kernel_velocity", "adam/m_out_bias_momentum", "adam/m_out_bias_velocity",
      ])
    #expect(saved.layers.map(\.name) == ["hidden", "out"])
    #expect(saved.layers[0].weights.map(\.path) == ["m/hidden/kernel", "m/hidden/bias"])
  }
}
