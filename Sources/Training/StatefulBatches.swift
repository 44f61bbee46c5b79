public import Diagnostics
import GraphEngine
import Layers

/// What a model with stateful layers asks of its batches: all have the size that its states have.
///
/// As in Keras nothing resets the states but who says so: batches of training, validation, evaluation and prediction
/// begin where the last batch ended, whichever of these it was.
extension BuiltModel {
  /// Samples in every batch, if layers keep states; `nil` for a model that takes batches of any size.
  public var fixedBatch: Int? { states.entries.first?.spec.shape.first }

  /// The size of batches to use: the one asked for, or the one the model is fixed to.
  public func batchSize(_ asked: Int?, orElse other: Int = 32) -> Int { asked ?? fixedBatch ?? other }

  /// Lets stateful layers begin with 0 again.
  ///
  /// Keras: `reset_states` of every layer.
  public func resetStates() {
    states.storage.pointer.update(repeating: 0, count: states.storage.count)
  }

  /// Does something that begins with states of 0 and leaves the states as they were.
  public func withFreshStates<T>(_ body: () throws -> T) rethrows -> T {
    guard fixedBatch != nil else { return try body() }
    let kept = AlignedBuffer(states.storage.count)
    kept.pointer.update(from: states.storage.pointer, count: kept.count)
    defer { states.storage.pointer.update(from: kept.pointer, count: kept.count) }
    resetStates()
    return try body()
  }

  /// - Throws: E0389 for batches of another size, E0390 if the last one would be smaller.
  func checkBatches(of size: Int, samples: Int) throws(Diagnostic) {
    guard let fixedBatch else { return }
    if size != fixedBatch { throw .otherBatchSize(model.name, fixedBatch, size, at: nil) }
    if samples % fixedBatch != 0 {
      throw .unevenBatches(model.name, fixedBatch, samples)
    }
  }

  /// The memory of states, all 0.
  /// - Throws: E0315 if this machine has not so much.
  static func states(_ specs: [ParameterSpec], of name: String) throws(Diagnostic) -> ParameterSlab {
    let floats = specs.map { $0.layout.footprint(of: $0.shape) }
    try MemoryNeed.check(floats.reduce(0, +), for: "the states of '\(name)'")
    return ParameterSlab(specs)
  }

  /// Takes over the states of another model's layers, as far as they have the same shapes.
  /// - Parameter path: what a state of the other model is called here.
  func takeStates(of other: BuiltModel, as path: (String) -> String) {
    let own = Dictionary(
      states.entries.map { ($0.spec.path, $0.spec.shape) }, uniquingKeysWith: { first, _ in first })
    for entry in other.states.entries where own[path(entry.spec.path)] == entry.spec.shape {
      states.set(path(entry.spec.path), other.states.tensor(entry.spec.path))
    }
  }
}

extension Diagnostic {
  /// E0389: batches of another size than stateful layers have states for.
  public static func otherBatchSize(
    _ model: String, _ fixed: Int, _ asked: Int, at span: SourceSpan?
  ) -> Diagnostic {
    Diagnostic(
      "E0389", "'\(model)' keeps states for batches of \(fixed), not of \(asked)",
      at: span.map { Label($0, "\(asked) samples in a step") },
      help: "leave 'batch_size' out here, or set the model's to \(asked)")
  }

  /// E0390: samples that leave a smaller last batch, which has no states.
  /// - Parameter part: the part of a data set in an experiment that they are.
  public static func unevenBatches(
    _ model: String, _ fixed: Int, _ samples: Int, of part: String? = nil, at span: SourceSpan? = nil
  ) -> Diagnostic {
    let rest = samples % fixed
    let divisors = (1...max(1, min(fixed, samples))).filter { samples % $0 == 0 }.suffix(3)
    let sizes = divisors.map(String.init).joined(separator: ", ")
    let away = part == nil ? "leave \(rest) of them out" : "move \(rest) of them to another part with 'split'"
    return Diagnostic(
      "E0390",
      "the \(samples) samples \(part.map { "of '\($0)' " } ?? "")do not make whole batches of \(fixed), for which "
        + "'\(model)' keeps states",
      at: span.map {
        Label($0, samples < fixed ? "fewer than a batch" : "the last batch would have \(rest)")
      },
      help: (samples < fixed ? "" : away + ", or ")
        + "set the model's 'batch_size' to a number that divides them: \(sizes)")
  }
}
