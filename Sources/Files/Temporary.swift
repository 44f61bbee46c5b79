package import Diagnostics
import Foundation

/// A folder to work in that is gone afterwards, whatever happens.
public enum TemporaryFolder {
  /// - Throws: E0655 if there is no room for one, and what `body` throws.
  public static func with<T>(_ body: (_ path: String) throws -> T) throws -> T {
    var name = temporaryName()
    guard mkdtemp(&name) != nil else {
      throw Diagnostic.noTemporaryFolder(systemError().lowercased())
    }
    let path = text(of: name)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }
}

/// Makes an empty file that nobody else has; whoever calls closes and removes it.
/// - Returns: where it is, and its descriptor, to read and to write.
/// - Throws: the system's reason if there is no room for it.
public func openTemporaryFile() throws(FileObstacle) -> (path: String, descriptor: Int32) {
  var name = temporaryName()
  let descriptor = mkstemp(&name)
  guard descriptor >= 0 else { throw FileObstacle(systemError()) }
  return (text(of: name), descriptor)
}

/// What the system fills in to a name that is not taken.
private func temporaryName() -> [CChar] {
  Array((FileManager.default.temporaryDirectory.path + "/runexp-XXXXXX").utf8CString)
}

private func text(of name: [CChar]) -> String {
  String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
}

extension Diagnostic {
  /// E0655: no place to work in.
  package static func noTemporaryFolder(_ reason: String) -> Diagnostic {
    Diagnostic(
      "E0655", "cannot make a temporary folder, or fill it: \(reason)",
      help: "TMPDIR names another place for it")
  }
}
