import Config
import Datasets
import Diagnostics
import Foundation
import GraphEngine
import KerasFiles
import Kernels
import Layers
import TensorCore
import Testing
import Training

/// Stateful models by real Keras and what it makes of them, from `make_stateful.py`.
@Suite struct StatefulFixtureTests {
  struct Expected: Decodable {
    var x: [Float]
    var start: [Float]
    var y: [Float]
    var vx: [Float]
    var vstart: [Float]
    var vy: [Float]
    var history: [String: [Double]]
    var predicted: [[Float]]
    var evaluated: Double
  }

  static let all = [2, 3].flatMap { version in ["chain", "masked", "graph"].map { Case(version, $0) } }

  struct Case: CustomTestStringConvertible {
    let version: Int
    let name: String
    var testDescription: String { "keras\(version) \(name)" }
    var file: String { "keras\(version)_stateful_\(name)" + (version == 3 ? ".keras" : ".h5") }

    init(_ version: Int, _ name: String) {
      self.version = version
      self.name = name
    }

    func expected() throws -> Expected {
      let data = try Data(contentsOf: URL(filePath: fixture(file: "keras\(version)_stateful.json")))
      return try #require(try JSONDecoder().decode([String: Expected].self, from: data)[name])
    }

    func built() throws -> BuiltModel { try ModelFile.load(fixture(file: file), seed: 1).built }
  }

  private func part(_ x: [Float], _ start: [Float], _ y: [Float], of model: any Model) -> DataPart {
    let columns = [
      Column("steps", rowShape: [3, 2], .floats(x)), Column("start", rowShape: [2], .floats(start)),
    ]
    return DataPart(
      features: Array(columns.prefix(model.inputs.count)),
      targets: [Column("out", rowShape: [1], .floats(y))],
      rows: .range(0..<y.count))
  }

  /// Trains as Keras did, and says what it logged and what was predicted afterwards, twice.
  private func repeated(_ built: BuiltModel, _ data: Expected) throws -> (
    losses: [Double], held: [Double], predicted: [[Float]], evaluated: Double
  ) {
    let trainer = Trainer(built, pool: WorkerPool(threads: 1), now: { 0 })
    var fit = FitSettings()
    fit.epochs = 3
    fit.batchSize = try #require(built.fixedBatch)
    fit.shuffle = false
    let held = part(data.vx, data.vstart, data.vy, of: built.model)
    let history = try trainer.fit(
      part(data.x, data.start, data.y, of: built.model), validation: held, fit, isInterrupted: { false },
      observe: { _ in }
    ).history
    let predicted = try (0..<2).map { _ in try trainer.predict(held, batchSize: 4)[0] }
    let settings = try #require(built.training?.settings)
    let evaluated = try trainer.evaluate(held, settings, batchSize: 4)
    func log(_ name: String) throws -> [Double] {
      try history.map { logs in try #require(logs.first { $0.name == name }).value }
    }
    return (try log("loss"), try log("val_loss"), predicted, try #require(evaluated.first).value)
  }

  private func expectSame(_ built: BuiltModel, _ data: Expected) throws {
    let found = try repeated(built, data)
    for (name, values) in [("loss", found.losses), ("val_loss", found.held)] {
      let expected = try #require(data.history[name])
      for (a, b) in zip(values, expected) {
        #expect(abs(a - b) < 2e-5 * max(1, abs(b)), "\(name) \(a), Keras \(b)")
      }
      #expect(values.count == expected.count)
    }
    for (a, b) in zip(found.predicted.joined(), data.predicted.joined()) { #expect(abs(a - b) < 2e-5) }
    #expect(found.predicted.map(\.count) == data.predicted.map(\.count))
    #expect(found.predicted[0] != found.predicted[1])
    #expect(abs(found.evaluated - data.evaluated) < 2e-5)
  }

  @Test(arguments: all) func `a training goes as in Keras, batch by batch`(fixture: Case) throws {
    try expectSame(fixture.built(), fixture.expected())
  }

  @Test(arguments: all, [".h5", ".keras"])
  func `a file of ours trains as the one it was made of`(fixture: Case, ending: String) throws {
    try withFolder { folder in
      let built = try fixture.built()
      _ = try Trainer(built, pool: WorkerPool(threads: 1), now: { 0 }).predict(
        part(fixture.expected().vx, fixture.expected().vstart, fixture.expected().vy, of: built.model),
        batchSize: 4)
      let notes = try built.save(to: folder + "/m" + ending, as: ending == ".h5" ? built.semantics : .keras3)
      // Keras 3 takes first states that are given always, Keras 2 only as long as those that are kept are 0.
      if built.semantics == .keras2 && ending == ".keras" && fixture.name == "graph" {
        return #expect(notes.map(\.code) == ["E0627"])
      }
      #expect(notes.isEmpty)
      // States are in no file: what is read begins with 0.
      let again = try ModelFile.load(folder + "/m" + ending, seed: 2).built
      #expect(again.model.batchSizes == [4])
      try expectSame(again, fixture.expected())
    }
  }

  @Test func `a size of batches that makes no sense is passed over`() throws {
    let config: ConfigNode = [
      "class_name": "Sequential",
      "config": [
        "name": "m",
        "layers": [
          ["class_name": "InputLayer", "config": ["batch_shape": [9_000_000_000_000, 3, 2], "name": "x"]],
          ["class_name": "LSTM", "config": ["name": "r", "units": 2, "stateful": false]],
        ],
      ],
    ]
    #expect(try ModelDecoder().model(config).batchSizes.isEmpty)
  }
}
