public import Config

/// Ends a training as soon as a loss is not a number.
///
/// Keras: `keras.callbacks.TerminateOnNaN`.
public struct TerminateOnNaN: Callback {
  public init() {}
  public static let schema = Schema(
    "TerminateOnNaN", "Ends the training as soon as a loss is not a number.", prototype: Self())

  public var watchesBatches: Bool { true }

  public func handle(_ event: CallbackEvent, _ control: TrainingControl) {
    if case .batchEnded(let loss) = event, !loss.isFinite { control.stopReason = "TerminateOnNaN" }
  }
}
