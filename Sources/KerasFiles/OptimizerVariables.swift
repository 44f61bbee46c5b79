public import Config
public import Diagnostics
public import GraphEngine
import HDF5Files
import Optimizers
import TensorCore
public import Training

/// A trained parameter: where the engine has it, and what its variable is called in the file.
public struct TrainedParameter: Sendable {
  /// The path in the slab: `sequential/dense/kernel`.
  public var path: String
  /// The path in the file: `sequential/dense/kernel`, in Keras 2 `dense/kernel:0`.
  public var savedPath: String

  public init(_ path: String, savedAs savedPath: String) {
    self.path = path
    self.savedPath = savedPath
  }
}

/// The variables of an optimizer as Keras saves them, in Keras's order.
///
/// One list serves for writing and for reading, so that the two cannot differ. Keras matches variables by order and
/// shape, not by name.
public struct OptimizerVariables {
  private enum Layout { case keras3, keras2, legacy }

  /// What one variable holds.
  fileprivate enum Content {
    case counter
    case rate
    case scalar(Float)
    /// Numbers of a parameter; where there is no run they were never anything but `start`.
    case numbers(AlignedBuffer?, TrainedParameter, start: Float)
  }

  private let state: TrainingState
  private let slab: ParameterSlab
  private let trained: [TrainedParameter]

  /// - Parameter trained: the trained parameters in Keras's order.
  public init(_ state: TrainingState, _ slab: ParameterSlab, trained: [TrainedParameter]) {
    self.state = state
    self.slab = slab
    self.trained = trained
  }

  /// The variables, as the given Keras would save them.
  public func saved(as semantics: Semantics) -> [SavedVariable] {
    let prefix = state.settings.optimizer.innermost.savedName(semantics)
    let all = list(semantics == .keras3 ? .keras3 : .keras2)
    // Before the first step Keras's optimizers have nothing but the count and the rate.
    return (state.iterations == 0 ? Array(all.prefix(while: \.content.isHead)) : all).map { name, content in
      let path =
        switch (semantics, content) {
        case (.keras2, .counter): name
        default: "\(prefix)/\(name)"
        }
      switch content {
      case .counter: return SavedVariable(path, Int64(state.iterations))
      case .rate: return SavedVariable(path, Tensor([], [Float(state.learningRate)]))
      case .scalar(let value): return SavedVariable(path, Tensor([], [value]))
      case .numbers(let run?, let parameter, _):
        return SavedVariable(path, of: parameter.path, in: slab, run)
      case .numbers(nil, let parameter, let start):
        return SavedVariable(path, repeating: start, shape: slab.entry(parameter.path).spec.shape)
      }
    }
  }

  /// What stands before them in Keras 3 for an optimizer that scales the loss: a counter and a rate that nothing moves,
  /// then how far the scale has come.
  public var scaling: [SavedVariable] {
    guard let outer = state.settings.optimizer as? LossScaleOptimizer else { return [] }
    let prefix = outer.savedName(.keras3)
    let head = [SavedVariable("\(prefix)/iteration", 0), .init("\(prefix)/learning_rate", Tensor([], [0]))]
    guard state.iterations > 0 else { return head }
    let scale = outer.scale(after: state.iterations)
    return head + [
      SavedVariable("\(prefix)/step_counter", Int64(scale.steps), element: .int32),
      .init("\(prefix)/dynamic_scale", Tensor([], [Float(scale.factor)])),
    ]
  }

  /// How many numbers it keeps once it has taken a step, as Keras 3 counts them.
  public var count: Int {
    list(.keras3).reduce(0) { sum, variable in
      guard case .numbers(_, let parameter, _) = variable.content else { return sum + 1 }
      return sum + slab.entry(parameter.path).spec.shape.reduce(1, *)
    }
  }

  /// Takes up what a file of Keras 2 or 3 says; the optimizers before Keras 2.11 are recognized by their counter.
  /// - Returns: a warning if the variables do not fit the optimizer; it is as new then.
  public func restore(_ variables: [SavedVariable], from semantics: Semantics) -> Diagnostic? {
    guard let first = variables.first else { return nil }
    let isLegacy = semantics == .keras2 && first.path.split(separator: "/").last?.hasPrefix("iter:") == true
    let expected = list(isLegacy ? .legacy : semantics == .keras3 ? .keras3 : .keras2)
    // A model that was compiled but not trained has nothing to remember yet.
    let heads = expected.prefix(while: \.content.isHead)
    let found = variables.count == heads.count ? Array(heads) : expected
    if let mismatch = mismatch(variables, found) { return mismatch }
    do throws(Diagnostic) {
      for (variable, (_, content)) in zip(variables, found) { try restore(content, from: variable) }
    } catch {
      return .optimizerMismatch(error.message)
    }
    return nil
  }

