import Config
import Diagnostics
import Layers
import ModelScripts
import TensorCore
import Testing
import Training

@testable import KerasFiles
import Optimizers

/// What is hand-written comes back from the file alone.
@Suite struct ScriptedFileTests {
  private static let names = ["model.h5", "model.keras"]

  /// A model of each of the three kinds, with own layers and functions as activations.
  private static func models() throws -> [any Model] {
    let squash = StoredFunctions([try Scripted.squash()])
    let dense = try squash.whileKnown { Dense(5, activation: try Activation(config: "squash")) }
    let layers = [
      try Scripted.block("block", units: 4), NamedLayer("dense", dense), NamedLayer("out", Dense(1)),
    ]
    let calls: [Functional.Call] = [
      .init(layer: 0, inputs: []), .init(layer: 1, inputs: [.init(0)]), .init(layer: 2, inputs: [.init(1)]),
      .init(layer: 3, inputs: [.init(2)]),
    ]
    return [
      Sequential("seq", input: [3], layers),
      Functional(
        "fun", layers: [NamedLayer("x", InputLayer([3]))] + layers, calls: calls, inputs: [0],
        outputs: [.init(3)]),
      try Scripted.model(), try Scripted.plain(),
    ]
  }

  /// A model that was trained with own functions.
  private static func trained(_ model: any Model) throws -> BuiltModel {
    let built = try BuiltModel(model, seed: 3)
    built.attachments[StoredFunctions.attachment] = StoredFunctions([try Scripted.squash()]).config
    try Scripted.train(built)
    return built
  }

  @Test(arguments: names) func `a loaded model predicts the same to the bit`(_ name: String) throws {
    try withFolder { folder in
      for model in try Self.models() {
        let built = try Self.trained(model)
        try built.save(to: "\(folder)/\(name)")
        let loaded = try ModelFile.load("\(folder)/\(name)", seed: 3)
        #expect(loaded.notes.isEmpty)
        #expect(try Scripted.predictions(loaded.built) == Scripted.predictions(built), "\(model.name)")
      }
    }
  }

  @Test(arguments: names) func `a loaded model is trained on to the bit`(_ name: String) throws {
    try withFolder { folder in
      for model in try Self.models() {
        let built = try Self.trained(model)
        try built.save(to: "\(folder)/\(name)")
        let loaded = try ModelFile.load("\(folder)/\(name)", seed: 3).built
        for one in [built, loaded] { try Scripted.fit(Scripted.trainer(one), epochs: 1) }
        #expect(try Scripted.predictions(loaded) == Scripted.predictions(built), "\(model.name)")
      }
    }
  }

  @Test(arguments: names) func `a loaded model is evaluated to the bit`(_ name: String) throws {
    try withFolder { folder in
      for model in try Self.models() {
        let built = try Self.trained(model)
        try built.save(to: "\(folder)/\(name)")
        let loaded = try ModelFile.load("\(folder)/\(name)", seed: 3).built
        let data = Scripted.data(model.outputNames)
        let (old, new) = (try #require(built.training), try #require(loaded.training))
        let before = try Scripted.trainer(built).evaluate(data, old.settings, batchSize: 8)
        let after = try Scripted.trainer(loaded).evaluate(data, new.settings, batchSize: 8)
        #expect(after.map(\.name) == before.map(\.name) && after.map(\.value) == before.map(\.value))
      }
    }
  }

  @Test(arguments: names) func `saving a loaded model gives the same file`(_ name: String) throws {
    try withFolder { folder in
      for model in try Self.models() {
        try Self.trained(model).save(to: "\(folder)/a-\(name)")
        try ModelFile.load("\(folder)/a-\(name)", seed: 3).built.save(to: "\(folder)/b-\(name)")
        #expect(try bytes("\(folder)/a-\(name)") == bytes("\(folder)/b-\(name)"), "\(model.name)")
      }
    }
  }

  @Test func `only functions that are used are stored, with those they call`() throws {
    let all = StoredFunctions([
      try Scripted.gap(), try Scripted.twice(), try Scripted.function("other(x)", "return x"),
    ])
    #expect(all.needed(by: ["twice"]).all.map(\.name) == ["gap", "twice"])
    #expect(all.used(by: ["layers": [["activation": "other"]]]).all.map(\.name) == ["other"])
    #expect(all.used(by: ["name": "gap!"]).config == nil)
  }

  @Test func `another function under a known name is told`() throws {
    try withFolder { folder in
      let built = try Self.trained(try Self.models()[0])
      let other = try Scripted.function("squash(a, b)", "return mean(abs(a - b), axis=-1)")
      Scripted.trainer(built).compile(
        CompileSettings(loss: ScriptedLoss(other), optimizer: SGD(), metrics: []))
      #expect(try built.save(to: folder + "/m.h5").map(\.code) == ["E0634", "E0633"])
    }
  }

  @Test func `a damaged function is told`() throws {
    #expect(throws: Diagnostic.self) {
      try StoredFunctions(config: [["function": "f(", "body": "return 1"]])
    }
    #expect(throws: Diagnostic.self) { try StoredFunctions(config: [["body": "return 1"]]) }
  }
}
