import Config

/// The `$defs` of the JSON Schema: what stands in it several times, once.
struct SchemaDefinitions {
  private var entries: [ConfigNode.Entry] = []
  /// The settings that were met, in order, with what they are called.
  private var settings: [(name: String, schema: ConfigNode, count: Int)] = []

  init() {
    add("given", ["not": ["anyOf": [["type": "null"], ["type": "string", "pattern": "^\\$"]]]])
    for type in ["integer", "number", "boolean"] {
      add(type, ["if": .reference(to: "given"), "then": ["type": type.config]])
    }
    add("string", ["type": ["string", "null"]])
    // What a model is made of: a list, or a mapping of names in which a graph says what each is called from.
    add(
      "layers",
      choice("array", then: .list(of: "layer"), else: ["additionalProperties": .reference(to: "node")]))
    add(
      "node",
      choice(
        "object",
        then: [
          "allOf": [.reference(to: "layer")],
          "properties": [
            "from": [
              "description": "The inputs and layers it is called with: a name, a list, or by Keras's names."
            ],
            "layer": ["description": "A layer of this graph that is called again, with the same weights."],
            "model": ["description": "A model of a cell above, as a layer."],
            "repeat": ["description": "How many such layers there are, for a 'call'."],
            "trainable": ["description": "Whether its weights are trained."],
          ],
        ], else: .reference(to: "layer")))
    // One for all outputs, a list with one for each, or by the outputs' names.
    add("losses", choice("array", then: .list(of: "loss"), else: .reference(to: "loss")))
    add("metrics", choice("array", then: .list(of: "metrics"), else: .reference(to: "metric")))
  }

  /// All of them, the shared settings last.
  var node: ConfigNode {
    ConfigNode(.map(entries + settings.filter { $0.count > 1 }.map { .init($0.name, $0.schema) }))
  }

  /// With what is needed once in its own place.
  func inlined(_ schema: ConfigNode) -> ConfigNode {
    let once = settings.filter { $0.count == 1 }.map { (ConfigNode.reference(to: $0.name), $0.schema) }
    func inlined(_ node: ConfigNode) -> ConfigNode {
      if node["$ref"] != nil { return once.first { $0.0 == node }?.1 ?? node }
      if let items = node.list { return ConfigNode(.list(items.map(inlined))) }
      guard let entries = node.entries else { return node }
      return ConfigNode(.map(entries.map { .init($0.key, inlined($0.value)) }))
    }
    return inlined(schema)
  }

  private mutating func add(_ name: String, _ schema: ConfigNode) { entries.append(.init(name, schema)) }

  /// A family: a bare name, or a mapping of a name to its settings, or Keras's `class_name` and `config`.
  mutating func add(_ family: Catalogue.Family) {
    let names = family.members.flatMap { [$0.name] + $0.aliases }.map(\.config)
    let known: ConfigNode = ["enum": ConfigNode(.list(names))]
    let word: ConfigNode =
      family.isOpen
      ? ["anyOf": [known, ["type": ["string", "null"]]]]
      : ["if": .reference(to: "given"), "then": known]
    var properties: [ConfigNode.Entry] = []
    for member in family.members {
      let own = "\(family.kind).\(member.name)"
      add(own, settings(whole: member.jsonSchema))
      properties += ([member.name] + member.aliases).map { .init($0, .reference(to: own)) }
    }
    var mapping: [ConfigNode.Entry] = [.init("properties", ConfigNode(.map(properties)))]
    if !family.isOpen {
      let ofKeras = ["class_name", "config", "module", "registered_name"].map { ConfigNode.Entry($0, true) }
      mapping = [
        .init("properties", ConfigNode(.map(properties + ofKeras))), .init("additionalProperties", false),
        .init("if", ["not": ["required": ["class_name"]]]), .init("then", ["maxProperties": 1]),
      ]
    }
    add(family.kind, choice("object", then: ConfigNode(.map(mapping)), else: word))
  }

  /// A cell: its keyword, and its settings.
  mutating func add(cell: MemberDescription) {
    let own = settings(of: cell.jsonSchema).entries ?? []
    let keyword = ConfigNode.Entry(cell.name, ["description": cell.summary.config])
    add(
      "cell.\(cell.name)",
      [
        "properties": ConfigNode(.map([keyword] + own)), "required": cell.jsonSchema["required"] ?? [],
        "additionalProperties": false,
      ])
  }

  /// A map of settings, or nothing of it behind a name.
  private mutating func settings(whole schema: ConfigNode) -> ConfigNode {
    let own = settings(of: schema)
    let required = schema["required"]?.list ?? []
    var map: [ConfigNode.Entry] = [
      .init("type", required.isEmpty ? ["object", "null"] : "object"),
      .init("description", schema["description"] ?? ""), .init("properties", own),
    ]
    if !required.isEmpty { map.append(.init("required", ConfigNode(.list(required)))) }
    map.append(.init("additionalProperties", schema["additionalProperties"] ?? true))
    return ConfigNode(.map(map))
  }

  /// The settings of a map: each may be a parameter or nothing, and what several maps have alike is shared.
  mutating func settings(of schema: ConfigNode) -> ConfigNode {
    var own: [ConfigNode.Entry] = []
    for property in schema["properties"]?.entries ?? [] {
      own.append(.init(property.key, shared(value(property.value), as: property.key)))
    }
    return ConfigNode(.map(own))
  }

  private mutating func shared(_ schema: ConfigNode, as key: String) -> ConfigNode {
    guard schema["description"] != nil else { return schema }
    if let known = settings.firstIndex(where: { $0.schema == schema }) {
      settings[known].count += 1
      return .reference(to: settings[known].name)
    }
    let count = settings.count { $0.name == "set.\(key)" || $0.name.hasPrefix("set.\(key).") }
    let name = "set.\(key)" + (count == 0 ? "" : ".\(count + 1)")
    settings.append((name, schema, 1))
    return .reference(to: name)
  }

  /// Wherever a value may stand, `$name`, `$(expression)` and nothing may stand, too.
  private func value(_ schema: ConfigNode) -> ConfigNode {
    guard case .map(let parts) = schema.content else { return schema }
    let documented = parts.filter { $0.key == "description" }
    let rules = parts.filter { $0.key != "description" }
    guard !rules.isEmpty else { return schema }
    if rules.count == 1, let type = rules[0].value.string {
      // Members of families may be nothing or parameters themselves.
      if rules[0].key == "$ref" { return schema }
      if entries.contains(where: { $0.key == type }) {
        return ConfigNode(.map(documented + (ConfigNode.reference(to: type).entries ?? [])))
      }
    }
    return ConfigNode(.map(documented + given(rules.map(within))))
  }

  private func given(_ rules: [ConfigNode.Entry]) -> [ConfigNode.Entry] {
    [.init("if", .reference(to: "given")), .init("then", ConfigNode(.map(rules)))]
  }

  private func within(_ rule: ConfigNode.Entry) -> ConfigNode.Entry {
    switch rule.key {
    case "properties":
      let inner = (rule.value.entries ?? []).map { ConfigNode.Entry($0.key, value($0.value)) }
      return .init(rule.key, ConfigNode(.map(inner)))
    case "items": return .init(rule.key, value(rule.value))
    default: return rule
    }
  }

  private func choice(_ type: String, then: ConfigNode, else: ConfigNode) -> ConfigNode {
    ["if": ["type": type.config], "then": then, "else": `else`]
  }
}
