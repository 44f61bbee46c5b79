/// What the files of a run are called in its folder; nothing else in the program says so.
public enum RunFile {
  /// The log.
  public static let log = "run.sqlite"
  /// The experiment as it was written, and with its parameters filled in.
  public static let experiment = "experiment.exp"
  public static let resolved = "resolved.exp"
  /// How the run was asked for: a ``RunRequest``.
  public static let request = "request.json"
  /// What was said on the console.
  public static let transcript = "log.txt"
  /// The report: as a page, in Markdown, and as the data that both are made of.
  public static let page = report("html")
  public static let markdown = report("md")
  public static let report = report("json")
  /// Traces of all trainings; not one of the results, since no two runs take the same time.
  public static let profile = "profile.json"
  /// A folder for TensorBoard's event files.
  public static let tensorBoard = "tensorboard"
  /// A folder for figures.
  public static let figures = "figures"
  /// A folder for what a run goes on from, and what it had when it was interrupted.
  public static let checkpoints = "checkpoints"
  /// The last checkpoint.
  public static let state = checkpoints + "/run.state"

  /// The report in a format.
  /// - Parameter ending: of the file's name: `ipynb`.
  public static func report(_ ending: String) -> String { "report.\(ending)" }

  /// Whether a file is the report, in whatever format.
  public static func isReport(_ path: String) -> Bool { path.hasPrefix(report("")) }

  /// A figure.
  /// - Parameter ending: of the file's name: `svg`.
  public static func figure(_ name: String, _ ending: String = "png") -> String {
    "\(figures)/\(name).\(ending)"
  }

  /// What a model was when the run was interrupted.
  public static func interrupted(_ model: String) -> String { "\(checkpoints)/\(model)-interrupted.h5" }
}
