import ArgumentParser
import Diagnostics
import Files
import Foundation
import Synchronization

/// Writes a result to stdout, in the place of Swift's own function: names in files, logs and archives are somebody else's,
/// and none of them may tell a terminal what to do.
func print(_ text: String) { Output.put(text.harmless + "\n") }

/// Writes a file to stdout: as it is, unless a person looks at it.
func printFile(_ text: String) { Output.put(isatty(STDOUT_FILENO) == 1 ? text.harmless : text) }

/// Writes a text to an open file.
/// - Returns: the system's number of why not all of it was written; 0 if it was.
func writeAll(_ text: String, to descriptor: Int32) -> Int32 {
  var text = text
  return text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: descriptor) }
}

/// What a command writes to stdout.
enum Output {
  /// The system's number of why something could not be written; 0 if all was.
  private static let failure = Atomic<Int32>(0)

  fileprivate static func put(_ text: String) {
    let reason = writeAll(text, to: STDOUT_FILENO)
    if reason != 0 { failure.store(reason, ordering: .relaxed) }
  }

  /// Makes sure that all of it was written.
  /// - Throws: how the command ends, after E0917 was said.
  static func finish() throws(ExitCode) {
    let reason = failure.load(ordering: .relaxed)
    // A reader that went away wanted no more.
    guard reason != 0, reason != EPIPE else { return }
    Terminal().report(.cannotPrint(String(cString: strerror(reason)).lowercased()))
    throw Status.failed
  }
}

extension Diagnostic {
  /// E0917: results that could not be written.
  fileprivate static func cannotPrint(_ reason: String) -> Diagnostic {
    Diagnostic(
      "E0917", "not all results were written to stdout: \(reason)",
      help: "free some space, or write them somewhere else")
  }
}
