import Config
import Diagnostics
import ExperimentSamples
import Analysis
import Experiments
import Plots
import Running
import Foundation
import Kernels
import Plotting
import RunEvents
import RunLog
import Testing

/// Two models that share layers, several trainings of one model, early stopping, dropout, several outputs.
private let everything = """
  experiment: all
  seed: 5
  cells:
    - text: Two models on irises.
    - data: iris
      source: iris
      split: {validation: 30, test: 30}
      standardize: true
    - show: iris.train
      count: 3
    - model: base
      input: [4]
      layers:
        - Dense: {units: 6, activation: relu}
        - Dropout: {rate: 0.2}
        - Dense: {units: 3, activation: softmax}
    - train: base
      data: iris
      loss: sparse_categorical_crossentropy
      optimizer: {SGD: {learning_rate: 0.05, momentum: 0.9}}
      metrics: [accuracy]
      batch_size: 16
      epochs: 2
      checkpoint: 4
    - evaluate: base
      data: iris.test
      name: first
    - model: tall
      input: [4]
      layers:
        base: {model: base, from: input}
        last: {Dense: {units: 3, activation: softmax}, from: base}
    - train: tall
      data: iris
      loss: sparse_categorical_crossentropy
      optimizer: {Adam: {learning_rate: 0.05}}
      metrics: [accuracy]
      batch_size: 16
      epochs: 12
      checkpoint: CHECKPOINT
      callbacks:
        - EarlyStopping: {patience: 1, restore_best_weights: true}
        - ModelCheckpoint: {filepath: best.h5, save_best_only: true}
    - plot: learning_curves
      of: tall
    - plot: gradient_norms
      of: tall
      format: svg
    - train: base
      data: iris
      loss: sparse_categorical_crossentropy
      optimizer: {Adam: {learning_rate: 0.01}}
      metrics: [accuracy]
      epochs: 2
      checkpoint: epoch
    - text: Accuracy first {{ first.accuracy }}, then {{ base.accuracy }}.
    - evaluate: base
      data: iris.test
    - plot: confusion_matrix
      of: base
      data: iris.test
    - check: [test.accuracy > 0.1, first.accuracy < 0]
    - save: tall
    - save: base

  """

/// Dies at an event as a killed process would: nothing later is written.
private final class Death: EventSink {
  struct Killed: Error {}
  private(set) var count = 0
  private let last: Int
  init(after last: Int = .max) { self.last = last }

  func receive(_ event: RunEvent) throws {
    count += 1
    if count > last { throw Killed() }
  }
}

/// Runs of one experiment in a folder, which can be killed at any event.
private struct Place: ~Copyable {
  let scratch: Scratch
  let plan: ExperimentPlan
  let folder: String

  init(_ text: String, overrides: [String] = []) throws {
    let scratch = try Scratch()
    let checked = try scratch.check(text, overrides: overrides)
    plan = try #require(checked.plan, "\(checked.diagnostics)")
    folder = scratch.url.path
    self.scratch = scratch
  }

  /// - Returns: how it ended, `nil` if it was killed, and the number of events.
  @discardableResult
  func run(_ name: String, killedAfter last: Int = .max, threads: Int = 1) throws -> (
    end: Runner.End?, events: Int
  ) {
    try go(name, last, threads, from: nil)
  }

  @discardableResult
  func resume(_ name: String, killedAfter last: Int = .max, threads: Int = 1) throws -> (
    end: Runner.End?, events: Int
  ) {
    try go(name, last, threads, from: CheckpointStore(folder: "\(folder)/\(name)").read().checkpoint)
  }

  private func go(_ name: String, _ last: Int, _ threads: Int, from checkpoint: RunCheckpoint?) throws
    -> (end: Runner.End?, events: Int)
  {
    let run = "\(folder)/\(name)"
    try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
    let death = Death(after: last)
    let store = StoreSink(try RunStore(path: run + "/run.sqlite", process: .current()))
    // A clock that ticks a second at each look, so that every step is reported, and can be the last.
    var time = 0.0
    let services = RunServices(
      pool: WorkerPool(threads: threads),
      now: {
        time += 1
        return time
      }, isInterrupted: { false },
      render: { figure, _ in Array(RecordingCanvas.commands(of: figure).joined(separator: "\n").utf8) },
      sinks: [death, store])
    let record = RunRecord(
      name: name, experiment: plan.name, title: plan.title, seed: plan.seed, startedAt: 0, command: [],
      parameters: [], environment: [], source: plan.source, resolved: plan.resolved)
    let runner = Runner(plan, record: record, folder: run, services: services, from: checkpoint)
    do {
      let end = try runner.run()
      try store.close()
      return (end, death.count)
    } catch is Death.Killed {
      return (nil, death.count)
    }
  }

