public import Diagnostics
import Foundation

/// Writes a file aside, makes sure it is on the disk, and renames it into place: it is there whole or not at all.
///
/// Its folder is made where there is none.
/// - Throws: E0905 if it cannot be written.
public func writeFile(_ bytes: [UInt8], to path: String) throws(Diagnostic) {
  try writeFile(to: path) { put in bytes.withUnsafeBytes(put) }
}

/// The same for a file that nobody has as a whole.
/// - Parameter body: hands on one piece after another.
/// - Throws: E0905 if it cannot be written.
public func writeFile(
  to path: String, _ body: (_ put: (UnsafeRawBufferPointer) -> Void) -> Void
) throws(Diagnostic) {
  func failing(_ place: String, _ reason: String) -> Diagnostic { .cannotWrite(path, reason) }
  try makeFolder(of: path)
  try replaceFile(path, failing: failing) { aside throws(Diagnostic) in
    let file = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw .cannotWrite(path, systemError()) }
    defer { close(file) }
    var failure: Int32 = 0
    body { piece in if failure == 0 { failure = writeAll(piece, to: file) } }
    guard failure == 0 else { throw .cannotWrite(path, String(cString: strerror(failure))) }
  }
}

/// Writes bytes to an open file, in as many pieces as the system takes them.
/// - Returns: the system's number of why not all of them were written; 0 if they were.
public func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
  var rest = bytes
  while !rest.isEmpty {
    let count = write(descriptor, rest.baseAddress, rest.count)
    if count < 0 && errno == EINTR { continue }
    guard count > 0 else { return count < 0 ? errno : EIO }
    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
  }
  return 0
}

/// Makes the folder that a file is in.
/// - Throws: E0905 if it cannot be made.
public func makeFolder(of path: String) throws(Diagnostic) {
  do {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  } catch {
    throw .cannotWrite(path, error)
  }
}

extension Diagnostic {
  /// E0905: a file that cannot be written.
  fileprivate static func cannotWrite(_ path: String, _ error: any Error) -> Diagnostic {
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
