public import Config

/// Ends a training when what it watches no longer gets better.
///
/// Keras: `keras.callbacks.EarlyStopping`.
public struct EarlyStopping: Callback {
  public var monitor = "val_loss"
  public var minDelta = 0.0
  public var patience = 0
  public var mode = MonitorMode.auto
  public var baseline: Double?
  public var restoreBestWeights = false
  public var startFromEpoch = 0
  public var verbose = 0

  private var wait = 0
  private var best: Double?
  /// The epoch whose weights are kept: the best one, or the first if none was good.
  private var bestEpoch: Int?

  public init() {}

  public static let schema = Schema(
    "EarlyStopping", "Ends the training when what it watches no longer gets better.", prototype: Self(),
    Field("monitor", \.monitor, "What is watched, such as val_loss."),
    Field("min_delta", \.minDelta, "The least change that counts as better.", check: atLeast(0)),
    Field("patience", \.patience, "Epochs without getting better before it ends.", check: atLeast(0)),
    Field("mode", \.mode, "Whether smaller (min) or larger (max) is better; auto goes by the name."),
    Field("baseline", \.baseline, "A value to get better than; epochs that do not reach it are waited for."),
    Field("restore_best_weights", \.restoreBestWeights, "Whether the weights of the best epoch come back."),
    Field("start_from_epoch", \.startFromEpoch, "Epochs that are not watched.", check: atLeast(0)),
    verboseField(\.verbose))

  public var neededLog: String? { monitor }

  public var memory: ConfigNode {
    get { ["wait": wait.config, "best": best.config, "best_epoch": bestEpoch.config] }
    set {
      wait = newValue["wait"].flatMap { try? Int(config: $0) } ?? 0
      best = newValue["best"].flatMap { try? Double?(config: $0) } ?? nil
      bestEpoch = newValue["best_epoch"].flatMap { try? Int?(config: $0) } ?? nil
    }
  }

  public mutating func handle(_ event: CallbackEvent, _ control: TrainingControl) throws {
    switch event {
    case .began:
      wait = 0
      best = nil
      bestEpoch = nil
    case .epochEnded(let epoch, let logs): try epochEnded(epoch, logs, control)
    case .ended:
      if restoreBestWeights, let bestEpoch { control.restoreWeights(of: bestEpoch + 1) }
    default: break
    }
  }

  private mutating func epochEnded(_ epoch: Int, _ logs: Logs, _ control: TrainingControl) throws {
    guard epoch >= startFromEpoch, let value = logs[monitor] else {
      return
    }
    // With weights to restore there is always a set to go back to, even if nothing ever gets better.
    if restoreBestWeights && bestEpoch == nil {
      control.keepWeights()
      bestEpoch = epoch
    }
    wait += 1
    if improves(value, on: best, control) {
      best = value
      bestEpoch = epoch
      if restoreBestWeights { control.keepWeights() }
      if baseline.map({ improves(value, on: $0, control) }) ?? true { wait = 0 }
      return
    }
    guard wait >= patience && epoch > 0 else { return }
    control.stopReason = "EarlyStopping"
    if verbose > 0 {
      try control.outlet.say(
        "epoch \(epoch + 1): \(monitor) is no better for \(wait) epochs, the training ends")
    }
  }

  private func improves(_ value: Double, on other: Double?, _ control: TrainingControl) -> Bool {
    guard let other else { return !value.isNaN }
    return MonitorMode.isBetter(value, than: other, by: minDelta, grows: control.grows(monitor, mode))
  }
}
