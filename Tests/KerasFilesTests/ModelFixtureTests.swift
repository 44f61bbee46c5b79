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
    return files.filter { $0.hasSuffix(".keras") || $0.hasSuffix(".h5") && !$0.hasSuffix(".data.h5") }
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

  /// One array of a group, if it is there.
  func array(_ group: String, _ name: String) throws -> Tensor? {
    let root = try H5File(reading: sidecar).root()
    guard root.contains("\(group)/\(name)") else { return nil }
    let dataset = try root.dataset("\(group)/\(name)")
    return Tensor(dataset.shape, try dataset.floats())
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
    guard let diagnostic = error as? Diagnostic, diagnostic.code == "E0621" else { return false }
    missing[diagnostic.message.components(separatedBy: "'").dropFirst(3).first ?? "?", default: 0] += 1
    return true
  }

  func report(_ what: String) {
    let classes = missing.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
    print("\(what): \(done) checked; of layers that are not there yet: \(classes.isEmpty ? "none" : classes)")
    #expect(missing.isEmpty, "\(what)")
  }
}

@Suite(.enabled(if: !ModelFixture.all.isEmpty, "no collection of Keras files here"))
struct ModelFixtureTests {
  @Test func `models of real Keras predict what they did there`() throws {
    var tally = Tally()
    for fixture in ModelFixture.all {
      do {
        let loaded = try ModelFile.load(fixture.file, seed: 1)
        let inputs = try fixture.arrays("predict", "x")
        let expected = try fixture.arrays("predict", "y")
        let trainer = Trainer(loaded.built, pool: WorkerPool(threads: 1), now: { 0 })
        let part = fixture.part(inputs, [], of: loaded.built.model)
        let outputs = try trainer.predict(part, batchSize: 5)
        for (output, expected) in zip(outputs, expected) {
          let scale = expected.elements.map(abs).max() ?? 1
          let worst = zip(output, expected.elements).map { abs($0 - $1) }.max() ?? 0
          #expect(
            output.count == expected.elements.count && worst <= 1e-6 * max(scale, 1e-3),
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

  @Test func `models of real Keras evaluate as they did there`() throws {
    var tally = Tally()
    for fixture in ModelFixture.all {
      do {
        let meta = try fixture.meta
        guard let expected = meta["evaluate"]?.entries, !expected.isEmpty else { continue }
        let loaded = try ModelFile.load(fixture.file, seed: 1)
        guard let settings = loaded.built.training?.settings else {
          Issue.record("\(fixture.name): \(loaded.notes.map(\.message))")
          continue
        }
        let trainer = Trainer(loaded.built, pool: WorkerPool(threads: 1), now: { 0 })
        let part = try fixture.part(
          fixture.arrays("evaluate", "x"), fixture.arrays("evaluate", "y"), of: loaded.built.model)
        let logs = try trainer.evaluate(part, settings, batchSize: 5)
        // Two outputs of one layer have one name in Keras 3, and one overwrites the other in its logs.
        let isAmbiguous = fixture.name.hasPrefix("k3_func_nested_out")
        for (name, value) in logs where !isAmbiguous || name == "loss" {
          // Keras 2 takes the accuracy of a model that was never trained for the share of label 0.
          if fixture.name.hasPrefix("k2_seq_compiled_untrained") && name == "accuracy" { continue }
          // On TensorFlow Keras 3 does not know the size of a short last batch and counts it as a whole one; on other
          // backends it weighs it by its samples, as is done here.
          if fixture.name.hasPrefix("k3_") && name.hasSuffix("_loss") { continue }
          guard let wanted = expected.first(where: { $0.key == name })?.value.number else {
            Issue.record("\(fixture.name): Keras logs no \(name) but \(expected.map(\.key))")
            continue
          }
          #expect(distance(value, wanted) < 1e-5, "\(fixture.name) \(name): \(value) for \(wanted)")
        }
        tally.done += 1
      } catch  where tally.isMissing(error) {
      } catch {
        Issue.record("\(fixture.name): \(error)")
      }
    }
    tally.report("evaluations of models")
    #expect(tally.done > 0)
  }

  @Test func `trainings of real Keras go on here as they did there`() throws {
    var tally = Tally()
    for fixture in ModelFixture.all {
      do {
        let meta = try fixture.meta
        guard let steps = meta["train_logs"]?.list, !steps.isEmpty else { continue }
        let loaded = try ModelFile.load(fixture.file, seed: 1)
        guard let state = loaded.built.training else { continue }
        let flat = { (tensor: Tensor) in
          Tensor([tensor.shape[0] * tensor.shape[1]] + tensor.shape.dropFirst(2), tensor.elements)
        }
        let inputs = try fixture.arrays("train", "x").map(flat)
        let targets = try fixture.arrays("train", "y").map(flat)
        let weights = try fixture.array("train", "sample_weight").map(flat)
        let part = fixture.part(inputs, targets, of: loaded.built.model, weights: weights)
        let losses = Losses()
        var settings = FitSettings()
        settings.batchSize = (inputs.first?.shape.first ?? 0) / steps.count
        settings.shuffle = false
        settings.callbacks = [Recorder(losses: losses)]
        let trainer = Trainer(loaded.built, pool: WorkerPool(threads: 1), now: { 0 })
        _ = try trainer.fit(
          part, validation: nil, settings, isInterrupted: { false }, observe: { _ in })
        for (step, (loss, expected)) in zip(losses.all, steps).enumerated() {
          let wanted = expected["loss"]?.number ?? .nan
          // Keras 3 on TensorFlow squares the gradient of an embedding use by use, not their sum, in Adam's second moment.
          let tolerance = fixture.name.hasPrefix("k3_text_rnn") ? 5e-3 : 1e-5
          #expect(distance(loss, wanted) < tolerance, "\(fixture.name) step \(step): \(loss) for \(wanted)")
        }
        #expect(losses.all.count == steps.count && state.iterations > 0)
        tally.done += 1
      } catch  where tally.isMissing(error) {
      } catch {
        Issue.record("\(fixture.name): \(error)")
      }
    }
    tally.report("further trainings of models")
    #expect(tally.done > 0)
  }
}

private final class Losses: @unchecked Sendable { var all: [Double] = [] }  // Read when the training is over.

/// Remembers the loss of every batch.
private struct Recorder: Callback {
  var losses = Losses()
  static let schema = Schema("Recorder", "Remembers losses.", prototype: Recorder())
  var watchesBatches: Bool { true }
  mutating func handle(_ event: CallbackEvent, _ control: TrainingControl) {
    if case .batchEnded(let loss) = event { losses.all.append(loss) }
  }
}
