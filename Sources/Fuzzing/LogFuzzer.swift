import Diagnostics
import Files
import Foundation
import GRDB
import RunAnalysis
import RunEvents
import RunLog

/// Logs with values that no run writes, tables that are others, and damaged bytes, read in every way that commands do.
public struct LogFuzzer: Fuzzer {
  public static let name = "logs"
  public static let fileName = RunFile.log

  private let sound: Data
  private static let tables = [
    "run": ["seed", "command", "segment", "name", "resolved"], "run_clock": ["started_at", "seconds", "pid"],
    "parameter": ["number", "json", "value"], "cell": ["number", "status"],
    "cell_clock": ["cell", "seconds"],
    "metric": ["number", "name"], "point": ["metric", "step", "epoch", "value"],
    "summary": ["last_step", "best_epoch", "last"], "steps": ["first_step", "epoch", "losses", "cell"],
    "weight_digest": ["steps", "step"], "event": ["number", "text"], "dataset_file": ["bytes"],
    "lineage": ["parent"],
  ]
  private static let values = [
    "9e999", "-9e999", "9223372036854775807", "-9223372036854775808", "-1", "4611686018427387904", "1e300",
    "'\u{1B}[2J'", "''", "x'00FF'", "NULL", "'9'",
  ]

  public init() throws { sound = try TemporaryFolder.with(Self.log) }

  private static func log(in folder: String) throws -> Data {
    let record = RunRecord(
      name: "m-1", experiment: "m", title: "t", seed: 1, startedAt: 1e9, command: ["runexp"],
      parameters: [.init(name: "rate", json: "0.1")], environment: [.init("cpu", "x")], source: "a: 1",
      resolved: "a: 1", tag: nil, note: nil, parent: "p")
    let trace = StepTrace(epoch: 1, firstStep: 1, losses: [1, 2], digests: [.init(step: 1, value: .max)])
    let store = try RunStore(path: RunFolder.log(in: folder), process: .current())
    try store.append([
      .runStarted(record), .cellStarted(index: 1, keyword: "train", name: "m"),
      .metric(MetricPoint(series: "m", name: "loss", epoch: 1, step: 2, value: 1)),
      .steps(cell: 1, series: "m", trace), .cellNote(index: 1, text: "n"),
      .dataset(.init(name: "d", files: [.init(path: "p", bytes: 1, sha256: "s")], parts: [])),
      .cellEnded(index: 1, status: .finished, seconds: 1), .runEnded(status: .finished, seconds: 2),
    ])
    try store.close()
    return try Data(contentsOf: URL(filePath: RunFolder.log(in: folder)))
  }

  public func bytes(_ seed: UInt64) -> [UInt8] {
    var random = SplitMix(seed)
    var bytes = [UInt8](random.once(in: 3) ? sound : changed(&random))
    if random.once(in: 2) {
      for _ in 0...random.below(6) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
    }
    if random.once(in: 12) { bytes.removeLast(random.below(bytes.count)) }
    return bytes
  }

  /// A log in which some values are others; what the tables do not allow stays.
  private func changed(_ random: inout SplitMix) -> Data {
    (try? TemporaryFolder.with { changed(&random, in: $0) }) ?? sound
  }

  private func changed(_ random: inout SplitMix, in folder: String) -> Data {
    let path = RunFolder.log(in: folder)
    guard (try? sound.write(to: URL(filePath: path))) != nil, let queue = try? DatabaseQueue(path: path)
    else {
      return sound
    }
    let names = Self.tables.keys.sorted()
    for _ in 0...random.below(2) {
      guard let table = random.pick(names), let column = random.pick(Self.tables[table] ?? []),
        let value = random.pick(Self.values)
      else { continue }
      let sql =
        random.once(in: 8)
        ? "DROP TABLE \(table); CREATE TABLE \(table) (run, number, \(column))"
        : "UPDATE \(table) SET \(column) = \(value)"
      try? queue.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA ignore_check_constraints = 1; PRAGMA foreign_keys = 0")
        try db.execute(sql: sql)
      }
    }
    try? queue.close()
    return (try? Data(contentsOf: URL(filePath: path))) ?? sound
  }

  public func read(_ path: String) throws -> Bool {
    do throws(Diagnostic) {
      let log = try RunStore.read(path)
      for run in try log.runs() {
        let evidence = try log.evidence(of: run.name)
        _ = RunDifference(of: evidence, and: evidence)
        _ = try (log.events(of: run.name), log.artifacts(of: run.name), log.environment(of: run.name))
      }
    } catch {
      return false
    }
    return true
  }
}
