package import Config
import Experiments

/// The JSON Schema of a whole file.
///
/// Families, their members and settings that several members share stand once, under `$defs`. No `anyOf` between object
/// shapes: cells are told apart by the key they have, with `if` and `then`, so that an editor names the one wrong word
/// instead of rejecting the whole block. What files may define themselves, such as layers, may have any name.
package enum ExperimentSchema {
  /// One definition a line: a tenth of it would be indentation otherwise.
  package static var text: String {
    let node = node
    let lines = (node.entries ?? []).map { part -> String in
      guard part.key == "$defs", let definitions = part.value.entries else { return line(part, indent: 2) }
      return "  \"$defs\": {\n" + definitions.map { line($0, indent: 4) }.joined(separator: ",\n") + "\n  }"
    }
    return "{\n" + lines.joined(separator: ",\n") + "\n}"
  }

  private static func line(_ entry: ConfigNode.Entry, indent: Int) -> String {
    String(repeating: " ", count: indent) + ConfigNode(.string(entry.key)).json + ": " + compact(entry.value)
  }

  /// Without space between: every tenth byte would be one.
  private static func compact(_ node: ConfigNode) -> String {
    if let items = node.list { return "[" + items.map(compact).joined(separator: ",") + "]" }
    guard let entries = node.entries else { return node.json }
    let parts = entries.map { ConfigNode(.string($0.key)).json + ":" + compact($0.value) }
    return "{" + parts.joined(separator: ",") + "}"
  }

  package static var node: ConfigNode {
    var definitions = SchemaDefinitions()
    let header = definitions.settings(of: Header.schema.jsonSchema).entries ?? []
    let params: ConfigNode = [
      "type": ["object", "null"],
      "description": "What may vary between runs: $name in cells, -p name=value outside.",
    ]
    let cells: ConfigNode = [
      "type": "array", "description": "What is done, from the top down.", "items": cell(&definitions),
    ]
    for family in Catalogue.parts where family.kind != "figure" { definitions.add(family) }
    return definitions.inlined([
      "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "runexp experiment",
      "type": "object",
      "properties": ConfigNode(.map(header + [.init("params", params), .init("cells", cells)])),
      "required": ["cells"], "additionalProperties": false, "$defs": definitions.node,
    ])
  }

  /// A cell is told by its first key, which JSON Schema cannot see.
  ///
  /// Of all keywords only a few, such as `data`, are also settings: they are the kind where no other keyword stands.
  private static func cell(_ definitions: inout SchemaDefinitions) -> ConfigNode {
    let members = Catalogue.cells.members
    let keywords = members.map(\.name)
    let settings = Set(members.flatMap { $0.jsonSchema["properties"]?.entries?.map(\.key) ?? [] })
    let rules = members.map { member -> ConfigNode in
      let others = settings.contains(member.name) ? keywords.filter { $0 != member.name } : []
      definitions.add(cell: member)
      return ["if": has(member.name, butNone: others), "then": .reference(to: "cell.\(member.name)")]
    }
    let anyKind = keywords.map { ConfigNode.Entry($0, true) }
    return [
      "type": "object", "minProperties": 1, "allOf": ConfigNode(.list(rules)),
      "if": ["not": ["anyOf": ConfigNode(.list(keywords.map { ["required": [$0.config]] }))]],
      "then": ["properties": ConfigNode(.map(anyKind)), "additionalProperties": false],
    ]
  }

  private static func has(_ keyword: String, butNone others: [String]) -> ConfigNode {
    var condition: [ConfigNode.Entry] = [.init("required", [keyword.config])]
    if !others.isEmpty {
      condition.append(.init("not", ["anyOf": ConfigNode(.list(others.map { ["required": [$0.config]] }))]))
    }
    return ConfigNode(.map(condition))
  }
}
