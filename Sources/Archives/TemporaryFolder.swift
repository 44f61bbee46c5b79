import Files
import Diagnostics
import Foundation

/// A folder to work in that is gone afterwards, whatever happens.
public enum TemporaryFolder {
  /// - Throws: E0655 if there is no room for one, and what `body` throws.
  public static func with<T>(_ body: (_ path: String) throws -> T) throws -> T {
    var name = Array((FileManager.default.temporaryDirectory.path + "/runexp-XXXXXX").utf8CString)
    guard mkdtemp(&name) != nil else {
      throw Diagnostic.noTemporaryFolder(systemError().lowercased())
    }
    let path = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }
}

extension Diagnostic {
  /// E0655: no place to work in.
  static func noTemporaryFolder(_ reason: String) -> Diagnostic {
    Diagnostic(
      "E0655", "cannot make a temporary folder, or fill it: \(reason)",
      help: "TMPDIR names another place for it")
  }
}