  /// Everything of a run that must not depend on whether it was killed.
  func result(_ name: String) throws -> [String: String] {
    let log = try RunStore.read("\(folder)/\(name)/run.sqlite")
    var result: [String: String] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/\(name)").sorted()
    where [".h5", ".png", ".svg", ".exp"].contains(where: path.hasSuffix) {
      result[path] = sha256(of: try Data(contentsOf: URL(filePath: "\(folder)/\(name)/\(path)")))
    }
    for metric in try log.metrics(of: name) {
      result["\(metric.series).\(metric.name)"] =
        metric.points.map { "\($0.step) \($0.epoch ?? 0) \($0.value.bitPattern)" }.joined(separator: ", ")
    }
    for run in try log.runs() {
      result["summary"] = "\(run.status) \(run.metrics.map { "\($0)" })"
    }
    for part in try log.steps(of: name) {
      let (trace, digests) = (part.trace, part.trace.digests.map { "\($0.step) \($0.value)" })
      result["steps of \(part.cell) \(part.series) from \(trace.firstStep)"] =
        "\(trace.epoch) \(trace.losses.map(\.bitPattern)) \(digests)"
    }
    result["cells"] =
      "\(try log.run(named: name).cells.map { "\($0.index) \($0.keyword) \($0.name) \($0.status)" })"
    result["events"] = "\(try log.events(of: name).map(\.text))"
    result["checks"] = "\(try log.checks(of: name))"
    result["data"] = "\(try log.datasets(of: name))"
    result["files"] = "\(try log.artifacts(of: name).filter { !$0.path.hasPrefix("report") })"
    let report = try String(contentsOf: URL(filePath: "\(folder)/\(name)/report.md"), encoding: .utf8)
    result["report"] = report.replacing(name, with: "RUN").replacing(
      /[0-9.,]+ (s|ms|min|m|h)( [0-9]+ (s|min|m))?\b/, with: "TIME")
    return result
  }
}

@Suite struct RunResumptionTests {
  private func text(_ checkpoint: String) -> String { everything.replacing("CHECKPOINT", with: checkpoint) }

  private func expectSame(_ one: [String: String], _ other: [String: String], _ what: String) {
    for key in Set(one.keys).union(other.keys).sorted() {
      #expect(one[key] == other[key], "\(key), \(what)")
    }
  }

  @Test(arguments: ["1", "5", "epoch"]) func `a run killed anywhere and resumed is as if never killed`(
    checkpoint: String
  ) throws {
    let place = try Place(text(checkpoint))
    let (end, events) = try place.run("whole")
    #expect(end == .checksFailed(1))
    let whole = try place.result("whole")
    #expect(whole.keys.contains("tall.val_loss") && whole.keys.contains("best.h5"))
    #expect(whole.keys.count { $0.hasPrefix("steps of") } > 3)
    for i in 0..<12 {
      // After the first few events there is a checkpoint to go on from; the last is the end of the run.
      let step = 3 + Int((UInt64(i) &* 0x9E37_79B9_7F4A_7C15) >> 33) % (events - 3)
      let killed = try place.run("killed-\(i)", killedAfter: step)
      #expect(killed.end == nil)
      let resumed = try place.resume("killed-\(i)", threads: i % 2 + 1)
      #expect(resumed.end == .checksFailed(1))
      expectSame(try place.result("killed-\(i)"), whole, "killed after event \(step) of \(events)")
    }
  }

