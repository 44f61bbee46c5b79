public import Diagnostics
public import GraphEngine
import TensorCore

/// What layers keep from one batch to the next, in a trace.
///
/// As in Keras a state is no weight: it is neither trained nor counted nor saved, and has one row for each sample of a
/// batch, whose size is therefore fixed.
struct LayerStates {
  /// In the order they were declared.
  fileprivate(set) var specs: [ParameterSpec] = []
  /// What each is at the end of the batch, as far as the trace has come.
  fileprivate(set) var next: [(path: String, value: Value)] = []
  /// The sizes of batches that the model says, most often one.
  let batchSizes: [Int]

  init(batchSizes: [Int]) { self.batchSizes = batchSizes }
}

extension LayerScope {
  /// The states that layers keep, each (batch, units) and row-major.
  public var stateSpecs: [ParameterSpec] { states.specs }

  /// What states are at the end of a batch, in training and in inference.
  public var nextStates: [(path: String, value: Value)] { states.next }

  /// A state of the layer at work as it is now, (batch, units): 0 at first, then what ``keepState(_:_:)`` was given last.
  ///
  /// No gradient goes back into what was kept.
  /// - Throws: E0388 if the model does not say how large its batches are, E0314 if it has more elements than can be
  ///   counted.
  public func state(_ name: String, units: Int) throws(Diagnostic) -> Value {
    let path = fullPath(name)
    if let latest = states.next.last(where: { $0.path == path }) { return try latest.value.withoutGradient() }
    guard let batch = states.batchSizes.first, states.batchSizes.count == 1 else {
      throw .noBatchSize(owner(of: name).parameterPath, states.batchSizes, at: graph.origin)
    }
    guard [batch, units].product <= TensorType.largestCount else {
      throw .uncountable("'\(path)'", at: graph.origin)
    }
    if !states.specs.contains(where: { $0.path == path }) {
      states.specs.append(ParameterSpec(path, [batch, units], of: owner(of: name), isTrainable: false))
    }
    return graph.leaf(.state(path), TensorType([.batch, .size(units)]))
  }

  /// Gives a state that was declared by ``state(_:units:)`` its value for the next batch, (batch, units).
  public func keepState(_ name: String, _ value: Value) {
    let path = fullPath(name)
    states.next.removeAll { $0.path == path }
    states.next.append((path, value))
  }
}

extension Model {
  /// The sizes of batches that its inputs are fixed to, or those of models in it; none for most models.
  ///
  /// Only stateful layers need one, and only one.
  public var batchSizes: [Int] {
    let own = inputs.compactMap(\.batchSize)
    let all = own.isEmpty ? layers.flatMap { ($0.layer as? any Model)?.batchSizes ?? [] } : own
    return Set(all).sorted()
  }

  /// The one size of its batches, if it says one.
  public var batchSize: Int? { batchSizes.count == 1 ? batchSizes.first : nil }
}

extension Trace {
  /// The states that layers keep on any of the ways.
  public static func states(of ways: [Trace]) -> [ParameterSpec] {
    var seen: Set<String> = []
    return ways.flatMap(\.scope.stateSpecs).filter { seen.insert($0.path).inserted }
  }
}

extension Diagnostic {
  /// E0388: a stateful layer in a model whose batches may have any size, or several.
  fileprivate static func noBatchSize(_ layer: String, _ known: [Int], at span: SourceSpan?) -> Diagnostic {
    let sizes = known.map(String.init).joined(separator: " and ")
    return Diagnostic(
      "E0388",
      known.isEmpty
        ? "'\(layer)' keeps a state for each sample of a batch, and the model's batches may have any size"
        : "'\(layer)' keeps a state for each sample of a batch, and the model's inputs have batches of \(sizes)",
      at: span.map { Label($0, "has 'stateful: true'") },
      help: known.isEmpty
        ? "fix the size in the model, beside 'input' or 'inputs': 'batch_size: 32'"
        : "give all inputs one 'batch_size'")
  }
}
