import Foundation
import RunService

/// The files and folders whose paths begin as a word does.
struct FileNames {
  /// The folder as it is written, with the slash at its end; empty for the working folder.
  private let folder: String
  private let beginning: String

  init(_ word: String) {
    let cut = word.lastIndex(of: "/").map { word.index(after: $0) } ?? word.startIndex
    folder = String(word[..<cut])
    beginning = String(word[cut...])
  }

  /// - Parameter endings: of the files that are wanted; `nil` for all, none for folders alone.
  /// - Returns: folders with a slash at their end. Hidden ones are there only if the word begins with a dot.
  func candidates(ending endings: [String]?) -> [Completion.Candidate] {
    let place = folder.isEmpty ? "." : Self.expanded(folder)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
    let wanted = names.filter { $0.hasPrefix(beginning) && ($0.first != "." || beginning.first == ".") }
    return wanted.sorted().compactMap { name in
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: "\(place)/\(name)", isDirectory: &isFolder) else {
        return nil
      }
      if isFolder.boolValue { return .init(text: "\(folder)\(name)/") }
      guard endings?.contains(where: name.hasSuffix) ?? true else { return nil }
      return .init(text: folder + name)
    }
  }

  /// A path with the home folder that a shell puts in the place of `~`.
  static func expanded(_ path: String) -> String {
    guard path == "~" || path.hasPrefix("~/"), let home = Places.environment("HOME") else { return path }
    return home + path.dropFirst()
  }
}
