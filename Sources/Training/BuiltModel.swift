public import Diagnostics
public import GraphEngine
import KernelABI
public import Layers
public import TensorCore

/// A model with its numbers, and what is known of its training.
///
/// Owned by one task.
public final class BuiltModel {
  public let model: Sequential
  public let slab: ParameterSlab
  public let seed: UInt64
  public let layers: [LayerSummary]
  public let output: TensorType
  /// Set by the first training; saved with the model.
  public var training: TrainingState?

  /// Draws the start values of every parameter.
  /// - Throws: `Diagnostic` E03xx if shapes do not fit.
  public init(_ model: Sequential, seed: UInt64) throws {
    self.model = model
    self.seed = seed
    let trace = try Trace(model, phase: .training, seed: seed)
    layers = trace.layers
    output = trace.output.type
    try trace.checkMemory(of: model.name)
    slab = ParameterSlab(trace.scope.parameters.map(\.spec))
    for parameter in trace.scope.parameters {
      let path = parameter.spec.path
      slab.set(path, parameter.initializer.tensor(parameter.spec.shape, seed: seed, path: path))
    }
  }

  public var parameterCount: Int { layers.map(\.parameters).reduce(0, +) }
}

extension Trace {
  /// Whether this machine can hold the model: its parameters, and the gradients that any training needs beside them.
  /// - Throws: E0315.
  public func checkMemory(of name: String, at span: SourceSpan? = nil) throws(Diagnostic) {
    let floats = scope.parameters.map { $0.spec.layout.footprint(of: $0.spec.shape) }.reduce(0, +)
    try MemoryNeed.check(2 * floats, for: "the parameters of '\(name)' and their gradients", at: span)
  }
}

/// How a model is trained: what Keras calls `compile`.
public struct CompileSettings: Sendable {
  public var loss: any Loss
  public var optimizer: any Optimizer
  public var metrics: [NamedMetric]

  public init(loss: any Loss, optimizer: any Optimizer, metrics: [NamedMetric]) {
    self.loss = loss
    self.optimizer = optimizer
    self.metrics = metrics
  }
}
