import Config
import Datasets
import Foundation
import KerasFiles
import Kernels
import Layers
import TensorCore
import Testing
import Training

/// Attention with masks that a call names, and layers beside it that take a mask: `make_query_masks.py`.
@Suite struct QueryMaskTests {
  private static let files = ["explicit", "keys", "beside", "known"].map { "query_\($0).keras" }

  private func predicted(_ built: BuiltModel, _ expected: ConfigNode) throws -> [Float] {
    let tokens = try [Int](config: try #require(expected["tokens"])).map(Int32.init)
    let column = Column(built.model.inputs[0].name, rowShape: [5], .integers(tokens))
    let part = DataPart(features: [column], targets: [], rows: .range(0..<3))
    return try Trainer(built, pool: WorkerPool(threads: 1), now: { 0 }).predict(part, batchSize: 3)[0]
  }

  @Test(arguments: files)
  func `masks count as in Keras, which asks the query for its own`(file: String) throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: fixture(file: "query_masks.json")))
    let expected = try ConfigNode(json: Array(bytes))
    let built = try ModelFile.load(try fixture(file: file), seed: 1).built
    let found = try predicted(built, expected)
    let wanted = try [Double](config: try #require(expected[file]))
    #expect(found.count == wanted.count)
    #expect(zip(found, wanted).allSatisfy { abs(Double($0) - $1) < 1e-5 }, "\(found) \(wanted)")
    try withFolder { folder in
      _ = try ModelFile.save(built, to: "\(folder)/copy.keras")
      let copy = try ModelFile.load("\(folder)/copy.keras", seed: 2).built
      #expect(try predicted(copy, expected) == found)
    }
  }

  @Test(arguments: [Semantics.keras3, .keras2], files)
  func `calls are written without what would make Keras forget their masks`(
    semantics: Semantics, file: String
  ) throws {
    let built = try ModelFile.load(try fixture(file: file), seed: 1).built
    #expect(KerasArchive(built, as: semantics).modelConfig?.json.contains("\"training\"") == false)
  }
}
