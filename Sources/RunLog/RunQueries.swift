public import Diagnostics
import Foundation
import GRDB
import RunEvents

extension LogDatabase {
  /// Runs with their parameters and the summaries of their metrics.
  /// - Parameters:
  ///   - experiment: only its runs.
  ///   - filter: only runs for which it holds.
  ///   - names: only runs called so; those that are not there are left out.
  ///   - limit: at most so many, the first in this order.
  /// - Throws: E0701 to E0705, and E0716 or E0717 for a filter with unknown names or comparisons that cannot hold.
  public func runs(
    experiment: String? = nil, where filter: RunFilter? = nil, named names: [String]? = nil,
    sortedBy order: RunOrder = .started, limit: Int? = nil
  ) throws(Diagnostic) -> [RunSummary] {
    let all = try read { db in
      var (conditions, arguments) = (["1"], [DatabaseValue]())
      if let experiment {
        conditions.append("experiment = ?")
        arguments.append(experiment.databaseValue)
      }
      if let names {
        conditions.append("name IN (SELECT value FROM json_each(?))")
        arguments.append(Self.json(names).databaseValue)
      }
      if let filter, try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT * FROM run)") == true {
        let sql = try FilterSQL(filter, db)
        conditions.append(sql.text)
        arguments += sql.arguments
      }
      var runs = try RunRows.runs(
        db, where: conditions.joined(separator: " AND "), arguments, observer: observer)
      try RunRows.addDetails(to: &runs, db)
      return runs.map(\.run)
    }
    let sorted = order.sort(all)
    return limit.map { Array(sorted.prefix($0)) } ?? sorted
  }

  /// How many runs there are.
  /// - Throws: E0701 to E0705.
  public func count() throws(Diagnostic) -> Int {
    try read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM run") ?? 0 }
  }

  /// The names of all experiments, in order.
  /// - Throws: E0701 to E0705.
  public func experiments() throws(Diagnostic) -> [String] {
    try read { db in try String.fetchAll(db, sql: "SELECT DISTINCT experiment FROM run ORDER BY experiment") }
  }

  /// The experiments of runs with their parameters filled in, by the names of the runs; those that are not there are left
  /// out.
  /// - Throws: E0701 to E0705.
  package func resolvedTexts(of names: [String]) throws(Diagnostic) -> [String: String] {
    try read { db in
      try Dictionary(
        Row.fetchAll(
          db, sql: "SELECT name, resolved FROM run WHERE name IN (SELECT value FROM json_each(?))",
          arguments: [Self.json(names)]
        ).map { ($0["name"] as String, $0["resolved"] as String) }
      ) { first, _ in first }
    }
  }

  /// Names as a list that SQL reads, so that there may be any number.
  static func json(_ names: [String]) -> String {
    String(decoding: (try? JSONEncoder().encode(names)) ?? Data("[]".utf8), as: UTF8.self)
  }
}

/// Reads many runs at once: columns by their place, rows of a run in one go.
private enum RunRows {
  typealias Numbered = (id: Int64, run: RunSummary)
  /// For so few runs only their own rows are read; for more reading all is quicker.
  private static let few = 200

  static func runs(
    _ db: Database, where condition: String, _ arguments: [DatabaseValue], observer: ProcessIdentity
  ) throws -> [Numbered] {
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT id, name, experiment, title, \(LogSchema.shownStatus), seed, started_at, seconds, tag, note,
          quick, until, parent
        FROM run JOIN run_clock ON run_clock.run = id
        LEFT JOIN (\(try LogSchema.scopes(in: db))) AS scope ON scope.run = id
        LEFT JOIN (\(try LogSchema.parents(in: db))) AS lineage ON lineage.run = id
        WHERE \(condition) ORDER BY id
        """, arguments: StatementArguments(arguments))
    var runs: [Numbered] = []
    while let row = try rows.next() {
      let seed: String = row[5]
      let run = RunSummary(
        name: row[1], experiment: row[2], title: row[3], status: RunStatus(rawValue: row[4]) ?? .failed,
        seed: UInt64(seed) ?? 0, startedAt: row[6], seconds: row[7], tag: row[8], note: row[9],
        scope: RunScope(isQuick: row[10] ?? false, until: row[11]), parent: row[12], parameters: [],
        metrics: [])
      runs.append((row[0], run))
    }
    return runs
  }

  /// - Parameter runs: by number.
  static func addDetails(to runs: inout [Numbered], _ db: Database) throws {
    let ids = runs.count < few ? "run IN (\(runs.map { "\($0.id)" }.joined(separator: ", ")))" : "1"
    let parameters = try Row.fetchCursor(
      db, sql: "SELECT run, name, json FROM parameter WHERE \(ids) ORDER BY run, number")
    try add(parameters, to: &runs) { $0.parameters.append(.init(name: $1[1], json: $1[2])) }
    let metrics = try Row.fetchCursor(
      db,
      sql: """
        SELECT run, series, name, goal, last, last_step, last_epoch, best, best_step, best_epoch
        FROM metric JOIN summary USING (run) WHERE metric.number = summary.metric AND \(ids) ORDER BY run, number
        """)
    try add(metrics, to: &runs) { run, row in
      run.metrics.append(
        MetricSummary(
          series: row[1], name: row[2], goal: MetricGoal(rawValue: row[3]) ?? .smaller,
          last: .init(value: row[4] ?? .nan, step: row[5], epoch: row[6]),
          best: .init(value: row[7] ?? .nan, step: row[8], epoch: row[9])))
    }
  }

  /// Gives each run its rows; both are in the order of the runs' numbers.
  private static func add(
    _ rows: RowCursor, to runs: inout [Numbered], _ body: (inout RunSummary, Row) -> Void
  ) throws {
    var place = 0
    while let row = try rows.next() {
      let id: Int64 = row[0]
      while place < runs.count, runs[place].id < id { place += 1 }
      guard place < runs.count else { return }
      if runs[place].id == id { body(&runs[place].run, row) }
    }
  }
}
