import Config
import Diagnostics
import Experiments
import Plots
import Running
import Foundation
import Kernels
import RunEvents
import Synchronization
import Testing

/// A plan is a value: what one run of it does leaves no trace in the next.
@Suite struct PlanTests {
  private static let data = """
      - data: iris
        source: iris
        split: {validation: 30, test: 20}
    """
  private static func training(_ model: String, _ rest: String = "") -> String {
    """

      - train: \(model)
        data: iris
        loss: sparse_categorical_crossentropy
        optimizer: {Adam: {learning_rate: 0.01}}
        metrics: [accuracy]
        epochs: 3
        batch_size: 16
        callbacks: [{EarlyStopping: {monitor: val_loss, patience: 1, restore_best_weights: true}}]
        \(rest)
    """
  }
  private static let model = """

      - model: net
        input: [4]
        layers:
          - Normalization
          - Dense: {units: 6, activation: relu}
          - Dropout: {rate: 0.2}
          - Dense: {units: 3, activation: softmax}
    """

  /// Experiments whose cells hold something that a run changes: weights, optimizers, callbacks, adapted layers.
  static let experiments = [
    ("written", model + training("net") + "\n  - save: net\n  - evaluate: net\n    data: iris.test\n"),
    (
      "loaded and trained on",
      "\n  - load: base\n    file: base.keras\n  - train: base\n    data: iris\n    epochs: 2\n  - save: base\n"
    ),
    (
      "loaded and frozen",
      "\n  - load: base\n    file: base.keras\n    freeze: [dense]" + training("base") + "\n  - save: base\n"
    ),
    (
      "with weights of a file",
      model + "\n  - load: net\n    weights: base.keras" + training("net") + "\n  - save: net\n"
    ),
  ]

  /// Files of the run's folder that depend on nothing but the experiment, by name.
  static func run(_ plan: ExperimentPlan, in folder: String) throws -> [String: Data] {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let ticks = Atomic<Int>(0)
    let services = RunServices(
      pool: WorkerPool(threads: 1),
      now: { Double(ticks.add(1, ordering: .relaxed).newValue) * 1e-9 }, isInterrupted: { false },
      render: { _, _ in [] }, sinks: [])
    let record = RunRecord(
      name: "run-1", experiment: "run", title: "", seed: plan.seed, startedAt: 0, command: [], parameters: [],
      environment: [], source: plan.source, resolved: plan.resolved)
    let end = try Runner(plan, record: record, folder: folder, services: services).run()
    guard end == .finished else { throw Diagnostic("E0906", "\(end)") }
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder).filter {
      $0.hasSuffix(".keras") || $0.hasSuffix(".h5") || $0.hasSuffix(".csv")
    }
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(filePath: folder + "/" + $0))) })
  }

  @Test(arguments: experiments.map(\.0))
  func `the same plan gives the same bytes, once, twice, and twice at once`(name: String) async throws {
    let cells = try #require(Self.experiments.first { $0.0 == name }).1
    let scratch = try Scratch()
    let head = "seed: 3\ncells:\n" + Self.data
    let base = try #require(
      try scratch.check(
        head + Self.model.replacing("net", with: "base") + Self.training("base")
          + "\n  - save: base\n    file: base.keras\n"
      ).plan)
    let saved = try Self.run(base, in: scratch.url.path + "/base")
    try scratch.write(try #require(saved["base.keras"]), to: "base.keras")

    let checked = try scratch.check(head + cells)
    let plan = try #require(checked.plan, "\(checked.diagnostics)")
    let folder = scratch.url.path
    let first = try Self.run(plan, in: folder + "/first")
    #expect(!first.isEmpty)
    #expect(try Self.run(plan, in: folder + "/second") == first)
    let both = try await withThrowingTaskGroup(of: [String: Data].self) { group in
      for place in ["third", "fourth"] { group.addTask { try Self.run(plan, in: folder + "/" + place) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(both == [first, first])
  }

  @Test func `a file that changed since it was checked is not loaded`() throws {
    let scratch = try Scratch()
    let head = "seed: 3\ncells:\n" + Self.data
    func saved(_ units: Int) throws -> Data {
      let text =
        head
        + "\n  - model: m\n    input: [4]\n    layers: [{Dense: {units: \(units)}}]\n  - save: m\n    file: m.h5\n"
      let plan = try #require(try scratch.check(text).plan)
      return try #require(try Self.run(plan, in: scratch.url.path + "/\(units)")["m.h5"])
    }
    for cell in ["file: m.h5", "weights: m.h5"] {
      try scratch.write(saved(3), to: "m.h5")
      let model =
        cell.hasPrefix("file") ? "" : "\n  - model: m\n    input: [4]\n    layers: [{Dense: {units: 3}}]"
      let plan = try #require(try scratch.check(head + model + "\n  - load: m\n    \(cell)\n").plan)
      try scratch.write(saved(2), to: "m.h5")
      #expect { try Self.run(plan, in: scratch.url.path + "/again") } throws: { "\($0)".contains("E0525") }
    }
  }
}
