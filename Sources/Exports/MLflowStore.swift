internal import Config
internal import RunEvents
internal import RunLog

/// A run as MLflow's file store has it: `EXPERIMENT/RUN/{meta.yaml, params, metrics, tags, artifacts}`.
///
/// MLflow since 3.13 opens such a folder only with `MLFLOW_ALLOW_FILE_STORE=true`; `mlflow migrate-filestore` takes it
/// into a database.
public enum MLflowStore {
  /// The files below `mlruns`.
  /// - Parameter root: the URL of `mlruns`, where MLflow will look for the run's files.
  public static func files(_ run: ExportedRun, root: String) -> [ExportFile] {
    let record = run.run.record
    let experiment = identifier(of: record.experiment)
    let id = String(sha256(of: Array("\(record.name)\n\(record.startedAt)".utf8)).prefix(32))
    let (start, end) = (
      milliseconds(record.startedAt), run.run.seconds.map { milliseconds(record.startedAt + $0) }
    )
    let folder = "\(experiment)/\(id)"
    var files = [
      ExportFile(
        "\(experiment)/meta.yaml",
        yaml([
          ("artifact_location", "\(root)/\(experiment)".config.json), ("creation_time", start),
          ("experiment_id", "'\(experiment)'"), ("last_update_time", start), ("lifecycle_stage", "active"),
          ("name", record.experiment.config.json),
        ]), isShared: true),
      ExportFile(
        "\(folder)/meta.yaml",
        yaml([
          ("artifact_uri", "\(root)/\(folder)/artifacts".config.json), ("end_time", end ?? "null"),
          ("entry_point_name", "''"), ("experiment_id", "'\(experiment)'"), ("lifecycle_stage", "active"),
          ("run_id", id), ("run_name", record.name.config.json), ("run_uuid", id), ("source_name", "''"),
          ("source_type", "4"), ("source_version", "''"), ("start_time", start),
          ("status", status(run.run.status)), ("tags", "[]"), ("user_id", "runexp"),
        ])),
    ]
    for parameter in record.parameters {
      files.append(ExportFile("\(folder)/params/\(key(parameter.name))", text(parameter.json)))
    }
    for metric in run.metrics {
      let lines = metric.points.map { "\(start) \(number($0.value)) \($0.epoch ?? $0.step)\n" }
      files.append(ExportFile("\(folder)/metrics/\(key("\(metric.series).\(metric.name)"))", lines.joined()))
    }
    for (name, value) in tags(run) { files.append(ExportFile("\(folder)/tags/\(key(name))", value)) }
    // A folder that is empty cannot be exported, and MLflow wants one.
    files.append(ExportFile("\(folder)/artifacts/\(RunFile.resolved)", record.resolved))
    for artifact in run.artifacts where !artifact.path.split(separator: "/").contains("..") {
      files.append(ExportFile("\(folder)/artifacts/\(artifact.path)", .copy(of: artifact.path)))
    }
    return files
  }

  private static func tags(_ run: ExportedRun) -> [(String, String)] {
    let record = run.run.record
    var tags = [
      ("mlflow.runName", record.name), ("mlflow.source.name", record.command.joined(separator: " ")),
      ("mlflow.source.type", "LOCAL"), ("mlflow.user", "runexp"), ("runexp.seed", "\(record.seed)"),
      ("runexp.title", record.title),
    ]
    if let note = record.note { tags.append(("mlflow.note.content", note)) }
    if let tag = record.tag { tags.append(("runexp.tag", tag)) }
    for fact in record.environment {
      if fact.key == "git commit", let commit = fact.value.split(separator: ",").first {
        tags.append(("mlflow.source.git.commit", String(commit)))
      }
      tags.append(("runexp.\(fact.key)", fact.value))
    }
    // The file store has no simple place for data sets.
    for set in run.datasets {
      let hashes = set.files.map { "\($0.sha256)  \($0.path.split(separator: "/").last ?? "")" }
      tags.append(("runexp.data.\(set.name)", hashes.joined(separator: "\n")))
    }
    return tags
  }

  /// A number that names the same experiment each time: folders of MLflow's experiments are called by numbers.
  private static func identifier(of experiment: String) -> String {
    let digits = sha256(of: Array(experiment.utf8)).prefix(15)
    let number = UInt64(digits, radix: 16) ?? 0
    return String(100_000_000_000_000_000 + number % 800_000_000_000_000_000)
  }

  private static func milliseconds(_ seconds: Double) -> String {
    String(Int(max(0, min(seconds, 1e12)) * 1000))
  }

  private static func status(_ status: RunStatus) -> String {
    switch status {
    case .running: "1"
    case .finished: "3"
    case .failed: "4"
    case .interrupted: "5"
    }
  }

  /// MLflow names hold letters, digits, `_`, `-`, `.`, spaces and `/`.
  private static func key(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "_-. /".contains($0)) ? $0 : "_" })
  }

  /// A parameter without the quotes of its JSON.
  private static func text(_ json: String) -> String { (try? ConfigNode(json: json))?.string ?? json }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    return value.isInfinite ? (value < 0 ? "-inf" : "inf") : pythonRepr(value)
  }

  private static func yaml(_ entries: [(String, String)]) -> String {
    entries.map { "\($0): \($1)\n" }.joined()
  }
}
