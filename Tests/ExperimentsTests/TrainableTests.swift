import Diagnostics
import Experiments
import Plots
import Running
import Foundation
import Kernels
import RunEvents
import Testing

/// `trainable` of a training, and around a model.
@Suite struct TrainableTests {
  private static let start = """
    seed: 3
    cells:
      - data: iris
        source: iris
      - model: trunk
        input: [4]
        layers: [{Dense: {units: 5, activation: relu, name: hidden}}]
      - model: m
        inputs: {x: [4]}
        layers:
          trunk: {model: trunk, from: x, trainable: false}
          out: {Dense: {units: 3, activation: softmax}, from: trunk}

    """
  private static func train(_ trainable: String) -> String {
    "  - train: m\n    data: iris\n    loss: sparse_categorical_crossentropy\n    optimizer: {Adam: {learning_rate: 0.1}}\n"
      + (trainable.isEmpty ? "" : "    trainable: \(trainable)\n")
  }

  /// Remembers what is said about a run.
  private final class Notes: EventSink {
    var all: [RunEvent] = []
    func receive(_ event: RunEvent) throws { all.append(event) }
  }

  /// The bytes of the files that cells save, with what was said.
  private func run(_ cells: String) throws -> (files: [String: Data], said: String) {
    let scratch = try Scratch()
    let checked = try scratch.check(Self.start + cells)
    let plan = try #require(checked.plan, "\(checked.diagnostics)")
    let sink = Notes()
    let services = RunServices(
      pool: WorkerPool(threads: 1), now: { 0 }, isInterrupted: { false }, render: { _, _ in [] },
      sinks: [sink])
    let record = RunRecord(
      name: "r", experiment: "e", title: "", seed: plan.seed, startedAt: 0, command: [], parameters: [],
      environment: [], source: plan.source, resolved: plan.resolved)
    let folder = scratch.url.appending(path: "r").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    #expect(try Runner(plan, record: record, folder: folder, services: services).run() == .finished)
    var files: [String: Data] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder)
    where name.hasSuffix(".weights.h5") {
      files[name] = try Data(contentsOf: URL(filePath: folder + "/" + name))
    }
    return (files, "\(sink.all)")
  }

  private func save(_ model: String, _ name: String) -> String {
    "  - save: \(model)\n    file: \(name).weights.h5\n"
  }

  @Test func `a training trains what it says, the next one what the model says`() throws {
    let files = try run(
      save("trunk", "start") + Self.train("") + save("trunk", "frozen") + Self.train("all")
        + save("trunk", "thawed")
        + save("m", "before") + Self.train("") + save("trunk", "again") + save("m", "after")
        + Self.train("none") + save("trunk", "none")
    ).files
    #expect(files["start.weights.h5"] == files["frozen.weights.h5"])
    #expect(files["frozen.weights.h5"] != files["thawed.weights.h5"])
    #expect(files["thawed.weights.h5"] == files["again.weights.h5"])
    #expect(files["before.weights.h5"] != files["after.weights.h5"])
    #expect(files["again.weights.h5"] == files["none.weights.h5"])
  }

  @Test(arguments: ["[out]", "out", "[\"o*\"]", "[\"*ut\", out]"])
  func `patterns name layers`(trainable: String) throws {
    let files = try run(save("trunk", "start") + Self.train(trainable) + save("trunk", "end")).files
    #expect(files["start.weights.h5"] == files["end.weights.h5"])
  }

  @Test func `a training that goes on with other layers starts a fresh optimizer, and says so`() throws {
    let said = try run(
      Self.train("")
        + "  - train: m\n    data: iris\n    epochs: 2\n    initial_epoch: 1\n    trainable: all\n    loss: sparse_categorical_crossentropy\n    optimizer: adam\n"
    ).said
    #expect(said.contains("Adam"))
  }

  @Test(arguments: [("", false), (", trainable: true", true), (", trainable: false", false)])
  func `trainable true around a model trains its frozen parts`(setting: String, isTrained: Bool) throws {
    let model = "  - model: w\n    inputs: {x: [4]}\n    layers:\n      all: {model: m, from: x\(setting)}\n"
    let files = try run(
      model + save("trunk", "start") + Self.train("").replacingOccurrences(of: "train: m", with: "train: w")
        + save("trunk", "end")
    ).files
    #expect((files["start.weights.h5"] != files["end.weights.h5"]) == isTrained)
  }

  @Test(arguments: [
    ("[oot]", "E0342"), ("[trunk/hiden]", "E0342"), ("[\"block*\"]", "E0342"), ("[]", "E0201"),
    ("[1]", "E0201"), ("3", "E0201"),
  ])
  func `what names no layer is refused`(trainable: String, code: String) throws {
    let scratch = try Scratch()
    #expect(try scratch.check(Self.start + Self.train(trainable)).diagnostics.map(\.code) == [code])
  }
}
