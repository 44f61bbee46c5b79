import Config
import Foundation
import RunEvents
import RunLog

/// What was to be done: the experiment, its steps and the programs for them, what goes in and what comes out.
extension RunGraph {
  mutating func addWorkflow() {
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
        "license": CrateGraph.link(credits.licenceID), "creator": credits.authorLinks,
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

  mutating func addProgram(_ id: String, _ name: String) {
    graph.add(
      id, ["SoftwareApplication"],
      [
        "name": name.config, "softwareVersion": program.version.config,
        "url": CrateGraph.link(program.id), "operatingSystem": "Linux",
      ])
  }

  /// Something that goes into the experiment or comes out of it, and what it was this time.
  struct Formal {
    var id: String
    var name: String
    var type: String
    var values: [String]
    var value: String?
    var isRequired = false
  }

  var parameters: [Formal] {
    let seed = RunRecord.Parameter(name: "seed", json: "\(record.seed)")
    return ([seed] + record.parameters.filter { $0.name != "seed" }).map {
      let text = (try? ConfigNode(json: $0.json).string) ?? $0.json
      return Formal(
        id: fragment("parameter", $0.name), name: $0.name, type: Self.type($0.json),
        values: [fragment("value", $0.name)], value: text)
    }
  }

  var inputs: [Formal] {
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

  var outputs: [Formal] {
    let files = contents.files.filter { $0.cell != nil }.map { file in
      Formal(
        id: fragment("output", file.name), name: file.name, type: "File",
        values: [CrateGraph.id(of: file.name)])
    }
    return files + numbers
  }

  /// The last value of each metric.
  var numbers: [Formal] {
    recorded.metrics.map { metric in
      let name = "\(metric.series).\(metric.name)"
      return Formal(
        id: fragment("output", name), name: name, type: "Float", values: [fragment("result", name)],
        value: pythonRepr(metric.last.value))
    }
  }

  static func type(_ json: String) -> String {
    switch json.first {
    case "t", "f": "Boolean"
    case "\"", "[", "{", "n", nil: "Text"
    default: json.contains { ".eEIN".contains($0) } ? "Float" : "Integer"
    }
  }

  func fragment(_ kind: String, _ name: String) -> String { "#\(kind)/\(CrateGraph.id(of: name))" }
  func id(of file: CrateInput) -> String { file.member.map(CrateGraph.id) ?? file.identifier }
}

extension LoggedCell {
  /// As the console and the report call it: `train mlp`.
  var title: String { name.isEmpty ? keyword : "\(keyword) \(name)" }
}
