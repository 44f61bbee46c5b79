package import Foundation

/// A file beside a wrong experiment.
package struct WrongFile: Sendable {
  package enum Content: Sendable {
    case text(String)
    /// A committed model file.
    case fixture(String)
  }

  package var name: String
  package var content: Content
  /// How much of it there is; `nil` for all.
  package var length: Int?
  /// A piece that is another one instead, of the same length.
  package var change: (old: String, new: String)?

  /// - Parameter fixtures: the folder of the committed model files.
  package func bytes(fixtures: URL) throws -> Data {
    var data =
      switch content {
      case .text(let text): Data(text.utf8)
      case .fixture(let name):
        try Data(contentsOf: fixtures.appending(path: name))
      }
    if let change {
      let (old, new) = (Data(change.old.utf8), Data(change.new.utf8))
      precondition(old.count == new.count && data.range(of: old) != nil, "nothing to replace in \(name)")
      while let range = data.range(of: old) { data.replaceSubrange(range, with: new) }
    }
    return length.map { data.prefix($0) } ?? data
  }
}
