public import Config

/// Lets stateful layers begin every epoch with states of 0.
///
/// Keras has no such callback: there one writes `on_epoch_begin` and calls `reset_states`. Without it an epoch begins
/// with the states in which the last batch ended, most often one of the validation.
public struct ResetStates: Callback {
  public var validation = true
  public init() {}
  public static let schema = Schema(
    "ResetStates", "Lets stateful layers begin every epoch with states of 0.", prototype: Self(),
    Field("validation", \.validation, "Whether every validation begins with states of 0, too."))

  public func handle(_ event: CallbackEvent, _ control: TrainingControl) {
    switch event {
    case .epochBegan: control.resetStates()
    case .validationBegan where validation: control.resetStates()
    default: break
    }
  }
}
