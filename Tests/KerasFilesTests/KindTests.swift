import Config
import Datasets
import Diagnostics
import ExpLanguage
import Foundation
import GraphEngine
import Kernels
import Layers
import ModelScripts
import TensorCore
import Testing
import Training

@testable import KerasFiles
import Losses
import Optimizers

/// Files of the kinds that public files are of; the script beside made them, and says what Keras predicts.
private struct Kind: Decodable {
  let shapes: [[Int]]
  let x: [[Float]]
  let y: [[Float]]

  static let all: [String: Kind] = {
    let folder = Bundle.module.path(forResource: "Fixtures", ofType: nil) ?? ""
    return ["kinds", "kinds_more"].reduce(into: [:]) { all, name in
      let data = (try? Data(contentsOf: URL(filePath: "\(folder)/\(name).json"))) ?? Data()
      all.merge((try? JSONDecoder().decode([String: Kind].self, from: data)) ?? [:]) { $1 }
    }
  }()

  /// How far a model's predictions are from Keras's at most, in relation to their size.
  func distance(of built: BuiltModel) throws -> Float {
    let features = zip(shapes, x).enumerated().map { place, pair in
      let isWhole = built.model.inputs[place].type.element == .int32
      let numbers: Column.Storage = isWhole ? .integers(pair.1.map { Int32($0) }) : .floats(pair.1)
      return Column(built.model.inputs[place].name, rowShape: pair.0, numbers)
    }
    let part = DataPart(features: features, targets: [], rows: .range(0..<2))
    let found = try Trainer(built, pool: WorkerPool(threads: 1), now: { 0 }).predict(part, batchSize: 2)
    guard found.map(\.count) == y.map(\.count) else { return .infinity }
    return zip(found.joined(), y.joined()).map { abs($0 - $1) / (1 + abs($1)) }.max() ?? .infinity
  }
}

/// What the script calls `Block`: a layer of one's own that holds a chain, attention, a recurrence and a list.
private func block(_ className: String, _ config: ConfigNode) throws -> (any Layer)? {
  guard className == "Block" else { return try ModelDecoder.scripted(className, config) }
  let chain = LayerChain([
    NamedLayer("dense", Dense(4)), NamedLayer("dense_1", Dense(4, activation: .relu)),
  ])
  var lstm = LSTM(2)
  lstm.settings.returnSequences = true
  let parts = ScriptParts(layers: [
    .init(NamedLayer("norm", LayerNormalization())), .init(NamedLayer("ffn", chain)),
    .init(NamedLayer("att", MultiHeadAttention(heads: 2, keyDim: 3))),
    .init(NamedLayer("rnn", Bidirectional(lstm))), .init(NamedLayer("dense", Dense(4)), repeated: 2),
  ])
  let body = try ScriptBody(
    """
    x = inputs + att(inputs, inputs)
    x = dense[1](dense[0](rnn(x)))
    return norm(ffn(x))
    """)
  return ScriptedLayer("Block", parts, body: body)
}

@Suite struct KindTests {
  @Test(arguments: Kind.all.keys.sorted())
  func `a file that Keras loads predicts what Keras predicts`(file: String) throws {
    let kind = try #require(Kind.all[file])
    let loaded = try ModelFile.load(try fixture(file: file), custom: block, seed: 1)
    #expect(try kind.distance(of: loaded.built) < 2e-5)
  }

  @Test func `there are files of every kind`() {
    #expect(Kind.all.count > 40)
  }

  @Test(
    arguments: [
      "operations3.keras", "operations2.keras", "activations3.keras", "each3.keras", "slashes2.h5",
      "hard2.h5", "words2.h5", "nodes2.h5", "inner_mapping3.keras", "two_mappings3.keras",
      "vocabulary3.keras",
    ],
    [".keras", ".h5"])
  func `written again it predicts the same`(name: String, ending: String) throws {
    let file = "kinds_\(name)"
    let kind = try #require(Kind.all[file])
    let built = try ModelFile.load(try fixture(file: file), seed: 1).built
    try withFolder { folder in
      try built.save(to: "\(folder)/m\(ending)", as: ending == ".h5" ? built.semantics : .keras3)
      let again = try ModelFile.load("\(folder)/m\(ending)", seed: 2).built
      #expect(try kind.distance(of: again) < 2e-5)
    }
  }

  @Test(arguments: ["hard2.h5", "words2.h5", "nodes2.h5"])
  func `what Keras 2 computes is written for Keras 3 without loss`(name: String) throws {
    let kind = try #require(Kind.all["kinds_\(name)"])
    let built = try ModelFile.load(try fixture(file: "kinds_\(name)"), seed: 1).built
    try withFolder { folder in
      for path in ["\(folder)/m.keras", "\(folder)/m.h5"] {
        #expect(try built.save(to: path, as: .keras3).isEmpty)
        let again = try ModelFile.load(path, seed: 2).built
        #expect(again.semantics == .keras3)
        #expect(try kind.distance(of: again) < 2e-5)
        // And back again, in Keras 2's own words.
        try again.save(to: "\(folder)/back.h5", as: .keras2)
        #expect(try kind.distance(of: ModelFile.load("\(folder)/back.h5", seed: 3).built) < 2e-5)
      }
    }
  }

