import Config
import Datasets
import Diagnostics
import EngineTestSupport
import Foundation
import HDF5Files
import KerasFiles
import Kernels
import Layers
import TensorCore
import Testing
import Training

/// A model that real Keras saved, with what Keras computes from it.
struct ModelFixture: CustomTestStringConvertible {
  let file: String
  let name: String
  var testDescription: String { name }

  static let all: [ModelFixture] = {
    let folder = KerasFixtures.folder + "/models"
    let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    return files.filter { $0.hasSuffix(".h5") && !$0.hasSuffix(".data.h5") }
      .map { ModelFixture(file: "\(folder)/\($0)", name: $0) }
  }()

  private var sidecar: String { String(file.prefix { $0 != "." }) + ".data.h5" }

  /// Named arrays of one group of the data beside the model.
  func arrays(_ group: String, _ prefix: String) throws -> [Tensor] {
    let root = try H5File(reading: sidecar).root()
    guard root.contains(group) else { return [] }
    let part = try root.group(group)
    var found: [Tensor] = []
    while part.contains("\(prefix)\(found.count)") {
      let dataset = try part.dataset("\(prefix)\(found.count)")
      found.append(Tensor(dataset.shape, try dataset.floats()))
    }
    return found
  }

  var meta: ConfigNode {
    get throws {
      let root = try H5File(reading: sidecar).root()
      return try ConfigNode(json: try #require(try root.text("meta")))
    }
  }

  /// The inputs as a data part that the model can be fed from.
  func part(_ inputs: [Tensor], _ targets: [Tensor], of model: any Model, weights: Tensor? = nil) -> DataPart
  {
    func column(_ name: String, _ tensor: Tensor, _ element: ElementType) -> Column {
      let isInteger = element == .int32
      return Column(
        name, rowShape: Array(tensor.shape.dropFirst()),
        isInteger ? .integers(tensor.elements.map { Int32($0) }) : .floats(tensor.elements))
    }
    return DataPart(
      features: zip(model.inputs, inputs).map { column($0.name, $1, $0.type.element) },
      targets: zip(model.outputNames, targets).map { column($0, $1, .float32) },
      rows: .range(0..<(inputs.first?.shape.first ?? 0)),
      sampleWeights: weights.map { column("sample_weight", $0, .float32) })
  }
}

/// What became of all fixtures, printed so that nothing is skipped silently.
private struct Tally {
  var done = 0
  var missing: [String: Int] = [:]

  mutating func isMissing(_ error: any Error) -> Bool {
    guard let diagnostic = error as? Diagnostic, diagnostic.code == "E0614" else { return false }
    missing[diagnostic.message.components(separatedBy: "'").dropFirst(3).first ?? "?", default: 0] += 1
    return true
  }

  func report(_ what: String) {
    let classes = missing.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
    print("\(what): \(done) checked; of layers that are not there yet: \(classes.isEmpty ? "none" : classes)")
  }
}

@Suite(.enabled(if: !ModelFixture.all.isEmpty, "no collection of Keras files here"))
struct ModelFixtureTests {
  @Test func `models of real Keras predict what they did there`() throws {
    var tally = Tally()
    for fixture in ModelFixture.all {
      do {
        let loaded = try KerasArchive.read(fixture.file).load(seed: 1)
        let inputs = try fixture.arrays("predict", "x")
        let expected = try fixture.arrays("predict", "y")
        let trainer = Trainer(loaded.built, pool: WorkerPool(threads: 1), now: { 0 })
        let part = fixture.part(inputs, [], of: loaded.built.model)
        let outputs = try trainer.predict(part, batchSize: 5)
        for (output, expected) in zip(outputs, expected) {
          let scale = expected.elements.map(abs).max() ?? 1
          let worst = zip(output, expected.elements).map { abs($0 - $1) }.max() ?? 0
          #expect(
            output.count == expected.elements.count && worst <= 2e-6 * max(scale, 1e-3),
            "\(fixture.name): \(worst) of \(scale)")
        }
        tally.done += 1
      } catch  where tally.isMissing(error) {
      } catch {
        Issue.record("\(fixture.name): \(error)")
      }
    }
    tally.report("predictions of models")
    #expect(tally.done > 0)
  }
}
