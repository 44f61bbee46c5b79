import Config
import Foundation
import RunEvents
import RunLog

/// A run as a graph of the Provenance Run Crate profile: the experiment is the workflow, a cell is a step, what came out
/// are files and numbers.
///
/// Source: https://w3id.org/ro/wfrun/provenance/0.5, with its parents Workflow Run, Process Run and Workflow RO-Crate.
struct RunGraph {
  var graph = CrateGraph()
  let contents: CrateContents
  let credits: Credits
  let program: Program

  var recorded: RecordedRun { contents.recorded }
  var record: RunRecord { recorded.record }
  static let workflow = RunFile.experiment

  /// `ro-crate-metadata.json`.
  /// - Parameter files: all files, also those made for the archive.
  mutating func text(_ files: [CrateFile]) -> String {
    addRoot(files)
    addWorkflow()
    addActions()
    addChecks()
    for file in files { add(file) }
    for input in contents.inputs where input.member == nil { add(named: input) }
    credits.add(to: &graph)
    return graph.text
  }

  // MARK: What it is

  private mutating func addRoot(_ files: [CrateFile]) {
    let profiles = [
      ("https://w3id.org/ro/wfrun/process/0.5", "Process Run Crate", "0.5"),
      ("https://w3id.org/ro/wfrun/workflow/0.5", "Workflow Run Crate", "0.5"),
      ("https://w3id.org/ro/wfrun/provenance/0.5", "Provenance Run Crate", "0.5"),
      ("https://w3id.org/workflowhub/workflow-ro-crate/1.0", "Workflow RO-Crate", "1.0"),
    ]
    graph.add(
      "ro-crate-metadata.json", ["CreativeWork"],
      [
        "about": CrateGraph.link("./"),
        "conformsTo": CrateGraph.links(["https://w3id.org/ro/crate/1.1", profiles[3].0]),
      ])
    let named = contents.inputs.filter { $0.member == nil }.map(\.identifier)
    graph.add(
      "./", ["Dataset"],
      [
        "name": "\(record.title) (\(record.name))".config,
        "description":
          "One run of the experiment '\(record.experiment)' with runexp: \(words(recorded.run.status))."
          .config,
        "datePublished": String(CrateGraph.time(recorded.end).prefix(10)).config,
        "license": CrateGraph.link(credits.licenceID),
        "author": credits.authorLinks,
        "publisher": credits.publisherLink,
        "identifier": credits.doi.map { "https://doi.org/\($0)".config },
        "conformsTo": CrateGraph.links(profiles.map(\.0)),
        "hasPart": CrateGraph.links(files.map { CrateGraph.id(of: $0.name) } + named),
        "mainEntity": CrateGraph.link(Self.workflow),
        "mentions": CrateGraph.links(
          ["#run", "#engine"] + recorded.run.cells.map { "#cell-\($0.index + 1)" }),
      ])
    for (id, name, version) in profiles {
      graph.add(id, ["CreativeWork"], ["name": name.config, "version": version.config, "url": id.config])
    }
    graph.add("ro-crate-preview.html", ["CreativeWork"], ["about": CrateGraph.link("./"), "name": "Preview"])
  }

  private func words(_ status: RunStatus) -> String {
    status == .finished ? "finished" : recorded.failure ?? status.rawValue
  }

  // MARK: Files

  private mutating func add(_ file: CrateFile) {
    let isOutput = file.cell != nil
    let input = contents.inputs.first { $0.member == file.name }
    let formal = isOutput ? fragment("output", file.name) : input.map { fragment("input", $0.input.name) }
    graph.add(
      CrateGraph.id(of: file.name), ["File"],
      [
        "name": file.name.config, "description": file.caption.config, "encodingFormat": file.mediaType.config,
        "contentSize": "\(file.bytes)".config, "sha256": file.sha256.config,
        "about": file.name == "README.md" ? CrateGraph.link("./") : nil,
        "exampleOfWork": formal.map(CrateGraph.link), "url": input?.input.url.map(CrateGraph.link),
      ])
  }

  /// A file that is not in the archive, known by its hash.
  private mutating func add(named input: CrateInput) {
    graph.add(
      input.identifier, ["File"],
      [
        "name": input.fileName.config,
        "description": "Read as \(input.input.name), and not in the archive".config,
        "encodingFormat": CrateFile.mediaType(of: input.fileName).config,
        "contentSize": "\(input.bytes)".config, "sha256": input.sha256.config,
        "url": input.input.url.map(CrateGraph.link),
        "exampleOfWork": CrateGraph.link(fragment("input", input.input.name)),
      ])
  }
}