  @Test(
    arguments: zip(
      ["bfloat3.keras", "low_rank3.keras", "vocabulary3.keras", "own_masks3.keras"],
      [["bfloat16"], ["low rank"], [], []]))
  func `what is followed in another way is noted`(name: String, words: [String]) throws {
    let notes = try ModelFile.load(try fixture(file: "kinds_\(name)"), seed: 1).notes
    #expect(notes.map(\.severity) == words.map { _ in .note })
    for word in words { #expect(notes.contains { $0.code == "E0613" && $0.message.contains(word) }) }
  }

  @Test(arguments: ["keras", "h5"])
  func `an optimizer that scales the loss gives its state, and a loss of one's own is taken`(ending: String)
    throws
  {
    let mine = try Scripted.function(
      "mine(y_true, y_pred)", "return mean(square(y_true - y_pred) * 3, axis=-1)")
    let file = try fixture(file: "kinds_compiled3.\(ending)")
    let loaded = try ModelFile.load(file, functions: StoredFunctions([mine]), seed: 1)
    let training = try #require(loaded.built.training)
    #expect(training.settings.outputs[0].loss is ScriptedLoss)
    #expect(training.settings.outputs[0].metrics.map(\.name) == ["mae", "mine"])
    guard ending == "h5" else {
      // Keras leaves the optimizer out of a .keras file, and takes its default itself.
      #expect(training.settings.optimizer is RMSprop)
      return
    }
    let optimizer = try #require(training.settings.optimizer as? LossScaleOptimizer)
    #expect(optimizer.innermost is Adam && training.iterations == 3)
    #expect(optimizer.scale(after: 3) == .init(factor: 32768, steps: 3))
    #expect(optimizer.scale(after: 2001) == .init(factor: 65536, steps: 1))
    #expect(!loaded.notes.contains { $0.code == "E0630" })
  }

  @Test(arguments: [0, 1, 3])
  func `an optimizer that scales the loss is written with how far it has come`(steps: Int) throws {
    var outer = LossScaleOptimizer(Adam())
    outer.initialScale = 64
    outer.growthSteps = 2
    let built = try BuiltModel(Sequential("m", input: [3], [NamedLayer("d", Dense(2))]), seed: 1)
    let settings = CompileSettings([.init(loss: MeanSquaredError())], optimizer: outer)
    Trainer(built, pool: WorkerPool(threads: 1), now: { 0 }).compile(settings)
    built.training?.iterations = steps
    try withFolder { folder in
      for path in ["\(folder)/m.keras", "\(folder)/m.h5"] {
        try built.save(to: path)
        let training = try #require(try ModelFile.load(path, seed: 1).built.training)
        let found = try #require(training.settings.optimizer as? LossScaleOptimizer)
        #expect(training.iterations == steps && found.innermost is Adam)
        for more in 0..<4 { #expect(found.scale(after: steps + more) == outer.scale(after: steps + more)) }
      }
    }
  }

  @Test func `names with slashes are written for Keras 3 without them`() throws {
    let names = ["a/b", "a_b", "a/b/c"]
    let layers = names.map { NamedLayer($0, Dense(2)) }
    let built = try BuiltModel(Sequential("m", input: [2], layers), seed: 1, semantics: .keras2)
    let config = Keras3Equivalents.of(built.model.kerasConfig, from: .keras2)
    let written = (config["config"]?["layers"]?.list ?? []).dropFirst().compactMap {
      $0["config"]?["name"]?.string
    }
    #expect(written == ["a_b_", "a_b", "a_b_c"])
  }

  @Test func `without its function a loss of one's own is named, and what to write`() throws {
    let notes = try ModelFile.load(try fixture(file: "kinds_compiled3.h5"), seed: 1).notes
    let note = try #require(notes.first { $0.code == "E0622" })
    #expect(note.message.contains("'mine'") && note.help?.contains("function: mine(y_true, y_pred)") == true)
  }

  @Test func `settings without an optimizer keep loss and metrics, with Keras's default`() throws {
    let loaded = try ModelFile.load(try fixture(file: "kinds_unnamed3.keras"), seed: 1)
    let settings = try #require(loaded.built.training?.settings)
    #expect(settings.optimizer is RMSprop && settings.outputs[0].metrics.map(\.name) == ["mae"])
    #expect(loaded.notes.contains { $0.code == "E0622" && $0.severity == .note })
  }

  @Test(arguments: ["Adafactor", "ScheduleFreeAdamW", "my>Sophia", "Adam"])
  func `an optimizer that is not known is named, and loss and metrics are kept`(name: String) throws {
    let written: ConfigNode = ["class_name": name.config, "config": ["learning_rate": 0.1, "unheard_of": 1]]
    let config: ConfigNode = ["optimizer": written, "loss": "mse", "metrics": ["mae"]]
    let reading = CompileReading(names: ["y"], semantics: .keras3, functions: StoredFunctions())
    var bag = DiagnosticBag()
    #expect(reading.optimizer(config, into: &bag) == nil)
    #expect(bag.all.map(\.code) == ["E0622"] && bag.all[0].message.contains("'\(name)'"))
    let settings = try #require(reading.settings(config, RMSprop(), into: &bag))
    #expect(
      settings.outputs[0].loss is MeanSquaredError && settings.outputs[0].metrics.map(\.name) == ["mae"])
  }

  @Test(arguments: [Semantics.keras2, .keras3])
  func `a loss without a reduction is shown as a mean and followed as a sum`(semantics: Semantics) throws {
    let reading = CompileReading(names: ["y"], semantics: semantics, functions: StoredFunctions())
    let reduction: ConfigNode = semantics == .keras2 ? "none" : nil
    let loss: ConfigNode = ["class_name": "Hinge", "config": ["name": "hinge", "reduction": reduction]]
    var bag = DiagnosticBag()
    let settings = reading.settings(["optimizer": "sgd", "loss": loss], SGD(), into: &bag)
    #expect(settings?.outputs[0].loss?.reduction == LossReduction.none && bag.all.isEmpty)
    let graph = Graph()
    let values = graph.constant(Tensor([2], [1.1, 1.5]))
    let shown = try LossReduction.none.reduce(values)
    #expect(try shown.type == LossReduction.sum.reduce(values).type)
  }

  @Test func `inputs of a mapping are taken in the order of their keys`() throws {
    for file in ["kinds_mappings2.h5", "kinds_mappings3.keras"] {
      let model = try ModelFile.load(try fixture(file: file), seed: 1).built.model
      #expect(model.inputs.map(\.name) == ["a", "z"])
    }
  }

  @Test(arguments: [("Custom>Dense", nil), ("Dense", "my.layers"), ("pack>LSTM", nil)])
  func `a class of one's own is not taken for Keras's of that name`(name: String, module: String?) {
    var node: ConfigNode = ["class_name": name.config, "config": ["name": "d", "units": 2]]
    if let module { node = node.with(["module": module.config]) }
    let error = #expect(throws: Diagnostic.self) { try ModelDecoder().layer(node) }
    #expect(error?.code == "E0621" && error?.message.contains("not one of Keras's") == true)
  }

  @Test(arguments: ["ConvLSTM3D", "StackedRNNCells", "TextVectorization"])
  func `a class of Keras that is missing is called Keras's`(name: String) {
    guard LayerRegistry.all.find(name) == nil else { return }
    let node: ConfigNode = ["class_name": name.config, "config": ["name": "d"]]
    let error = #expect(throws: Diagnostic.self) { try ModelDecoder().layer(node) }
    #expect(error?.code == "E0621" && error?.message.contains("Keras's class") == true)
  }

  @Test func `a model that was compiled and not trained is written with what Keras has then`() throws {
    let built = try BuiltModel(Sequential("m", input: [3], [NamedLayer("d", Dense(2))]), seed: 1)
    let settings = CompileSettings([.init(loss: MeanSquaredError())], optimizer: Adam())
    Trainer(built, pool: WorkerPool(threads: 1), now: { 0 }).compile(settings)
    for (semantics, count) in [(Semantics.keras3, 2), (.keras2, 1)] {
      #expect(KerasArchive(built, as: semantics).optimizer.count == count)
    }
  }

  @Test(arguments: [
    ("kernel_initializer", #"{"class_name": "HeNormal", "config": {"seed": null, "dtype": "float32"}}"#),
    ("bias_initializer", #"{"class_name": "Constant", "config": {"value": 0.5, "dtype": "float32"}}"#),
    ("kernel_initializer", #"{"class_name": "Orthogonal", "config": {"gain": 1.0, "dtype": "float32"}}"#),
  ])
  func `the type of an initializer is dropped, as every Keras does`(key: String, json: String) throws {
    let value = try ConfigNode(json: json)
    let node: ConfigNode = [
      "class_name": "Dense", "config": ["name": "d", "units": 2, "activation": "linear"],
    ]
    let written = node.with(["config": (node["config"] ?? nil).with([key: value])])
    #expect(try ModelDecoder().layer(Keras2Reading.translate(written)).layer is Dense)
  }

  @Test(arguments: [
    ("sum", "Add"), ("mul", "Multiply"), ("concat", "Concatenate"), ("ave", "Average"), ("max", "Maximum"),
    ("dot", "Dot"), ("cos", "Merge"),
  ])
  func `Merge of Keras 1 is the layer that merges so`(mode: String, className: String) {
    let node: ConfigNode = ["class_name": "Merge", "config": ["name": "m", "mode": mode.config]]
    #expect(Keras1Reading.translate(node)["class_name"]?.string == className)
  }
}
