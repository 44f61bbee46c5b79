import Config
import RunEvents
import RunLog

/// Several runs in one archive: a crate for each in a folder of its own, and one around them that lists them.
struct Collection {
  let files: [CrateFile]

  init(crates: [(run: RecordedRun, files: [CrateFile])], _ licence: String?) {
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
      "ro-crate-metadata.json", text: Self.graph(runs, licence), "What is what, for machines")
    let all = inner + [readMe, metadata]
    files = all + [CrateFile(Manifest.name, text: Manifest(of: all).text, "The hash of every file")]
  }

  private static func readMe(_ runs: [RecordedRun]) -> String {
    let rows = runs.map { run in
      ["[\(CrateTexts.escaped(run.name))](\(run.name)/README.md)", CrateTexts.escaped(run.record.title), run.run.status.rawValue]
    }
    return """
      # \(runs.count) runs

      \(CrateTexts.table(["run", "title", "ended"], rows, isMarkdown: true))

      Each folder is an RO-Crate of its own: `runexp reproduce` takes one of them, unpacked, or this archive with
      `--run NAME`; `runexp verify` checks all of them.

      """
  }

  private static func graph(_ runs: [RecordedRun], _ licence: String?) -> String {
    var graph = CrateGraph()
    graph.add(
      "ro-crate-metadata.json", ["CreativeWork"],
      ["about": CrateGraph.link("./"), "conformsTo": CrateGraph.link("https://w3id.org/ro/crate/1.1")])
    let right = licence.map { "https://spdx.org/licenses/\(CrateGraph.id(of: $0))" } ?? "#licence"
    graph.add(
      "./", ["Dataset"],
      [
        "name": runs.map(\.name).joined(separator: ", ").config, "description": "\(runs.count) runs of experiments".config,
        "datePublished": String(CrateGraph.time(runs.map(\.end).max() ?? 0).prefix(10)).config,
        "license": CrateGraph.link(right),
        "hasPart": CrateGraph.links(runs.map { "\($0.name)/" } + ["README.md"]),
      ])
    graph.add(
      right, ["CreativeWork"],
      ["name": (licence ?? "See each run").config, "description": "Each run says what may be done with it"])
    for run in runs {
      graph.add(
        "\(run.name)/", ["Dataset"],
        [
          "name": "\(run.record.title) (\(run.name))".config, "description": "A crate of its own",
          "conformsTo": CrateGraph.link("https://w3id.org/ro/crate"),
          "subjectOf": CrateGraph.link("\(run.name)/ro-crate-metadata.json"),
        ])
      graph.add(
        "\(run.name)/ro-crate-metadata.json", ["File"],
        ["name": "Metadata of \(run.name)".config, "encodingFormat": "application/ld+json"])
    }
    graph.add(
      "README.md", ["File"],
      ["name": "README.md", "about": CrateGraph.link("./"), "encodingFormat": "text/markdown"])
    return graph.text
  }
}
