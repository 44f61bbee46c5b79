public import Diagnostics
internal import Config
internal import FoundationEssentials

/// A run's report as data, in its folder, of which all writers make their files.
public enum ReportFile {
  /// Reads the report of a run.
  /// - Parameter path: in the folder of the run, which has the figures.
  /// - Throws: E0636 if the file says something else than a report, E0637 if there is none, E0514 if a figure is gone.
  public static func read(_ path: String) throws(Diagnostic) -> Report {
    let url = URL(fileURLWithPath: path)
    guard let data = try? Data(contentsOf: url) else { throw .noReport(path) }
    let node: ConfigNode
    do throws(Diagnostic) {
      node = try ConfigNode(json: [UInt8](data))
    } catch {
      throw .notAReport(path, because: error.message)
    }
    guard let report = try Report(node, folder: url.deletingLastPathComponent().relativePath) else {
      throw .notAReport(path, because: "it lacks what every report has")
    }
    return report
  }
}

extension Diagnostic {
  /// E0636: a file that is no report.
  fileprivate static func notAReport(_ path: String, because reason: String) -> Diagnostic {
    Diagnostic(
      "E0636", "'\(path)' is not the data of a report: \(reason)",
      help: "the run was made by another version of runexp, or the file was changed; run the experiment again"
    )
  }

  /// E0637: a run without a report.
  fileprivate static func noReport(_ path: String) -> Diagnostic {
    Diagnostic(
      "E0637", "there is no '\(path)' to make a report of",
      help: "a run writes it when it ends: finish one that was cut off with 'runexp resume'")
  }
}
