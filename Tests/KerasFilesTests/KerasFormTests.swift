import Config
import Datasets
import Diagnostics
import ExpLanguage
import Foundation
import GraphEngine
import Layers
import ModelScripts
import Testing
import Training

@testable import KerasFiles
import Losses
import Optimizers

/// Hand-written models as the graphs of layers that Keras loads.
@Suite struct KerasFormTests {
  private func model(_ body: String, _ parts: ScriptParts = ScriptParts()) throws -> ScriptedModel {
    ScriptedModel("m", inputs: [ModelInput("x", shape: [4])], parts, body: try ScriptBody(body))
  }

  private func layers(_ model: any Model) throws -> [String] {
    try KerasForm(model, semantics: .keras3).model.layers.map { "\($0.name): \($0.layer.className)" }
  }

  private func obstacle(_ body: String, _ parts: ScriptParts = ScriptParts()) throws -> String? {
    do {
      _ = try KerasForm(try model(body, parts), semantics: .keras3)
      return nil
    } catch let obstacle as KerasForm.Obstacle {
      return obstacle.what
    }
  }

  @Test func `what stands between layers becomes layers of Keras`() throws {
    let body = "z = reshape(tanh(2 * x + 1), (-1, 2, 2))\nreturn transpose(z + softmax(z), (0, 2, 1))"
    let found = try layers(try model(body))
    let expected = [
      "x: InputLayer", "rescaling: Rescaling", "rescaling_1: Rescaling", "activation: Activation",
      "reshape: Reshape",
      "activation_1: Activation", "add: Add", "permute: Permute",
    ]
    #expect(found == expected)
  }

