public import Config

/// Ends a training as soon as a loss is not a number.
///
/// Keras: `keras.callbacks.TerminateOnNaN`.
public struct TerminateOnNaN: Callback {
  public var raiseError = false
  public init() {}
  public static let schema = Schema(
    "TerminateOnNaN", "Ends the training as soon as a loss is not a number.", prototype: Self(),
    Field(
      "raise_error", \.raiseError,
      "Keras's choice between an end and an error; here a loss that is not a number always fails the run."))

  public var watchesBatches: Bool { true }

  public func handle(_ event: CallbackEvent, _ control: TrainingControl) {
    if case .batchEnded(let loss) = event, !loss.isFinite { control.stopReason = "TerminateOnNaN" }
  }
}
