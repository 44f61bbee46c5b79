import ArgumentParser
import Diagnostics
import Files
import Foundation
import RunEvents

/// Every event of a run as a line of JSON, for another program: ``EventMessage`` says what a line is.
///
/// Owns the file.
final class EventLines: EventSink {
  private let descriptor: Int32
  private let name: String

  /// - Parameter name: a file, or `-` for standard output.
  /// - Throws: E0905 if the file cannot be written.
  init(_ name: String) throws(Diagnostic) {
    self.name = name
    descriptor =
      name == "-" ? STDOUT_FILENO : open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw .cannotWriteEvents(name, errno) }
  }

  deinit { if descriptor > STDERR_FILENO { close(descriptor) } }

  /// - Throws: E0905 if the file is not there any more, or full; a reader that went away wanted no more.
  func receive(_ event: RunEvent) throws {
    let reason = writeAll(EventMessage(event).line + "\n", to: descriptor)
    guard reason == 0 || reason == EPIPE else { throw Diagnostic.cannotWriteEvents(name, reason) }
  }
}

/// Whether another program is told of a run.
struct EventOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write every event as a line of JSON into this file; - for standard output.", valueName: "file"))
  var events: String?

  func sink() throws(Diagnostic) -> EventLines? {
    guard let events else { return nil }
    return try EventLines(events)
  }
}

extension Diagnostic {
  /// E0905: events that cannot be written.
  fileprivate static func cannotWriteEvents(_ name: String, _ number: Int32) -> Diagnostic {
    let reason = String(cString: strerror(number)).lowercased()
    return Diagnostic(
      "E0905", "the events cannot be written to '\(name)': \(reason)",
      help: "name a file in a folder that can be written, or - for standard output")
  }
}
