import Config
import Foundation
import RunEvents
import RunLog

/// A run as a graph of the Provenance Run Crate profile: the experiment is the workflow, a cell is a step, what came out
/// are files and numbers.
///
/// Source: https://w3id.org/ro/wfrun/provenance/0.5, with its parents Workflow Run, Process Run and Workflow RO-Crate.
struct RunGraph {
  private var graph = CrateGraph()
  private let contents: CrateContents
  private let credits: Credits
  private let program: Program

  private var recorded: RecordedRun { contents.recorded }
  private var record: RunRecord { recorded.record }
  private static let workflow = "experiment.exp"

  init(_ contents: CrateContents, _ credits: Credits, _ program: Program) {
    (self.contents, self.credits, self.program) = (contents, credits, program)
  }

  /// `ro-crate-metadata.json`.
  /// - Parameter files: all files, also those made for the archive.
  mutating func text(_ files: [CrateFile]) -> String {
    addRoot(files)
    addWorkflow()
    addActions()
    addChecks()
    for file in files { add(file) }
    for input in contents.inputs where input.member == nil { add(named: input) }
    addPeople()
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
        "license": CrateGraph.link(licence),
        "author": CrateGraph.links(authors.map(\.id)),
        "publisher": CrateGraph.links(Array(affiliations.map(\.id).prefix(1))),
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

  // MARK: What was to be done

  private mutating func addWorkflow() {
    let keywords = recorded.run.cells.map(\.keyword).reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    let parameters = parameters
    graph.add(
      Self.workflow, ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
      [
        "name": record.title.config, "description": "The experiment file".config,
        "encodingFormat": "application/yaml",
        "conformsTo": CrateGraph.link("https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"),
        "programmingLanguage": CrateGraph.link("#exp"),
        "version": "1", "sha256": sha256(of: record.source.utf8).config,
        "url": CrateInput.identifier(sha256(of: record.source.utf8)).config,
        "contentSize": "\(record.source.utf8.count)".config,
        "license": CrateGraph.link(licence), "creator": CrateGraph.links(authors.map(\.id)),
        "dateCreated": CrateGraph.time(record.startedAt).config,
        "input": CrateGraph.links(parameters.map(\.id) + inputs.map(\.id)),
        "output": CrateGraph.links(outputs.map(\.id)),
        "hasPart": CrateGraph.links(keywords.map(program.tool)),
        "step": CrateGraph.links(recorded.run.cells.map { "#step-\($0.index + 1)" }),
      ])
    graph.add(
      "#exp", ["ComputerLanguage"],
      [
        "name": "runexp experiment file", "alternateName": "exp",
        "identifier": CrateGraph.link("https://yaml.org/"),
        "url": CrateGraph.link("https://yaml.org/"),
      ])
    addProgram(program.id, program.name)
    for keyword in keywords { addProgram(program.tool(keyword), keyword) }
    for cell in recorded.run.cells {
      graph.add(
        "#step-\(cell.index + 1)", ["HowToStep"],
        [
          "name": cell.title.config, "position": "\(cell.index + 1)".config,
          "workExample": CrateGraph.link(program.tool(cell.keyword)),
        ])
    }
    for parameter in parameters + inputs + outputs {
      graph.add(
        parameter.id, ["FormalParameter"],
        [
          "name": parameter.name.config, "additionalType": parameter.type.config,
          "conformsTo": CrateGraph.link("https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"),
          "valueRequired": parameter.isRequired.config, "workExample": CrateGraph.links(parameter.values),
        ])
    }
    for parameter in parameters + numbers {
      guard let value = parameter.value else { continue }
      graph.add(
        parameter.values[0], ["PropertyValue"],
        [
          "name": parameter.name.config, "value": value.config,
          "exampleOfWork": CrateGraph.link(parameter.id),
        ])
    }
  }

  private mutating func addProgram(_ id: String, _ name: String) {
    graph.add(
      id, ["SoftwareApplication"],
      [
        "name": name.config, "softwareVersion": program.version.config,
        "url": CrateGraph.link(program.id), "operatingSystem": "Linux",
      ])
  }

  /// Something that goes into the experiment or comes out of it, and what it was this time.
  private struct Formal {
    var id: String
    var name: String
    var type: String
    var values: [String]
    var value: String?
    var isRequired = false
  }

  private var parameters: [Formal] {
    let seed = RunRecord.Parameter(name: "seed", json: "\(record.seed)")
    return ([seed] + record.parameters.filter { $0.name != "seed" }).map {
      let text = (try? ConfigNode(json: $0.json).string) ?? $0.json
      return Formal(
        id: fragment("parameter", $0.name), name: $0.name, type: Self.type($0.json),
        values: [fragment("value", $0.name)], value: text)
    }
  }

  private var inputs: [Formal] {
    contents.inputs.reduce(into: [Formal]()) { all, file in
      let id = fragment("input", file.input.name)
      guard let known = all.firstIndex(where: { $0.id == id }) else {
        all.append(
          Formal(id: id, name: file.input.name, type: "File", values: [self.id(of: file)], isRequired: true))
        return
      }
      all[known].type = "Collection"
      all[known].values.append(self.id(of: file))
    }
  }

  private var outputs: [Formal] {
    let files = contents.files.filter { $0.cell != nil }.map { file in
      Formal(
        id: fragment("output", file.name), name: file.name, type: "File",
        values: [CrateGraph.id(of: file.name)])
    }
    return files + numbers
  }

  /// The last value of each metric.
  private var numbers: [Formal] {
    recorded.metrics.map { metric in
      let name = "\(metric.series).\(metric.name)"
      return Formal(
        id: fragment("output", name), name: name, type: "Float", values: [fragment("result", name)],
        value: pythonRepr(metric.last.value))
    }
  }

  private static func type(_ json: String) -> String {
    switch json.first {
    case "t", "f": "Boolean"
    case "\"", "[", "{", "n", nil: "Text"
    default: json.contains { ".eEIN".contains($0) } ? "Float" : "Integer"
    }
  }

  private func fragment(_ kind: String, _ name: String) -> String { "#\(kind)/\(CrateGraph.id(of: name))" }
  private func id(of file: CrateInput) -> String { file.member.map(CrateGraph.id) ?? file.identifier }

  // MARK: What was done

  private mutating func addActions() {
    let times = (CrateGraph.time(record.startedAt).config, CrateGraph.time(recorded.end).config)
    let failure = recorded.failure
    let agents = CrateGraph.links(authors.map(\.id))
    graph.add(
      "#run", ["CreateAction"],
      [
        "name": record.name.config, "description": shellCommand(record.command).config,
        "instrument": CrateGraph.link(Self.workflow),
        "object": CrateGraph.links(parameters.flatMap(\.values) + inputs.flatMap(\.values)),
        "result": CrateGraph.links(outputs.flatMap(\.values)), "agent": agents,
        "startTime": times.0, "endTime": times.1, "actionStatus": Self.status(failure == nil).config,
        "error": failure?.config,
      ])
    graph.add(
      "#engine", ["OrganizeAction"],
      [
        "name": "runexp \(program.version)".config, "instrument": CrateGraph.link(program.id),
        "object": CrateGraph.links(recorded.run.cells.map { "#control-\($0.index + 1)" }),
        "result": CrateGraph.link("#run"), "agent": agents, "startTime": times.0, "endTime": times.1,
        "actionStatus": Self.status(failure == nil).config, "error": failure?.config,
      ])
    // Cells run one after another; how long each took is known, and when the first began.
    var start = record.startedAt
    for cell in recorded.run.cells {
      let end = start + (cell.seconds ?? max(0, recorded.end - start))
      add(cell, from: start, to: end)
      start = end
    }
  }

  private mutating func add(_ cell: LoggedCell, from start: Double, to end: Double) {
    let number = cell.index + 1
    let isDone = cell.status == .finished
    let results = contents.files.filter { $0.cell == cell.index }.map { CrateGraph.id(of: $0.name) }
    let read = inputs.filter { _ in ["data", "load", "predict"].contains(cell.keyword) }
      .filter { formal in recorded.reads(cell, formal.name) }.flatMap(\.values)
    let measured = measured(by: cell)
    graph.add(
      "#control-\(number)", ["ControlAction"],
      [
        "name": "cell \(number)".config, "instrument": CrateGraph.link("#step-\(number)"),
        "object": CrateGraph.link("#cell-\(number)"), "actionStatus": Self.status(isDone).config,
      ])
    graph.add(
      "#cell-\(number)", ["CreateAction"],
      [
        "name": cell.title.config, "description": "Cell \(number) of the experiment".config,
        "instrument": CrateGraph.link(program.tool(cell.keyword)),
        "object": CrateGraph.links(cell.keyword == "train" ? parameters.flatMap(\.values) : read),
        "result": CrateGraph.links(results + measured.flatMap(\.values) + outcomes(of: cell)),
        "agent": CrateGraph.links(authors.map(\.id)),
        "startTime": CrateGraph.time(start).config, "endTime": CrateGraph.time(end).config,
        "actionStatus": Self.status(isDone).config,
        "error": isDone ? nil : (recorded.failure ?? cell.status.rawValue).config,
      ])
  }

  /// The outcomes of checks, where one cell has them all.
  private func outcomes(of cell: LoggedCell) -> [String] {
    let isOnly = recorded.run.cells.count { $0.keyword == "check" } == 1
    return cell.keyword == "check" && isOnly ? recorded.checks.indices.map { "#check/\($0 + 1)" } : []
  }

  private mutating func addChecks() {
    for (number, check) in recorded.checks.enumerated() {
      graph.add(
        "#check/\(number + 1)", ["PropertyValue"],
        [
          "name": check.expression.config,
          "value": "\(check.passed ? "passed" : "failed"): \(check.found)".config,
        ])
    }
  }

  /// The metrics that a cell brought: a training's bear its model's name; of several evaluations the log does not say
  /// which brought what.
  private func measured(by cell: LoggedCell) -> [Formal] {
    let trained = recorded.run.cells.filter { $0.keyword == "train" }.map { $0.name + "." }
    switch cell.keyword {
    case "train": return numbers.filter { $0.name.hasPrefix(cell.name + ".") }
    case "evaluate" where recorded.run.cells.count(where: { $0.keyword == "evaluate" }) == 1:
      return numbers.filter { number in !trained.contains(where: number.name.hasPrefix) }
    default: return []
    }
  }

  private static func status(_ isGood: Bool) -> String {
    "http://schema.org/" + (isGood ? "CompletedActionStatus" : "FailedActionStatus")
  }

  // MARK: Files and people

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
        "exampleOfWork": formal.map(CrateGraph.link), "sameAs": input?.url.map(CrateGraph.link),
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
        "url": input.url.map(CrateGraph.link),
        "exampleOfWork": CrateGraph.link(fragment("input", input.input.name)),
      ])
  }

  private var authors: [(id: String, author: Credits.Author)] {
    credits.authors.enumerated().map { ($1.id ?? "#author-\($0 + 1)", $1) }
  }

  private var affiliations: [(id: String, name: String)] {
    credits.authors.compactMap(\.affiliation).reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    .enumerated().map { ("#organization-\($0 + 1)", $1) }
  }

  private var licence: String {
    if let id = credits.licence { return "https://spdx.org/licenses/\(CrateGraph.id(of: id))" }
    return credits.licenceFile == nil ? "#no-licence" : "LICENSE"
  }

  private mutating func addPeople() {
    for (id, author) in authors {
      let affiliation = affiliations.first { $0.name == author.affiliation }
      graph.add(
        id, ["Person"],
        [
          "name": author.name.config, "affiliation": affiliation.map { CrateGraph.link($0.id) },
          "url": author.id.map(CrateGraph.link),
        ])
    }
    for (id, name) in affiliations { graph.add(id, ["Organization"], ["name": name.config]) }
    if let id = credits.licence {
      graph.add(
        licence, ["CreativeWork"],
        ["name": id.config, "description": "The licence".config, "url": licence.config])
    } else if credits.licenceFile == nil {
      graph.add(
        licence, ["CreativeWork"],
        ["name": "No licence", "description": "Nobody said what may be done with it: ask the authors."])
    }
  }
}

extension LoggedCell {
  /// As the console and the report call it: `train mlp`.
  var title: String { name.isEmpty ? keyword : "\(keyword) \(name)" }
}

extension RecordedRun {
  /// Whether a cell is the one that reads an input: of data, the one whose files they are.
  func reads(_ cell: LoggedCell, _ input: String) -> Bool {
    guard let request, let found = request.inputs.first(where: { $0.name == input }) else {
      return cell.keyword == "data"
    }
    let files = datasets.first { $0.name == cell.name }?.files.map(\.path) ?? []
    switch cell.keyword {
    case "data": return found.paths.contains(where: files.contains)
    case "load": return found.kind == .model || found.kind == .run
    default:
      return found.kind == .data && !datasets.contains { $0.files.contains { found.paths.contains($0.path) } }
    }
  }
}
