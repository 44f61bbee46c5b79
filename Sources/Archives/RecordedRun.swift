public import Diagnostics
import Foundation
public import RunEvents
public import RunLog

/// What the folder of a run says about it: its log and how it was asked for.
///
/// An archive that was unpacked is such a folder, too.
public struct RecordedRun: Sendable {
  public let folder: String
  public let run: LoggedRun
  /// `nil` for runs of versions that did not keep it.
  public let request: RunRequest?
  public let datasets: [DatasetRecord]
  public let artifacts: [Artifact]
  public let checks: [CheckResult]
  public let metrics: [MetricSummary]
  public let events: [LoggedEvent]

  public var record: RunRecord { run.record }
  public var name: String { record.name }

  /// - Throws: E0701 to E0706 for a log that cannot be read, or that somebody has tampered with.
  public init(folder: String) throws(Diagnostic) {
    let path = RunFolder.log(in: folder)
    let log = try RunStore.read(path)
    try log.checkIntegrity()
    guard let summary = try log.runs(limit: 1).first else { throw .noRecord(in: path) }
    self.folder = folder
    run = try log.run(named: summary.name)
    metrics = summary.metrics
    datasets = try log.datasets(of: summary.name)
    artifacts = try log.artifacts(of: summary.name)
    checks = try log.checks(of: summary.name)
    events = try log.events(of: summary.name)
    request = RunRequest(inFolder: folder)
  }

  /// Why it did not come to a good end, in words; `nil` if it did.
  public var failure: String? {
    if run.status == .interrupted { return "it was cut off before its end" }
    guard run.status == .failed else { return nil }
    if let error = events.last(where: { $0.severity == Diagnostic.Severity.error.rawValue }) {
      return error.text
    }
    let failed = checks.filter { !$0.passed }
    return failed.isEmpty
      ? "it failed" : failed.map { "check \($0.expression) failed: \($0.found)" }.joined(separator: "; ")
  }

  /// Seconds since 1970, as far as it is known.
  var end: Double { record.startedAt + (run.seconds ?? cellSeconds) }
  var cellSeconds: Double { run.cells.compactMap(\.seconds).reduce(0, +) }

  /// A fact of its environment: `runexp`, `cpu`, `libraries`.
  func fact(_ key: String) -> String? { record.environment.first { $0.key == key }?.value }

  /// Files that are to be read again, and have other bytes than those the run read.
  /// - Parameter paths: where its data are now.
  public func changed(_ paths: [String]) -> [(path: String, sha256: String)] {
    let known = Set(datasets.flatMap(\.files).map(\.sha256))
    return paths.compactMap { path in
      guard let hash = try? sha256(file: path).sha256, !known.contains(hash) else { return nil }
      return (path, hash)
    }
  }

  /// The hash that the log has of a file that was read.
  public func loggedHash(of path: String) -> DatasetRecord.File? {
    datasets.lazy.flatMap(\.files).first { $0.path == path }
  }
}

extension Diagnostic {
  /// E0650: a log without a run.
  fileprivate static func noRecord(in path: String) -> Diagnostic {
    Diagnostic(
      "E0650", "'\(path)' has no run in it", help: "the run ended before it began; start it again")
  }
}
