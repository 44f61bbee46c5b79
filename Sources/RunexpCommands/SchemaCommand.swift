import ArgumentParser
import Config
import Experiments
import Layers
import Training

/// `runexp schema`: the JSON Schema that editors use, made from the descriptions that decode the file.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of experiment files, for editors.")

  func run() throws { print(ExperimentSchema.node.prettyJSON) }
}

/// The JSON Schema of a whole file.
///
/// No `anyOf` between object shapes: cells are told apart by the key they have, with `if` and `then`, so that an editor
/// names the one wrong word instead of rejecting the whole block.
enum ExperimentSchema {
  static var node: ConfigNode {
    [
      "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "runexp experiment",
      "type": "object",
      "properties": [
        "experiment": ["type": "string", "description": "Name of the runs."],
        "title": ["type": "string", "description": "Heading of the report."],
        "seed": ["type": "integer", "minimum": 0, "description": "Start of every random number."],
        "params": [
          "type": "object",
          "description": "What may vary between runs: $name in cells, -p name=value outside.",
        ],
        "cells": ["type": "array", "description": "What is done, from the top down.", "items": cell],
      ],
      "required": ["cells"], "additionalProperties": false,
    ]
  }

  /// A cell is told by its first key, which JSON Schema cannot see.
  ///
  /// Of all keywords only `data` is also a setting: it is the kind where no other keyword stands.
  private static var cell: ConfigNode {
    let keywords = CellRegistry.keywords
    let settings = Set(CellRegistry.all.flatMap { $0.jsonSchema["properties"]?.entries?.map(\.key) ?? [] })
    let rules = CellRegistry.all.map { entry -> ConfigNode in
      let others = settings.contains(entry.keyword) ? keywords.filter { $0 != entry.keyword } : []
      return ["if": has(entry.keyword, butNone: others), "then": settingsOf(entry)]
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

  private static func settingsOf(_ entry: CellEntry) -> ConfigNode {
    var properties = (entry.jsonSchema["properties"]?.entries ?? []).map { property in
      ConfigNode.Entry(property.key, orParameter(members[property.key] ?? property.value))
    }
    properties.insert(.init(entry.keyword, ["description": entry.summary.config]), at: 0)
    return [
      "properties": ConfigNode(.map(properties)), "required": entry.jsonSchema["required"] ?? [],
      "additionalProperties": false,
    ]
  }

  /// Wherever a value may stand, `$name` and `$(expression)` may stand too.
  private static func orParameter(_ schema: ConfigNode) -> ConfigNode {
    guard case .map(let entries) = schema.content else { return schema }
    let documented = entries.filter { $0.key == "description" }
    let rules = entries.filter { $0.key != "description" }
    guard !rules.isEmpty else { return schema }
    let isParameter: ConfigNode = ["type": "string", "pattern": "^\\$"]
    let within = rules.map { rule in
      switch rule.key {
      case "properties":
        let inner = (rule.value.entries ?? []).map { ConfigNode.Entry($0.key, orParameter($0.value)) }
        return ConfigNode.Entry(rule.key, ConfigNode(.map(inner)))
      case "items", "else": return ConfigNode.Entry(rule.key, orParameter(rule.value))
      default: return rule
      }
    }
    return ConfigNode(
      .map(documented + [.init("if", ["not": isParameter]), .init("then", ConfigNode(.map(within)))]))
  }

  /// Settings whose values are members of a family.
  private static var members: [String: ConfigNode] {
    [
      "layers": ["type": "array", "items": choice(LayerRegistry.all)], "loss": choice(LossRegistry.all),
      "optimizer": choice(OptimizerRegistry.all),
      "metrics": ["type": "array", "items": choice(MetricRegistry.all)],
      "weighted_metrics": ["type": "array", "items": choice(MetricRegistry.all)],
      "callbacks": ["type": "array", "items": choice(CallbackRegistry.all)],
    ]
  }

  /// A bare name or a one-key mapping.
  private static func choice<M>(_ registry: Registry<M>) -> ConfigNode {
    let names = registry.entries.flatMap { [$0.name] + $0.aliases }
    let common = registry.commonKeys.sorted().map { ConfigNode.Entry($0, [:]) }
    let properties = registry.entries.flatMap { entry in
      let settings = (entry.jsonSchema.entries ?? []).map { part in
        guard part.key == "properties" else { return part }
        return ConfigNode.Entry(part.key, ConfigNode(.map((part.value.entries ?? []) + common)))
      }
      return ([entry.name] + entry.aliases).map { ConfigNode.Entry($0, ConfigNode(.map(settings))) }
    }
    return [
      "if": ["type": "string"], "then": ["enum": ConfigNode(.list(names.map(\.config)))],
      "else": [
        "type": "object", "maxProperties": 1, "properties": ConfigNode(.map(properties)),
        "additionalProperties": false,
      ],
    ]
  }
}
