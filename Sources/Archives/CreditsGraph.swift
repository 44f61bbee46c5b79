import Config

/// Authors, their organisations and the licence as entities of a graph.
extension Credits {
  private var people: [(id: String, author: Author)] {
    authors.enumerated().map { ($1.id ?? "#author-\($0 + 1)", $1) }
  }

  private var affiliations: [(id: String, name: String)] {
    authors.compactMap(\.affiliation).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      .enumerated().map { ("#organization-\($0 + 1)", $1) }
  }

  /// Links to the authors; nothing if nobody is named.
  var authorLinks: ConfigNode? { CrateGraph.links(people.map(\.id)) }

  /// Who stands behind it: the first author's organisation.
  var publisherLink: ConfigNode? { CrateGraph.links(Array(affiliations.map(\.id).prefix(1))) }

  /// The `@id` of the licence: SPDX's page, the file, or that there is none.
  var licenceID: String {
    if let licence { return "https://spdx.org/licenses/\(CrateGraph.id(of: licence))" }
    return licenceFile == nil ? "#no-licence" : "LICENSE"
  }

  /// Describes them all.
  func add(to graph: inout CrateGraph) {
    for (id, author) in people {
      let affiliation = affiliations.first { $0.name == author.affiliation }
      graph.add(
        id, ["Person"],
        [
          "name": author.name.config, "affiliation": affiliation.map { CrateGraph.link($0.id) },
          "url": author.id.map(CrateGraph.link),
        ])
    }
    for (id, name) in affiliations { graph.add(id, ["Organization"], ["name": name.config]) }
    if let licence {
      graph.add(
        licenceID, ["CreativeWork"],
        ["name": licence.config, "description": "The licence".config, "url": licenceID.config])
    } else if licenceFile == nil {
      graph.add(
        licenceID, ["CreativeWork"],
        ["name": "No licence", "description": "Nobody said what may be done with it: ask the authors."])
    }
  }
}
