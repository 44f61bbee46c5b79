package import Config
package import Diagnostics
import Foundation

/// The runs that an experiment may begin with, as `resume:` and `load:` name them.
public struct EarlierRuns: Sendable {
  /// The folder they are in.
  public var folder = "reports"
  /// The best run of an experiment by a metric.
  public var best: (@Sendable (_ experiment: String, _ metric: String) -> String?)?
  /// What `best(…)` meant, by its words; a run that is resumed or made again goes by what it meant then.
  public var chosen: [String: String] = [:]

  public init() {}

  /// The name of the run that is meant: `mlp-3`, or `best(mlp, val_accuracy)`.
  /// - Throws: E0201 if it is no name, E0520 if there is no such run.
  package mutating func find(_ node: ConfigNode) throws(Diagnostic) -> String {
    guard let written = node.string else {
      throw .mismatch(node, "the name of a run, or best(EXPERIMENT, METRIC)")
    }
    var name = written
    if let match = written.wholeMatch(of: /best\(\s*([^,()\s]+)\s*,\s*([^,()\s]+)\s*\)/) {
      let (experiment, metric) = (String(match.1), String(match.2))
      guard let run = chosen[written] ?? best?(experiment, metric) else {
        throw .noBest(experiment, metric, in: folder, at: node.span)
      }
      chosen[written] = run
      name = run
    }
    guard isFileName(name), FileManager.default.fileExists(atPath: "\(folder)/\(name)/run.sqlite") else {
      throw .unknownRun(name, in: folder, at: node.span)
    }
    return name
  }
}

extension Diagnostic {
  /// E0520: a run that does not exist.
  fileprivate static func unknownRun(_ name: String, in reports: String, at span: SourceSpan?) -> Diagnostic {
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: reports)) ?? []
    let known = folders.filter { FileManager.default.fileExists(atPath: "\(reports)/\($0)/run.sqlite") }
      .sorted()
    let near = nearest(to: name, in: known)
    return Diagnostic(
      "E0520", "there is no run '\(name)' in \(reports)", at: span.map { Label($0, "not known") },
      help: near.map { "did you mean '\($0)'?" } ?? "'runexp list' shows all runs; a model file ends in .h5",
      fix: near.flatMap { near in span.map { Fix($0, replacement: near) } })
  }

  /// E0520: no run that has the metric.
  fileprivate static func noBest(
    _ experiment: String, _ metric: String, in reports: String, at span: SourceSpan?
  ) -> Diagnostic {
    Diagnostic(
      "E0520", "no run of '\(experiment)' in \(reports) has '\(metric)'",
      at: span.map { Label($0, "there is no best one") },
      help: "'runexp list \(experiment)' shows the runs and their metrics")
  }
}
