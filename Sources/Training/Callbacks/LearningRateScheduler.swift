public import Config
import Diagnostics

/// Sets the learning rate at the beginning of every epoch.
///
/// Keras: `keras.callbacks.LearningRateScheduler`. What is a function there is an expression over `epoch`, from 0, and
/// `lr`, the rate so far: `lr * 0.5 if epoch >= 10 else lr`; or one of Keras's schedules, by the epoch.
public struct LearningRateScheduler: Callback {
  public var schedule = EpochRate.expression("lr")
  public var verbose = 0
  public init() {}

  public static let schema = Schema(
    "LearningRateScheduler", "Sets the learning rate at the beginning of every epoch.", prototype: Self(),
    Field(
      "schedule", \.schedule,
      "An expression over epoch, from 0, and lr, the rate so far; or a schedule, by the epoch."
    ).required,
    verboseField(\.verbose))

  public var setsLearningRate: Bool { true }

  public func handle(_ event: CallbackEvent, _ control: TrainingControl) throws {
    guard case .epochBegan(let epoch) = event else { return }
    control.learningRate = try schedule.rate(epoch: epoch, after: control.learningRate)
    if verbose > 0 {
      try control.outlet.say("epoch \(epoch + 1): the learning rate is \(Float(control.learningRate))")
    }
  }
}
