/// Whose arithmetic a model follows, and whose words a file uses, where the versions of Keras differ.
///
/// A model from a file follows the Keras that wrote it, so that it goes on as it would have there.
public enum Semantics: String, CaseIterable, Sendable, Hashable, ConfigConvertible {
  case keras2, keras3

  public static var expectation: String { "keras3 or keras2" }

  /// The version that a file names; files that name none are Keras 1's.
  public init(version: String) {
    self = (Int(version.prefix { $0 != "." }) ?? 1) >= 3 ? .keras3 : .keras2
  }
}

extension Float {
  /// Keeps probabilities away from 0 and 1, and divisors from 0, as `keras.config.epsilon()` does.
  package static let kerasEpsilon: Float = 1e-7
}
