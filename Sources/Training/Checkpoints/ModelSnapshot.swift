public import Config
public import Diagnostics
public import GraphEngine
import Layers
import Optimizers

/// Everything that training changed about a model: its numbers, what its optimizer remembers, and how far it is.
///
/// Numbers are those of the engine, padding included, not copies: encode them before the next step.
public struct ModelSnapshot {
  /// A parameter, to tell whether the numbers are those of a model like this one.
  public struct Parameter: Equatable, Sendable {
    public let path: String
    public let shape: [Int]
    /// Whether it was trained, which decides where it lies; `nil` in checkpoints that do not say so.
    public let isTrainable: Bool?

    func isSame(as other: Parameter) -> Bool { path == other.path && shape == other.shape }
  }

  public var parameters: [Parameter]
  public var weights: AlignedBuffer
  /// What stateful layers keep, and the numbers of it; none for most models.
  public var stateShapes: [Parameter]
  public var states: AlignedBuffer
  /// `nil` for a model that was not compiled.
  public var optimizer: OptimizerSnapshot?

  public init(_ built: BuiltModel) {
    func described(_ slab: ParameterSlab) -> [Parameter] {
      slab.entries.map {
        Parameter(path: $0.spec.path, shape: $0.spec.shape, isTrainable: $0.spec.isTrainable)
      }
    }
    parameters = described(built.slab)
    weights = built.slab.storage
    stateShapes = described(built.states)
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
    iterations = state.iterations
    rate = state.learningRate
    memory = state.rememberedNumbers
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
    guard snapshot.stateShapes.elementsEqual(ModelSnapshot(self).stateShapes, by: { $0.isSame(as: $1) }),
      snapshot.states.count == states.storage.count
    else {
      throw .otherModel(model.name, "its layers keep other states")
    }
    if let optimizer = snapshot.optimizer {
      guard trainsTheSame(as: snapshot) else {
        throw .otherModel(model.name, "other layers were trained, whose optimizer state does not fit")
      }
      try restore(optimizer)
    }
    copyWeights(of: snapshot)
    copy(snapshot.states, to: states.storage)
  }

  /// Goes on with an earlier training, which may have been compiled with another learning rate: the one here counts then.
  /// - Throws: E0512 if the snapshot is of another model or optimizer; nothing is changed then.
  public func resumeTraining(from snapshot: ModelSnapshot) throws(Diagnostic) {
    let (rate, own) = (training?.learningRate, ModelSnapshot(self))
    var snapshot = snapshot
    // States are for batches of one size; those of another begin with 0.
    if !snapshot.stateShapes.elementsEqual(own.stateShapes, by: { $0.isSame(as: $1) }) {
      snapshot.stateShapes = own.stateShapes
      snapshot.states = own.states
    }
    try restore(snapshot)
    if let rate, snapshot.optimizer?.startRate != rate { training?.learningRate = rate }
  }

  /// Takes over the weights alone.
  /// - Throws: E0512 if they are of another model.
  public func restoreWeights(_ snapshot: ModelSnapshot) throws(Diagnostic) {
    try check(snapshot)
    copyWeights(of: snapshot)
  }

  private func check(_ snapshot: ModelSnapshot) throws(Diagnostic) {
    let own = ModelSnapshot(self)
    guard own.parameters.elementsEqual(snapshot.parameters, by: { $0.isSame(as: $1) }),
      own.weights.count == snapshot.weights.count
    else { throw .otherModel(model.name, "its parameters are others") }
  }

  private func trainsTheSame(as snapshot: ModelSnapshot) -> Bool {
    zip(slab.entries, snapshot.parameters).allSatisfy {
      $0.spec.isTrainable == $1.isTrainable ?? $0.spec.isTrainable
    }
  }

  /// Trained parameters lie first, so numbers move where other layers were trained.
  private func copyWeights(of snapshot: ModelSnapshot) {
    if trainsTheSame(as: snapshot) { return copy(snapshot.weights, to: slab.storage) }
    let specs = zip(slab.entries, snapshot.parameters).map { own, saved in
      var spec = own.spec
      spec.isTrainable = saved.isTrainable ?? spec.isTrainable
      return spec
    }
    for (own, saved) in zip(slab.entries, ParameterSlab.entries(of: specs)) {
      let source = snapshot.weights.pointer + saved.offset
      (slab.storage.pointer + own.offset).update(from: source, count: own.footprint)
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
    state.iterations = saved.iterations
    state.learningRate = saved.rate
  }

  private func copy(_ source: AlignedBuffer, to target: AlignedBuffer) {
    target.pointer.update(from: source.pointer, count: target.count)
  }
}

extension ModelSnapshot {
  /// As parts of a checkpoint's file: facts, and numbers under names that begin with `name`.
  public func encoded(as name: String) -> (facts: ConfigNode, arrays: [NamedNumbers]) {
    func list(_ parameters: [Parameter]) -> ConfigNode {
      ConfigNode(
        .list(
          parameters.map {
            ["path": $0.path.config, "shape": $0.shape.config, "trainable": $0.isTrainable.config]
          }))
    }
    var facts: [ConfigNode.Entry] = [.init("parameters", list(parameters))]
    var arrays = [NamedNumbers("\(name)/weights", weights)]
    if !stateShapes.isEmpty {
      facts.append(.init("states", list(stateShapes)))
      arrays.append(NamedNumbers("\(name)/states", states))
    }
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
    guard let parameters = [Parameter](facts["parameters"]), let weights = numbers("weights") else {
      return nil
    }
    self.parameters = parameters
    self.weights = weights
    stateShapes = []
    states = AlignedBuffer(0)
    if let kept = facts["states"] {
      guard let shapes = [Parameter](kept), let numbers = numbers("states") else { return nil }
      stateShapes = shapes
      states = numbers
    }
    guard let saved = facts["optimizer"] else { return }
    optimizer = OptimizerSnapshot(saved, numbers)
    if optimizer == nil { return nil }
  }
}

extension [ModelSnapshot.Parameter] {
  fileprivate init?(_ facts: ConfigNode?) {
    guard let list = facts?.list else { return nil }
    self = list.compactMap { entry in
      guard let path = entry["path"]?.string, let shape = entry["shape"].flatMap({ try? [Int](config: $0) })
      else { return nil }
      let isTrainable = entry["trainable"].flatMap { try? Bool(config: $0) }
      return .init(path: path, shape: shape, isTrainable: isTrainable)
    }
    guard count == list.count else { return nil }
  }
}

extension OptimizerSnapshot {
  fileprivate init?(_ facts: ConfigNode, _ numbers: (String) -> AlignedBuffer?) {
    guard let className = facts["class_name"]?.string,
      case .int(let iterations)? = facts["iterations"]?.content,
      let rate = facts["rate"].flatMap({ try? Double(config: $0) }),
      let names = facts["memory"]?.list?.map({ $0.string ?? "" })
    else { return nil }
    self.className = className
    self.iterations = iterations
    self.rate = rate
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
