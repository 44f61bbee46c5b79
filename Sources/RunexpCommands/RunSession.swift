import ArgumentParser
import Diagnostics
import Experiments
import Exports
import Foundation
import Kernels
import PlottingCairo
import RunEvents
import RunLog

/// Runs one experiment in its folder, or the rest of it: with a log, a console and a transcript.
struct RunSession {
  let plan: ExperimentPlan
  let folder: RunFolder
  let terminal: Terminal
  let isQuiet: Bool
  let threads: Int
  /// Whether the run is still there when it has ended, for people to look at.
  var isKept = true
  /// Whether TensorBoard's event files are written at the end.
  var writesEvents = false
  /// Whether the steps of trainings are timed.
  var isProfiled = false

  /// Runs, and takes the run into the index.
  /// - Parameter checkpoint: where a run that was cut off goes on.
  func run(_ record: RunRecord, _ options: Runner.Options, from checkpoint: RunCheckpoint? = nil) throws
    -> ExitCode
  {
    let end = try execute(record, options, from: checkpoint)
    if writesEvents {
      let run = try ExportedRun(record.name, in: RunStore.read(folder.path + "/run.sqlite"))
      try TensorBoardLog.files(run).write(below: folder.path + "/tensorboard", from: folder.path)
    }
    let reports = URL(fileURLWithPath: folder.path).deletingLastPathComponent().path
    do {
      try RunIndexPage.refresh(reports, with: folder.path)
    } catch {
      // The index can be made from the runs at any time: it is no reason to call a good run a failed one.
      terminal.report(.indexIsOld(Places.relative(reports), error))
    }
    return end.exitCode
  }

  private func execute(
    _ record: RunRecord, _ options: Runner.Options, from checkpoint: RunCheckpoint?
  ) throws -> Runner.End {
    let store = StoreSink(try RunStore(path: folder.path + "/run.sqlite", process: .current()))
    let mode = checkpoint == nil ? O_TRUNC : O_APPEND
    let transcript = open(folder.path + "/log.txt", O_WRONLY | O_CREAT | mode, 0o666)
    defer { if transcript >= 0 { close(transcript) } }
    func sink(_ terminal: Terminal) -> ConsoleSink {
      ConsoleSink(
        terminal, folder: isKept ? folder.path : nil, plan: plan, resuming: checkpoint?.place(in: plan))
    }
    let console: any EventSink = isQuiet ? MistakeSink(terminal, plan.sources) : sink(terminal)
    let services = RunServices(
      pool: WorkerPool(threads: threads), now: Self.now, isInterrupted: { Interrupts.isRequested },
      render: { try render($0, as: $1) }, sinks: [store, console, sink(Terminal(descriptor: transcript))],
      clock: isProfiled ? Self.nanoseconds : nil)
    do {
      let runner = Runner(
        plan, record: record, folder: folder.path, services: services, options: options, from: checkpoint)
      let end = try runner.run()
      try store.close()
      return end
    } catch {
      // What could be logged stays readable; the first mistake is the one to tell.
      try? store.close()
      throw error
    }
  }

  /// Threads to compute with: as asked for, as `RUNEXP_THREADS` says, or one for each processor.
  static func threads(_ asked: Int?) -> Int { asked ?? Places.threads ?? Machine.processors }

  /// Seconds from any start.
  private static func now() -> Double { Double(nanoseconds()) * 1e-9 }

  /// The same, whole.
  @Sendable private static func nanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}

extension Runner.End {
  fileprivate var exitCode: ExitCode {
    switch self {
    case .finished: .success
    case .checksFailed: Status.checkFailed
    case .failed: Status.failed
    case .interrupted: Status.interrupted
    }
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
