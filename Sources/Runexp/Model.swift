import Config
internal import Foundation
internal import KerasFiles
internal import Kernels
public import Layers
public import Losses
public import Optimizers
import RunService
public import TensorCore
public import Training

/// A model with its weights: build it, compile it, fit it, save it.
///
/// Keras: `keras.Model`. Owned by one task.
public final class Model {
  /// The layers and how they are connected.
  public var architecture: any Layers.Model { built.model }
  private let built: BuiltModel
  private let trainer: Trainer

  /// Draws the start values of every weight.
  /// - Parameters:
  ///   - architecture: a ``Sequential``, a ``Functional`` or a model of your own.
  ///   - seed: of the start values and of all random numbers in training.
  ///   - threads: no result depends on it; as many as there are processors if left out.
  /// - Throws: `Diagnostic` E03xx if shapes do not fit.
  public convenience init(_ architecture: any Layers.Model, seed: UInt64 = 0, threads: Int? = nil) throws {
    self.init(try BuiltModel(architecture, seed: seed), threads: threads)
  }

  /// A chain of layers.
  /// - Parameters:
  ///   - input: the shape of one sample; `nil` for a length that comes with the data.
  ///   - batchSize: samples in every batch, for stateful layers.
  public convenience init(
    _ name: String = "sequential", input: [Int?], batchSize: Int? = nil, seed: UInt64 = 0,
    threads: Int? = nil, @LayerListBuilder layers: () -> [any Layer]
  ) throws {
    try self.init(
      Sequential(name, input: input, batchSize: batchSize, layers: layers), seed: seed, threads: threads)
  }

  /// A graph of layers, from symbolic values to symbolic values.
  ///
  ///     let x = Symbol("x", shape: [4])
  ///     let model = try Model(inputs: [x], outputs: [Dense(3)(Dense(8)(x))])
  /// - Throws: `Diagnostic` E03xx if shapes do not fit, or an output depends on no input given.
  public convenience init(
    _ name: String = "functional", inputs: [Symbol], outputs: [Symbol], seed: UInt64 = 0,
    threads: Int? = nil
  ) throws {
    try self.init(try Functional(name, inputs: inputs, outputs: outputs), seed: seed, threads: threads)
  }

  private init(_ built: BuiltModel, threads: Int?) {
    self.built = built
    let start = DispatchTime.now().uptimeNanoseconds
    trainer = Trainer(
      built, pool: WorkerPool(threads: threads ?? ProcessInfo.processInfo.activeProcessorCount),
      now: { Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9 })
  }

  // MARK: Training

  /// Says how the model is trained; the optimizer starts anew.
  public func compile(optimizer: any Optimizer, loss: any Loss, metrics: [any Metric] = []) {
    compile(CompileSettings(loss: loss, optimizer: optimizer, metrics: metrics.map(NamedMetric.init)))
  }

  /// The same with a loss, a weight and metrics for each output.
  public func compile(_ settings: CompileSettings) { trainer.compile(settings) }

  /// Trains the compiled model; `Normalization` layers without statistics are first adapted to the samples.
  /// - Parameter batchSize: 32 if left out, or what stateful layers are fixed to; so it is for all that runs the model.
  /// - Returns: what was logged after each epoch.
  /// - Throws: E0505 if it is not compiled, E0304 and E0306 if the samples do not fit, E0389 and E0390 if they do not
  ///   make batches of the size that stateful layers are fixed to.
  @discardableResult public func fit(
    _ samples: Samples, epochs: Int = 1, batchSize: Int? = nil, validation: Samples? = nil,
    shuffle: Bool = true, callbacks: [any Callback] = []
  ) throws -> [Logs] {
    guard built.training != nil else { throw Diagnostic.notCompiled(architecture.name, for: "fit") }
    var settings = FitSettings()
    settings.epochs = epochs
    settings.batchSize = built.batchSize(batchSize)
    settings.shuffle = shuffle
    settings.callbacks = callbacks
    try trainer.adapt(to: samples.part)
    let result = try trainer.fit(
      samples.part, validation: validation?.part, settings,
      outlet: Outlet(save: { [built] in _ = try ModelFile.save(built, to: $0) }),
      isInterrupted: { false }, observe: { _ in })
    return result.history
  }

  /// The loss and the metrics over samples.
  /// - Throws: E0505 if it is not compiled, E0304 and E0306 if the samples do not fit.
  public func evaluate(_ samples: Samples, batchSize: Int? = nil) throws -> Logs {
    guard let settings = built.training?.settings else {
      throw Diagnostic.notCompiled(architecture.name, for: "evaluate")
    }
    return try trainer.evaluate(samples.part, settings, batchSize: built.batchSize(batchSize))
  }

  /// Lets stateful layers begin with states of 0 again, not where the last batch ended.
  ///
  /// Keras: `model.reset_states()`.
  public func resetStates() { built.resetStates() }

  /// What the model gives for samples: a tensor for each output.
  /// - Throws: E0304 if the samples do not fit.
  public func predict(_ samples: Samples, batchSize: Int? = nil) throws -> [Tensor] {
    let outputs = try trainer.predict(samples.part, batchSize: built.batchSize(batchSize))
    return zip(outputs, try built.outputTypes(for: samples.part)).map { numbers, type in
      Tensor([samples.count] + type.shape(batch: 1).dropFirst(), numbers)
    }
  }

  /// The output of a model with one input and one output.
  /// - Throws: E0304 if the samples do not fit.
  public func predict(_ inputs: Tensor) throws -> Tensor {
    guard let output = try predict(Samples(inputs)).first else {
      preconditionFailure("a model without outputs")
    }
    return output
  }

  // MARK: Looking

  /// The number of all weights.
  public var parameterCount: Int { built.parameterCount }

  /// The layers as a table: names, output shapes, parameters.
  public var summary: String { built.fullSummary.text() }

  /// The names of all weights, in the order they were declared.
  public var weightNames: [String] { built.slab.entries.map(\.spec.path) }

  /// A weight by its name.
  ///
  /// Setting one of another shape is a mistake of the program.
  public subscript(weight name: String) -> Tensor {
    get { built.slab.tensor(name) }
    set { built.slab.set(name, newValue) }
  }

  // MARK: Files

  /// Writes architecture, weights, optimizer and its state as Keras does: aside, then renamed into place.
  /// - Throws: E0606 if it cannot be written.
  public func save(_ path: String) throws { try ModelFile.save(built, to: path) }

  /// A model from a file of Keras 2 or 3 or of runexp, compiled if it was when it was saved.
  /// - Throws: `Diagnostic` E06xx for a file that cannot be read or followed.
  public static func load(_ path: String, seed: UInt64 = 0, threads: Int? = nil) throws -> Model {
    Model(try ModelFile.load(path, seed: seed).built, threads: threads)
  }
}

extension NamedMetric {
  /// Under the name that Keras logs it by.
  fileprivate init(_ metric: any Metric) {
    let (name, words) = (
      metric.className.snakeCased, MetricRegistry.all.find(metric.className)?.aliases ?? []
    )
    // What is a word itself needs no other.
    self.init(name == metric.className ? name : words.first ?? name, metric)
  }
}

extension Diagnostic {
  /// E0505: a model that was not told how to train.
  static func notCompiled(_ model: String, for what: String) -> Diagnostic {
    Diagnostic(
      "E0505", "'\(model)' is not compiled, so it cannot \(what)",
      help: "call compile(optimizer:loss:metrics:) first")
  }
}
