import Foundation

/// The words for a run, on the command line and in experiments: `mlp-1`, `latest`, `best(mlp, val_accuracy)`.
public enum RunReference: Sendable, Equatable {
  case named(String)
  /// The run that was started last.
  case latest
  /// The best run of an experiment by a metric.
  case best(experiment: String, metric: String)

  /// Reads words; whatever is neither of the others is a name.
  public init(_ words: String) {
    self = words == "latest" ? .latest : Self.best(words) ?? .named(words)
  }

  private static func best(_ words: String) -> RunReference? {
    let (opening, closing) = ("best(", ")")
    guard words.hasPrefix(opening), words.hasSuffix(closing) else { return nil }
    let parts = words.dropFirst(opening.count).dropLast().split(separator: ",", maxSplits: 1).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    guard parts.count == 2, !parts.contains("") else { return nil }
    return .best(experiment: parts[0], metric: parts[1])
  }
}
