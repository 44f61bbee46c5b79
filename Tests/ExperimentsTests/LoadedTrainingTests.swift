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

/// Experiments that load what others saved, in one folder of runs.
@Suite struct LoadedTrainingTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "runexp-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private static let data = "  - data: iris\n    source: iris\n    split: {validation: 30}\n"
  private static let model =
    "  - model: m\n    input: [4]\n    layers:\n      - Dense: {units: 6, activation: relu, name: hidden}\n"
    + "      - Dense: {units: 3, activation: softmax, name: head}\n"
  private static let settings =
    "    loss: sparse_categorical_crossentropy\n    optimizer: {Adam: {learning_rate: 0.01}}\n"
    + "    metrics: [accuracy]\n"

  private func train(_ settings: String = "", epochs: Int) -> String {
    "  - train: m\n    data: iris\n    shuffle: false\n    epochs: \(epochs)\n" + settings
  }

  private func check(
    _ cells: String, among runs: (inout EarlierRuns) -> Void = { _ in }
  ) throws -> CheckedExperiment {
    let file = folder.appending(path: "e.exp")
    try Data(("seed: 4\ncells:\n" + cells).utf8).write(to: file)
    var request = ExperimentRequest(path: file.path)
    request.files.searchFolders = [repository.appending(path: "experiments/data").path]
    request.earlier.folder = folder.path
    runs(&request.earlier)
    return CheckedExperiment(request)
  }

  private func codes(_ cells: String) throws -> [String] { try check(cells).diagnostics.map(\.code) }

  private func run(_ cells: String, _ name: String) throws {
    let checked = try check(cells)
    let plan = try #require(checked.plan, "\(checked.diagnostics)")
    let path = folder.appending(path: name).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let store = StoreSink(try RunStore(path: "\(path)/run.sqlite", process: .current()))
    let services = RunServices(
      pool: WorkerPool(threads: 1), now: { 0 }, isInterrupted: { false }, render: { _, _ in [] },
      sinks: [store])
    let record = RunRecord(
      name: name, experiment: "e", title: "", seed: plan.seed, startedAt: 0, command: [], parameters: [],
      environment: [], source: plan.source, resolved: plan.resolved)
    #expect(try Runner(plan, record: record, folder: path, services: services).run() == .finished)
    try store.close()
  }

  private func bytes(_ path: String) throws -> Data { try Data(contentsOf: folder.appending(path: path)) }

  private func save(_ file: String) -> String { "  - save: m\n    file: \(file)\n" }

  /// A run that trained for two epochs.
  private func runBase() throws {
    try run(
      Self.data + Self.model + train(Self.settings, epochs: 2) + save("m.h5") + save("m.weights.h5"), "base")
  }

  @Test func `training a loaded model on is one long training`() throws {
    try runBase()
    try run(Self.data + Self.model + train(Self.settings, epochs: 5) + save("m.h5"), "whole")
    try run(Self.data + "  - load: m\n    file: base/m.h5\n" + train(epochs: 3) + save("m.h5"), "second")
    #expect(try bytes("second/m.h5") == bytes("whole/m.h5"))
  }

  private func predict(_ model: String, _ file: String) -> String {
    "  - predict: \(model)\n    data: iris.validation\n    file: \(file)\n"
  }

  @Test(arguments: [
    "  - save: m\n    file: m.h5\n", "  - save: m\n    file: models/../m.keras\n",
    "  - save: m\n    file: ./m.keras\n",
  ])
  func `a model that this run saves can be loaded below`(saving: String) throws {
    let file = try #require(saving.split(separator: " ").last).trimmingCharacters(in: .whitespacesAndNewlines)
    guard !file.contains("..") else {
      #expect(try codes(Self.data + Self.model + train(Self.settings, epochs: 1) + saving).contains("E0202"))
      return
    }
    try run(
      Self.data + Self.model + train(Self.settings, epochs: 1) + saving + predict("m", "m.csv")
        + "  - load: again\n    file: \(file.replacingOccurrences(of: "./", with: ""))\n"
        + predict("again", "again.csv")
        + "  - train: again\n    data: iris\n    epochs: 2\n" + predict("again", "on.csv")
        + "  - evaluate: again\n    data: iris.validation\n",
      "same")
    #expect(try bytes("same/again.csv") == bytes("same/m.csv"))
    #expect(try bytes("same/on.csv") != bytes("same/m.csv"))
  }

  @Test func `a model that a callback saves can be loaded below`() throws {
    let keeping =
      "    callbacks: [{ModelCheckpoint: {filepath: best.keras, save_best_only: true, monitor: loss}}]\n"
    try run(
      Self.data + Self.model + train(Self.settings + keeping, epochs: 2)
        + "  - load: best\n    file: best.keras\n    freeze: [hidden]\n  - train: best\n    data: iris\n    loss: sparse_categorical_crossentropy\n    optimizer: sgd\n",
      "kept")
    #expect(
      try codes(Self.data + Self.model + "  - load: best\n    file: best.keras\n") == ["E0601"])
  }

  @Test func `what only follows from a file that cannot be loaded is not said`() throws {
    #expect(try codes(Self.data + "  - load: m\n    file: none.h5\n" + train(epochs: 1)) == ["E0601"])
  }

  @Test(arguments: ["best(e, val_loss)", "latest"])
  func `a model comes from the run that is chosen, and stays that run's`(words: String) throws {
    try runBase()
    let cells = Self.data + "  - load: m\n    from: \(words)\n"
    #expect(try codes(cells) == ["E0520"])
    let first = try check(cells) { $0.choose = { $0 == RunReference(words) ? "base" : nil } }
    #expect(first.plan?.chosenRuns == [words: "base"])
    let again = try check(cells) {
      $0.choose = { _ in "a later one" }
      $0.chosen = [words: "base"]
    }
    #expect(again.plan != nil, "\(again.diagnostics)")
  }

  @Test func `a model comes from a run by its name`() throws {
    try runBase()
    try run("  - load: m\n    from: base\n" + save("m.h5"), "copy")
    #expect(try bytes("copy/m.h5") == bytes("base/m.h5"))
    #expect(try codes("  - load: n\n    from: base\n") == ["E0348"])
    #expect(try codes("  - load: m\n    from: bas\n") == ["E0520"])
    #expect(try codes("  - load: m\n    from: ../base\n") == ["E0520"])
  }

  @Test func `a model that is compiled anew begins without memory`() throws {
    try runBase()
    let load = Self.data + "  - load: m\n    file: base/m.h5\n"
    try run(load + train("    optimizer: {Adam: {learning_rate: 0.01}}\n", epochs: 3) + save("m.h5"), "anew")
    try run(load + train(epochs: 3) + save("m.h5"), "on")
    #expect(try bytes("anew/m.h5") != bytes("on/m.h5"))
  }

  @Test func `after freezing, loss and optimizer are those of the file`() throws {
    try runBase()
    try run(
      Self.data + "  - load: m\n    file: base/m.h5\n    freeze: [hidden]\n" + train(epochs: 1)
        + "  - evaluate: m\n    data: iris.train\n  - check: [train.accuracy >= 0]\n", "frozen")
  }

  @Test func `without a compiled file, loss and optimizer are needed`() throws {
    #expect(try codes(Self.data + Self.model + train(epochs: 1)) == ["E0203", "E0203"])
  }

  @Test func `weights alone go into the model above`() throws {
    try runBase()
    try run(
      Self.model + "  - load: m\n    weights: base/m.weights.h5\n" + save("n.weights.h5")
        + "  - load: m\n    weights: base/m.h5\n" + save("o.weights.h5"), "filled")
    #expect(try bytes("filled/n.weights.h5") == bytes("filled/o.weights.h5"))
    #expect(try codes("  - load: m\n    weights: base/m.weights.h5\n") == ["E0211"])
    #expect(try codes(Self.model + "  - load: m\n    weights: none.h5\n").count == 1)
    let other = Self.model.replacingOccurrences(of: "units: 6", with: "units: 7")
    #expect(try codes(other + "  - load: m\n    weights: base/m.weights.h5\n") == ["E0620"])
    #expect(try codes(Self.model + "  - load: m\n    weights: base/m.h5\n    freeze: true\n") == ["E0347"])
  }

  @Test func `exactly one source is named`() throws {
    #expect(try codes("  - load: m\n") == ["E0346"])
    #expect(try codes("  - load: m\n    file: a.h5\n    weights: b.h5\n") == ["E0346"])
  }

  @Test func `predictions need one kind of rows`() throws {
    let cells = Self.data + Self.model
    #expect(try codes(cells + "  - predict: m\n") == ["E0346"])
    #expect(try codes(cells + "  - predict: m\n    csv: none.csv\n") == ["E0401"])
    #expect(try codes(cells + "  - predict: m\n    data: iris.test\n") == ["E0212"])
    #expect(try codes(cells + "  - predict: m\n    data: iris\n    file: ../x.csv\n").contains("E0202"))
  }
}
