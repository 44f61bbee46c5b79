import Exports
import RunEvents
import RunLog

/// A run with two series, one of which has a validation.
func sample(
  _ name: String = "mlp-1", parameters: [RunRecord.Parameter] = [.init(name: "rate", json: "0.1")],
  metrics: [MetricHistory]? = nil, artifacts: [Artifact] = []
) -> ExportedRun {
  let record = RunRecord(
    name: name, experiment: "mlp", title: "It's \"a\" title: here", seed: 7, startedAt: 1_700_000_000.25,
    command: ["runexp", "mlp.exp"], parameters: parameters,
    environment: [.init("cpu", "a cpu"), .init("git commit", "abc, with changes")], source: "source",
    resolved: "resolved", note: "a note")
  let identity = ProcessIdentity(host: "h", bootID: "b", pid: 1, startTicks: 1)
  return ExportedRun(
    run: LoggedRun(
      record: record, status: .finished, seconds: 2.5, resumptions: 0, process: identity, cells: []),
    metrics: metrics ?? [
      MetricHistory(
        series: "m", name: "loss", goal: .smaller,
        points: [.init(step: 10, epoch: 1, value: 0.5), .init(step: 20, epoch: 2, value: 0.25)]),
      MetricHistory(
        series: "m", name: "val_loss", goal: .smaller, points: [.init(step: 10, epoch: 1, value: 0.75)]),
      MetricHistory(
        series: "test", name: "loss", goal: .smaller, points: [.init(step: 20, epoch: nil, value: 0.1)]),
    ],
    datasets: [.init(name: "d", files: [.init(path: "/data/a.csv", bytes: 3, sha256: "00ff")], parts: [])],
    artifacts: artifacts)
}

/// A history of one series.
func history(_ name: String, _ values: Double...) -> MetricHistory {
  MetricHistory(
    series: "m", name: name, goal: .smaller,
    points: values.enumerated().map { .init(step: $0 + 1, epoch: $0 + 1, value: $1) })
}

extension [ExportFile] {
  /// The text of the file whose path ends so.
  func text(_ ending: String) -> String? {
    let found = first { $0.path.hasSuffix(ending) }?.content
    if case .bytes(let bytes)? = found { return String(decoding: bytes, as: UTF8.self) }
    return nil
  }
}
