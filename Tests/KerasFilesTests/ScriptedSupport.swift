import Config
import Datasets
import ExpLanguage
import Foundation
import Kernels
import Layers
import ModelScripts
import TensorCore
import Training

@testable import KerasFiles
import Losses
import Optimizers

/// Hand-written models and functions, and what is done with them.
enum Scripted {
  static func function(_ signature: String, _ body: String, _ known: [ScriptedFunction] = []) throws
    -> ScriptedFunction
  {
    try ScriptedFunction(signature: ScriptText(signature), body: ScriptText(body), functions: known)
  }

  static func squash() throws -> ScriptedFunction { try function("squash(x)", "return x * sigmoid(1.5 * x)") }

  static func gap() throws -> ScriptedFunction {
    try function(
      "gap(y_true, y_pred, floor=0.001)", "return mean(sqrt(square(y_true - y_pred) + floor), axis=-1)")
  }

  /// Calls `gap`.
  static func twice() throws -> ScriptedFunction {
    try function("twice(y_true, y_pred)", "return 2 * gap(y_true, y_pred)", [try gap()])
  }

  /// A layer with a weight, an argument and a layer of its own.
  static func block(_ name: String, units: Int) throws -> NamedLayer {
    let squash = try squash()
    let dense = try StoredFunctions([squash]).whileKnown {
      Dense(units, activation: try Activation(config: "squash"))
    }
    let parts = ScriptParts(
      layers: [.init(NamedLayer("dense", dense))],
      weights: [ScriptWeight("scale", .calculated(ScriptText("inputs.shape[-1]")), initializer: .ones)],
      arguments: [("factor", .double(0.5))])
    return NamedLayer(
      name, ScriptedLayer("Block", parts, body: try ScriptBody("return dense(inputs * scale) * factor")))
  }

  /// A list of layers, a nested own layer, a weight, a condition on data and two outputs.
  static func model() throws -> ScriptedModel {
    let parts = ScriptParts(
      layers: [
        .init(NamedLayer("hidden", Dense(4, activation: .relu)), repeated: 2),
        .init(try block("block", units: 4)), .init(NamedLayer("drop", Layers.Dropout(0.1))),
        .init(NamedLayer("main", Dense(1))), .init(NamedLayer("output", Dense(1))),
      ],
      weights: [ScriptWeight("gain", .sizes([4]), initializer: .ones)])
    let body = try ScriptBody(
      """
      def call(self, inputs, training=None):
          z = inputs  # a comment
          for layer in self.hidden:
              z = layer(z)
          if training:
              z = self.drop(z)
          # what is large is pulled back
          if reduce_max(abs(z)) > 0.9:
              z = tf.tanh(z * gain)
          mean = mean(z, axis=-1, keep_dims=True)
          z = self.block(z - mean) * (mean > -1)
          return self.main(concat([z, inputs], -1)), self.output(z)
      """)
    return ScriptedModel("own", inputs: [ModelInput("x", shape: [3])], parts, body: body)
  }

  /// A model that Keras can have as a graph of layers.
  static func plain() throws -> ScriptedModel {
    let parts = ScriptParts(layers: [
      .init(NamedLayer("hidden", Dense(4, activation: .relu)), repeated: 2),
      .init(NamedLayer("drop", Layers.Dropout(0.1))), .init(NamedLayer("main", Dense(1))),
      .init(NamedLayer("aux", Dense(1))),
    ])
    let body = try ScriptBody(
      """
      z = x
      for layer in hidden:
          z = layer(z) + 1
      if training:
          z = drop(z)
      z = tanh(2 * z) * z
      return main(concatenate([x, z])), aux(z)
      """)
    return ScriptedModel("plain", inputs: [ModelInput("x", shape: [3])], parts, body: body)
  }

  /// 32 samples of three numbers, with targets for some outputs.
  static func data(_ outputs: [String]) -> DataPart {
    let stream = RandomStream(seed: 4, "inputs")
    let inputs = (0..<96).map { stream.uniform($0) * 2 - 1 }
    let targets: [Float] = (0..<32).map { row in
      let sample = inputs[(3 * row)..<(3 * row + 3)]
      return sample.reduce(0, +)
    }
    return DataPart(
      features: [Column("x", rowShape: [3], .floats(inputs))],
      targets: outputs.map { Column($0, rowShape: [1], .floats(targets)) }, rows: .range(0..<32))
  }

  static func trainer(_ built: BuiltModel) -> Trainer {
    Trainer(built, pool: WorkerPool(threads: 1), now: { 0 })
  }

  /// Compiles with functions as loss and metric, and trains for two epochs.
  static func train(_ built: BuiltModel) throws {
    let trainer = trainer(built)
    let count = built.model.outputNames.count
    let output = CompileSettings.Output(
      loss: ScriptedLoss(try gap()), metrics: [NamedMetric("twice", ScriptedMetric(try twice()))])
    trainer.compile(CompileSettings(Array(repeating: output, count: count), optimizer: Adam()))
    try fit(trainer, epochs: 2)
  }

  static func fit(_ trainer: Trainer, epochs: Int) throws {
    var settings = FitSettings()
    settings.epochs = epochs
    settings.batchSize = 8
    _ = try trainer.fit(
      data(trainer.built.model.outputNames), validation: nil, settings,
      isInterrupted: { false }, observe: { _ in })
  }

  static func predictions(_ built: BuiltModel) throws -> [[Float]] {
    try trainer(built).predict(data(built.model.outputNames), batchSize: 32)
  }
}
