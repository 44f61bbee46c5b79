package import Diagnostics
import Analysis
import Experiments
import Plots
package import Running
import Config
import ExpLanguage
import Exports
import Files
import Foundation
package import GraphEngine
import Kernels
import PlottingCairo
package import RunEvents
package import RunLog

/// Runs plans: each in a folder with its log, its request and its files, and with a row in the index.
///
/// It knows no terminal. Who wants to see what happens gives observers, which are told everything, as events.
package struct RunService {
  /// Who looks on at a run.
  package typealias Observers = (Run) throws -> [any EventSink]

  /// A run that is about to begin.
  package struct Run {
    package let plan: ExperimentPlan
    package let folder: RunFolder
    /// Where it resumes, in words; `nil` for a new one.
    package let resumingAt: String?
  }

  /// How a new run is asked for.
  package struct Request {
    package var options = Runner.Options()
    package var tag: String?
    package var note: String?
    /// The name of the run or sweep that it belongs to.
    package var parent: String?
    /// The command line.
    package var command: [String]

    package init(command: [String]) { self.command = command }
  }

  /// Threads to compute with; no result depends on it.
  package var threads: Int
  /// Asked before every training step.
  package var isInterrupted: () -> Bool = { false }
  package var observers: Observers = { _ in [] }
  /// Whether TensorBoard's event files are written at the end.
  package var writesEvents = false
  /// If given, the steps of trainings are timed by it.
  package var clock: StepClock?

  package init(threads: Int) { self.threads = threads }

  /// Starts a new run, in the next folder of its name.
  /// - Throws: E0707 if there can be no folder, and what the log throws; what goes wrong in a cell is the run's end.
  package func start(_ plan: ExperimentPlan, in reports: String, _ request: Request) throws -> Outcome {
    let name = request.options.name ?? plan.name
    let folder = try RunFolder.next(of: name, in: reports)
    let home = URL(fileURLWithPath: plan.path).deletingLastPathComponent().path
    let record = RunRecord(
      name: folder.name, experiment: name, title: plan.title, seed: plan.seed,
      startedAt: Date().timeIntervalSince1970, command: request.command,
      parameters: plan.parameters.entries.map { .init(name: $0.key, json: $0.value.json) },
      environment: Machine.facts(threads: threads, folder: home), source: plan.source,
      resolved: plan.resolved, tag: request.tag, note: request.note,
      scope: RunScope(isQuick: request.options.isQuick, until: request.options.until),
      parent: request.parent)
    return try run(plan, record, in: folder, request.options)
  }

  /// Resumes a run that was interrupted or killed.
  package func resume(_ run: ResumableRun) throws -> Outcome {
    sweepAside(in: run.folder.path, recursively: true)
    return try self.run(run.plan, run.record, in: run.folder, run.options, from: run.checkpoint)
  }

  /// Runs a plan in a folder, and takes the run into the index.
  func run(
    _ plan: ExperimentPlan, _ record: RunRecord, in folder: RunFolder, _ options: Runner.Options,
    from checkpoint: RunCheckpoint? = nil
  ) throws -> Outcome {
    let end = try execute(plan, record, in: folder, options, from: checkpoint)
    if writesEvents {
      let run = try ExportedRun(record.name, in: RunStore.read(folder.log))
      try TensorBoardLog.files(run).write(below: "\(folder.path)/\(RunFile.tensorBoard)", from: folder.path)
    }
    let reports = URL(fileURLWithPath: folder.path).deletingLastPathComponent().path
    var outcome = Outcome(folder: folder, end: end)
    do {
      try RunIndexPage.refresh(reports, with: folder.path)
    } catch {
      // The index can be made from the runs at any time: it is no reason to call a good run a failed one.
      outcome.warning = .indexIsOld(Places.relative(reports), error)
    }
    return outcome
  }

  private func execute(
    _ plan: ExperimentPlan, _ record: RunRecord, in folder: RunFolder, _ options: Runner.Options,
    from checkpoint: RunCheckpoint?
  ) throws -> Runner.End {
    let store = StoreSink(try RunStore(path: folder.log, process: .current()))
    let others = try observers(
      Run(plan: plan, folder: folder, resumingAt: checkpoint?.place(in: plan)))
    let services = RunServices(
      pool: WorkerPool(threads: threads), now: { Double(Machine.nanoseconds()) * 1e-9 },
      isInterrupted: isInterrupted, render: { try render($0, as: $1) }, sinks: [store] + others, clock: clock)
    do {
      let runner = Runner(
        plan, record: record, folder: folder.path, services: services, options: options, from: checkpoint)
      let end = try runner.run()
      try store.close()
      return end
    } catch {
      // What could be logged stays readable; the first error is the one to tell.
      try? store.close()
      throw error
    }
  }
}

extension RunService {
  /// How a run ended, and what there is to say beside.
  package struct Outcome {
    package let folder: RunFolder
    package let end: Runner.End
    /// Something that is no fault of the run.
    package var warning: Diagnostic?
  }
}

extension Diagnostic {
  /// E0908: an index that could not be brought up to date.
  fileprivate static func indexIsOld(_ reports: String, _ error: any Error) -> Diagnostic {
    let reason = (error as? Diagnostic)?.message ?? "\(error)"
    return Diagnostic(
      "E0908", "the index of \(reports) is not up to date: \(reason)", severity: .warning,
      help: "the run itself is complete; the next run or 'runexp list' takes it in")
  }
}
