import Diagnostics
import Foundation
import GRDB
import RunEvents

/// Turns events into rows of one run, inside a transaction of somebody else.
struct RunWriter {
  let db: Database
  let run: Int64

  /// Begins a run, and returns its number.
  static func begin(_ record: RunRecord, _ process: ProcessIdentity, in db: Database) throws -> Int64 {
    let command = String(decoding: try JSONEncoder().encode(record.command), as: UTF8.self)
    try db.execute(
      sql: """
        INSERT INTO run (name, experiment, title, seed, command, source, resolved, tag, note, status, segment)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', 0)
        """,
      arguments: [
        record.name, record.experiment, record.title, String(record.seed), command, record.source,
        record.resolved,
        record.tag, record.note,
      ])
    let writer = RunWriter(db: db, run: db.lastInsertedRowID)
    try writer.write(process, startedAt: record.startedAt)
    try writer.execute(
      "INSERT INTO scope VALUES (?, ?, ?)", [writer.run, record.scope.isQuick, record.scope.until])
    if let parent = record.parent {
      try writer.execute("INSERT INTO lineage VALUES (?, ?)", [writer.run, parent])
    }
    for (number, parameter) in record.parameters.enumerated() { try writer.write(parameter, number) }
    for (number, fact) in record.environment.enumerated() {
      try writer.execute(
        "INSERT INTO environment VALUES (?, ?, ?, ?)", [writer.run, number, fact.key, fact.value])
    }
    return writer.run
  }

  func write(_ event: RunEvent) throws {
    switch event {
    case .runStarted, .runResumed, .progress, .shown: break
    case .checkpoint(let number): try mark(number)
    case .cellStarted(let index, let keyword, let name):
      try execute(
        "INSERT OR REPLACE INTO cell VALUES (?, ?, ?, ?, 'running')", [run, index, keyword, name])
    case .cellNote(let index, let text):
      try writeEvent(cell: index, code: nil, severity: .note, text: text, help: nil)
    case .metric(let point): try write(point)
    case .steps(let cell, let series, let trace): try write(trace, cell, series)
    case .dataset(let dataset): try write(dataset)
    case .artifact(let artifact): try write(artifact)
    case .check(let result):
      let number = try number(in: "check_result", where: "expression", is: result.expression)
      try execute(
        "INSERT OR REPLACE INTO check_result VALUES (?, ?, ?, ?, ?)",
        [run, number, result.expression, result.passed, result.found])
    case .diagnostic(let diagnostic):
      try writeEvent(
        cell: nil, code: diagnostic.code, severity: diagnostic.severity, text: diagnostic.message,
        help: diagnostic.help)
    case .cellEnded(let index, let status, let seconds):
      try execute("UPDATE cell SET status = ? WHERE run = ? AND number = ?", [status.rawValue, run, index])
      try execute("INSERT OR REPLACE INTO cell_clock VALUES (?, ?, ?)", [run, index, seconds])
    case .runEnded(let status, let seconds):
      try execute("UPDATE run SET status = ? WHERE id = ?", [status.rawValue, run])
      try execute("UPDATE run_clock SET seconds = ? WHERE run = ?", [seconds, run])
    }
  }

  func write(_ process: ProcessIdentity, startedAt: Double) throws {
    try execute(
      "INSERT OR REPLACE INTO run_clock VALUES (?, ?, NULL, ?, ?, ?, ?)",
      [run, startedAt, process.host, process.bootID, process.pid, process.startTicks])
  }

  private func write(_ parameter: RunRecord.Parameter, _ number: Int) throws {
    let type = parameterType(ofJSON: parameter.json)
    let value = type == "integer" || type == "real" ? Double(parameter.json) : nil
    try execute(
      "INSERT INTO parameter VALUES (?, ?, ?, ?, ?, ?)",
      [run, number, parameter.name, parameter.json, type, value])
  }

  private func write(_ point: MetricPoint) throws {
    let goal = MetricGoal(of: point.name)
    let metric = try metricNumber(point, goal)
    let value = point.value.isNaN ? nil : point.value
    try execute(
      "INSERT INTO point SELECT ?, ?, segment, ?, ?, ? FROM run WHERE id = ?",
      [run, metric, point.step, point.epoch, value, run])
    try summarize(metric, goal, step: point.step, epoch: point.epoch, value: value)
  }

