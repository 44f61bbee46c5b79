import Diagnostics
import Foundation
import GRDB
import RunEvents
import RunLog
import Testing

@Suite struct RunStoreTests {
  let store: RunStore

  init() throws { store = try RunStore(inMemoryFor: .current()) }

  @Test func `the record of a run comes back whole`() throws {
    let parameters = ["1", "1.5", "\"a\"", "true", "null", "[1]", "{}"].enumerated()
      .map { RunRecord.Parameter(name: "p\($0)", json: $1) }
    let record = record(parameters: parameters)
    try store.append([.runStarted(record)])
    let run = try store.log.run(named: "mlp-1")
    #expect(run.record == record)
    #expect(run.status == .running)
    #expect(run.seconds == nil)
    #expect(run.process == .current())
  }

  @Test func `parameters are typed`() throws {
    try withFolder { folder in
      let jsons = ["1", "1e-3", "\"a\"", "true", "null", "[1]", "{}", "-2", "NaN"]
      let parameters = jsons.enumerated().map { RunRecord.Parameter(name: "p\($0)", json: $1) }
      try makeRun("mlp-1", in: folder, [.runStarted(record(parameters: parameters))])
      let queue = try DatabaseQueue(path: folder + "/mlp-1/run.sqlite")
      let types = try queue.read {
        try String.fetchAll($0, sql: "SELECT type FROM parameter ORDER BY number")
      }
      #expect(types == ["integer", "real", "text", "boolean", "null", "list", "map", "integer", "real"])
      let values = try queue.read {
        try Double.fetchAll($0, sql: "SELECT value FROM parameter WHERE value > -5")
      }
      #expect(values.sorted() == [-2, 0.001, 1])
    }
  }

