public import Config

/// Makes the learning rate smaller when what it watches no longer gets better.
///
/// Keras: `keras.callbacks.ReduceLROnPlateau`.
public struct ReduceLROnPlateau: Callback {
  public var monitor = "val_loss"
  public var factor = 0.1
  public var patience = 10
  public var verbose = 0
  public var mode = MonitorMode.auto
  public var minDelta = 0.0001
  public var cooldown = 0
  public var minLR = 0.0

  private var wait = 0
  /// Epochs that are still not counted after the rate was made smaller.
  private var resting = 0
  private var best: Double?

  public init() {}

  public static let schema = Schema(
    "ReduceLROnPlateau", "Makes the learning rate smaller when what it watches no longer gets better.",
    prototype: Self(),
    Field("monitor", \.monitor, "What is watched, such as val_loss."),
    Field("factor", \.factor, "What the rate is multiplied by.") {
      $0 > 0 && $0 < 1 ? nil : "must be above 0 and below 1"
    },
    Field("patience", \.patience, "Epochs without getting better before it acts.", check: atLeast(0)),
    verboseField(\.verbose),
    Field("mode", \.mode, "Whether smaller (min) or larger (max) is better; auto goes by the metric."),
    Field("min_delta", \.minDelta, "The least change that counts as better.", check: atLeast(0)),
    Field("cooldown", \.cooldown, "Epochs after it acted that do not count.", check: atLeast(0)),
    Field("min_lr", \.minLR, "The smallest rate.", check: atLeast(0)))

  public var neededLog: String? { monitor }
  public var setsLearningRate: Bool { true }

  public var memory: ConfigNode {
    get { ["wait": wait.config, "resting": resting.config, "best": best.config] }
    set {
      wait = newValue["wait"].flatMap { try? Int(config: $0) } ?? 0
      resting = newValue["resting"].flatMap { try? Int(config: $0) } ?? 0
      best = newValue["best"].flatMap { try? Double?(config: $0) } ?? nil
    }
  }

  public mutating func handle(_ event: CallbackEvent, _ control: TrainingControl) throws {
    if case .began = event {
      wait = 0
      resting = 0
      best = nil
    }
    guard case .epochEnded(let epoch, let logs) = event, let value = logs[monitor] else { return }
    if resting > 0 {
      resting -= 1
      wait = 0
    }
    let grows = control.grows(monitor, mode)
    if best.map({ MonitorMode.isBetter(value, than: $0, by: minDelta, grows: grows) }) ?? true {
      best = value
      wait = 0
    } else if resting == 0 {
      wait += 1
      if wait >= patience { try reduce(epoch, control) }
    }
  }

  private mutating func reduce(_ epoch: Int, _ control: TrainingControl) throws {
    let rate = control.learningRate
    guard rate > Double(Float(minLR)) else { return }
    control.learningRate = max(rate * factor, minLR)
    resting = cooldown
    wait = 0
    if verbose > 0 {
      try control.outlet.say(
        "epoch \(epoch + 1): the learning rate goes from \(Float(rate)) to \(Float(control.learningRate))")
    }
  }
}
