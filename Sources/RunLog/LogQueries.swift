public import Diagnostics
import Foundation
import GRDB
public import RunEvents

extension LogDatabase {
  /// The record of one run.
  /// - Throws: E0706 if there is none of that name.
  public func run(named name: String) throws(Diagnostic) -> LoggedRun {
    try reading(name) { db, run in
      let cells = try Row.fetchAll(
        db,
        sql: """
          SELECT cell.*, seconds FROM cell LEFT JOIN cell_clock ON cell_clock.run = cell.run AND cell = number
          WHERE cell.run = ? ORDER BY number
          """, arguments: [run["id"]])
      let status = status(run)
      return LoggedRun(
        record: try record(db, run), status: status, seconds: run["seconds"], resumptions: run["segment"],
        process: process(run),
        cells: cells.map { row in
          let own = RunStatus(rawValue: row["status"]) ?? .failed
          return LoggedCell(
            index: row["number"], keyword: row["keyword"], name: row["name"],
            status: own == .running ? status : own, seconds: row["seconds"])
        })
    }
  }

  /// The history of every metric.
  /// - Throws: E0706 if there is no such run.
  public func metrics(of name: String) throws(Diagnostic) -> [MetricHistory] {
    try reading(name) { db, run in
      var histories = try Row.fetchAll(
        db, sql: "SELECT * FROM metric WHERE run = ? ORDER BY number", arguments: [run["id"]]
      ).map { MetricHistory(series: $0["series"], name: $0["name"], goal: goal($0), points: []) }
      let points = try Row.fetchCursor(
        db, sql: "SELECT metric, step, epoch, value FROM series_point WHERE run = ? ORDER BY position",
        arguments: [run["id"]])
      while let row = try points.next() {
        let metric: Int = row[0]
        guard histories.indices.contains(metric) else { continue }
        histories[metric].points.append(.init(step: row[1], epoch: row[2], value: row[3] ?? .nan))
      }
      return histories
    }
  }

  /// What the steps of trainings computed, epoch by epoch; nothing in logs of runs before there was such a thing, and
  /// in an index.
  /// - Throws: E0706 if there is no such run.
  public func steps(of name: String) throws(Diagnostic) -> [LoggedSteps] {
    try reading(name) { db, run in
      guard try db.tableExists("steps") else { return [] }
      let id: Int64 = run["id"]
      let digests = Dictionary(
        grouping: try Row.fetchAll(
          db, sql: "SELECT steps, step, digest FROM weight_digest WHERE run = ? ORDER BY steps, step",
          arguments: [id])
      ) { $0["steps"] as Int }
      return try Row.fetchAll(db, sql: "SELECT * FROM steps WHERE run = ? ORDER BY number", arguments: [id])
        .map { row in
          let own = digests[row["number"]] ?? []
          return LoggedSteps(
            cell: row["cell"], series: row["series"],
            trace: StepTrace(
              epoch: row["epoch"], firstStep: row["first_step"], losses: floats(row["losses"]),
              digests: own.map { .init(step: $0["step"], value: UInt64(bitPattern: $0["digest"] as Int64)) }))
        }
    }
  }

  /// Reads what ``RunWriter`` wrote; bytes behind the last whole number are of no meaning.
  private func floats(_ data: Data) -> [Float] {
    [Float](unsafeUninitializedCapacity: data.count / 4) { floats, count in
      count = data.count / 4
      _ = data.copyBytes(to: UnsafeMutableRawBufferPointer(floats), count: 4 * count)
    }
  }

  /// The data sets a run read, with the hashes of their files.
  /// - Throws: E0706 if there is no such run.
  public func datasets(of name: String) throws(Diagnostic) -> [DatasetRecord] {
    try reading(name) { db, run in
      let id: Int64 = run["id"]
      return try Row.fetchAll(db, sql: "SELECT * FROM dataset WHERE run = ? ORDER BY number", arguments: [id])
        .map {
          let key: StatementArguments = [id, $0["number"] as Int]
          let files = try Row.fetchAll(
            db, sql: "SELECT * FROM dataset_file WHERE run = ? AND dataset = ? ORDER BY number",
            arguments: key)
          let parts = try Row.fetchAll(
            db, sql: "SELECT * FROM dataset_part WHERE run = ? AND dataset = ? ORDER BY number",
            arguments: key)
          return DatasetRecord(
            name: $0["name"],
            files: files.map { .init(path: $0["path"], bytes: $0["bytes"], sha256: $0["sha256"]) },
            parts: parts.map { .init(name: $0["name"], count: $0["count"]) })
        }
    }
  }

