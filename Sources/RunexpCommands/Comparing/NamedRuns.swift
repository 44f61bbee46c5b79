import Config
import Diagnostics
import Foundation
import RunEvents
import RunLog

/// The runs of a reports folder as they are named on the command line.
///
/// A run is `mlp-1`, its folder, `latest`, or `best(mlp, val_accuracy)`, which no quick run is.
struct NamedRuns {
  /// The folder of all runs.
  let reports: String
  /// `nil` where there are no runs.
  let index: RunIndex?

  /// - Throws: E0701 to E0705 where the index cannot be brought up to date.
  init(in reports: String) throws(Diagnostic) {
    self.reports = reports
    index = try RunIndex.current(in: reports)
  }

  /// - Parameter asked: the folder that was asked for.
  init(_ asked: String?) throws(Diagnostic) { try self.init(in: Places.reports(asked)) }

  /// The folder of a run.
  func folder(_ run: String) -> String { "\(reports)/\(run)" }

  /// The log of a run, to read.
  /// - Throws: E0701 to E0705.
  func log(_ run: String) throws(Diagnostic) -> LogDatabase { try RunStore.read(folder(run) + "/run.sqlite") }

  /// The run that a word names.
  /// - Throws: E0907 if there is none, E0912 for a best one of what no run has.
  func run(_ word: String) throws(Diagnostic) -> String {
    if word == "latest", let last = try index?.log.runs(limit: 1).first { return last.name }
    if let (experiment, metric) = Self.best(word) { return try best(experiment, metric) }
    let name = name(ofFolder: word) ?? word
    if let damaged = index?.unreadable.first(where: { $0.name == name }) { throw damaged.reason }
    guard try index?.log.runs(named: [name]).isEmpty == false else {
      throw .noRun(word, in: reports, known: try index?.log.runs().map(\.name) ?? [])
    }
    return name
  }

  /// The runs that words name, each once, in this order; the name of an experiment means all its runs.
  /// - Parameter filter: only those for which it holds; without words, all of them.
  /// - Throws: E0907, E0912, E0716, E0717.
  func runs(_ words: [String], where filter: RunFilter? = nil) throws(Diagnostic) -> [String] {
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

  /// The parts of `best(NAME, METRIC)`.
  private static func best(_ word: String) -> (experiment: String, metric: String)? {
    guard word.hasPrefix("best("), word.hasSuffix(")") else { return nil }
    let parts = word.dropFirst(5).dropLast().split(separator: ",", maxSplits: 1)
    guard parts.count == 2 else { return nil }
    let trimmed = parts.map { $0.trimmingCharacters(in: .whitespaces) }
    return (trimmed[0], trimmed[1])
  }

  /// Whether a word means all runs of an experiment, however many there are.
  func isExperiment(_ word: String) throws(Diagnostic) -> Bool {
    try index?.log.runs(experiment: word, limit: 1).isEmpty == false
  }

  /// The best run of an experiment among those that have ended by themselves; the numbers of quick runs mean nothing.
  /// - Throws: E0907 if it has no run, E0912 if none has the metric, or only such as do not count.
  func best(_ experiment: String, _ word: String) throws(Diagnostic) -> String {
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

extension RunIndex {
  /// Says which runs are not in it, and that it could not be written.
  func reportProblems(to terminal: Terminal) {
    if let unwritable { terminal.report(.indexIsInMemory(unwritable)) }
    for run in unreadable { terminal.report(.leftOut(run.name, run.reason)) }
  }
}

extension Diagnostic {
  /// E0915: an index that cannot be written.
  fileprivate static func indexIsInMemory(_ reason: Diagnostic) -> Diagnostic {
    Diagnostic(
      "E0915", "the index of runs cannot be written: \(reason.message)", severity: .warning,
      help: "every run folder was read instead, which takes longer; nothing is missing")
  }

  /// E0916: a run whose log cannot be read.
  fileprivate static func leftOut(_ run: String, _ reason: Diagnostic) -> Diagnostic {
    Diagnostic(
      "E0916", "'\(run)' is left out: \(reason.message)", severity: .warning,
      help:
        "'runexp explain \(reason.code)' tells more; its models, figures and report are files of their own")
  }

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
  static func noMetric(_ name: String, of what: String, known: [String]) -> Diagnostic {
    Diagnostic(
      "E0912", "no run of '\(what)' has the metric '\(name)'",
      help: nearest(to: name, in: known).map { "did you mean '\($0)'?" }
        ?? (known.isEmpty ? "they logged none" : "they have " + known.prefix(12).joined(separator: ", ")))
  }
}