  private func write(_ trace: StepTrace, _ cell: Int, _ series: String) throws {
    let number = try next(in: "steps")
    let losses = trace.losses.withUnsafeBytes { Data($0) }
    try execute(
      "INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?, ?)",
      [run, number, cell, series, trace.epoch, trace.firstStep, losses])
    for digest in trace.digests {
      try execute(
        "INSERT INTO weight_digest VALUES (?, ?, ?, ?)",
        [run, number, digest.step, Int64(bitPattern: digest.value)])
    }
  }

  private func metricNumber(_ point: MetricPoint, _ goal: MetricGoal) throws -> Int {
    let known = try db.cachedStatement(
      sql: "SELECT number FROM metric WHERE run = ? AND series = ? AND name = ?")
    if let number = try Int.fetchOne(known, arguments: [run, point.series, point.name]) { return number }
    let number = try next(in: "metric")
    try execute(
      "INSERT INTO metric VALUES (?, ?, ?, ?, ?)", [run, number, point.series, point.name, goal.rawValue])
    return number
  }

  /// Keeps the last value and the best one; NaN is never the best while there is a number.
  func summarize(_ metric: Int, _ goal: MetricGoal, step: Int, epoch: Int?, value: Double?) throws {
    let isBetter =
      "(excluded.best IS NOT NULL AND (best IS NULL OR excluded.best \(goal == .smaller ? "<" : ">") best))"
    func chosen(_ column: String) -> String { "\(column) = iif(\(isBetter), excluded.\(column), \(column))" }
    try execute(
      """
      INSERT INTO summary VALUES (?1, ?2, ?3, ?4, ?5, ?3, ?4, ?5) ON CONFLICT (run, metric) DO UPDATE SET
      last = excluded.last, last_step = excluded.last_step, last_epoch = excluded.last_epoch,
      \(chosen("best")), \(chosen("best_step")), \(chosen("best_epoch"))
      """, [run, metric, value, step, epoch])
  }

  private func write(_ dataset: DatasetRecord) throws {
    let number = try number(in: "dataset", where: "name", is: dataset.name)
    try execute("INSERT OR REPLACE INTO dataset VALUES (?, ?, ?)", [run, number, dataset.name])
    try execute("DELETE FROM dataset_file WHERE run = ? AND dataset = ?", [run, number])
    try execute("DELETE FROM dataset_part WHERE run = ? AND dataset = ?", [run, number])
    for (position, file) in dataset.files.enumerated() {
      try execute(
        "INSERT INTO dataset_file VALUES (?, ?, ?, ?, ?, ?)",
        [run, number, position, file.path, file.bytes, file.sha256])
    }
    for (position, part) in dataset.parts.enumerated() {
      try execute(
        "INSERT INTO dataset_part VALUES (?, ?, ?, ?, ?)", [run, number, position, part.name, part.count])
    }
  }

  private func write(_ artifact: Artifact) throws {
    let number = try number(in: "artifact", where: "path", is: artifact.path)
    try execute(
      "INSERT OR REPLACE INTO artifact VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      [
        run, number, artifact.path, artifact.mediaType, artifact.bytes, artifact.sha256, artifact.caption,
        artifact.cell,
      ])
  }

  private func writeEvent(
    cell: Int?, code: String?, severity: Diagnostic.Severity, text: String, help: String?
  ) throws {
    try execute(
      "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)",
      [run, try next(in: "event"), cell, code, severity.rawValue, text, help])
  }

  /// The number of the row that is already there, or the next one.
  private func number(in table: String, where column: String, is value: String) throws -> Int {
    let known = try db.cachedStatement(sql: "SELECT number FROM \(table) WHERE run = ? AND \(column) = ?")
    if let number = try Int.fetchOne(known, arguments: [run, value]) { return number }
    return try next(in: table)
  }

  private func next(in table: String) throws -> Int {
    let last = try db.cachedStatement(sql: "SELECT coalesce(max(number) + 1, 0) FROM \(table) WHERE run = ?")
    return try Int.fetchOne(last, arguments: [run]) ?? 0
  }

  func execute(_ sql: String, _ arguments: StatementArguments) throws {
    try db.cachedStatement(sql: sql).execute(arguments: arguments)
  }
}

/// The column `type` of a parameter.
private func parameterType(ofJSON text: String) -> String {
  switch text.first {
  case "\"": "text"
  case "[": "list"
  case "{": "map"
  case "t", "f": "boolean"
  case "n", nil: "null"
  default: text.contains { ".eEIN".contains($0) } ? "real" : "integer"
  }
}