  /// The files a run wrote.
  /// - Throws: E0706 if there is no such run.
  public func artifacts(of name: String) throws(Diagnostic) -> [Artifact] {
    try rows("artifact", of: name) {
      Artifact(
        path: $0["path"], mediaType: $0["media_type"], bytes: $0["bytes"], sha256: $0["sha256"],
        caption: $0["caption"], cell: $0["cell"])
    }
  }

  /// The outcomes of the checks of a run.
  /// - Throws: E0706 if there is no such run.
  public func checks(of name: String) throws(Diagnostic) -> [CheckResult] {
    try rows("check_result", of: name) {
      CheckResult(expression: $0["expression"], passed: $0["passed"], found: $0["found"])
    }
  }

  /// What is known of the machine and the software a run ran on.
  /// - Throws: E0706 if there is no such run.
  public func environment(of name: String) throws(Diagnostic) -> [RunRecord.Fact] {
    try rows("environment", of: name) { RunRecord.Fact($0["key"], $0["value"]) }
  }

  /// Notes of cells and diagnostics, in order.
  /// - Throws: E0706 if there is no such run.
  public func events(of name: String) throws(Diagnostic) -> [LoggedEvent] {
    try rows("event", of: name) {
      LoggedEvent(
        cell: $0["cell"], code: $0["code"], severity: $0["severity"], text: $0["text"], help: $0["help"])
    }
  }

  private func rows<T>(_ table: String, of name: String, _ body: (Row) -> T) throws(Diagnostic) -> [T] {
    try reading(name) { db, run in
      try Row.fetchAll(
        db, sql: "SELECT * FROM \(table) WHERE run = ? ORDER BY number", arguments: [run["id"]]
      )
      .map(body)
    }
  }

  /// Reads one run in one transaction, so that all of it is of the same moment.
  private func reading<T>(_ name: String, _ body: (Database, Row) throws -> T) throws(Diagnostic) -> T {
    try read { db in
      let sql = "SELECT * FROM run JOIN run_clock ON run = id WHERE name = ?"
      guard let run = try Row.fetchOne(db, sql: sql, arguments: [name]) else {
        throw Diagnostic.noSuchRun(name, in: path)
      }
      return try body(db, run)
    }
  }

  private func record(_ db: Database, _ run: Row) throws -> RunRecord {
    let id: Int64 = run["id"]
    let parameters = try Row.fetchAll(
      db, sql: "SELECT * FROM parameter WHERE run = ? ORDER BY number", arguments: [id])
    let environment = try Row.fetchAll(
      db, sql: "SELECT * FROM environment WHERE run = ? ORDER BY number", arguments: [id])
    let command: String = run["command"]
    let scope = try Row.fetchOne(
      db, sql: "SELECT * FROM (\(try LogSchema.scopes(in: db))) WHERE run = ?", arguments: [id])
    let parent = try String.fetchOne(
      db, sql: "SELECT parent FROM (\(try LogSchema.parents(in: db))) WHERE run = ?", arguments: [id])
    return RunRecord(
      name: run["name"], experiment: run["experiment"], title: run["title"], seed: seed(run),
      startedAt: run["started_at"],
      command: try JSONDecoder().decode([String].self, from: Data(command.utf8)),
      parameters: parameters.map { .init(name: $0["name"], json: $0["json"]) },
      environment: environment.map { .init($0["key"], $0["value"]) }, source: run["source"],
      resolved: run["resolved"], tag: run["tag"], note: run["note"],
      scope: RunScope(isQuick: scope?["quick"] ?? false, until: scope?["until"]), parent: parent)
  }

  func process(_ run: Row) -> ProcessIdentity {
    ProcessIdentity(
      host: run["host"], bootID: run["boot_id"], pid: run["pid"], startTicks: run["start_ticks"])
  }

  func status(_ run: Row) -> RunStatus {
    let logged = RunStatus(rawValue: run["status"]) ?? .failed
    return logged == .running && process(run).hasEnded(seenFrom: observer) ? .interrupted : logged
  }

  func seed(_ run: Row) -> UInt64 { UInt64(run["seed"] as String) ?? 0 }

  func goal(_ row: Row) -> MetricGoal { MetricGoal(rawValue: row["goal"]) ?? .smaller }
}
