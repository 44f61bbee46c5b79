import Config
import Datasets
import Diagnostics
import Foundation
import Fuzzing
import GraphEngine
import KerasFiles
import Kernels
import Layers
import Optimizers
import TensorCore
import Testing
import Training

/// What files and dialects a model is written in.
let writtenForms: [(ending: String, semantics: Semantics)] = [
  (".h5", .keras3), (".h5", .keras2), (".keras", .keras3),
]

/// Every parameter, and the optimizer's memory, in order.
func numbers(of built: BuiltModel) -> [[Float]] {
  let weights = built.slab.entries.map { built.slab.tensor($0.spec.path).elements }
  let trained = built.slab.entries.filter(\.spec.isTrainable)
  let slots = (built.training?.slots ?? []).flatMap { slot in
    trained.map { built.slab.tensor($0.spec.path, in: slot).elements }
  }
  return weights + slots
}

@Suite struct ModelFileReading {
  @Test(arguments: ["keras3.keras", "keras2.keras", "deflated.keras"])
  func `a .keras file holds the model of the .h5 file`(name: String) throws {
    let h5 = try ModelFile.load(try fixture(name.hasPrefix("keras2") ? "keras2" : "keras3"), seed: 1).built
    let loaded = try ModelFile.load(try fixture(file: name), seed: 1)
    #expect(loaded.notes.isEmpty)
    #expect(numbers(of: loaded.built) == numbers(of: h5))
    #expect(loaded.built.semantics == h5.semantics)
    #expect(loaded.built.training?.iterations == 4)
    #expect(loaded.built.training?.settings.optimizer.className == "SGD")
  }

  @Test func `the content decides what a file is, not its name`() throws {
    try withFolder { folder in
      try bytes(try fixture(file: "keras3.keras")).write(to: URL(filePath: folder + "/model.h5"))
      #expect(try ModelFile.load(folder + "/model.h5", seed: 1).built.parameterCount == 42)
    }
  }

  @Test(arguments: ["weights_only.h5", "keras3.weights.h5", "keras2.weights.h5"])
  func `weights alone are no model`(name: String) throws {
    let path = try fixture(file: name)
    let error = #expect(throws: Diagnostic.self) { try ModelFile.load(path, seed: 1) }
    #expect(error?.code == "E0618")
  }

  @Test(arguments: [
    "weights_only.h5", "keras3.weights.h5", "keras3.h5", "keras3.keras", "deflated.keras",
  ])
  func `weights are loaded into a model that is there`(name: String) throws {
    let model = try ModelFile.load(try fixture("keras3"), seed: 1).built
    let fresh = try BuiltModel(model.model, seed: 9)
    try fresh.loadWeights(from: try fixture(file: name))
    #expect(numbers(of: fresh) == model.slab.entries.map { model.slab.tensor($0.spec.path).elements })
  }

  /// The file has one layer more; with one unit the last one's shape differs as well.
  @Test(arguments: ["weights_only.h5", "keras3.weights.h5", "keras3.keras"], [1, 2])
  func `weights of another model are refused`(name: String, units: Int) throws {
    let layers = [NamedLayer("a", Dense(4)), NamedLayer("b", Dense(units))]
    let other = try BuiltModel(Sequential("m", input: [3], layers), seed: 1)
    let path = try fixture(file: name)
    let error = #expect(throws: Diagnostic.self) { try other.loadWeights(from: path) }
    #expect(["E0619", "E0620"].contains(error?.code))
  }
}

@Suite struct ModelFileWriting {
  @Test(arguments: writtenForms)
  func `a saved model is loaded with its weights and its optimizer`(
    form: (ending: String, semantics: Semantics)
  )
    throws
  {
    for name in ["keras3", "keras2"] {
      let model = try ModelFile.load(try fixture(name), seed: 1).built
      try withFolder { folder in
        let notes = try model.save(to: folder + "/m" + form.ending, as: form.semantics)
        #expect(notes.isEmpty)
        let loaded = try ModelFile.load(folder + "/m" + form.ending, seed: 1)
        #expect(loaded.notes.isEmpty && loaded.built.semantics == form.semantics)
        #expect(numbers(of: loaded.built) == numbers(of: model))
        #expect(loaded.built.training?.iterations == 4)
      }
    }
  }

