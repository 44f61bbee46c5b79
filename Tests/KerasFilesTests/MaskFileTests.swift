import Config
import Datasets
import Foundation
import KerasFiles
import Kernels
import Layers
import TensorCore
import Testing
import Training

/// Functional models in which Keras 3 recorded masks, and what Keras predicts for padded sequences.
private struct MaskFixture: Decodable {
  struct Input: Decodable {
    let shape: [Int]
    let numbers: [Float]
  }

  let inputs: [Input]
  let output: [Float]

  static let all: [String: MaskFixture] = {
    guard let path = try? fixture(file: "masks.json"), let data = try? bytes(path) else { return [:] }
    return (try? JSONDecoder().decode([String: MaskFixture].self, from: data)) ?? [:]
  }()

  static let files = all.keys.sorted().map { "masks_\($0).keras" } + ["masks_features.h5"]

  static func of(_ file: String) throws -> MaskFixture {
    try #require(all[String(file.dropFirst("masks_".count).prefix { $0 != "." })])
  }

  /// How far a model is from what Keras predicts.
  func distance(of built: BuiltModel) throws -> Float {
    let columns = zip(inputs, built.model.inputs).map { input, declared in
      let isWhole = declared.type.element == .int32
      return Column(
        declared.name, rowShape: Array(input.shape.dropFirst()),
        isWhole ? .integers(input.numbers.map { Int32($0) }) : .floats(input.numbers))
    }
    let part = DataPart(features: columns, targets: [], rows: .range(0..<inputs[0].shape[0]))
    let found = try Trainer(built, pool: WorkerPool(threads: 1), now: { 0 }).predict(part, batchSize: 3)[0]
    try #require(found.count == output.count)
    return zip(found, output).map { abs($0 - $1) }.max() ?? .infinity
  }
}

@Suite struct MaskFileTests {
  @Test func `there are models of the usual kinds`() {
    #expect(MaskFixture.all.count == 22)
  }

  @Test(arguments: MaskFixture.files)
  func `a model with recorded masks predicts as in Keras`(file: String) throws {
    let built = try ModelFile.load(try fixture(file: file), seed: 1).built
    #expect(try MaskFixture.of(file).distance(of: built) < 1e-5)
  }

  @Test(arguments: MaskFixture.files)
  func `no operation is left among the layers`(file: String) throws {
    let model = try #require(try ModelFile.load(try fixture(file: file), seed: 1).built.model as? Functional)
    #expect(
      model.layers.allSatisfy {
        LayerRegistry.all.find($0.layer.className) != nil || $0.layer is any Model
          || $0.layer is InputLayer
      })
  }

  @Test(arguments: [
    "masks_transformer.keras", "masks_attention.keras", "masks_nested.keras", "masks_given.keras",
  ])
  func `saved again it predicts the same`(file: String) throws {
    let built = try ModelFile.load(try fixture(file: file), seed: 1).built
    try withFolder { folder in
      for name in ["m.keras", "m.h5"] {
        try built.save(to: "\(folder)/\(name)")
        let again = try ModelFile.load("\(folder)/\(name)", seed: 2).built
        #expect(try MaskFixture.of(file).distance(of: again) < 1e-5)
      }
    }
  }

  @Test(arguments: ["mask", "attention"])
  func `a mask that no layer makes is a value of the model`(name: String) throws {
    let built = try ModelFile.load(try fixture(file: "masks_bad_\(name).keras"), seed: 1).built
    let functional = try #require(built.model as? Functional)
    #expect(functional.layers.contains { $0.layer is any GraphOperation })
    #expect(functional.calls.contains { !$0.named.values.isEmpty })
  }

  @Test(arguments: ["scale", "sum"])
  func `an operation of masked values drops their mask, as in Keras`(name: String) throws {
    let built = try ModelFile.load(try fixture(file: "masks_bad_\(name).keras"), seed: 1).built
    let functional = try #require(built.model as? Functional)
    #expect(functional.layers.contains { $0.layer is any GraphOperation })
    let trace = try Trace(built.model, phase: .inference, seed: 1)
    let operations = trace.scope.calls.filter { $0.layer is any GraphOperation }
    #expect(!operations.isEmpty)
  }

  @Test func `a join of masked values is not named as Keras names the operation of its mask`() throws {
    let built = try ModelFile.load(try fixture(file: "masks_features.keras"), seed: 1).built
    try withFolder { folder in
      try built.save(to: "\(folder)/m.h5")
      let config = try #require(try KerasArchive.read("\(folder)/m.h5").modelConfig?.json)
      #expect(config.contains("\"joined\"") && !config.contains("\"concatenate\""))
    }
  }
}
