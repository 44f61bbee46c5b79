import Diagnostics
import RunEvents
import Testing

/// Events as lines, for other programs.
@Suite struct EventMessageTests {
  static let record = RunRecord(
    name: "mlp-1", experiment: "mlp", title: "A \"title\"", seed: .max, startedAt: 1.5,
    command: ["runexp", "a b.exp"],
    parameters: [.init(name: "rate", json: "0.1")], environment: [.init("cpu", "any")], source: "cells:\n",
    resolved: "cells:\n", tag: "t", scope: RunScope(isQuick: true, until: 3))
  /// One of each kind.
  static let events: [RunEvent] = [
    .runStarted(record), .runResumed(record, checkpoint: 7), .checkpoint(8),
    .cellStarted(index: 2, keyword: "train", name: "mlp"), .cellNote(index: 2, text: "5 × 3\nlines"),
    .shown(cell: 1, text: "words"),
    .progress(
      EpochProgress(
        model: "mlp", epoch: 1, epochs: 3, step: 4, steps: 9, seconds: 0.25,
        metrics: [("loss", .nan), ("accuracy", 0.1)], isEpochEnd: false)),
    .metric(MetricPoint(series: "mlp", name: "loss", epoch: 2, step: 40, value: -.infinity)),
    .metric(MetricPoint(series: "test", name: "accuracy", epoch: nil, step: 40, value: 1.0 / 3)),
    .steps(
      cell: 2, series: "mlp",
      StepTrace(epoch: 1, firstStep: 1, losses: [1, .infinity, 0.1], digests: [.init(step: 1, value: .max)])),
    .dataset(DatasetRecord(name: "d", files: [.init(path: "d.csv", bytes: 9, sha256: "ab")], parts: [])),
    .artifact(
      Artifact(path: "a.png", mediaType: "image/png", bytes: 3, sha256: "00", caption: "A", cell: nil)),
    .check(CheckResult(expression: "a > 1", passed: false, found: "0")),
    .diagnostic(
      Diagnostic(
        "E0206", "there is no loss 'x'", severity: .warning, at: .init(SourceSpan(1, 4), "here"), help: "h",
        fix: .init(SourceSpan(1, 4), replacement: "mse"),
        cause: .unknownName("x", kind: "loss", isNearKnown: true))),
    .cellEnded(index: 2, status: .failed, seconds: 1e-9), .runEnded(status: .interrupted, seconds: 2),
  ]

  @Test(arguments: events)
  func `an event is one line, and the same after it was read`(event: RunEvent) throws {
    let line = EventMessage(event).line
    #expect(!line.isEmpty && !line.contains("\n"))
    #expect(try EventMessage(EventMessage(line: line).event).line == line)
    #expect("\(try EventMessage(line: line).event)" == "\(event)")
  }

  @Test func `the form of a line is what other programs rely on`() {
    let point = MetricPoint(series: "mlp", name: "val_loss", epoch: 2, step: 40, value: 0.25)
    #expect(
      EventMessage(.metric(point)).line
        == #"{"data":{"epoch":2,"name":"val_loss","series":"mlp","step":40,"value":0.25},"event":"metric","version":1}"#
    )
  }

  @Test(arguments: [
    "", "{}", "[]", "null", #"{"version":2,"event":"checkpoint","data":{"number":1}}"#,
    #"{"version":1,"event":"new","data":{}}"#, #"{"version":1,"event":"checkpoint","data":{"number":1e99}}"#,
  ])
  func `what is no event of this version is refused`(line: String) {
    #expect(throws: DecodingError.self) { try EventMessage(line: line) }
  }
}
