import Diagnostics
import Foundation
import RunEvents
import RunLog

/// A run that was asked for on the command line: by its name, as the latest, or by its folder.
enum RunPlace {
  /// - Returns: its folder.
  /// - Throws: E0907 if there is no such run.
  static func folder(of what: String, reports: String?) throws -> String {
    let path = URL(fileURLWithPath: what).path
    if FileManager.default.fileExists(atPath: path + "/run.sqlite") { return path }
    return URL(fileURLWithPath: try SavedModels(what, reports: reports).log).deletingLastPathComponent().path
  }

  /// Whether words on the command line are the path of an archive, in a zip file or unpacked.
  static func isArchive(_ what: String) -> Bool {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: what, isDirectory: &isFolder) else {
      return what.hasSuffix(".zip")
    }
    return !isFolder.boolValue || FileManager.default.fileExists(atPath: what + "/ro-crate-metadata.json")
  }
}
