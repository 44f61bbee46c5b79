import Config
import Datasets
import EngineTestSupport
import GraphEngine
import Kernels
import Layers
import Losses
import Optimizers
import TensorCore
import Testing
import Training

/// Samples without structure, with class labels.
func labelled(_ count: Int, _ shape: [Int], classes: Int) -> DataPart {
  let x = noise(count * shape.reduce(1, *), "samples")
  let labels = noise(count, "labels").map {
    min(Float(classes - 1), (($0 + 1) / 2 * Float(classes)).rounded(.down))
  }
  return part(x, shape, targets: labels, [], isLabels: true)
}

/// Layers named after their number.
func chain(_ input: [Int], _ layers: any Layer...) -> Sequential {
  Sequential("m", input: input, layers.enumerated().map { NamedLayer("layer_\($0)", $1) })
}

func settings(_ optimizer: any Optimizer) -> CompileSettings {
  CompileSettings(
    loss: SparseCategoricalCrossentropy(), optimizer: optimizer,
    metrics: [NamedMetric("accuracy", Accuracy())])
}

/// The bits of every weight, in the order they were declared.
func weightBits(_ built: BuiltModel) -> [[UInt32]] {
  built.slab.entries.map { bits(built.slab.tensor($0.spec.path).elements) }
}

/// A training step of a model, compiled.
func trainingStep(_ model: any Model, _ optimizer: any Optimizer, batch: Int, _ data: DataPart) throws
  -> Program
{
  let built = try BuiltModel(model, seed: 1)
  let settings = settings(optimizer)
  let state = TrainingState(settings, slab: built.slab, kernels: kernels)
  return try StepProgram(
    built, settings, part: data, batch: batch, state: state, pool: WorkerPool(threads: 1), kernels: kernels
  ).program
}

/// Trains and gives the model with what was logged.
func fitted(
  _ model: any Model, _ settings: CompileSettings, _ data: DataPart, validation: DataPart? = nil,
  seed: UInt64 = 1,
  threads: Int = 1, set: InstructionSet = .current, change: (inout FitSettings) -> Void = { _ in }
) throws -> (built: BuiltModel, history: [Logs]) {
  let built = try BuiltModel(model, seed: seed)
  let trainer = Trainer(built, pool: WorkerPool(threads: threads), kernels: set.table, now: { 0 })
  trainer.compile(settings)
  var fit = FitSettings()
  change(&fit)
  let result = try trainer.fit(
    data, validation: validation, fit, isInterrupted: { false }, observe: { _ in })
  return (built, result.history)
}

/// Gradient descent that never changes weights where their gradient is made: a decay of nothing comes between.
func unfusedSGD(learningRate: Double = 0.01) -> SGD {
  var optimizer = SGD(learningRate: learningRate)
  optimizer.common.weightDecay = 0
  return optimizer
}
