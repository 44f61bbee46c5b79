import ArgumentParser
import Config
import Descriptions
import Reporting

/// `runexp describe`: what there is, and the settings of one of it.
struct Describe: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Describe what files choose by name: cells, layers, losses, figures, ….",
    discussion: """
      All names if none is given; those of one family for its name: cells, layers, activations, initializers, \
      regularizers, constraints, losses, metrics, optimizers, schedules, callbacks, figures.
      """)

  @Argument(
    help: ArgumentHelp(
      "Such as Dense, train, he_normal or Adam, or a family such as losses; all names if left out.",
      valueName: "name"))
  var name: String?

  func run() throws {
    let families = Catalogue.families
    guard let name else { return families.forEach(list) }
    let found = Catalogue.find(name)
    for (kind, member) in found { describe(member, kind) }
    let family = families.first { [$0.plural, $0.kind].contains(name.lowercased()) }
    // A layer cell and the layers, a loss named like its family: both are meant.
    if let family, found.isEmpty || name == family.plural { return list(family) }
    guard found.isEmpty else { return }
    let near = nearest(to: name, in: Catalogue.names + families.map(\.plural))
    throw ValidationError(
      "there is no '\(name)'"
        + (near.map { "; did you mean '\($0)'?" } ?? "; 'runexp describe' lists all names"))
  }

  private func list(_ family: Catalogue.Family) {
    print(family.plural.uppercased())
    for member in family.members { print("  \(member.name.padded(to: 32))\(member.summary)") }
    print("")
  }

  private func describe(_ member: MemberDescription, _ kind: String) {
    print("\(member.name) (\(kind)): \(member.summary)")
    if !member.aliases.isEmpty { print("  also written \(member.aliases.joined(separator: ", "))") }
    let required = member.jsonSchema["required"]?.list?.compactMap(\.string) ?? []
    for property in member.jsonSchema["properties"]?.entries ?? [] {
      guard let doc = property.value["description"]?.string else { continue }
      let value = member.defaults?[property.key]
      let fallback = value.map { $0["class_name"]?.sketch ?? $0.json } ?? ""
      let note =
        required.contains(property.key)
        ? "required" : fallback.isEmpty || fallback == "null" ? "" : "default \(fallback)"
      print("  \(property.key.padded(to: 24))\(note.padded(to: 26))\(doc)")
    }
    print("")
  }
}
