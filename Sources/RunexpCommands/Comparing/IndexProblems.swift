import Diagnostics
import RunLog

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
}
