import Diagnostics
import Files
import Foundation

/// What killed processes leave in a reports folder: runs half removed, and files half written.
enum Leftovers {
  private static let ending = ".removed"

  /// Where a run is while it is removed.
  static func hidden(_ run: String, in folder: String) -> String { "\(folder)/.\(run)\(ending)" }

  /// Removes a hidden folder; it may be that another process is doing so, and is quicker.
  /// - Throws: E0718 if it is still there then.
  static func remove(_ hidden: String) throws(Diagnostic) {
    var reason = ""
    for _ in 0..<100 {
      var status = stat()
      guard lstat(hidden, &status) == 0 else { return }
      do {
        return try FileManager.default.removeItem(atPath: hidden)
      } catch {
        reason = systemReason(of: error)
        guard reason == String(cString: strerror(ENOENT)) || reason == String(cString: strerror(ENOTEMPTY))
        else { break }
        usleep(10_000)
      }
    }
    throw .cannotRemove(hidden, reason)
  }

  /// Removes what is left of removals, and files that are written by nobody any more.
  /// - Parameter running: runs that are left alone.
  static func sweep(reports folder: String, running: Set<String>) throws(Diagnostic) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.hasPrefix(".") && name.hasSuffix(ending) { try remove("\(folder)/\(name)") }
    sweepAside(in: folder, recursively: false)
    for run in RunFolder.names(in: folder) where !running.contains(run) {
      sweepAside(in: "\(folder)/\(run)", recursively: true)
    }
  }

  /// The system's words below those of Foundation.
  static func systemReason(of error: any Error) -> String {
    var inner = error as NSError
    while let next = inner.userInfo[NSUnderlyingErrorKey] as? NSError { inner = next }
    guard inner.domain == NSPOSIXErrorDomain else { return error.localizedDescription }
    return String(cString: strerror(Int32(inner.code)))
  }
}

extension Diagnostic {
  /// E0718: the folder of a run that cannot be removed.
  static func cannotRemove(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic("E0718", "cannot remove '\(path)': \(reason)", help: "check who owns the folder and its files")
  }
}