  @Test func `layers of one's own are opened, noise is kept`() throws {
    let inner = ScriptedLayer(
      "Inner", ScriptParts(layers: [.init(NamedLayer("dense", Dense(4)))]),
      body: try ScriptBody("return dense(inputs) - inputs"))
    let parts = ScriptParts(layers: [
      .init(NamedLayer("block", inner)), .init(NamedLayer("drop", Layers.Dropout(0.5))),
    ])
    let names = try layers(try model("z = block(x)\nif training:\n    z = drop(z)\nreturn block(z)", parts))
    #expect(
      names == [
        "x: InputLayer", "block_dense: Dense", "subtract: Subtract", "drop: Dropout", "subtract_1: Subtract",
      ])
  }

  @Test func `what no layer does is named`() throws {
    #expect(try obstacle("return x * clip(x, 0, 1)") == "a number or weight between the layers")
    #expect(try obstacle("if max(x) > 1:\n    return x * 2\nreturn x") == "the condition 'max(x) > 1'")
    #expect(try obstacle("return x[:, :2]") == "'rearrange'")
    #expect(
      try obstacle("if training:\n    return x * 2\nreturn x") == "what 'training' changes beside noise")
    let weight = ScriptParts(weights: [ScriptWeight("w", .sizes([4]))])
    #expect(try obstacle("return x * w", weight) == "a number or weight between the layers")
  }

  @Test(arguments: [("m.h5", Semantics.keras2), ("m.h5", .keras3), ("m.keras", .keras3)])
  func `models within a hand-written one come back with it`(file: String, dialect: Semantics) throws {
    try withFolder { folder in
      let pair = Sequential(
        "pair", input: [4], [NamedLayer("a", Dense(8, activation: .relu)), NamedLayer("b", Dense(3))])
      let inner = ScriptedLayer(
        "Inner", ScriptParts(layers: [.init(NamedLayer("deep", pair))]),
        body: try ScriptBody("return deep(inputs)"))
      let parts = ScriptParts(layers: [
        .init(NamedLayer("body", pair)), .init(NamedLayer("inner", inner)),
        .init(NamedLayer("out", Dense(2))),
      ])
      let built = try BuiltModel(try model("return out(body(x) - inner(x))", parts), seed: 3)
      #expect(try built.save(to: folder + "/" + file, as: dialect).isEmpty)
      let loaded = try ModelFile.load(folder + "/" + file, seed: 9)
      #expect(loaded.notes.isEmpty)
      #expect(loaded.built.model is ScriptedModel)
      for entry in built.slab.entries {
        #expect(loaded.built.slab.tensor(entry.spec.path) == built.slab.tensor(entry.spec.path))
      }
    }
  }

  @Test func `the file of a hand-written model holds a graph of layers`() throws {
    try withFolder { folder in
      let built = try BuiltModel(try Scripted.plain(), seed: 3)
      #expect(try built.save(to: folder + "/m.h5").isEmpty)
      let archive = try KerasArchive.read(folder + "/m.h5")
      #expect(archive.modelConfig?["class_name"] == "Functional")
      #expect(archive.layers.map(\.name).contains("hidden_1"))
      let loaded = try ModelFile.load(folder + "/m.h5", seed: 3).built
      #expect(loaded.model is ScriptedModel && loaded.attachments.isEmpty)
    }
  }

  @Test(arguments: ["m.h5", "m.keras"]) func `what Keras cannot load is told and stays whole`(_ name: String)
    throws
  {
    try withFolder { folder in
      let built = try BuiltModel(try Scripted.model(), seed: 3)
      built.attachments[StoredFunctions.attachment] = StoredFunctions([try Scripted.squash()]).config
      #expect(try built.save(to: "\(folder)/\(name)").map(\.code) == ["E0633"])
      #expect(try ModelFile.load("\(folder)/\(name)", seed: 3).built.model is ScriptedModel)
    }
  }

  @Test func `a file for Keras 2 comes back as it was written`() throws {
    try withFolder { folder in
      let built = try BuiltModel(try Scripted.plain(), seed: 3)
      try Scripted.train(built)
      try built.save(to: folder + "/m.h5", as: .keras2)
      let loaded = try ModelFile.load(folder + "/m.h5", seed: 3).built
      #expect(loaded.model is ScriptedModel)
      #expect(try Scripted.predictions(loaded) == Scripted.predictions(built))
    }
  }

  @Test func `a source that does not fit leaves the graph`() throws {
    try withFolder { folder in
      let built = try BuiltModel(try Scripted.plain(), seed: 3)
      var archive = KerasArchive(built.kerasForm.built)
      archive.attachments = ["model": try model("return x * 2").kerasConfig]
      try archive.write(to: folder + "/m.h5")
      let loaded = try ModelFile.load(folder + "/m.h5", seed: 3)
      #expect(loaded.notes.map(\.code) == ["E0635"] && loaded.built.model is Functional)
      #expect(try Scripted.predictions(loaded.built) == Scripted.predictions(built))
    }
  }

  @Test func `Keras loads the graph of a hand-written model and predicts the same`() throws {
    guard let python = ProcessInfo.processInfo.environment["RUNEXP_KERAS_PYTHON"], !python.isEmpty else {
      print("graphs: not checked, RUNEXP_KERAS_PYTHON names no Python with Keras")
      return
    }
    let script = """
      import json, os, sys
      os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
      import keras, numpy
      given = json.load(open(sys.argv[1] + "/data.json"))
      x = numpy.array(given["x"], "float32").reshape(-1, 3)
      worst = 0.0
      for name in ["m.h5", "m.keras"]:
          y = keras.models.load_model(f"{sys.argv[1]}/{name}").predict(x, verbose=0)
          for one, wanted in zip(y, given["y"]):
              worst = max(worst, float(abs(numpy.ravel(one) - numpy.array(wanted)).max()))
      print(json.dumps(worst))
      """
    try withFolder { folder in
      let built = try BuiltModel(try Scripted.plain(), seed: 3)
      Scripted.trainer(built).compile(
        CompileSettings(
          [.init(loss: MeanSquaredError()), .init(loss: MeanSquaredError())], optimizer: Adam()))
      try Scripted.fit(Scripted.trainer(built), epochs: 2)
      for name in ["m.h5", "m.keras"] { try built.save(to: "\(folder)/\(name)") }
      guard case .floats(let x) = Scripted.data(["y"]).features[0].storage else { return }
      let numbers: [String: Any] = [
        "x": x.map(Double.init), "y": try Scripted.predictions(built).map { $0.map(Double.init) },
      ]
      try JSONSerialization.data(withJSONObject: numbers).write(
        to: URL(fileURLWithPath: folder + "/data.json"))
      let process = Process()
      process.executableURL = URL(fileURLWithPath: python)
      process.arguments = ["-c", script, folder]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let printed = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      let difference = try JSONDecoder().decode(Double.self, from: printed)
      #expect(difference < 1e-6, "largest difference \(difference)")
      print("graphs: largest difference \(difference)")
    }
  }
}