  private func restore(_ content: Content, from variable: SavedVariable) throws(Diagnostic) {
    switch content {
    case .counter: state.iterations = Int(variable.integer ?? 0)
    case .rate: state.learningRate = Double(try variable.tensor().elements[0])
    case .numbers(let run?, let parameter, _):
      try slab.fill(parameter.path, in: run) { numbers throws(Diagnostic) in try variable.read(into: numbers)
      }
    case .numbers(nil, _, _), .scalar: break
    }
  }

  private func mismatch(
    _ variables: [SavedVariable], _ expected: [(name: String, content: Content)]
  ) -> Diagnostic? {
    guard variables.count == expected.count else {
      return .optimizerMismatch(
        "the file has \(variables.count) variables for it, \(state.settings.optimizer.className) needs \(expected.count)"
      )
    }
    for (variable, (name, content)) in zip(variables, expected) {
      switch content {
      // Beyond 2⁵³ steps no training gets, and arithmetic on the number would overflow.
      case .counter where (0...(1 << 53)).contains(variable.integer ?? -1): continue
      case .counter: return .optimizerMismatch("'\(variable.path)' is not what '\(name)' can be")
      case .rate, .scalar:
        if !variable.shape.isEmpty { return .optimizerMismatch("'\(variable.path)' is not a single number") }
      case .numbers(_, let parameter, _):
        if variable.shape != slab.entry(parameter.path).spec.shape {
          return .optimizerMismatch(
            "'\(variable.path)' has shape \(variable.shape), which is not that of '\(name)'")
        }
      }
    }
    return nil
  }

  /// Every variable with its name behind the optimizer's.
  private func list(_ layout: Layout) -> [(name: String, content: Content)] {
    let (optimizer, memory) = (state.settings.optimizer, state.memory)
    var list: [(name: String, content: Content)] = [
      (layout == .keras2 ? "iteration:0" : "iteration", .counter)
    ]
    let runs = Dictionary(
      uniqueKeysWithValues: zip(optimizer.slots.joined().map(\.name), memory.slots))
    func append(_ run: AlignedBuffer?, _ parameter: TrainedParameter, _ slot: OptimizerSlot) {
      let path = parameter.savedPath
      let name =
        layout == .keras3
        ? path.split(separator: "/").joined(separator: "_") + "_" + slot.name : "\(slot.shortName)/\(path)"
      list.append((name, .numbers(run, parameter, start: slot.start)))
    }
    if layout == .keras3 && !state.hasSchedule { list.append(("learning_rate", .rate)) }
    if layout == .legacy && optimizer.innermost is Nadam { list.append(("momentum_cache", .scalar(0))) }
    if let averages = memory.averages {
      for parameter in trained { append(averages, parameter, OptimizerSlot("average")) }
    }
    if let sums = memory.accumulators, layout == .keras3 {
      for parameter in trained { append(sums, parameter, OptimizerSlot("gradient_accumulator")) }
    }
    for group in groups(of: optimizer, layout) {
      for parameter in trained {
        for slot in group where state.keeps(slot, of: parameter.path) {
          append(runs[slot.name], parameter, slot)
        }
      }
    }
    if layout == .keras3, let (name, value) = optimizer.savedScalar(after: state.iterations) {
      list.append((name, .scalar(value)))
    }
    return list
  }

  /// Slots that lie side by side; the old optimizers have each slot by itself, but for one of them.
  private func groups(of optimizer: any Optimizer, _ layout: Layout) -> [[OptimizerSlot]] {
    switch layout {
    case .keras3: optimizer.slots
    case .keras2: optimizer.slotsInKeras2
    case .legacy: optimizer.innermost is Ftrl ? optimizer.slots : optimizer.slots.joined().map { [$0] }
    }
  }
}

extension OptimizerVariables.Content {
  /// What an optimizer has before it knows what it trains.
  fileprivate var isHead: Bool {
    switch self {
    case .counter, .rate: true
    case .scalar, .numbers: false
    }
  }
}

extension Optimizer {
  /// What an optimizer is called in a file: in Keras 2 as its class, in Keras 3 in snake case.
  func savedName(_ semantics: Semantics) -> String {
    if let outer = self as? LossScaleOptimizer { return outer.name ?? className.snakeCased }
    return common.name ?? (semantics == .keras2 ? className : className.snakeCased)
  }
}

extension Diagnostic {
  /// E0630: the optimizer's variables are not those of this optimizer and model.
  static func optimizerMismatch(_ what: String) -> Diagnostic {
    Diagnostic(
      "E0630", "the state of the optimizer was not taken up: \(what)", severity: .warning,
      help: "weights are not affected; training goes on with an optimizer that has seen nothing")
  }
}
