public import Config
public import Diagnostics

/// Every callback by Keras's name.
public enum CallbackRegistry {
  public static let all = Registry<any Callback>(
    "callback",
    [
      .init(EarlyStopping.self) { $0 },
      .init(ModelCheckpoint.self) { $0 },
      .init(ReduceLROnPlateau.self) { $0 },
      .init(LearningRateScheduler.self) { $0 },
      .init(CSVLogger.self) { $0 },
      .init(TensorBoard.self) { $0 },
      .init(BackupAndRestore.self) { $0 },
      .init(TerminateOnNaN.self) { $0 },
      .init(ResetStates.self) { $0 },
    ])

  /// What Keras has for its own works, or for Python, and what there is instead.
  public static let withoutMeaning: [(name: String, instead: String)] = [
    ("History", "what is logged is always kept: see 'runexp show RUN', or 'plot: learning_curves'"),
    ("ProgbarLogger", "the progress is always shown; '-q' turns it off"),
    ("CallbackList", "write its callbacks one by one under 'callbacks:'"),
    ("Callback", "name one that does something: \(all.names.joined(separator: ", "))"),
    (
      "LambdaCallback",
      "a file has no Python; a rate that changes is a LearningRateScheduler, what is to be known later a metric"
    ),
    ("RemoteMonitor", "a run opens no connection; 'runexp export' hands what was logged to other programs"),
    ("SwapEMAWeights", "set 'use_ema: true' for the optimizer; averages become the weights at the end"),
  ]

  /// Reads a callback; every mistake is reported, `nil` if there was one.
  ///
  /// Beside what the registry checks, it must have a meaning in a file (E0380), and its settings must not contradict
  /// each other (E0382).
  public static func decode(_ node: ConfigNode, into bag: inout DiagnosticBag) -> (any Callback)? {
    let name = node.string ?? node["class_name"]?.string ?? node.entries?.first?.key
    if let known = withoutMeaning.first(where: { $0.name == name }) {
      bag.report(.withoutMeaning(known.name, known.instead, at: node.entries?.first?.keySpan ?? node.span))
      return nil
    }
    guard let callback = all.decode(node, into: &bag) else { return nil }
    guard let contradiction = callback.contradiction(at: node.span) else { return callback }
    bag.report(contradiction)
    return nil
  }
}

/// A path that stays below the run's folder; says what is wrong with it otherwise.
@Sendable func belowFolder(_ path: String) -> String? {
  let steps = path.split(separator: "/")
  if path.hasPrefix("/") || steps.contains("..") || steps.allSatisfy({ $0 == "." }) {
    return "must lie below the run's folder"
  }
  return nil
}

extension Diagnostic {
  /// E0380: a class of Keras's that does nothing here.
  fileprivate static func withoutMeaning(_ name: String, _ instead: String, at span: SourceSpan?)
    -> Diagnostic
  {
    Diagnostic(
      "E0380", "\(name) has no meaning in a file", at: span.map { .init($0, "remove it") }, help: instead)
  }
}
