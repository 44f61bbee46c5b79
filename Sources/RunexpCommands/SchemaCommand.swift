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
      "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "runexp experiment", "type": "object",
      "properties": [
        "experiment": ["type": "string", "description": "Name of the runs."],
        "title": ["type": "string", "description": "Heading of the report."],
        "seed": ["type": "integer", "minimum": 0, "description": "Start of every random number."],
        "params": ["type": "object", "description": "What may vary between runs: $name in cells, -p name=value outside."],
        "cells": ["type": "array", "description": "What is done, from the top down.", "items": cell],
      ],
      "required": ["cells"], "additionalProperties": false,
    ]
  }

  private static var cell: ConfigNode {
    let rules = CellRegistry.all.map { entry -> ConfigNode in
      let keyword = entry.keyword.config
      var properties = (entry.jsonSchema["properties"]?.entries ?? []).map { property in
        members[property.key].map { ConfigNode.Entry(property.key, $0) } ?? property
      }
      properties.insert(.init(entry.keyword, ["description": entry.summary.config]), at: 0)
      return [
        "if": ["required": [keyword], "properties": [:]],
        "then": [
          "properties": ConfigNode(.map(properties)), "required": entry.jsonSchema["required"] ?? [],
          "additionalProperties": false,
        ],
      ]
    }
    // `train: mlp` beside `data: fashion`: the first key says the kind, which JSON Schema cannot express, so rarer
    // kinds come first and `data` only counts where no other kind is there.
    return ["type": "object", "minProperties": 1, "allOf": ConfigNode(.list(rules.filter { _ in true }))]
  }

  /// Settings whose values are members of a family.
  private static var members: [String: ConfigNode] {
    [
      "layers": ["type": "array", "items": choice(LayerRegistry.all)], "loss": choice(LossRegistry.all),
      "optimizer": choice(OptimizerRegistry.all), "metrics": ["type": "array", "items": choice(MetricRegistry.all)],
      "callbacks": ["type": "array", "items": choice(CallbackRegistry.all)],
    ]
  }

  /// A bare name or a one-key mapping.
  private static func choice<M>(_ registry: Registry<M>) -> ConfigNode {
    let names = registry.entries.flatMap { [$0.name] + $0.aliases }
    let properties = registry.entries.flatMap { entry in
      ([entry.name] + entry.aliases).map { ConfigNode.Entry($0, entry.jsonSchema) }
    }
    return [
      "if": ["type": "string"], "then": ["enum": ConfigNode(.list(names.map(\.config)))],
      "else": [
        "type": "object", "maxProperties": 1, "properties": ConfigNode(.map(properties)), "additionalProperties": false,
      ],
    ]
  }
}
