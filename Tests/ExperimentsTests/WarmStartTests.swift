import Datasets
import Config
import Diagnostics
import Analysis
import Experiments
import Plots
import Running
import Foundation
import Kernels
import RunEvents
import RunLog
import Testing

/// A reports folder in which experiments start from each other.
private struct Reports: ~Copyable {
  let scratch: Scratch
  private var folder: String { scratch.url.path }

  init() throws { scratch = try Scratch() }

  static func text(
    resume: String = "", epochs: Int, optimizer: String = "Adam", units: Int = 6, model: String = "m",
    rate: Double = 0.01
  ) -> String {
    """
    seed: 4
    \(resume)
    cells:
      - data: iris
        source: iris
        split: {validation: 30}
      - model: \(model)
        input: [4]
        layers:
          - Dense: {units: \(units), activation: relu}
          - Dropout: {rate: 0.2}
          - Dense: {units: 3, activation: softmax}
      - train: \(model)
        data: iris
        loss: sparse_categorical_crossentropy
        optimizer: {\(optimizer): {learning_rate: \(rate)}}
        epochs: \(epochs)
      - save: \(model)
        file: m.h5

    """
  }

  func check(_ text: String) throws -> CheckedExperiment {
    try scratch.write(text, to: "e.exp")
    var request = ExperimentRequest(path: folder + "/e.exp")
    request.files.searchFolders = [repository.appending(path: "experiments/data").path]
    request.earlier.folder = folder
    let half = folder + "/half"
    request.earlier.choose = { reference in
      switch reference {
      case .latest: FileManager.default.fileExists(atPath: half) ? "half" : nil
      case .best("e", "val_loss"): "half"
      case .best, .named: nil
      }
    }
    return CheckedExperiment(request)
  }

  func codes(_ text: String) throws -> [String] { try check(text).diagnostics.map(\.code) }

  func run(_ text: String, _ name: String) throws {
    let checked = try check(text)
    let plan = try #require(checked.plan, "\(checked.diagnostics)")
    try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
    let store = StoreSink(try RunStore(path: "\(folder)/\(name)/run.sqlite", process: .current()))
    let services = RunServices(
      pool: WorkerPool(threads: 1), now: { 0 }, isInterrupted: { false }, render: { _, _ in [] },
      sinks: [store])
    let record = RunRecord(
      name: name, experiment: "e", title: "", seed: plan.seed, startedAt: 0, command: [], parameters: [],
      environment: [], source: plan.source, resolved: plan.resolved)
    #expect(
      try Runner(plan, record: record, folder: "\(folder)/\(name)", services: services).run() == .finished)
    try store.close()
  }

  func model(_ run: String) throws -> Data { try Data(contentsOf: URL(filePath: "\(folder)/\(run)/m.h5")) }

  func epochs(_ run: String) throws -> [Int?] {
    try RunStore.read("\(folder)/\(run)/run.sqlite").metrics(of: run)[0].points.map(\.epoch)
  }
}

@Suite struct WarmStartTests {
  @Test(arguments: ["half", "latest", "best(e, val_loss)"]) func `three epochs and three more are six`(
    from: String
  )
    throws
  {
    let reports = try Reports()
    try reports.run(Reports.text(epochs: 6), "whole")
    try reports.run(Reports.text(epochs: 3), "half")
    try reports.run(Reports.text(resume: "resume: {from: '\(from)', mode: continue}", epochs: 6), "rest")
    #expect(try reports.model("rest") == reports.model("whole"))
    #expect(try reports.epochs("rest") == [4, 5, 6])
  }

  @Test func `a run that went on can be gone on with`() throws {
    let reports = try Reports()
    try reports.run(Reports.text(epochs: 6), "whole")
    try reports.run(Reports.text(epochs: 2), "first")
    try reports.run(Reports.text(resume: "resume: {from: first}", epochs: 4), "second")
    try reports.run(Reports.text(resume: "resume: {from: second}", epochs: 6), "third")
    #expect(try reports.model("third") == reports.model("whole"))
  }

