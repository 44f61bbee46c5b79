import Config
import RunEvents
import RunLog

/// The crate of one run.
struct Crate {
  var run: RecordedRun
  var credits: Credits
  var files: [CrateFile]
}

/// Several runs in one archive: a crate for each in a folder of its own, and one around them that lists them.
struct Collection {
  let files: [CrateFile]

  init(of crates: [Crate]) {
    let runs = crates.map(\.run)
    let inner = crates.flatMap { crate in
      crate.files.map { file in
        var moved = file
        moved.name = "\(crate.run.name)/\(file.name)"
        return moved
      }
    }
    let readMe = CrateFile("README.md", text: Self.readMe(runs), "What this is")
    let metadata = CrateFile(
      "ro-crate-metadata.json", text: Self.graph(crates), "What is what, for machines")
    let all = inner + [readMe, metadata]
    files = all + [CrateFile(Manifest.name, text: Manifest(of: all).text, "The hash of every file")]
  }

  private static func readMe(_ runs: [RecordedRun]) -> String {
    let rows = runs.map { run in
      [
        "[\(CrateTexts.escaped(run.name))](\(run.name)/README.md)", CrateTexts.escaped(run.record.title),
        run.run.status.rawValue,
      ]
    }
    return """
      # \(runs.count) runs

      \(CrateTexts.table(["run", "title", "ended"], rows, isMarkdown: true))

      Each folder is an RO-Crate of its own: `runexp reproduce` takes one of them, unpacked, or this archive with
      `--run NAME`; `runexp verify` checks all of them.

      """
  }

  private static func graph(_ crates: [Crate]) -> String {
    let runs = crates.map(\.run)
    var credits = Credits()
    credits.authors = crates.flatMap(\.credits.authors).reduce(into: []) {
      if !$0.contains($1) { $0.append($1) }
    }
    let licences = Set(crates.map(\.credits.licence))
    if licences.count == 1 { credits.licence = crates[0].credits.licence }
    var graph = CrateGraph()
    graph.add(
      "ro-crate-metadata.json", ["CreativeWork"],
      ["about": CrateGraph.link("./"), "conformsTo": CrateGraph.link("https://w3id.org/ro/crate/1.1")])
    graph.add(
      "./", ["Dataset"],
      [
        "name": runs.map(\.name).joined(separator: ", ").config,
        "description": "\(runs.count) runs of experiments".config,
        "datePublished": String(CrateGraph.time(runs.map(\.end).max() ?? 0).prefix(10)).config,
        "license": CrateGraph.link(credits.licenceID), "author": credits.authorLinks,
        "publisher": credits.publisherLink,
        "hasPart": CrateGraph.links(runs.map { "\($0.name)/" } + ["README.md"]),
      ])
    credits.add(to: &graph)
    for run in runs {
      graph.add(
        "\(run.name)/", ["Dataset"],
        [
          "name": "\(run.record.title) (\(run.name))".config, "description": "A crate of its own",
          "conformsTo": CrateGraph.link("https://w3id.org/ro/crate"),
        ])
    }
    graph.add(
      "README.md", ["File"],
      ["name": "README.md", "about": CrateGraph.link("./"), "encodingFormat": "text/markdown"])
    return graph.text
  }
}
