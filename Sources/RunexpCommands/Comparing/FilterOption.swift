import ArgumentParser
import Diagnostics
import RunLog

/// `--where`, for commands about several runs.
struct FilterOption: ParsableArguments {
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Only runs for which this holds: \"val_accuracy > 0.88 and learning_rate < 0.1 and tag = baseline\".",
      valueName: "filter"))
  var condition: String?

  /// The filter, if there is one.
  ///
  /// - Throws: E0715.
  func filter() throws(Diagnostic) -> RunFilter? {
    guard let condition else { return nil }
    return try RunFilter(condition)
  }

  /// Runs a command's work; a mistake in the filter is shown with its place, and is wrong usage.
  /// - Throws: how the command ends.
  func reporting(_ terminal: Terminal, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let diagnostic as Diagnostic {
      guard diagnostic.isInFilter else {
        terminal.report(diagnostic)
        throw Status.failed
      }
      var sources = SourceMap()
      _ = sources.add(path: "--where", text: condition ?? "")
      terminal.report([diagnostic], sources)
      throw Status.usage
    }
  }
}

extension Diagnostic {
  fileprivate var isInFilter: Bool { ["E0715", "E0716", "E0717"].contains(code) }
}
