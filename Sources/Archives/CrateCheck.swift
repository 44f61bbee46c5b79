import Config
import Diagnostics

/// Whether the description of a crate fits its files: RO-Crate 1.1's rules about ids and links.
struct CrateCheck {
  private(set) var findings: [Verification.Finding] = []
  private let root: String
  private let archive: ArchiveReader
  private let hashes: [String: String]
  private var name: String { root + ArchiveReader.metadata }

  /// - Parameters:
  ///   - root: the folder of the crate in the archive, with a slash at its end.
  ///   - hashes: of the files that could be read.
  init(_ root: String, in archive: ArchiveReader, _ hashes: [String: String]) {
    self.root = root
    self.hashes = hashes
    self.archive = archive
    guard let text = try? archive.text(root + ArchiveReader.metadata) else {
      add(.missing, "it cannot be read")
      return
    }
    do throws(Diagnostic) {
      check(try ConfigNode(json: text))
    } catch {
      add(.inconsistent, error.message)
    }
  }

  private mutating func check(_ node: ConfigNode) {
    guard let graph = node["@graph"]?.list, node["@context"] != nil else {
      return add(.inconsistent, "it has no '@context' and '@graph'")
    }
    var entities: [String: ConfigNode] = [:]
    for entity in graph {
      guard let id = entity["@id"]?.string else {
        add(.inconsistent, "something described in it has no '@id'")
        continue
      }
      if entities.updateValue(entity, forKey: id) != nil { add(.inconsistent, "'\(id)' is described twice") }
    }
    guard entities["ro-crate-metadata.json"]?["about"]?["@id"]?.string == "./", let main = entities["./"]
    else {
      return add(.inconsistent, "it does not say what it is about")
    }
    let parts = (main["hasPart"]?.list ?? main["hasPart"].map { [$0] } ?? []).compactMap { $0["@id"]?.string }
    for part in parts where entities[part] == nil {
      add(.inconsistent, "'\(part)' is a part, and not described")
    }
    for (id, entity) in entities.sorted(by: { $0.key < $1.key }) {
      checkFile(id, entity)
      for link in Self.links(in: entity) where entities[link] == nil && isLost(link) {
        add(.inconsistent, "'\(id)' leads to '\(link)', which is not there")
      }
    }
  }

  private mutating func checkFile(_ id: String, _ entity: ConfigNode) {
    let types = entity["@type"]?.list?.compactMap(\.string) ?? [entity["@type"]?.string ?? ""]
    guard types.contains("File"), let path = CrateGraph.path(of: id) else { return }
    guard archive.contains(root + path) else {
      findings.append(.init(root + path, .missing, "\(name) describes it"))
      return
    }
    guard let hash = entity["sha256"]?.string, let own = hashes[root + path], own != hash else { return }
    findings.append(
      .init(root + path, .inconsistent, "its SHA-256 is \(short(own)), \(name) says \(short(hash))"))
  }

  /// Whether a link leads to something that is meant to be in the crate, and is not there.
  private func isLost(_ link: String) -> Bool {
    if link.hasPrefix("#") { return true }
    guard let path = CrateGraph.path(of: link) else { return false }
    return !archive.contains(root + path)
  }

  private static func links(in entity: ConfigNode) -> [String] {
    (entity.entries ?? []).filter { $0.key != "@id" }.flatMap { entry in
      (entry.value.list ?? [entry.value]).compactMap { $0["@id"]?.string }
    }
  }

  private mutating func add(_ problem: Verification.Finding.Problem, _ text: String) {
    findings.append(.init(name, problem, text))
  }
}
