import Config
import Datasets
import Foundation
import KerasFiles
import Kernels
import Layers
import TensorCore
import Testing
import Training

/// Models of real Keras with axes of unknown length, and what Keras gives for two lengths.
private struct OpenFixture: CustomTestStringConvertible {
  let file: String
  let expectations: String
  let name: String
  var testDescription: String { file }

  static let all = ["text", "image", "each"].flatMap { name in
    [
      OpenFixture(file: "open_\(name).keras", expectations: "open.json", name: name),
      OpenFixture(file: "open_\(name)_2.h5", expectations: "open_2.json", name: name),
    ]
  }

  struct Case: Decodable {
    let shape: [Int]
    let x: [Float]
    let out: [Int]
    let y: [Float]
  }

  func cases() throws -> [Case] {
    let data = try Data(contentsOf: URL(filePath: fixture(file: expectations)))
    return try #require(JSONDecoder().decode([String: [Case]].self, from: data)[name])
  }
}

extension OpenFixture.Case {
  /// What a model gives.
  fileprivate func outputs(of built: BuiltModel) throws -> [Float] {
    let isText = built.model.inputs[0].type.element == .int32
    let numbers: Column.Storage = isText ? .integers(x.map { Int32($0) }) : .floats(x)
    let part = DataPart(
      features: [Column("x", rowShape: Array(shape.dropFirst()), numbers)], targets: [],
      rows: .range(0..<shape[0]))
    return try Trainer(built, pool: WorkerPool(threads: 1), now: { 0 }).predict(part, batchSize: 2)[0]
  }
}

@Suite struct OpenShapeFileTests {
  @Test(arguments: OpenFixture.all)
  fileprivate func `a model gives what Keras gives, at every length`(open: OpenFixture) throws {
    let built = try ModelFile.load(try fixture(file: open.file), seed: 1).built
    let cases = try open.cases()
    #expect(cases.count == 2 && cases[0].shape[1] != cases[1].shape[1])
    for one in cases {
      let found = try one.outputs(of: built)
      #expect(found.count == one.out.reduce(1, *))
      let largest = zip(found, one.y).map { abs($0 - $1) }.max() ?? .infinity
      #expect(largest < 2e-6)
    }
  }

  @Test(arguments: OpenFixture.all)
  fileprivate func `a model is saved as it was, its open axes among it`(open: OpenFixture) throws {
    let path = try fixture(file: open.file)
    let built = try ModelFile.load(path, seed: 1).built
    try withFolder { folder in
      let copy = "\(folder)/\(open.file)"
      _ = try ModelFile.save(built, to: copy, as: open.file.hasSuffix("_2.h5") ? .keras2 : .keras3)
      let again = try ModelFile.load(copy, seed: 2).built
      #expect(again.model.inputs == built.model.inputs)
      #expect(again.model.inputs[0].type.isOpen)
      for one in try open.cases() {
        #expect(try one.outputs(of: again) == one.outputs(of: built))
      }
    }
  }
}
