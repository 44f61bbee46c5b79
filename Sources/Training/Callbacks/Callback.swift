public import Config
public import Diagnostics

/// What a callback is told.
///
/// Epochs count from 0, as in Keras.
public enum CallbackEvent {
  case began
  case epochBegan(epoch: Int)
  case batchEnded(loss: Double)
  /// What was logged so far in the epoch, whenever as many batches have passed as ``Callback/batchPeriod`` says.
  ///
  /// Batches count from 0 in each epoch, as in Keras.
  case batchesLogged(epoch: Int, batch: Int, logs: Logs)
  case validationBegan
  case epochEnded(epoch: Int, logs: Logs)
  case ended
}

/// Something that watches a training and may change its course: one method and an enum instead of fourteen hooks.
public protocol Callback: Configurable {
  mutating func handle(_ event: CallbackEvent, _ control: TrainingControl) throws
  /// Whether it wants to hear of every batch.
  var watchesBatches: Bool { get }
  /// After how many batches it wants to hear what was logged so far, if at all.
  var batchPeriod: Int? { get }
  /// Whether it sets the learning rate: then that is logged each epoch, as in Keras.
  var setsLearningRate: Bool { get }
  /// Files it writes below the run's folder.
  var files: [String] { get }
  /// E0382: settings that do not fit each other.
  func contradiction(at span: SourceSpan?) -> Diagnostic?
  /// The entry of the logs it cannot do without: `val_loss`.
  var neededLog: String? { get }
  /// What it remembers from one epoch to the next, for a checkpoint; set after `began` where a training goes on.
  var memory: ConfigNode { get set }
}

extension Callback {
  public var watchesBatches: Bool { false }
  public var batchPeriod: Int? { nil }
  public var setsLearningRate: Bool { false }
  public var files: [String] { [] }
  public func contradiction(at span: SourceSpan?) -> Diagnostic? { nil }
  public var neededLog: String? { nil }
  /// Most remember nothing.
  public var memory: ConfigNode {
    get { nil }
    set {}
  }
}
