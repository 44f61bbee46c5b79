public import Config
import GraphEngine

/// What a callback is told.
///
/// Epochs count from 0, as in Keras.
public enum CallbackEvent {
  case began
  case batchEnded(loss: Double)
  case epochEnded(epoch: Int, logs: Logs)
  case ended
}

/// Something that watches a training and may change its course: one method and an enum instead of fourteen hooks.
public protocol Callback: Configurable {
  mutating func handle(_ event: CallbackEvent, _ control: TrainingControl) throws
  /// Whether it wants to hear of every batch.
  var watchesBatches: Bool { get }
  /// The entry of the logs it cannot do without: `val_loss`.
  var neededLog: String? { get }
  /// What it remembers from one epoch to the next, for a checkpoint; set after `began` where a training goes on.
  var memory: ConfigNode { get set }
}

extension Callback {
  public var watchesBatches: Bool { false }
  public var neededLog: String? { nil }
  /// Most remember nothing.
  public var memory: ConfigNode {
    get { nil }
    set {}
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
  /// Writes the model to a path below the run's folder.
  public let save: (String) throws -> Void
  /// The weights that were kept last.
  private(set) var kept: AlignedBuffer?

  package init(_ built: BuiltModel, _ state: TrainingState, save: @escaping (String) throws -> Void) {
    self.built = built
    self.state = state
    self.save = save
  }

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

/// Every callback by Keras's name.
public enum CallbackRegistry {
  public static let all = Registry<any Callback>(
    "callback",
    [
      .init(EarlyStopping.self) { $0 },
      .init(ModelCheckpoint.self) { $0 },
      .init(TerminateOnNaN.self) { $0 },
    ])
}

/// Whether a smaller or a larger value of what is watched is better.
public enum MonitorMode: String, CaseIterable, ConfigConvertible {
  case auto, min, max

  /// What `auto` means for a metric: accuracies are to grow, everything else to shrink.
  func grows(_ monitor: String) -> Bool {
    switch self {
    case .min: false
    case .max: true
    case .auto: monitor.hasSuffix("acc") || monitor.hasSuffix("accuracy") || monitor.hasSuffix("auc")
    }
  }
}
