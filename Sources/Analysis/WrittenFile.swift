package import Diagnostics
import Files
import Foundation

/// Writes a file aside, makes sure it is on the disk, and renames it into place: it is there whole or not at all.
/// - Throws: E0905 if it cannot be written.
package func writeFile(_ bytes: [UInt8], to path: String) throws(Diagnostic) {
  try writeFile(to: path) { put in bytes.withUnsafeBytes(put) }
}

/// The same for a file that nobody has as a whole.
/// - Parameter body: hands on one piece after another.
package func writeFile(
  to path: String, _ body: (_ put: (UnsafeRawBufferPointer) -> Void) -> Void
) throws(Diagnostic) {
  func failing(_ place: String, _ reason: String) -> Diagnostic { .cannotWrite(path, reason) }
  try makeFolder(of: path)
  try replaceFile(path, failing: failing) { aside throws(Diagnostic) in
    let file = open(aside, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    guard file >= 0 else { throw .cannotWrite(path, systemError()) }
    defer { close(file) }
    var failure: Int32 = 0
    body { piece in
      var rest = piece
      while failure == 0, !rest.isEmpty {
        let count = Foundation.write(file, rest.baseAddress, rest.count)
        if count < 0 && errno == EINTR { continue }
        if count <= 0 { failure = errno } else { rest = UnsafeRawBufferPointer(rebasing: rest[count...]) }
      }
    }
    guard failure == 0 else { throw .cannotWrite(path, String(cString: strerror(failure))) }
  }
}

extension Diagnostic {
  /// E0905: a file of a run that cannot be written.
  static func cannotWrite(_ path: String, _ error: any Error) -> Diagnostic {
    // Foundation wraps the system's reason in words that say nothing.
    let system = error as? POSIXError ?? (error as? CocoaError)?.underlying as? POSIXError
    let reason =
      system.map { String(cString: strerror($0.code.rawValue)) } ?? "\(error.localizedDescription)"
    return cannotWrite(path, reason)
  }

  /// E0905 with the system's reason.
  fileprivate static func cannotWrite(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      "E0905", "'\(path)' cannot be written: \(reason.lowercased())",
      help: "free some room or check the permissions of the folder; what was logged so far is kept")
  }
}

/// Makes the folder that a file is in.
package func makeFolder(of path: String) throws(Diagnostic) {
  do {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  } catch {
    throw .cannotWrite(path, error)
  }
}
