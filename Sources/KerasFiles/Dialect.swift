public import Config

/// Whose configurations a file holds: Keras 2 and Keras 3 cannot read each other's.
///
/// runexp speaks Keras 3 inside; what Keras 2 wrote is translated when it is read, and back when it is asked for.
public enum Dialect: String, CaseIterable, Sendable, ConfigConvertible {
  case keras3, keras2

  public static var expectation: String { "keras3 or keras2" }

  /// The version that is written into files: the one whose layout this is.
  var version: String { self == .keras3 ? "3.15.1" : "2.21.0" }

  /// The dialect of a file that names this version; files that name none are Keras 1's.
  init(version: String) {
    self = (Int(version.prefix { $0 != "." }) ?? 1) >= 3 ? .keras3 : .keras2
  }
}
