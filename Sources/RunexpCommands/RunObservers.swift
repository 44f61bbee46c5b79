import Analysis
import Running
import Plots
import ArgumentParser
import Diagnostics
import Experiments
import Foundation
import RunEvents
import RunLog
import RunService

extension RunService {
  /// Runs that can be interrupted, and are told of on a terminal and in the transcript `log.txt` of their folder.
  /// - Parameters:
  ///   - isKept: whether a run is still there when it has ended, for people to look at.
  ///   - events: another program that is told everything.
  init(
    threads: Int, on terminal: Terminal, isQuiet: Bool, isKept: Bool = true, events: EventLines? = nil
  ) {
    self.init(threads: threads)
    Interrupts.watch()
    isInterrupted = { Interrupts.isRequested }
    observers = { run in
      let console: any EventSink =
        isQuiet
        ? MistakeSink(terminal, run.plan.sources) : ConsoleSink(terminal, run, isKept: isKept)
      return [console, Transcript(run, isKept: isKept)] + (events.map { [$0] } ?? [])
    }
  }
}

extension ConsoleSink {
  fileprivate convenience init(_ terminal: Terminal, _ run: RunService.Run, isKept: Bool) {
    self.init(terminal, folder: isKept ? run.folder.path : nil, plan: run.plan, resuming: run.resumingAt)
  }
}

/// What is told of a run, in its folder.
///
/// Owns the file.
private final class Transcript: EventSink {
  private let descriptor: Int32
  private let sink: ConsoleSink

  init(_ run: RunService.Run, isKept: Bool) {
    let mode = run.resumingAt == nil ? O_TRUNC : O_APPEND
    descriptor = open(
      "\(run.folder.path)/\(RunFile.transcript)", O_WRONLY | O_CREAT | O_CLOEXEC | mode, 0o666)
    sink = ConsoleSink(Terminal(descriptor: descriptor), run, isKept: isKept)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  func receive(_ event: RunEvent) { sink.receive(event) }
}

extension Terminal {
  /// Says what there is to say of a run that has ended; how it ended is the status of the command.
  func finish(_ outcome: RunService.Outcome) throws(ExitCode) {
    if let warning = outcome.warning { report(warning) }
    switch outcome.end {
    case .finished: return
    case .checksFailed: throw Status.checkFailed
    case .failed: throw Status.failed
    case .interrupted: throw Status.interrupted
    }
  }
}
