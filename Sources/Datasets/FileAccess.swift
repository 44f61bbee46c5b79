public import Diagnostics
import Foundation

/// Where the files of an experiment are, and what they hold: what is on disk, or a text that is held in memory because it
/// came through a pipe or is open in an editor.
public struct FileAccess: Sendable {
  /// The folder that paths in the experiment are relative to.
  public var base: String
  /// Where the small data sets that come with the program may be, in this order.
  public var searchFolders: [String]
  /// The value of `RUNEXP_DATA`: a folder with one folder for each large data set.
  public var dataFolder: String?
  /// Where files and folders are that were moved, by the path that the experiment gives them.
  public var moved: [String: String]
  /// Texts that count instead of those on disk, by path.
  public var texts: [String: [UInt8]] = [:]

  public init(
    base: String = ".", searchFolders: [String] = [], dataFolder: String? = nil, moved: [String: String] = [:]
  ) {
    self.base = base
    self.searchFolders = searchFolders
    self.dataFolder = dataFolder
    self.moved = moved
  }

  /// Where a file or folder is that an experiment names.
  public func path(of written: String) -> String {
    moved[written] ?? (written.hasPrefix("/") ? written : base + "/" + written)
  }

  /// All of a text.
  /// - Throws: E0904 if it cannot be read.
  public func text(_ path: String) throws(Diagnostic) -> [UInt8] {
    if let text = texts[path] { return text }
    do {
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw .unreadable(path)
    }
  }
}

/// Where data sets are looked for, and what makes their random choices.
public struct DataEnvironment: Sendable {
  public var files: FileAccess
  public var seed: UInt64
  /// Whether tables that are read to check an experiment are kept for its run.
  public var keepsTables = false

  public init(_ files: FileAccess, seed: UInt64 = 0) {
    self.files = files
    self.seed = seed
  }
}

extension Diagnostic {
  /// E0904: a file that cannot be read.
  fileprivate static func unreadable(_ path: String) -> Diagnostic {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if isFolder.boolValue {
      return Diagnostic("E0904", "'\(path)' is a folder", help: "name a file in it that ends in .exp")
    }
    return Diagnostic(
      "E0904", exists ? "'\(path)' cannot be read" : "there is no file '\(path)'",
      help: exists
        ? "check its permissions" : "experiments end in .exp; check the spelling and the folder you are in")
  }
}
