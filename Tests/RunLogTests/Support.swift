import Diagnostics
import Foundation
import GRDB
import RunEvents
import RunLog
import Testing

/// Runs `body` with a folder that is removed afterwards.
func withFolder<T>(_ body: (String) throws -> T) throws -> T {
  let folder = FileManager.default.temporaryDirectory.appending(path: "log-\(UUID().uuidString)").path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}

func record(_ name: String = "mlp-1", startedAt: Double = 1000, parameters: [RunRecord.Parameter] = [])
  -> RunRecord
{
  RunRecord(
    name: name, experiment: String(name.split(separator: "-")[0]), title: "A title", seed: .max,
    startedAt: startedAt,
    command: ["runexp", "mlp.exp", "-p", "name=\"é\""], parameters: parameters,
    environment: [.init("cpu", "some"), .init("threads", "2")], source: "- text: |\n  é\n",
    resolved: "resolved",
    tag: "first", note: nil)
}

func point(_ name: String, _ value: Double, epoch: Int?, step: Int, series: String = "mlp") -> RunEvent {
  .metric(MetricPoint(series: series, name: name, epoch: epoch, step: step, value: value))
}

/// The events of a whole run, ended.
func events(_ name: String, startedAt: Double = 1000, rate: String = "0.1", loss: [Double] = [2, 1])
  -> [RunEvent]
{
  [.runStarted(record(name, startedAt: startedAt, parameters: [.init(name: "rate", json: rate)]))]
    + loss.enumerated().map { point("loss", $1, epoch: $0 + 1, step: ($0 + 1) * 10) }
    + [.runEnded(status: .finished, seconds: Double(loss.count))]
}

/// Makes `folder/NAME/run.sqlite`, closed.
func makeRun(_ name: String, in folder: String, _ events: [RunEvent]) throws {
  try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
  let store = try RunStore(path: "\(folder)/\(name)/run.sqlite", process: .current())
  try store.append(events)
  try store.close()
}

/// The code of the diagnostic `body` throws.
func code(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return (error as? Diagnostic)?.code ?? "\(error)"
  }
}

/// Changes a log behind its back.
func sql(_ text: String, _ path: String) throws {
  let queue = try DatabaseQueue(path: path)
  try queue.writeWithoutTransaction { try $0.execute(sql: text) }
  try queue.close()
}

extension LogDatabase {
  /// Reads everything that is logged of a run, to see whether it can be read.
  func readAll(of name: String) throws {
    _ = try run(named: name)
    _ = try datasets(of: name)
    _ = try metrics(of: name)
    _ = try steps(of: name)
    _ = try checks(of: name)
  }
}
