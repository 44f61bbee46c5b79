import Config
package import Diagnostics
import Foundation
package import RunAnalysis
package import RunEvents
package import RunLog

/// The runs of a reports folder as they are named on the command line.
///
/// A run is `mlp-1`, its folder, `latest`, or `best(mlp, val_accuracy)`, which no quick run is.
package struct NamedRuns {
  /// The folder of all runs.
  package let reports: String
  /// `nil` where there are no runs.
  package let index: RunIndex?

  /// - Throws: E0701 to E0705 where the index cannot be brought up to date.
  package init(in reports: String) throws(Diagnostic) {
    self.reports = reports
    index = try RunIndex.current(in: reports)
  }

  /// - Parameter asked: the folder that was asked for.
  package init(_ asked: String?) throws(Diagnostic) { try self.init(in: Places.reports(asked)) }

  /// The folder of a run.
  package func folder(_ run: String) -> String { "\(reports)/\(run)" }

  /// The log of a run, to read.
  /// - Throws: E0701 to E0705.
  package func log(_ run: String) throws(Diagnostic) -> LogDatabase {
    try RunStore.read(RunFolder.log(in: folder(run)))
  }

  /// The histories of the metrics of each run of a comparison.
  /// - Throws: E0701 to E0706.
  package func histories(of comparison: RunComparison) throws(Diagnostic) -> [String: [MetricHistory]] {
    var histories: [String: [MetricHistory]] = [:]
    for run in comparison.rows.flatMap(\.runs) {
      histories[run.name] = try log(run.name).metrics(of: run.name)
    }
    return histories
  }

  /// The run that a word names.
  /// - Throws: E0907 if there is none, E0912 for a best one of what no run has.
  package func run(_ word: String) throws(Diagnostic) -> String {
    try run(RunReference(word))
  }

  /// The run that is meant.
  /// - Throws: E0907 if there is none, E0912 for a best one of what no run has.
  package func run(_ reference: RunReference) throws(Diagnostic) -> String {
    switch reference {
    case .latest:
      guard let last = try index?.log.runs(limit: 1).first else {
        throw .noRun("latest", in: reports, known: [])
      }
      return last.name
    case .best(let experiment, let metric): return try best(experiment, metric)
    case .named(let word): return try run(named: word)
    }
  }

  private func run(named word: String) throws(Diagnostic) -> String {
    let name = name(ofFolder: word) ?? word
    if let damaged = index?.unreadable.first(where: { $0.name == name }) { throw damaged.reason }
    guard try index?.log.runs(named: [name]).isEmpty == false else {
      throw .noRun(word, in: reports, known: try index?.log.runs().map(\.name) ?? [])
    }
    return name
  }

  /// The folder of a run that a word names, which may also be the path of one that is elsewhere.
  /// - Throws: E0907 if there is no such run, E0912.
  package static func folder(of word: String, reports asked: String?) throws(Diagnostic) -> RunFolder {
    let path = URL(fileURLWithPath: word).path
    if FileManager.default.fileExists(atPath: RunFolder.log(in: path)) {
      return RunFolder(name: URL(fileURLWithPath: path).lastPathComponent, path: Places.relative(path))
    }
    let runs = try NamedRuns(asked)
    let name = try runs.run(word)
    return RunFolder(name: name, path: runs.folder(name))
  }

  /// Whether words are the path of an archive, in a zip file or unpacked.
  package static func isArchive(_ what: String) -> Bool {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: what, isDirectory: &isFolder) else {
      return what.hasSuffix(".zip")
    }
    return !isFolder.boolValue || FileManager.default.fileExists(atPath: what + "/ro-crate-metadata.json")
  }

  /// The runs that words name, each once, in this order; the name of an experiment means all its runs.
  /// - Parameter filter: only those for which it holds; without words, all of them.
  /// - Throws: E0907, E0912, E0716, E0717.
  package func runs(_ words: [String], where filter: RunFilter? = nil) throws(Diagnostic) -> [String] {
    guard let log = index?.log else {
      if let word = words.first { throw .noRun(word, in: reports, known: []) }
      return []
    }
    let picked = try filter.map { filter throws(Diagnostic) in
      try log.runs(where: filter, sortedBy: .name).map(\.name)
    }
    if words.isEmpty { return picked ?? [] }
    var names: [String] = []
    for word in words {
      let all = try log.runs(experiment: word, sortedBy: .name).map(\.name)
      names += all.isEmpty ? [try run(word)] : all
    }
    var seen: Set<String> = []
    let wanted = picked.map(Set.init)
    return names.filter { seen.insert($0).inserted && wanted?.contains($0) ?? true }
  }

  /// `mlp-1` of `reports/mlp-1/`.
  private func name(ofFolder word: String) -> String? {
    guard word.contains("/") else { return nil }
    let url = URL(fileURLWithPath: word).standardizedFileURL
    let above = url.deletingLastPathComponent().path
    return above == URL(fileURLWithPath: reports).standardizedFileURL.path ? url.lastPathComponent : nil
  }

  /// Whether a word means all runs of an experiment, however many there are.
  package func isExperiment(_ word: String) throws(Diagnostic) -> Bool {
    try index?.log.runs(experiment: word, limit: 1).isEmpty == false
  }

  /// The best run of an experiment among those that have ended by themselves; the numbers of quick runs mean nothing.
  /// - Throws: E0907 if it has no run, E0912 if none has the metric, or only such as do not count.
  private func best(_ experiment: String, _ word: String) throws(Diagnostic) -> String {
    let all = try index?.log.runs(experiment: experiment) ?? []
    guard !all.isEmpty else {
      throw .noRun(experiment, in: reports, known: try index?.log.experiments() ?? [])
    }
    guard let metric = MetricName(word, in: all) else {
      throw .noMetric(word, of: experiment, known: MetricName.known(in: all))
    }
    let having = metric.order.sort(all).filter { $0.metric(metric.name, series: metric.series) != nil }
    let ended = having.filter { $0.status != .running && $0.status != .interrupted }
    guard let best = ended.first(where: { !$0.scope.isQuick }) else {
      throw .noneToChoose(word, of: experiment, areQuick: !ended.isEmpty)
    }
    return best.name
  }
}

extension Diagnostic {
  /// E0912: a metric that only runs have that do not count.
  fileprivate static func noneToChoose(_ metric: String, of what: String, areQuick: Bool) -> Diagnostic {
    Diagnostic(
      "E0912",
      "no run of '\(what)' that can be the best has '\(metric)': \(areQuick ? "all are quick ones" : "none has ended")",
      help: areQuick
        ? "the numbers of quick runs mean nothing: run the experiment without --quick, or name a run"
        : "wait until one has ended, finish one with 'runexp resume', or name a run")
  }

  /// E0912: a metric that no run has.
  package static func noMetric(_ name: String, of what: String, known: [String]) -> Diagnostic {
    Diagnostic(
      "E0912", "no run of '\(what)' has the metric '\(name)'",
      help: nearest(to: name, in: known).map { "did you mean '\($0)'?" }
        ?? (known.isEmpty ? "they logged none" : "they have " + known.prefix(12).joined(separator: ", ")))
  }

  /// E0907: a run that does not exist.
  package static func noRun(_ name: String, in reports: String, known: [String]) -> Diagnostic {
    Diagnostic(
      "E0907", "there is no run '\(name)' in \(reports)",
      help: nearest(to: name, in: known).map { "did you mean '\($0)'?" } ?? "'runexp list' shows all runs")
  }
}
