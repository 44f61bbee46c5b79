import Config
import Foundation

/// Judges values by a JSON Schema of draft 2020-12, as far as runexp's own goes; a keyword that it does not know is wrong.
struct JSONSchemaValidator {
  let root: ConfigNode

  /// What is wrong, with the place: `cells/3/layers: …`.
  func errors(in value: ConfigNode) -> [String] { check(value, root, "") }

  private func isValid(_ value: ConfigNode, _ schema: ConfigNode) -> Bool { check(value, schema, "").isEmpty }

  private func check(_ value: ConfigNode, _ schema: ConfigNode, _ place: String) -> [String] {
    if case .bool(let isAnything) = schema.content {
      return isAnything ? [] : ["\(place): nothing may stand here"]
    }
    return (schema.entries ?? []).flatMap { check(value, $0, of: schema, place) }
  }

  private func check(
    _ value: ConfigNode, _ rule: ConfigNode.Entry, of schema: ConfigNode, _ place: String
  ) -> [String] {
    func complaint(_ isRight: Bool, _ words: @autoclosure () -> String) -> [String] {
      isRight ? [] : ["\(place): \(words())"]
    }
    switch rule.key {
    case "$schema", "$defs", "title", "description", "then", "else": return []
    case "$ref": return check(value, definition(rule.value.string ?? ""), place)
    case "type":
      let types = (rule.value.list ?? [rule.value]).compactMap(\.string)
      return complaint(types.contains { value.has(type: $0) }, "\(value.sketch) is not of type \(types)")
    case "enum":
      return complaint(rule.value.list?.contains(value.plain) ?? false, "\(value.sketch) is not known")
    case "pattern":
      guard let text = value.string, let pattern = rule.value.string else { return [] }
      return complaint(
        text.range(of: pattern, options: .regularExpression) != nil, "'\(text)' does not match \(pattern)")
    case "minimum":
      guard let number = value.number, let least = rule.value.number else { return [] }
      return complaint(number >= least, "\(number) is below \(least)")
    case "minItems":
      return complaint(value.list.map { $0.count >= Int(rule.value.number ?? 0) } ?? true, "too few items")
    case "minProperties":
      return complaint(value.entries.map { $0.count >= Int(rule.value.number ?? 0) } ?? true, "too few keys")
    case "maxProperties":
      return complaint(value.entries.map { $0.count <= Int(rule.value.number ?? 0) } ?? true, "too many keys")
    case "required":
      guard value.entries != nil else { return [] }
      return (rule.value.list ?? []).compactMap(\.string).flatMap {
        complaint(value[$0] != nil, "'\($0)' is missing")
      }
    case "properties":
      return (value.entries ?? []).flatMap { entry in
        rule.value[entry.key].map { check(entry.value, $0, "\(place)/\(entry.key)") } ?? []
      }
    case "additionalProperties":
      let known = schema["properties"]
      return (value.entries ?? []).filter { known?[$0.key] == nil }.flatMap {
        check($0.value, rule.value, "\(place)/\($0.key)")
      }
    case "items":
      return (value.list ?? []).enumerated().flatMap { check($1, rule.value, "\(place)/\($0)") }
    case "not": return complaint(!isValid(value, rule.value), "is what it must not be")
    case "anyOf":
      return complaint(rule.value.list?.contains { isValid(value, $0) } ?? false, "fits none of several")
    case "allOf": return (rule.value.list ?? []).flatMap { check(value, $0, place) }
    case "if":
      let branch = isValid(value, rule.value) ? schema["then"] : schema["else"]
      return branch.map { check(value, $0, place) } ?? []
    default: return ["\(place): the validator does not know '\(rule.key)'"]
    }
  }

  private func definition(_ reference: String) -> ConfigNode {
    let name = reference.replacing("#/$defs/", with: "")
    return root["$defs"]?[name] ?? ["unknown reference \(reference)": true]
  }
}

extension ConfigNode {
  /// Without places.
  fileprivate var plain: ConfigNode { ConfigNode(content) }

  fileprivate var number: Double? {
    switch content {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  fileprivate func has(type: String) -> Bool {
    switch (type, content) {
    case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .list), ("object", .map),
      ("integer", .int), ("number", .int), ("number", .double):
      true
    case ("integer", .double(let value)): value == value.rounded()
    default: false
    }
  }
}
