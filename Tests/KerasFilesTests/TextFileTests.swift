import Config
import Datasets
import Diagnostics
import Foundation
import KerasFiles
import Kernels
import Layers
import TensorCore
import Testing
import Training

/// Models of texts that Keras has saved, and what it predicts with them: `make_texts.py`.
@Suite struct TextFileTests {
  private static let files = [
    "texts_two.keras", "texts_given.keras", "texts_hashed.keras", "texts_rare.keras", "texts_rarer.keras",
  ]

  private func expected(_ file: String) throws -> ConfigNode {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: fixture(file: "texts.json")))
    return try #require(try ConfigNode(json: Array(bytes))[file])
  }

  private func predicted(_ built: BuiltModel, _ expected: ConfigNode) throws -> [Float] {
    var columns: [Column] = []
    for input in built.model.inputs {
      let texts = try [String](config: try #require(expected["inputs"]?[input.name]))
      var column = Column(input.name, rowShape: [1], .integers(TextTable.codes(of: texts)))
      column.areTexts = true
      columns.append(column)
    }
    let part = DataPart(features: columns, targets: [], rows: .range(0..<(columns.first?.rowCount ?? 0)))
    let trainer = Trainer(built, pool: WorkerPool(threads: 2), now: { 0 })
    return try trainer.predict(part, batchSize: 3)[0]
  }

  @Test(arguments: files)
  func `models of texts predict what Keras predicts, and so do their copies`(file: String) throws {
    let expected = try expected(file)
    let built = try ModelFile.load(try fixture(file: file), seed: 1).built
    let found = try predicted(built, expected)
    let wanted = try [Double](config: try #require(expected["y"]))
    #expect(found.count == wanted.count)
    #expect(zip(found, wanted).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    try withFolder { folder in
      _ = try ModelFile.save(built, to: "\(folder)/copy.keras")
      let copy = try ModelFile.load("\(folder)/copy.keras", seed: 2).built
      #expect(try predicted(copy, expected) == found)
    }
  }

  @Test func `numbers are not fed to an input of texts`() throws {
    let built = try ModelFile.load(try fixture(file: "texts_given.keras"), seed: 1).built
    let part = DataPart(
      features: [Column("word", rowShape: [1], .floats([1, 2]))], targets: [], rows: .range(0..<2))
    let trainer = Trainer(built, pool: WorkerPool(threads: 1), now: { 0 })
    let error = #expect(throws: Diagnostic.self) { _ = try trainer.predict(part, batchSize: 2) }
    #expect(error?.code == "E0377")
  }
}
