package import Diagnostics
package import Analysis
import Experiments
import Plots
package import Running
import Foundation
package import RunEvents
package import RunLog

/// A run that was interrupted or killed, with all that it takes to resume it.
///
/// Its results are those of a run that was never interrupted, to the bit: what has changed since it began is refused.
package struct ResumableRun {
  package let folder: RunFolder
  package let record: RunRecord
  package let checkpoint: RunCheckpoint
  package let options: Runner.Options
  package let plan: ExperimentPlan
  /// Something odd that does not keep it from being resumed.
  package let warning: Diagnostic?

  /// - Parameter standardInput: what stands for an experiment that came through a pipe.
  /// - Throws: E0513 to E0516 for its checkpoint, E0710 and E0712 if it is under way or has finished, E0713 if the
  ///   experiment has changed, ``ExperimentErrors`` if it is wrong by now.
  package init(_ folder: RunFolder, standardInput: String = "-") throws {
    let run = try Self.interrupted(in: folder)
    let (checkpoint, warning) = try CheckpointStore(folder: folder.path).read()
    // A complete run may have been killed before its log said so: only that is left to do.
    if checkpoint.isComplete && run.status == .failed { throw Diagnostic.isFinished(run.record.name) }
    guard let request = RunRequest(inFolder: folder.path) else {
      throw Diagnostic.noRequest(run.record.name)
    }
    plan = try Self.plan(of: run.record, in: folder, request, standardInput)
    options = Runner.Options(request)
    record = run.record
    self.folder = folder
    self.checkpoint = checkpoint
    self.warning = warning
  }

  /// The last run of a reports folder that was interrupted.
  /// - Throws: E0714 if there is none.
  package static func last(in reports: String) throws(Diagnostic) -> RunFolder {
    let runs = try RunIndex.current(in: reports)?.log.runs() ?? []
    guard let last = runs.first(where: { $0.status == .interrupted }) else {
      throw .nothingInterrupted(in: reports)
    }
    return RunFolder(name: last.name, path: "\(reports)/\(last.name)")
  }

  /// What is known of a run that is neither under way nor finished.
  private static func interrupted(in folder: RunFolder) throws(Diagnostic) -> LoggedRun {
    let log = try RunStore.read(folder.log)
    guard let name = try log.runs(limit: 1).first?.name else {
      throw .noRun(folder.name, in: folder.path, known: [])
    }
    let run = try log.run(named: name)
    switch run.status {
    case .finished: throw .isFinished(name)
    case .running: throw .isRunning(name, pid: run.process.pid, host: run.process.host)
    case .failed, .interrupted: return run
    }
  }

  /// The experiment, if it is still what it was when the run began.
  private static func plan(
    of record: RunRecord, in folder: RunFolder, _ asked: RunRequest, _ standardInput: String
  ) throws -> ExperimentPlan {
    let path = Places.relative(asked.experiment)
    let isFromInput = URL(fileURLWithPath: path).lastPathComponent == standardInput
    if !isFromInput, let source = try? String(contentsOfFile: asked.experiment, encoding: .utf8),
      source != record.source
    {
      throw Diagnostic.experimentChanged(path, from: record.source, to: source)
    }
    let reports = URL(fileURLWithPath: folder.path).deletingLastPathComponent().path
    // What came through a pipe is in the log alone.
    var request = ExperimentRequest(
      path: path, text: isFromInput ? Array(record.source.utf8) : nil, reports: Places.relative(reports))
    request.seed = record.seed
    request.earlier.chosen = asked.chosenRuns
    request.overrides = try record.parameters.map(ExperimentRequest.Override.init)
    request.isRunNext = true
    let checked = CheckedExperiment(request)
    guard let plan = checked.plan else { throw ExperimentErrors(checked) }
    if plan.resolved != record.resolved {
      throw Diagnostic.experimentChanged(path, from: record.resolved, to: plan.resolved)
    }
    return plan
  }
}

/// What is wrong with an experiment that was to be run.
package struct ExperimentErrors: Error {
  package let diagnostics: [Diagnostic]
  package let sources: SourceMap

  init(_ checked: CheckedExperiment) {
    diagnostics = checked.diagnostics
    sources = checked.sources
  }
}

extension Diagnostic {
  /// E0712: a run with nothing left to do.
  fileprivate static func isFinished(_ run: String) -> Diagnostic {
    Diagnostic(
      "E0712", "'\(run)' has finished, there is nothing to resume", help: "'runexp show \(run)' shows it")
  }

  /// E0513: a run of which it is not known what was asked for.
  fileprivate static func noRequest(_ run: String) -> Diagnostic {
    Diagnostic(
      "E0513", "'\(run)' did not keep how it was asked for: there is no \(RunFile.request) in its folder",
      help: "the run was made by another version of runexp; start the run again")
  }

  /// E0710: a run that is under way.
  fileprivate static func isRunning(_ run: String, pid: Int, host: String) -> Diagnostic {
    Diagnostic(
      "E0710", "'\(run)' is under way: process \(pid) on \(host)",
      help: "wait until it has ended; only a run that was cut off can be resumed")
  }

  /// E0713: an experiment that is another one now.
  fileprivate static func experimentChanged(_ path: String, from old: String, to new: String) -> Diagnostic {
    let before = old.split(separator: "\n", omittingEmptySubsequences: false)
    let after = new.split(separator: "\n", omittingEmptySubsequences: false)
    let line = zip(before, after).prefix { $0 == $1 }.count
    func words(_ lines: [Substring]) -> String {
      lines.indices.contains(line) ? "'\(lines[line].drop { $0 == " " })'" : "the end of the file"
    }
    return Diagnostic(
      "E0713",
      "'\(path)' has changed since the run began: line \(line + 1) was \(words(before)), is \(words(after))",
      help:
        "undo the change, or start a new run; the file as it was is \(RunFile.experiment) in the run's folder"
    )
  }

  /// E0714: no run to resume.
  fileprivate static func nothingInterrupted(in reports: String) -> Diagnostic {
    Diagnostic(
      "E0714", "no run in \(reports) was cut off",
      help: "'runexp list' shows all runs; name one that failed to resume it")
  }
}
