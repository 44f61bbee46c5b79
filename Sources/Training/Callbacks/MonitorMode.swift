public import Config

/// Whether a smaller or a larger value of what is watched is better.
public enum MonitorMode: String, CaseIterable, ConfigConvertible {
  /// As the metric has it: accuracies are to grow, losses and errors to shrink.
  case auto
  case min, max

  /// Whether `value` is better than `other` by more than `delta`; what is no number is never.
  static func isBetter(_ value: Double, than other: Double, by delta: Double, grows: Bool) -> Bool {
    grows ? value - delta > other : value + delta < other
  }
}

extension Logs {
  /// The value of an entry.
  subscript(name: String) -> Double? { first { $0.name == name }?.value }
}

extension String {
  func strippingPrefix(_ prefix: String) -> String {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
  }
}

/// How much a callback says of what it does; Keras: `verbose`.
func verboseField<C: Callback>(_ path: any WritableKeyPath<C, Int> & Sendable) -> Field<C> {
  Field("verbose", path, "1 for a word whenever it does something.", check: within(0...2))
}
