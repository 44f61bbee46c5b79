/// What there is to say of something that files choose by name: for `runexp describe`, and for editors.
public struct MemberDescription: Sendable {
  public let name: String
  /// Other spellings.
  public let aliases: [String]
  public let summary: String
  /// Of a map of its settings.
  public let jsonSchema: ConfigNode
  /// `nil` where there are none to show.
  public let defaults: ConfigNode?

  public init(
    _ name: String, aliases: [String] = [], _ summary: String, jsonSchema: ConfigNode,
    defaults: ConfigNode? = nil
  ) {
    self.name = name
    self.aliases = aliases
    self.summary = summary
    self.jsonSchema = jsonSchema
    self.defaults = defaults
  }

  /// The same with settings that all members of a family may have.
  public func adding(_ common: Set<String>) -> MemberDescription {
    guard case .map(let parts) = jsonSchema.content, !common.isEmpty else { return self }
    let more = common.subtracting(jsonSchema["properties"]?.entries?.map(\.key) ?? []).sorted()
    let whole = parts.map { part in
      guard part.key == "properties" else { return part }
      return ConfigNode.Entry(
        part.key, ConfigNode(.map((part.value.entries ?? []) + more.map { ConfigNode.Entry($0, [:]) })))
    }
    return MemberDescription(
      name, aliases: aliases, summary, jsonSchema: ConfigNode(.map(whole)), defaults: defaults)
  }
}

extension Registry {
  /// Every member, in order.
  public var descriptions: [MemberDescription] {
    entries.map {
      MemberDescription(
        $0.name, aliases: $0.aliases, $0.summary, jsonSchema: $0.jsonSchema, defaults: $0.defaults)
    }
  }
}

extension Schema {
  /// What there is to say of the type.
  public func description(aliases: [String] = []) -> MemberDescription {
    MemberDescription(name, aliases: aliases, summary, jsonSchema: jsonSchema, defaults: defaults)
  }
}

extension ConfigNode {
  /// The JSON Schema of a member of a family that has one of its own in the whole file's: `layer`, `loss`.
  public static func reference(to family: String) -> ConfigNode {
    ["$ref": ConfigNode(.string("#/$defs/\(family)"))]
  }

  /// The JSON Schema of a list of members.
  public static func list(of family: String) -> ConfigNode {
    ["type": "array", "items": reference(to: family)]
  }
}
