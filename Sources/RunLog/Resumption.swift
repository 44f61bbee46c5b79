import Diagnostics
import GRDB
import RunEvents

/// Checkpoints in the log: what each table held, so that a run can go on as if it had never been further.
extension RunWriter {
  /// Tables in which a resumed run may have rows too many, by what tells their rows' order; first those that belong to
  /// others.
  private static let marked = [
    (table: "dataset_file", order: "dataset", mark: "dataset"),
    (table: "dataset_part", order: "dataset", mark: "dataset"),
    (table: "weight_digest", order: "steps", mark: "steps"),
    (table: "steps", order: "number", mark: "steps"),
    (table: "cell_clock", order: "cell", mark: "cell"),
    (table: "point", order: "rowid", mark: "point"),
    (table: "metric", order: "number", mark: "metric"),
    (table: "event", order: "number", mark: "event"),
    (table: "dataset", order: "number", mark: "dataset"),
    (table: "artifact", order: "number", mark: "artifact"),
    (table: "check_result", order: "number", mark: "check_result"),
    (table: "cell", order: "number", mark: "cell"),
  ]
  /// Marks that are kept: those of the files a run keeps, and one for a file that was not written any more.
  private static let keptMarks = 3

  /// Notes what the tables hold now.
  func mark(_ checkpoint: Int) throws {
    for (table, order, mark) in Self.marked where table == mark {
      try execute(
        "INSERT OR REPLACE INTO mark SELECT ?1, ?2, ?3, coalesce(max(\(order)), -1) FROM \(table) WHERE run = ?1",
        [run, checkpoint, mark])
    }
    try execute("DELETE FROM mark WHERE run = ? AND checkpoint <= ?", [run, checkpoint - Self.keptMarks])
  }

  /// Removes what was logged after a checkpoint, and goes on in a new segment.
  /// - Throws: E0710 if the run is under way, E0711 if the log knows nothing of the checkpoint.
  func resume(_ process: ProcessIdentity, from checkpoint: Int) throws {
    try checkRest(process)
    let marks = try Row.fetchAll(
      db, sql: "SELECT name, last FROM mark WHERE run = ? AND checkpoint = ?", arguments: [run, checkpoint])
    let last = Dictionary(marks.map { ($0["name"] as String, $0["last"] as Int) }) { first, _ in first }
    guard !last.isEmpty else { throw Diagnostic.unknownCheckpoint(checkpoint) }
    for (table, order, mark) in Self.marked {
      try execute("DELETE FROM \(table) WHERE run = ? AND \(order) > ?", [run, last[mark] ?? -1])
    }
    try execute("DELETE FROM mark WHERE run = ? AND checkpoint > ?", [run, checkpoint])
    try execute("UPDATE run SET status = 'running', segment = segment + 1 WHERE id = ?", [run])
    let started = try Double.fetchOne(
      db, sql: "SELECT started_at FROM run_clock WHERE run = ?", arguments: [run])
    try write(process, startedAt: started ?? 0)
    try summarizeAgain()
  }

  /// Of two that resume a run at once the second is told so, since each does it in one transaction.
  private func checkRest(_ process: ProcessIdentity) throws {
    let sql = """
      SELECT host, boot_id, pid, start_ticks FROM run JOIN run_clock ON run = id WHERE id = ? AND status = 'running'
      """
    guard let row = try Row.fetchOne(db, sql: sql, arguments: [run]) else { return }
    let owner = ProcessIdentity(
      host: row["host"], bootID: row["boot_id"], pid: row["pid"], startTicks: row["start_ticks"])
    if owner != process && !owner.hasEnded(seenFrom: process) { throw Diagnostic.isRunning(owner) }
  }

  private func summarizeAgain() throws {
    try execute("DELETE FROM summary WHERE run = ?", [run])
    let points = try Row.fetchAll(
      db,
      sql: """
        SELECT metric, goal, step, epoch, value FROM point
        JOIN metric ON metric.run = point.run AND metric.number = point.metric
        WHERE point.run = ? ORDER BY point.rowid
        """, arguments: [run])
    for row in points {
      try summarize(
        row["metric"], MetricGoal(rawValue: row["goal"]) ?? .smaller, step: row["step"], epoch: row["epoch"],
        value: row["value"])
    }
  }
}

extension Diagnostic {
  /// E0710: a run that is under way.
  static func isRunning(_ process: ProcessIdentity) -> Diagnostic {
    Diagnostic(
      "E0710", "the run is under way: process \(process.pid) on \(process.host)",
      help: "wait until it has ended; only a run that was cut off can be resumed")
  }

  /// E0711: a checkpoint that is newer than the log.
  static func unknownCheckpoint(_ number: Int) -> Diagnostic {
    Diagnostic(
      "E0711", "the run's log knows nothing of checkpoint \(number)",
      help: "\(RunFile.log) or the checkpoints are from another copy of the run; start the run again")
  }
}
