import Reporting
import ArgumentParser
import Config
import Experiments
import Layers
import Training

/// Everything that has a schema, by its name in files.
struct Catalogue {
  struct Entry {
    var kind: String
    var name: String
    var aliases: [String]
    var summary: String
    var schema: ConfigNode
    var defaults: ConfigNode?
  }

  let entries: [Entry] = {
    func all<M>(_ registry: Registry<M>) -> [Entry] {
      registry.entries.map {
        Entry(
          kind: registry.kind, name: $0.name, aliases: $0.aliases, summary: $0.summary, schema: $0.jsonSchema,
          defaults: $0.defaults)
      }
    }
    let cells = CellRegistry.all.map {
      Entry(
        kind: "cell", name: $0.keyword, aliases: [], summary: $0.summary, schema: $0.jsonSchema, defaults: nil
      )
    }
    return cells + all(LayerRegistry.all) + all(LossRegistry.all) + all(MetricRegistry.all)
      + all(OptimizerRegistry.all)
      + all(CallbackRegistry.all)
  }()
}

/// `runexp describe`: what there is, and the settings of one of it.
struct Describe: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe", abstract: "Describe a cell, layer, loss, metric, optimizer or callback.")

  @Argument(help: ArgumentHelp("Such as Dense, train or Adam; all names if left out.", valueName: "name"))
  var name: String?

  func run() throws {
    let entries = Catalogue().entries
    guard let name else {
      for kind in ["cell", "layer", "loss", "metric", "optimizer", "callback"] {
        print((kind.hasSuffix("s") ? kind + "es" : kind + "s").uppercased())
        for entry in entries where entry.kind == kind {
          print("  \(entry.name.padded(to: 32))\(entry.summary)")
        }
        print("")
      }
      return
    }
    let found = entries.filter { $0.name == name || $0.aliases.contains(name) }
    guard !found.isEmpty else {
      let near = nearest(to: name, in: entries.flatMap { [$0.name] + $0.aliases })
      throw ValidationError(
        "there is no '\(name)'"
          + (near.map { "; did you mean '\($0)'?" } ?? "; 'runexp describe' lists all names"))
    }
    for entry in found { describe(entry) }
  }

  private func describe(_ entry: Catalogue.Entry) {
    print("\(entry.name) (\(entry.kind)): \(entry.summary)")
    if !entry.aliases.isEmpty { print("  also written \(entry.aliases.joined(separator: ", "))") }
    let required = entry.schema["required"]?.list?.compactMap(\.string) ?? []
    for property in entry.schema["properties"]?.entries ?? [] {
      let value = entry.defaults?[property.key]
      let fallback = value.map { $0["class_name"]?.sketch ?? $0.json } ?? ""
      let note =
        required.contains(property.key)
        ? "required" : fallback.isEmpty || fallback == "null" ? "" : "default \(fallback)"
      print(
        "  \(property.key.padded(to: 24))\(note.padded(to: 26))\(property.value["description"]?.string ?? "")"
      )
    }
    print("")
  }
}