  @Test(arguments: writtenForms)
  func `the same model gives the same bytes`(form: (ending: String, semantics: Semantics)) throws {
    let model = try ModelFile.load(try fixture("keras3"), seed: 1).built
    try withFolder { folder in
      try model.save(to: folder + "/a" + form.ending, as: form.semantics)
      try model.save(to: folder + "/b" + form.ending, as: form.semantics)
      #expect(try bytes(folder + "/a" + form.ending) == bytes(folder + "/b" + form.ending))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
    }
  }

  @Test func `a .keras file has Keras's members in Keras's order, stored`() throws {
    let model = try ModelFile.load(try fixture("keras3"), seed: 1).built
    try withFolder { folder in
      try model.save(to: folder + "/m.keras")
      let members = storedMembers(try bytes(folder + "/m.keras"))
      #expect(members.map(\.name) == ["metadata.json", "config.json", "model.weights.h5"])
      let metadata = String(decoding: members[0].data, as: UTF8.self)
      #expect(metadata == #"{"keras_version": "3.15.1", "date_saved": "1980-01-01@00:00:00"}"#)
    }
  }

  @Test func `a configuration in .keras is the one that Keras writes`() throws {
    let path = try fixture(file: "keras3.keras")
    let model = try ModelFile.load(path, seed: 1).built
    try withFolder { folder in
      try model.save(to: folder + "/m.keras")
      let ours = try config(folder + "/m.keras")
      let theirs = try config(path)
      #expect(ours["module"] == theirs["module"] && ours["build_config"] == theirs["build_config"])
      #expect(ours["compile_config"] == theirs["compile_config"])
      let layers = zip(
        try #require(ours["config"]?["layers"]?.list), try #require(theirs["config"]?["layers"]?.list))
      for (our, their) in layers {
        for key in ["module", "class_name", "registered_name", "build_config"] {
          #expect(our[key] == their[key], "\(key) of \(their["class_name"]?.string ?? "")")
        }
      }
    }
  }

  private func config(_ path: String) throws -> ConfigNode {
    let member = try #require(storedMembers(try bytes(path)).first { $0.name == "config.json" })
    return try ConfigNode(json: String(decoding: member.data, as: UTF8.self))
  }

  @Test func `weights alone come back into the model they were saved from`() throws {
    let model = try ModelFile.load(try fixture("keras3"), seed: 1).built
    let fresh = try BuiltModel(model.model, seed: 9)
    try withFolder { folder in
      try model.save(to: folder + "/m.weights.h5")
      try fresh.loadWeights(from: folder + "/m.weights.h5")
    }
    #expect(numbers(of: fresh) == model.slab.entries.map { model.slab.tensor($0.spec.path).elements })
  }

  @Test(arguments: ["model", "model.json", "h5", "keras"])
  func `a name of no known ending is E0623`(name: String) throws {
    let model = try BuiltModel(Sequential("m", input: [2], [NamedLayer("d", Dense(1))]), seed: 1)
    let error = #expect(throws: Diagnostic.self) { try model.save(to: name) }
    #expect(error?.code == "E0623")
  }

  @Test func `.keras is not written for Keras 2`() throws {
    let model = try BuiltModel(Sequential("m", input: [2], [NamedLayer("d", Dense(1))]), seed: 1)
    let error = #expect(throws: Diagnostic.self) { try model.save(to: "m.keras", as: .keras2) }
    #expect(error?.code == "E0623")
  }

  @Test(arguments: writtenForms)
  func `a folder that is not there is E0606`(form: (ending: String, semantics: Semantics)) throws {
    let model = try BuiltModel(Sequential("m", input: [2], [NamedLayer("d", Dense(1))]), seed: 1)
    let error = #expect(throws: Diagnostic.self) {
      try model.save(to: "/nowhere/at/all/m" + form.ending, as: form.semantics)
    }
    #expect(error?.code == "E0606")
  }

  @Test(arguments: writtenForms)
  func `the count of a Normalization is a whole number in files`(form: (ending: String, semantics: Semantics))
    throws
  {
    let model = try BuiltModel(
      Sequential("m", input: [2], [NamedLayer("n", Normalization()), NamedLayer("d", Dense(1))]), seed: 1)
    model.slab.set("m/n/count", Tensor([], [50]))
    try withFolder { folder in
      let path = folder + "/m" + form.ending
      try model.save(to: path, as: form.semantics)
      if form.ending == ".h5" {
        #expect(try KerasArchive.read(path).layers[0].weights[2].integer == 50)
      }
      let loaded = try ModelFile.load(path, seed: 1).built
      #expect(loaded.slab.tensor("m/n/count").elements == [50])
    }
  }
}
