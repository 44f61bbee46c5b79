import ArgumentParser
import Config
import Diagnostics
import Experiments
import Files
import Foundation
import RunEvents
import RunLog

/// `runexp resume`: goes on with a run that was cut off, in its folder.
///
/// Its results are those of a run that was never cut off, to the bit.
struct Resume: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Go on with a run that was interrupted or killed.")

  @Argument(
    help: ArgumentHelp(
      "A run (mlp-1, latest) or its folder. The last that was cut off if left out.", valueName: "run"))
  var what: String?
  @OptionGroup var common: CommonOptions
  @Option(help: "Threads to compute with; the results do not depend on it.")
  var threads: Int?
  @Flag(name: [.short, .long], help: "Say nothing but mistakes.")
  var quiet = false

  func validate() throws {
    if let threads, !(1...256).contains(threads) { throw ValidationError("--threads is between 1 and 256") }
  }

  func run() throws {
    let terminal = common.terminal
    let status: ExitCode
    do {
      status = try resume(terminal)
    } catch let exit as ExitCode {
      throw exit
    } catch {
      terminal.report(error as? Diagnostic ?? Diagnostic("E0906", "\(error)"))
      throw Status.failed
    }
    if status != .success { throw status }
  }

  private func resume(_ terminal: Terminal) throws -> ExitCode {
    let folder = try found()
    let run = try interruptedRun(in: folder)
    let record = run.record
    let (checkpoint, warning) = try CheckpointStore(folder: folder.path).read()
    // A complete run may have been killed before its log said so: only that is left to do.
    if checkpoint.isComplete && run.status == .failed { throw Diagnostic.isFinished(record.name) }
    if let warning { terminal.report(warning) }
    guard let request = RunRequest(inFolder: folder.path) else { throw Diagnostic.noRequest(record.name) }
    let plan = try plan(of: record, in: folder, asked: request, terminal)
    sweepAside(in: folder.path, recursively: true)
    Interrupts.watch()
    let session = RunSession(
      plan: plan, folder: folder, terminal: terminal, isQuiet: quiet, threads: RunSession.threads(threads))
    return try session.run(record, Runner.Options(request), from: checkpoint)
  }

  /// The run that was named, or the last that was cut off.
  private func found() throws -> RunFolder {
    let reports = Places.reports(common.reports)
    guard let what else {
      let runs = try RunIndex.current(in: reports)?.log.runs() ?? []
      guard let last = runs.first(where: { $0.status == .interrupted }) else {
        throw Diagnostic.nothingInterrupted(in: reports)
      }
      return RunFolder(name: last.name, path: "\(reports)/\(last.name)")
    }
    let folder = try RunPlace.folder(of: what, reports: common.reports)
    return RunFolder(name: URL(fileURLWithPath: folder).lastPathComponent, path: Places.relative(folder))
  }

  /// What is known of a run that is neither under way nor finished.
  private func interruptedRun(in folder: RunFolder) throws(Diagnostic) -> LoggedRun {
    let log = try RunStore.read(folder.path + "/run.sqlite")
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
  private func plan(
    of record: RunRecord, in folder: RunFolder, asked: RunRequest, _ terminal: Terminal
  ) throws -> ExperimentPlan {
    let path = Places.relative(asked.experiment)
    let isFromInput = URL(fileURLWithPath: path).lastPathComponent == FileOptions.standardInput
    if !isFromInput, let source = try? String(contentsOfFile: asked.experiment, encoding: .utf8),
      source != record.source
    {
      throw Diagnostic.experimentChanged(path, from: record.source, to: source)
    }
    let reports = URL(fileURLWithPath: folder.path).deletingLastPathComponent().path
    var request = ExperimentRequest(path: path, reports: Places.relative(reports))
    request.seed = record.seed
    request.earlier.chosen = asked.chosenRuns
    request.overrides = record.parameters.map { "\($0.name)=\($0.json)" }
    request.isRunNext = true
    // What came through a pipe is in the log alone.
    if isFromInput { request.text = Array(record.source.utf8) }
    let checked = CheckedExperiment(request)
    guard let plan = checked.plan else {
      terminal.report(checked.diagnostics, checked.sources)
      throw Status.wrongFile
    }
    if plan.resolved != record.resolved {
      throw Diagnostic.experimentChanged(path, from: record.resolved, to: plan.resolved)
    }
    return plan
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
      "E0513", "'\(run)' did not keep how it was asked for: there is no \(RunRequest.fileName) in its folder",
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
    let (before, after) = (
      old.split(separator: "\n", omittingEmptySubsequences: false),
      new.split(separator: "\n", omittingEmptySubsequences: false)
    )
    let line = zip(before, after).prefix { $0 == $1 }.count
    func words(_ lines: [Substring]) -> String {
      lines.indices.contains(line) ? "'\(lines[line].drop { $0 == " " })'" : "the end of the file"
    }
    return Diagnostic(
      "E0713",
      "'\(path)' has changed since the run began: line \(line + 1) was \(words(before)), is \(words(after))",
      help: "undo the change, or start a new run; the file as it was is experiment.exp in the run's folder")
  }

  /// E0714: no run to resume.
  fileprivate static func nothingInterrupted(in reports: String) -> Diagnostic {
    Diagnostic(
      "E0714", "no run in \(reports) was cut off",
      help: "'runexp list' shows all runs; name one that failed to resume it")
  }

  /// E0907: a run that does not exist.
  static func noRun(_ name: String, in reports: String, known: [String]) -> Diagnostic {
    Diagnostic(
      "E0907", "there is no run '\(name)' in \(reports)",
      help: nearest(to: name, in: known).map { "did you mean '\($0)'?" } ?? "'runexp list' shows all runs")
  }
}