  @Test func `cells keep their status and time`() throws {
    try store.append([
      .runStarted(record()), .cellStarted(index: 1, keyword: "data", name: "fashion"),
      .cellNote(index: 1, text: "55,000 train"), .cellEnded(index: 1, status: .finished, seconds: 0.5),
      .cellStarted(index: 2, keyword: "train", name: "mlp"),
    ])
    #expect(
      try store.log.run(named: "mlp-1").cells == [
        LoggedCell(index: 1, keyword: "data", name: "fashion", status: .finished, seconds: 0.5),
        LoggedCell(index: 2, keyword: "train", name: "mlp", status: .running, seconds: nil),
      ])
    #expect(try store.log.events(of: "mlp-1").map(\.text) == ["55,000 train"])
  }

  @Test func `data sets, files, checks and diagnostics come back`() throws {
    let dataset = DatasetRecord(
      name: "fashion",
      files: [.init(path: "a", bytes: 3, sha256: "ff"), .init(path: "b", bytes: 4, sha256: "00")],
      parts: [.init(name: "train", count: 10)])
    let artifact = Artifact(
      path: "figures/a.png", mediaType: "image/png", bytes: 9, sha256: "aa", caption: "loss", cell: 3)
    let check = CheckResult(expression: "loss < 1", passed: false, found: "1.5")
    try store.append([
      .runStarted(record()), .dataset(dataset), .artifact(artifact), .check(check),
      .diagnostic(Diagnostic("E0501", "loss is NaN", severity: .warning, help: "lower it")),
    ])
    #expect(try store.log.datasets(of: "mlp-1") == [dataset])
    #expect(try store.log.artifacts(of: "mlp-1") == [artifact])
    #expect(try store.log.checks(of: "mlp-1") == [check])
    #expect(
      try store.log.events(of: "mlp-1") == [
        LoggedEvent(cell: nil, code: "E0501", severity: "warning", text: "loss is NaN", help: "lower it")
      ])
    #expect(try store.log.environment(of: "mlp-1") == record().environment)
  }

  @Test func `a file written again replaces its record`() throws {
    let first = Artifact(path: "a", mediaType: "t", bytes: 1, sha256: "1", caption: "", cell: nil)
    var second = first
    second.bytes = 2
    try store.append([.runStarted(record()), .artifact(first), .artifact(second)])
    #expect(try store.log.artifacts(of: "mlp-1") == [second])
  }

  @Test func `points come back in order with NaN and infinities`() throws {
    let values = [1, .nan, .infinity, -.infinity, 1e300, .leastNonzeroMagnitude]
    let points = values.enumerated().map { point("loss", $1, epoch: $0 + 1, step: $0) }
    try store.append([.runStarted(record())] + points + [point("n", 3, epoch: nil, step: 9, series: "test")])
    let histories = try store.log.metrics(of: "mlp-1")
    #expect(histories.map(\.name) == ["loss", "n"])
    #expect(histories[0].points.map(\.value.bitPattern) == values.map(\.bitPattern))
    #expect(histories[0].points.map(\.epoch) == [1, 2, 3, 4, 5, 6])
    #expect(histories[1].points == [.init(step: 9, epoch: nil, value: 3)])
  }

  @Test func `the best value is by the metric's goal and never NaN`() throws {
    let losses = [Double.nan, 3, 1, .nan, 2].enumerated().map {
      point("val_loss", $1, epoch: $0 + 1, step: $0 * 10)
    }
    let accuracies = [0.1, 0.9, 0.5].enumerated().map { point("accuracy", $1, epoch: $0 + 1, step: $0) }
    try store.append([.runStarted(record())] + losses + accuracies)
    let run = try #require(try store.log.runs().first)
    #expect(run.metric("val_loss")?.best == .init(value: 1, step: 20, epoch: 3))
    #expect(run.metric("val_loss")?.last == .init(value: 2, step: 40, epoch: 5))
    #expect(run.metric("accuracy", series: "mlp")?.best == .init(value: 0.9, step: 1, epoch: 2))
    #expect(run.metric("accuracy", series: "test") == nil)
  }

  @Test func `only NaN is NaN`() throws {
    try store.append([.runStarted(record()), point("loss", .nan, epoch: 1, step: 1)])
    let metric = try #require(try store.log.runs()[0].metric("loss"))
    #expect(metric.best.value.isNaN && metric.last.value.isNaN)
  }

  @Test func `the end of a run is logged`() throws {
    try store.append(events("mlp-1"))
    let run = try store.log.runs()[0]
    #expect(run.status == .finished)
    #expect(run.seconds == 2)
  }

  @Test func `an unknown run is a diagnostic`() {
    #expect(code { _ = try store.log.run(named: "x") } == "E0706")
    #expect(
      code { try store.append([.check(CheckResult(expression: "", passed: true, found: ""))]) } == "E0706")
  }

  @Test func `a batch that fails leaves nothing behind`() throws {
    try store.append([.runStarted(record())])
    #expect(
      code { try store.append([point("loss", 1, epoch: 1, step: 1), .runStarted(record())]) } == "E0701")
    #expect(try store.log.metrics(of: "mlp-1") == [])
  }
}

@Suite struct StoreSinkTests {
  @Test func `points wait for the end of their epoch`() throws {
    let store = try RunStore(inMemoryFor: .current())
    let sink = StoreSink(store)
    try sink.receive(.runStarted(record()))
    try sink.receive(point("loss", 1, epoch: 1, step: 1))
    #expect(try store.log.metrics(of: "mlp-1") == [])
    try sink.receive(
      .progress(
        EpochProgress(
          model: "mlp", epoch: 1, epochs: 2, step: 1, steps: 1, seconds: 0, metrics: [], isEpochEnd: true)))
    #expect(try store.log.metrics(of: "mlp-1").count == 1)
  }

  @Test func `a closed log is one file`() throws {
    try withFolder { folder in
      let sink = StoreSink(try RunStore(path: folder + "/run.sqlite", process: .current()))
      for event in events("mlp-1") { try sink.receive(event) }
      try sink.close()
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["run.sqlite"])
      #expect(try RunStore.read(folder + "/run.sqlite").runs().map(\.status) == [.finished])
    }
  }
}

@Suite struct MetricGoalTests {
  @Test(arguments: [
    "accuracy", "val_accuracy", "sparse_top_k_categorical_accuracy", "auc", "val_f1_score", "mean_iou",
    "true_positives", "r2_score", "cosine_similarity", "binary_io_u", "val_acc",
  ])
  func `larger is better`(name: String) { #expect(MetricGoal(of: name) == .larger) }

  @Test(arguments: [
    "loss", "val_loss", "mae", "false_positives", "accuracy_loss", "kl_divergence", "perplexity",
  ])
  func `smaller is better`(name: String) { #expect(MetricGoal(of: name) == .smaller) }
}
