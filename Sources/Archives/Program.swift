/// The program that ran and that writes the archive.
public struct Program: Sendable {
  public var name = "runexp"
  public var version: String
  /// The SHA-256 of its file.
  public var sha256: String

  public init(version: String, sha256: String) {
    self.version = version
    self.sha256 = sha256
  }

  /// What names it in a graph.
  var id: String { "urn:runexp:program:\(version)" }

  /// What runs the cells of a kind.
  func tool(_ keyword: String) -> String { "\(id)#\(keyword)" }
}
