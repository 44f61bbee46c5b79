package import Diagnostics
import Foundation
import RunEvents

/// A file that a plan was made from, by its path and its hash: what a run reads is what was checked.
package struct CheckedFile: Sendable {
  package let path: String
  /// `nil` for a file that cannot be read, of which its reader says why.
  private let hash: String?

  package init(_ path: String) {
    self.path = path
    hash = try? sha256(file: path).sha256
  }

  /// - Throws: E0525 if it is another file by now.
  package func verify() throws(Diagnostic) {
    if (try? sha256(file: path).sha256) != hash { throw .changed(path) }
  }
}

extension Diagnostic {
  /// E0525: a file that changed between check and run.
  package static func changed(_ path: String) -> Diagnostic {
    Diagnostic(
      "E0525",
      "'\(URL(fileURLWithPath: path).lastPathComponent)' has changed since the experiment was checked",
      help: "start the run again; it is then checked with the file as it is now")
  }
}
