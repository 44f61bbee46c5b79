public import Config
public import Diagnostics
public import GraphEngine
import KernelABI
public import Layers
public import TensorCore

/// A model with its numbers, and what is known of its training.
///
/// Owned by one task.
public final class BuiltModel {
  public private(set) var model: any Model
  public private(set) var slab: ParameterSlab
  /// What stateful layers keep from batch to batch, 0 at first; the first axis of each is the batch.
  ///
  /// As in Keras states are in no model file; checkpoints have them.
  public private(set) var states: ParameterSlab
  public let seed: UInt64
  public let semantics: Semantics
  /// Its layers and their parameters, without an optimizer's.
  public private(set) var summary: ModelSummary
  /// Types of a batch of each output.
  public let outputs: [TensorType]
  /// What runexp stores beside the model, by name: how raw data were prepared, functions of the experiment.
  public var attachments: [String: ConfigNode] = [:]
  /// Models whose weights are also those of layers here, by the layers' names.
  var parts: [(layer: String, model: BuiltModel)] = []
  /// Set by the first training; saved with the model.
  public var training: TrainingState?

  /// Draws the start values of every parameter.
  /// - Parameters:
  ///   - semantics: whose arithmetic the model follows.
  ///   - isDrawn: whether there are start values; without them all numbers are 0, to be filled from a file.
  /// - Throws: `Diagnostic` E03xx if shapes do not fit.
  public init(
    _ model: any Model, seed: UInt64, semantics: Semantics = .keras3, isDrawn: Bool = true
  ) throws {
    self.model = model
    self.seed = seed
    self.semantics = semantics
    let ways = try Trace.allWays(of: model, phase: .training, seed: seed, semantics: semantics)
    let inference = try Trace(model, phase: .inference, seed: seed, semantics: semantics)
    let parameters = Trace.parameters(of: ways + [inference], model)
    summary = ModelSummary(of: model, ways)
    outputs = ways[0].outputs.map(\.type)
    if let text = outputs.firstIndex(where: { $0.element == .text }) {
      throw Diagnostic.textOutput(model.outputNames[text])
    }
    try MemoryNeed.check(parameters, of: model.name)
    slab = ParameterSlab(parameters.map(\.spec))
    states = try Self.states(Trace.states(of: ways + [inference]), of: model.name)
    for parameter in parameters where isDrawn {
      let path = parameter.spec.path
      slab.set(path, parameter.initializer.tensor(parameter.spec.shape, seed: seed, path: path))
    }
  }

  /// Characters of the slab's paths that Keras 3's do not have: only a sequential model's name stands before its weights'.
  public var kerasPathStart: Int { model is Sequential ? 0 : model.name.asPathPart.count + 1 }

  /// The model as boxes and arrows.
  /// - Parameter isExpanded: whether models used as layers are opened.
  public func diagram(expandingNested isExpanded: Bool = false) throws -> ModelDiagram {
    let ways = try Trace.allWays(of: model, phase: .training, seed: seed, semantics: semantics)
    return ModelDiagram(of: model, ways, expandingNested: isExpanded)
  }

  /// A model with the weights and states of another, of which it differs in names or in what is trained.
  /// - Parameter other: a model with the same layers; its own name may differ.
  /// - Throws: what ``init(_:seed:semantics:isDrawn:)`` throws.
  public convenience init(_ model: any Model, weightsOf other: BuiltModel) throws {
    try self.init(model, seed: other.seed, semantics: other.semantics, isDrawn: false)
    attachments = other.attachments
    for entry in other.slab.entries {
      let path = model.name.asPathPart + entry.spec.path.dropFirst(other.model.name.count)
      slab.set(path, other.slab.tensor(entry.spec.path))
    }
    takeStates(of: other) { model.name.asPathPart + $0.dropFirst(other.model.name.count) }
  }

  /// Trains the layers that another value of the same model says, from now on.
  ///
  /// Numbers and states stay. The optimizer is dropped if other parameters are trained than before: it knows those it was made for.
  /// - Throws: what ``init(_:seed:semantics:isDrawn:)`` throws.
  public func train(as model: any Model) throws {
    guard model.trainedPaths != self.model.trainedPaths else { return }
    let other = try BuiltModel(model, weightsOf: self)
    self.model = model
    slab = other.slab
    states = other.states
    summary = other.summary
    training = nil
  }

  public var parameterCount: Int { slab.entries.map { $0.spec.shape.reduce(1, *) }.reduce(0, +) }
}

extension Trace {
  /// Whether this machine can hold the model: its parameters, and the gradients that any training needs beside them.
  /// - Throws: E0315.
  public func checkMemory(of name: String, at span: SourceSpan? = nil) throws(Diagnostic) {
    try MemoryNeed.check(scope.parameters, of: name, at: span)
  }
}

extension MemoryNeed {
  fileprivate static func check(
    _ parameters: [LayerScope.Parameter], of name: String, at span: SourceSpan? = nil
  ) throws(Diagnostic) {
    let floats = parameters.map { $0.spec.layout.footprint(of: $0.spec.shape) }.reduce(0, +)
    try check(2 * floats, for: "the parameters of '\(name)' and their gradients", at: span)
  }
}

extension Diagnostic {
  /// E0377: a model that gives texts.
  fileprivate static func textOutput(_ name: String) -> Diagnostic {
    Diagnostic(
      "E0377", "the output '\(name)' is texts, models give numbers here",
      help: "give what a StringLookup or Hashing makes of them")
  }
}
