import Config
import RunEvents
import RunLog

/// What was done: the run, and each cell.
extension RunGraph {
  mutating func addActions() {
    let times = (CrateGraph.time(record.startedAt).config, CrateGraph.time(recorded.end).config)
    let failure = recorded.failure
    let agents = credits.authorLinks
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

  mutating func add(_ cell: LoggedCell, from start: Double, to end: Double) {
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
        "agent": credits.authorLinks,
        "startTime": CrateGraph.time(start).config, "endTime": CrateGraph.time(end).config,
        "actionStatus": Self.status(isDone).config,
        "error": isDone ? nil : (recorded.failure ?? cell.status.rawValue).config,
      ])
  }

  /// The outcomes of checks, where one cell has them all.
  func outcomes(of cell: LoggedCell) -> [String] {
    let isOnly = recorded.run.cells.count { $0.keyword == "check" } == 1
    return cell.keyword == "check" && isOnly ? recorded.checks.indices.map { "#check/\($0 + 1)" } : []
  }

  mutating func addChecks() {
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
  func measured(by cell: LoggedCell) -> [Formal] {
    let trained = recorded.run.cells.filter { $0.keyword == "train" }.map { $0.name + "." }
    switch cell.keyword {
    case "train": return numbers.filter { $0.name.hasPrefix(cell.name + ".") }
    case "evaluate" where recorded.run.cells.count(where: { $0.keyword == "evaluate" }) == 1:
      return numbers.filter { number in !trained.contains(where: number.name.hasPrefix) }
    default: return []
    }
  }

  static func status(_ isGood: Bool) -> String {
    "http://schema.org/" + (isGood ? "CompletedActionStatus" : "FailedActionStatus")
  }
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
