import GraphEngine
import Layers
import Losses

/// What callbacks do outside of the training: files below the run's folder, and words.
public struct Outlet {
  /// Writes the model to a path.
  public var save: (String) throws -> Void
  /// Writes a file whole; what the path held before is replaced.
  public var write: ([UInt8], String) throws -> Void
  /// Reads a file that was written; `nil` if there is none.
  public var read: (String) -> [UInt8]?
  /// Tells people something.
  public var say: (String) throws -> Void

  /// An outlet that leads nowhere but where it is told to.
  public init(
    save: @escaping (String) throws -> Void = { _ in },
    write: @escaping ([UInt8], String) throws -> Void = { _, _ in },
    read: @escaping (String) -> [UInt8]? = { _ in nil }, say: @escaping (String) throws -> Void = { _ in }
  ) {
    self.save = save
    self.write = write
    self.read = read
    self.say = say
  }
}

/// What a callback may do.
public final class TrainingControl {
  /// Set to end the training, with the words that say why.
  public var stopReason: String?
  /// The epoch, from 1, whose weights were put back.
  public var restoredEpoch: Int?
  private let built: BuiltModel
  private let state: TrainingState
  /// What callbacks do outside of the training.
  public let outlet: Outlet
  /// What every epoch of this training logged, the one that has just ended included, from ``firstEpoch`` on.
  public package(set) var history: [Logs] = []
  /// The number of the first epoch, from 0.
  public let firstEpoch: Int
  /// The weights that were kept last.
  private(set) var kept: AlignedBuffer?

  package init(
    _ built: BuiltModel, _ state: TrainingState, _ outlet: Outlet = Outlet(), firstEpoch: Int = 0
  ) {
    self.built = built
    self.state = state
    self.outlet = outlet
    self.firstEpoch = firstEpoch
  }

  /// The rate of the next step, in single precision as Keras has it; not to be set under a schedule.
  public var learningRate: Double {
    get { Double(Float(state.learningRate)) }
    set { state.learningRate = Double(Float(newValue)) }
  }

  /// Batches trained on in the life of the optimizer.
  public var iterations: Int { state.iterations }

  /// Whether a larger value of what is watched is better: as said, or as the metric of that name has it.
  func grows(_ monitor: String, _ mode: MonitorMode) -> Bool {
    switch mode {
    case .min: false
    case .max: true
    case .auto: state.settings.growing(built.model.outputNames).contains(monitor.strippingPrefix("val_"))
    }
  }

  /// Lets stateful layers begin with states of 0.
  func resetStates() { built.resetStates() }

  /// Remembers the weights as they are; one set is kept.
  public func keepWeights() {
    let storage = built.slab.storage
    let copy = kept ?? AlignedBuffer(storage.count)
    copy.pointer.update(from: storage.pointer, count: storage.count)
    kept = copy
  }

  /// Goes on with weights that were kept before a checkpoint.
  func keep(_ weights: AlignedBuffer?) {
    if let weights, weights.count == built.slab.storage.count { kept = weights }
  }

  /// Puts back the weights kept last.
  ///
  /// - Parameter epoch: from 1.
  public func restoreWeights(of epoch: Int) {
    guard let kept else { return }
    built.slab.storage.pointer.update(from: kept.pointer, count: kept.count)
    restoredEpoch = epoch
  }
}

extension CompileSettings {
  /// The names of metrics of which more is better.
  fileprivate func growing(_ outputs: [String]) -> Set<String> {
    let names = logNames(outputs: outputs).metrics
    let grow = self.outputs.flatMap(\.metrics).flatMap { named in
      named.logNames.map { _ in named.metric.growsWhenBetter }
    }
    return Set(zip(names.joined(), grow).filter(\.1).map(\.0))
  }
}
