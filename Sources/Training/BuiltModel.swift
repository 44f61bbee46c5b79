public import Diagnostics
public import GraphEngine
import KernelABI
public import Layers
public import TensorCore

/// A model with its numbers, and what is known of its training.
///
/// Owned by one task.
public final class BuiltModel {
  public let model: any Model
  public let slab: ParameterSlab
  public let seed: UInt64
  public let semantics: Semantics
  public let layers: [LayerSummary]
  /// Types of a batch of each output.
  public let outputs: [TensorType]
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
    let parameters = Self.parameters(
      of: ways + [try Trace(model, phase: .inference, seed: seed, semantics: semantics)], model)
    layers = LayerSummary.joined(ways.map(\.layers))
    outputs = ways[0].outputs.map(\.type)
    try MemoryNeed.check(parameters, of: model.name)
    slab = ParameterSlab(parameters.map(\.spec))
    for parameter in parameters where isDrawn {
      let path = parameter.spec.path
      slab.set(path, parameter.initializer.tensor(parameter.spec.shape, seed: seed, path: path))
    }
  }

  /// What any of the ways declares, layer by layer: a layer may be called on one of them only.
  private static func parameters(of ways: [Trace], _ model: any Model) -> [LayerScope.Parameter] {
    var seen: Set<String> = []
    let all = ways.flatMap(\.scope.parameters).filter { seen.insert($0.spec.path).inserted }
    if all.count == ways[0].scope.parameters.count { return all }
    let ranks = Dictionary(
      model.layers.enumerated().map { ("\(model.name)/\($1.name)", $0) }, uniquingKeysWith: { first, _ in first })
    func rank(_ parameter: LayerScope.Parameter) -> Int {
      let parts = parameter.spec.path.split(separator: "/", maxSplits: 2)
      return parts.count < 3 ? -1 : ranks["\(parts[0])/\(parts[1])"] ?? -1
    }
    return all.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(\.element)
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
