package import Config
package import Diagnostics
import Foundation
public import RunEvents

/// The runs that an experiment may begin with, as `resume:` and `load:` name them.
public struct EarlierRuns: Sendable {
  /// The folder they are in.
  public var folder = "reports"
  /// The run that words mean now which are no name; `nil` if there is none.
  public var choose: (@Sendable (RunReference) -> String?)?
  /// What `latest` and `best(…)` meant, by their words; a run that is resumed or made again goes by what they meant
  /// then.
  public var chosen: [String: String] = [:]

  public init() {}

  /// The name of the run that is meant: `mlp-3`, `latest`, or `best(mlp, val_accuracy)`.
  /// - Throws: E0201 if it is no name, E0520 if there is no such run.
  package mutating func find(_ node: ConfigNode) throws(Diagnostic) -> String {
    guard let written = node.string else {
      throw .mismatch(node, "the name of a run, or best(EXPERIMENT, METRIC)")
    }
    let reference = RunReference(written)
    if case .named = reference { return try present(written, node) }
    guard let run = chosen[written] ?? choose?(reference) else {
      if case .best(let experiment, let metric) = reference {
        throw .noBest(experiment, metric, in: folder, at: node.span)
      }
      throw .noRuns(in: folder, at: node.span)
    }
    chosen[written] = run
    return try present(run, node)
  }

  /// - Throws: E0520 if there is no such run.
  private func present(_ name: String, _ node: ConfigNode) throws(Diagnostic) -> String {
    guard isFileName(name), FileManager.default.fileExists(atPath: Self.log(of: name, in: folder)) else {
      throw .unknownRun(name, in: folder, at: node.span)
    }
    return name
  }

  fileprivate static func log(of run: String, in folder: String) -> String {
    "\(folder)/\(run)/\(RunFile.log)"
  }
}

extension Diagnostic {
  /// E0520: a run that does not exist.
  fileprivate static func unknownRun(_ name: String, in reports: String, at span: SourceSpan?) -> Diagnostic {
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: reports)) ?? []
    let known = folders.filter {
      FileManager.default.fileExists(atPath: EarlierRuns.log(of: $0, in: reports))
    }
    .sorted()
    let near = nearest(to: name, in: known)
    return Diagnostic(
      "E0520", "there is no run '\(name)' in \(reports)", at: span.map { Label($0, "not known") },
      help: near.map { "did you mean '\($0)'?" } ?? "'runexp list' shows all runs; a model file ends in .h5",
      fix: near.flatMap { near in span.map { Fix($0, replacement: near) } })
  }

  /// E0520: a latest run where there is none.
  fileprivate static func noRuns(in reports: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0520", "there is no run in \(reports) yet", at: span.map { Label($0, "there is no latest one") },
      help: "run an experiment first; --reports names another folder of runs")
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
