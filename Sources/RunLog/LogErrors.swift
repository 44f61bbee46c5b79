package import Diagnostics
import GRDB

extension Diagnostic {
  /// E0701: a log that cannot be opened or written.
  static func cannotUseLog(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      "E0701", "cannot use the log '\(path)': \(reason)",
      help: "check that the folder exists and may be written to, or choose another with --reports")
  }

  /// E0702: a file that is not a log of this program, or is damaged.
  static func notALog(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      "E0702", "'\(path)' is not a readable run log: \(reason)",
      help: "an index can be deleted and made again with 'runexp index --rebuild'; a run's log cannot")
  }

  /// E0702: a log without tables.
  static func emptyLog(_ path: String) -> Diagnostic { notALog(path, "it is empty") }

  /// E0703: a log of a newer version.
  static func newerLog(_ path: String, version: Int, known: Int) -> Diagnostic {
    Diagnostic(
      "E0703", "'\(path)' was written by a newer runexp (log version \(version), this one knows \(known))",
      help: "use that version, or a newer one")
  }

  /// E0704: no room left.
  static func diskFull(_ path: String) -> Diagnostic {
    Diagnostic(
      "E0704", "the disk is full: '\(path)' cannot grow",
      help: "free some space and resume the run; everything logged so far is kept")
  }

  /// E0705: somebody else holds the log.
  static func logIsBusy(_ path: String) -> Diagnostic {
    Diagnostic(
      "E0705", "'\(path)' is in use by another process",
      help: "wait until it has finished, or end it; a run has one writer")
  }

  /// E0706: a run that is not in the log.
  package static func noSuchRun(_ name: String, in path: String) -> Diagnostic {
    Diagnostic("E0706", "no run '\(name)' in '\(path)'", help: "'runexp list' shows all runs")
  }

  /// E0707: a folder for a run that cannot be made.
  static func cannotMakeFolder(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      "E0707", "cannot make the folder '\(path)': \(reason)",
      help: "check that the folder above may be written to, or choose another with --reports")
  }

  /// What SQLite's error means for the person whose log it is.
  static func log(_ error: any Error, _ path: String) -> Diagnostic {
    if let diagnostic = error as? Diagnostic { return diagnostic }
    // A value that is not of the type that it is asked for.
    if error is RowDecodingError || error is DecodingError {
      return .notALog(path, "it has a value that no run writes")
    }
    guard let error = error as? DatabaseError else { return .cannotUseLog(path, "\(error)") }
    let reason = error.message ?? "\(error.resultCode)"
    return switch error.resultCode {
    case .SQLITE_FULL: .diskFull(path)
    case .SQLITE_BUSY, .SQLITE_LOCKED: .logIsBusy(path)
    case .SQLITE_NOTADB, .SQLITE_CORRUPT: .notALog(path, reason)
    default: .cannotUseLog(path, reason)
    }
  }
}