  @Test func `weights alone begin a training of their own`() throws {
    let reports = try Reports()
    try reports.run(Reports.text(epochs: 3), "half")
    try reports.run(
      Reports.text(resume: "resume: {from: half, mode: weights}", epochs: 2, optimizer: "SGD"), "warm")
    try reports.run(Reports.text(epochs: 2, optimizer: "SGD"), "cold")
    #expect(try reports.epochs("warm") == [1, 2])
    #expect(try reports.model("warm") != reports.model("cold"))
  }

  @Test func `a model file does as well`() throws {
    let reports = try Reports()
    try reports.run(Reports.text(epochs: 3), "half")
    try reports.run(Reports.text(resume: "resume: {from: half, mode: weights}", epochs: 2), "run")
    try reports.run(Reports.text(resume: "resume: {from: half/m.h5, mode: weights}", epochs: 2), "file")
    #expect(try reports.model("run") == reports.model("file"))
  }

  @Test func `another learning rate takes effect`() throws {
    let reports = try Reports()
    try reports.run(Reports.text(epochs: 2), "half")
    try reports.run(Reports.text(resume: "resume: {from: half}", epochs: 3), "same")
    try reports.run(Reports.text(resume: "resume: {from: half}", epochs: 3, rate: 0.001), "slower")
    #expect(try reports.model("same") != reports.model("slower"))
  }

  @Test func `what cannot be gone on with is said before anything runs`() throws {
    let reports = try Reports()
    try reports.run(Reports.text(epochs: 3), "half")
    let from = "resume: {from: half}"
    #expect(try reports.codes(Reports.text(resume: from, epochs: 6)) == [])
    #expect(try reports.codes(Reports.text(resume: "resume: {from: hal}", epochs: 6)) == ["E0520"])
    #expect(try reports.codes(Reports.text(resume: "resume: {from: 'best(e, mae)'}", epochs: 6)) == ["E0520"])
    #expect(try reports.codes(Reports.text(resume: "resume: {from: latest}", epochs: 6)) == [])
    #expect(try reports.codes(Reports.text(resume: "resume: {from: ../half}", epochs: 6)) == ["E0520"])
    #expect(try reports.codes(Reports.text(resume: from, epochs: 6, units: 7)) == ["E0522"])
    #expect(try reports.codes(Reports.text(resume: from, epochs: 6, optimizer: "SGD")) == ["E0523"])
    #expect(try reports.codes(Reports.text(resume: from, epochs: 6, model: "n")) == ["E0524"])
    #expect(try reports.codes(Reports.text(resume: from, epochs: 3)) == ["E0202"])
    #expect(try reports.codes(Reports.text(resume: "resume: {mode: weights}", epochs: 3)) == ["E0203"])
    #expect(
      try reports.codes(Reports.text(resume: "resume: {from: half, mode: all}", epochs: 6)) == ["E0205"])
    try FileManager.default.removeItem(at: reports.scratch.url.appending(path: "half/checkpoints"))
    #expect(try reports.codes(Reports.text(resume: from, epochs: 6)) == ["E0521"])
  }

  @Test func `the latest run of none is told`() throws {
    let found = try Reports().check(Reports.text(resume: "resume: {from: latest}", epochs: 1)).diagnostics
    #expect(found.map(\.code) == ["E0520"])
    #expect(found.first?.message.hasSuffix("yet") == true)
  }

  @Test func `what words meant is kept with the plan`() throws {
    let reports = try Reports()
    try reports.run(Reports.text(epochs: 1), "half")
    let plan = try reports.check(Reports.text(resume: "resume: {from: latest}", epochs: 2)).plan
    #expect(plan?.chosenRuns == ["latest": "half"])
  }

  @Test func `shapes that differ are named, both`() throws {
    let reports = try Reports()
    try reports.run(Reports.text(epochs: 1), "half")
    let message =
      try reports.check(Reports.text(resume: "resume: {from: half}", epochs: 6, units: 7))
      .diagnostics.first?.message ?? ""
    #expect(message.contains("'m/dense/kernel' has shape [4, 7] here, [4, 6] in half"))
  }
}
