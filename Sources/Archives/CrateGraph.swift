import Config
import Reporting
import Foundation

/// A JSON-LD graph in the making: entities in the order they are added, each under its `@id` once.
struct CrateGraph {
  private(set) var entities: [ConfigNode] = []
  private var known: Set<String> = []

  /// Adds an entity; properties without a value are left out.
  mutating func add(_ id: String, _ types: [String], _ properties: KeyValuePairs<String, ConfigNode?>) {
    guard known.insert(id).inserted else { return }
    var entries: [ConfigNode.Entry] = [
      .init("@id", id.config), .init("@type", Self.one(types.map(\.config)) ?? nil),
    ]
    for (key, value) in properties {
      if let value, value.content != .null { entries.append(.init(key, value)) }
    }
    entities.append(ConfigNode(.map(entries)))
  }

  /// A link to an entity.
  static func link(_ id: String) -> ConfigNode { ["@id": id.config] }

  /// Links to entities; nothing if there are none.
  ///
  /// RO-Crate's checks prefer one value to a list of one.
  static func links(_ ids: [String]) -> ConfigNode? { one(ids.map(link)) }

  private static func one(_ values: [ConfigNode]) -> ConfigNode? {
    values.count < 2 ? values.first : ConfigNode(.list(values))
  }

  /// The whole file.
  var text: String {
    let node: ConfigNode = [
      "@context": [
        "https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context",
      ],
      "@graph": ConfigNode(.list(entities)),
    ]
    return node.prettyJSON + "\n"
  }

  /// A path in the crate as an `@id`: a relative reference.
  static func id(of path: String) -> String {
    let allowed = CharacterSet(
      charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/+=,@!")
    return path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path
  }

  /// The path in the crate that an `@id` means; `nil` for what lies elsewhere.
  static func path(of id: String) -> String? {
    // A scheme and a fragment both lead elsewhere.
    guard !id.hasPrefix("#"), id.firstMatch(of: /^[A-Za-z][A-Za-z0-9+.-]*:/) == nil else { return nil }
    let plain = id.hasPrefix("./") ? String(id.dropFirst(2)) : id
    return plain.removingPercentEncoding ?? plain
  }

  /// A moment as RO-Crate's checks want it: in UTC, with an offset.
  static func time(_ seconds: Double) -> String { TimeText.iso(seconds) }
}
