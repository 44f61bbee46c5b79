public import Config
public import Diagnostics
public import GraphEngine
import Layers

/// Everything that training changed about a model: its numbers, what its optimizer remembers, and how far it is.
///
/// Numbers are those of the engine, padding included, not copies: encode them before the next step.
public struct ModelSnapshot {
  /// A parameter, to tell whether the numbers are those of a model like this one.
  public struct Parameter: Equatable, Sendable {
    public let path: String
    public let shape: [Int]
  }

  public var parameters: [Parameter]
  public var weights: AlignedBuffer
  /// What stateful layers keep; empty for most models.
  public var states: AlignedBuffer
  /// `nil` for a model that was not compiled.
  public var optimizer: OptimizerSnapshot?

  public init(_ built: BuiltModel) {
    parameters = built.slab.entries.map { Parameter(path: $0.spec.path, shape: $0.spec.shape) }
    weights = built.slab.storage
    states = built.states.storage
    optimizer = built.training.map { OptimizerSnapshot($0) }
  }
}

/// What an optimizer remembers.
public struct OptimizerSnapshot {
  public var className: String
  public var iterations: Int
  /// The rate, which callbacks change; of no meaning under a schedule.
  public var rate: Double
  /// The rate it was compiled with.
  public var startRate: Double?
  /// Slots, averages and sums of gradients.
  public var memory: [NamedNumbers]

  init(_ state: TrainingState) {
    className = state.settings.optimizer.className
    (iterations, rate, memory) = (state.iterations, state.learningRate, state.rememberedNumbers)
    if case .constant(let start) = state.settings.optimizer.common.learningRate { startRate = start }
  }
}

extension TrainingState {
  /// The memory that lives longer than a step.
  fileprivate var rememberedNumbers: [NamedNumbers] {
    memory.slots.enumerated().map { NamedNumbers("slot \($0)", $1) }
      + (memory.averages.map { [NamedNumbers("averages", $0)] } ?? [])
      + (memory.accumulators.map { [NamedNumbers("accumulators", $0)] } ?? [])
  }
}

extension BuiltModel {
  /// Makes the model what it was when the snapshot was taken; it has to be compiled the same way already.
  /// - Throws: E0512 if the snapshot is of another model or optimizer; nothing is changed then.
  public func restore(_ snapshot: ModelSnapshot) throws(Diagnostic) {
    try check(snapshot)
    guard snapshot.states.count == states.storage.count else {
      throw .otherModel(model.name, "its layers keep other states")
    }
    if let optimizer = snapshot.optimizer { try restore(optimizer) }
    copy(snapshot.weights, to: slab.storage)
    copy(snapshot.states, to: states.storage)
  }

  /// Goes on with an earlier training, which may have been compiled with another learning rate: the one here counts then.
  /// - Throws: E0512 if the snapshot is of another model or optimizer; nothing is changed then.
  public func resumeTraining(from snapshot: ModelSnapshot) throws(Diagnostic) {
    let rate = training?.learningRate
    try restore(snapshot)
    if let rate, snapshot.optimizer?.startRate != rate { training?.learningRate = rate }
  }

  /// Takes over the weights alone.
  /// - Throws: E0512 if they are of another model.
  public func restoreWeights(_ snapshot: ModelSnapshot) throws(Diagnostic) {
    try check(snapshot)
    copy(snapshot.weights, to: slab.storage)
  }

  private func check(_ snapshot: ModelSnapshot) throws(Diagnostic) {
    let own = ModelSnapshot(self)
    guard own.parameters == snapshot.parameters, own.weights.count == snapshot.weights.count else {
      throw .otherModel(model.name, "its parameters are others")
    }
  }

  private func restore(_ saved: OptimizerSnapshot) throws(Diagnostic) {
    guard let state = training, state.settings.optimizer.className == saved.className else {
      throw .otherModel(model.name, "it was trained with \(saved.className)")
    }
    let own = state.rememberedNumbers
    guard own.map(\.name) == saved.memory.map(\.name),
      zip(own, saved.memory).allSatisfy({ $0.numbers.count == $1.numbers.count }),
      (0...(1 << 53)).contains(saved.iterations)
    else { throw .otherModel(model.name, "its optimizer remembered something else") }
    for (target, source) in zip(own, saved.memory) { copy(source.numbers, to: target.numbers) }
    (state.iterations, state.learningRate) = (saved.iterations, saved.rate)
  }

  private func copy(_ source: AlignedBuffer, to target: AlignedBuffer) {
    target.pointer.update(from: source.pointer, count: target.count)
  }
}

extension ModelSnapshot {
  /// As parts of a checkpoint's file: facts, and numbers under names that begin with `name`.
  public func encoded(as name: String) -> (facts: ConfigNode, arrays: [NamedNumbers]) {
    let list = parameters.map { ["path": $0.path.config, "shape": $0.shape.config] as ConfigNode }
    var facts: [ConfigNode.Entry] = [.init("parameters", ConfigNode(.list(list)))]
    var arrays = [NamedNumbers("\(name)/weights", weights)]
    if states.count > 0 { arrays.append(NamedNumbers("\(name)/states", states)) }
    if let optimizer {
      let names = optimizer.memory.map(\.name.config)
      facts.append(
        .init(
          "optimizer",
          [
            "class_name": optimizer.className.config, "iterations": optimizer.iterations.config,
            "rate": optimizer.rate.config, "start_rate": optimizer.startRate.config,
            "memory": ConfigNode(.list(names)),
          ]))
      arrays += optimizer.memory.map { NamedNumbers("\(name)/\($0.name)", $0.numbers) }
    }
    return (ConfigNode(.map(facts)), arrays)
  }

  /// Reads what `encoded(as:)` made; `nil` if it is something else.
  public init?(_ facts: ConfigNode, named name: String, in arrays: [NamedNumbers]) {
    func numbers(_ word: String) -> AlignedBuffer? { arrays.first { $0.name == "\(name)/\(word)" }?.numbers }
    guard let list = facts["parameters"]?.list, let weights = numbers("weights") else { return nil }
    parameters = list.compactMap { entry in
      guard let path = entry["path"]?.string, let shape = entry["shape"].flatMap({ try? [Int](config: $0) })
      else { return nil }
      return Parameter(path: path, shape: shape)
    }
    guard parameters.count == list.count else { return nil }
    self.weights = weights
    states = numbers("states") ?? AlignedBuffer(0)
    guard let saved = facts["optimizer"] else { return }
    optimizer = OptimizerSnapshot(saved, numbers)
    if optimizer == nil { return nil }
  }
}

extension OptimizerSnapshot {
  fileprivate init?(_ facts: ConfigNode, _ numbers: (String) -> AlignedBuffer?) {
    guard let className = facts["class_name"]?.string,
      case .int(let iterations)? = facts["iterations"]?.content,
      let rate = facts["rate"].flatMap({ try? Double(config: $0) }),
      let names = facts["memory"]?.list?.map({ $0.string ?? "" })
    else { return nil }
    (self.className, self.iterations, self.rate) = (className, iterations, rate)
    startRate = facts["start_rate"].flatMap { try? Double?(config: $0) } ?? nil
    memory = names.compactMap { name in numbers(name).map { NamedNumbers(name, $0) } }
    guard memory.count == names.count else { return nil }
  }
}

extension Diagnostic {
  /// E0512: a checkpoint of another model.
  fileprivate static func otherModel(_ name: String, _ what: String) -> Diagnostic {
    Diagnostic(
      "E0512", "the checkpoint does not fit '\(name)': \(what)",
      help: "the run was made by another version of runexp, or its folder was changed; start the run again")
  }
}