  @Test(arguments: ["multi_output", "wide_and_deep", "subclass", "residual"])
  func `experiments of every kind of model can be killed and resumed`(name: String) throws {
    let file = repository.appending(path: "experiments/\(name).exp")
    let text = try String(contentsOf: file, encoding: .utf8).replacing(
      /\n    epochs: \S+/, with: "\n    epochs: 2\n    checkpoint: 3")
    let place = try Place(text)
    let (end, events) = try place.run("whole")
    let whole = try place.result("whole")
    for i in 1...3 {
      #expect(try place.run("killed-\(i)", killedAfter: events * i / 4).end == nil)
      #expect(try place.resume("killed-\(i)").end == end)
      expectSame(
        try place.result("killed-\(i)"), whole, "\(name) killed after event \(events * i / 4) of \(events)")
    }
  }

  @Test func `states go on where they were when the run was killed`() throws {
    let place = try Place(
      goodStateful.replacing("shuffle: false", with: "shuffle: false\n    epochs: 3\n    checkpoint: 2"))
    let (end, events) = try place.run("whole")
    let whole = try place.result("whole")
    for i in 0..<8 {
      let step = 3 + (events - 3) * i / 8
      #expect(try place.run("killed-\(i)", killedAfter: step).end == nil)
      #expect(try place.resume("killed-\(i)", threads: i % 2 + 1).end == end)
      expectSame(try place.result("killed-\(i)"), whole, "killed after event \(step) of \(events)")
    }
  }

  @Test func `a run killed many times gets to its end`() throws {
    let place = try Place(text("2"))
    try place.run("whole")
    try place.run("killed", killedAfter: 11)
    var (end, count) = (Runner.End?.none, 0)
    while end == nil && count < 200 {
      end = try place.resume("killed", killedAfter: 18 + count % 7).end
      count += 1
    }
    #expect(count > 5)
    expectSame(try place.result("killed"), try place.result("whole"), "killed \(count) times")
  }

  @Test func `a damaged checkpoint is told, and the one before it used`() throws {
    let place = try Place(text("1"))
    try place.run("whole")
    try place.run("killed", killedAfter: 60)
    let path = "\(place.folder)/killed/checkpoints/run.state"
    let bytes = try Data(contentsOf: URL(filePath: path))
    try bytes.prefix(bytes.count / 2).write(to: URL(filePath: path))
    let warning = try CheckpointStore(folder: "\(place.folder)/killed").read().warning
    #expect(warning?.code == "E0510" && warning?.severity == .warning)
    try place.resume("killed")
    expectSame(try place.result("killed"), try place.result("whole"), "damaged")
  }

  @Test func `data that changed are refused, and nothing is touched`() throws {
    let text = """
      cells:
        - data: d
          csv: d.csv
          target: y
        - model: m
          input: [1]
          layers: [Dense: {units: 1}]
        - train: m
          data: d
          loss: mse
          optimizer: sgd
          epochs: 3
          checkpoint: 1
      """
    let scratch = try Scratch()
    let csv = "x,y\n1,2\n2,4\n3,6\n"
    try scratch.write(csv, to: "d.csv")
    let place = try Place(text.replacing("csv: d.csv", with: "csv: \(scratch.url.path)/d.csv"))
    try place.run("killed", killedAfter: 12)
    try scratch.write(csv + "4,8\n", to: "d.csv")
    #expect { try place.resume("killed") } throws: { ($0 as? Diagnostic)?.code == "E0516" }
    try scratch.write(csv, to: "d.csv")
    #expect(try place.resume("killed").end == .finished)
  }

  @Test func `a run that ended keeps one checkpoint if it trained, and none otherwise`() throws {
    let place = try Place(text("1"))
    try place.run("killed")
    let files = try FileManager.default.contentsOfDirectory(atPath: "\(place.folder)/killed/checkpoints")
    #expect(files == ["run.state"])
    #expect(try CheckpointStore(folder: "\(place.folder)/killed").read().checkpoint.isComplete)
    let prose = try Place("cells:\n  - text: Nothing.\n")
    try prose.run("killed")
    #expect(!FileManager.default.fileExists(atPath: "\(prose.folder)/killed/checkpoints"))
    #expect { try CheckpointStore(folder: "\(prose.folder)/killed").read() } throws: {
      ($0 as? Diagnostic)?.code == "E0515"
    }
  }
}
