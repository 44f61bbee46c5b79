import Config
import Datasets
import Diagnostics
import Foundation
import GraphEngine
import Kernels
import Layers
import Losses
import Optimizers
import TensorCore
import Testing
import Training

/// One training by real Keras, from `Fixtures/make_fixtures.py`.
struct KerasCase: Decodable, Sendable, CustomTestStringConvertible {
  var name: String
  var shape: [Int]
  var layers: [JSONValue]
  var optimizer: JSONValue
  var loss: String
  var metrics: [String]
  var batch: Int
  var epochs: Int
  var x: [Float]
  var y: [Float]
  var targetShape: [Int]
  var vx: [Float]
  var vy: [Float]
  var start: [[Float]]
  var stepLosses: [Double]
  var history: [String: [Double]]
  var final: [[Float]]
  var evaluated: [String: Double]
  var predicted: [Float]
  var testDescription: String { name }

  static let all: [KerasCase] = {
    struct File: Decodable { var cases: [KerasCase] }
    let snakeCase = JSONDecoder()
    snakeCase.keyDecodingStrategy = .convertFromSnakeCase
    guard
      let url = Bundle.module.url(
        forResource: "keras_training", withExtension: "json", subdirectory: "Fixtures"),
      let data = try? Data(contentsOf: url), let file = try? snakeCase.decode(File.self, from: data)
    else { return [] }
    return file.cases
  }()
}

/// JSON as the configuration of a layer.
enum JSONValue: Decodable, Sendable {
  case text(String), number(Double), flag(Bool), list([JSONValue]), map([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let box = try decoder.singleValueContainer()
    if let x = try? box.decode(Bool.self) {
      self = .flag(x)
    } else if let x = try? box.decode(Double.self) {
      self = .number(x)
    } else if let x = try? box.decode(String.self) {
      self = .text(x)
    } else if let x = try? box.decode([JSONValue].self) {
      self = .list(x)
    } else {
      self = .map(try box.decode([String: JSONValue].self))
    }
  }

  var node: ConfigNode {
    switch self {
    case .text(let x): ConfigNode(.string(x))
    case .number(let x): x == x.rounded() ? ConfigNode(.int(Int(x))) : ConfigNode(.double(x))
    case .flag(let x): ConfigNode(.bool(x))
    case .list(let x): ConfigNode(.list(x.map(\.node)))
    case .map(let x): ConfigNode(.map(x.keys.sorted().map { .init($0, x[$0]?.node ?? nil) }))
    }
  }
}

/// Remembers the loss of every step.
final class StepLosses: @unchecked Sendable {
  var all: [Double] = []  // one test, one task
}

struct Recorder: Callback {
  var losses = StepLosses()
  static var schema: Schema<Self> { Schema("Recorder", "Remembers losses.", prototype: Self()) }
  var watchesBatches: Bool { true }
  func handle(_ event: CallbackEvent, _ control: TrainingControl) {
    if case .batchEnded(let loss) = event { losses.all.append(loss) }
  }
}

func part(_ x: [Float], _ shape: [Int], targets y: [Float], _ targetShape: [Int], isLabels: Bool) -> DataPart
{
  let target: Column.Storage = isLabels ? .integers(y.map { Int32($0) }) : .floats(y)
  return DataPart(
    features: [Column("x", rowShape: shape, .floats(x))],
    targets: [Column("y", rowShape: targetShape, target)],
    rows: .range(0..<x.count / shape.reduce(1, *)))
}

func relative(_ a: Double, _ b: Double) -> Double { abs(a - b) / max(abs(b), 1e-3) }

extension KerasCase {
  func built() throws -> (BuiltModel, CompileSettings) {
    var bag = DiagnosticBag()
    let layers = try #require(LayerRegistry.decode(layers.map(\.node), into: &bag), "\(bag.all)")
    let loss = try #require(LossRegistry.all.decode(ConfigNode(.string(loss)), into: &bag))
    let optimizer = try #require(OptimizerRegistry.all.decode(optimizer.node, into: &bag), "\(bag.all)")
    let metrics = try metrics.map {
      NamedMetric($0, try #require(MetricRegistry.all.decode(ConfigNode(.string($0)), into: &bag)))
    }
    let built = try BuiltModel(Sequential("m", input: shape, layers), seed: 1)
    for (entry, numbers) in zip(built.slab.entries, start) {
      built.slab.set(entry.spec.path, Tensor(entry.spec.shape, numbers))
    }
    return (built, CompileSettings(loss: loss, optimizer: optimizer, metrics: metrics))
  }

  var isLabels: Bool { targetShape.isEmpty }
  var train: DataPart { part(x, shape, targets: y, targetShape, isLabels: isLabels) }
  var held: DataPart { part(vx, shape, targets: vy, targetShape, isLabels: isLabels) }
}

@Suite struct KerasTrainingTests {
  @Test func `the fixtures are there`() { #expect(KerasCase.all.count == 9) }

  @Test(arguments: KerasCase.all)
  func `a training agrees with Keras step by step`(fixture: KerasCase) throws {
    let (built, settings) = try fixture.built()
    let trainer = Trainer(built, pool: WorkerPool(threads: 2), now: { 0 })
    trainer.compile(settings)
    let recorder = Recorder()
    var fit = FitSettings()
    fit.epochs = fixture.epochs
    fit.batchSize = fixture.batch
    fit.shuffle = false
    fit.callbacks = [recorder]
    let result = try trainer.fit(
      fixture.train, validation: fixture.held, fit, isInterrupted: { false },
      observe: { _ in })

    #expect(recorder.losses.all.count == fixture.stepLosses.count)
    let worst = zip(recorder.losses.all, fixture.stepLosses).prefix(100).map { relative($0, $1) }.max() ?? 1
    #expect(worst < 1e-5, "worst step differs by \(worst)")
    for (epoch, logs) in result.history.enumerated() {
      for (name, value) in logs {
        let expected = try #require(fixture.history[name]?[epoch])
        #expect(relative(value, expected) < 2e-5, "epoch \(epoch) \(name): \(value), Keras \(expected)")
      }
    }
    #expect(
      result.history[0].map(\.name) == fixture.history.keys.filter { !$0.hasPrefix("val_") }.sorted()
        + fixture.history.keys.filter { $0.hasPrefix("val_") }.sorted())
    for (entry, expected) in zip(built.slab.entries, fixture.final) {
      for (a, b) in zip(built.slab.tensor(entry.spec.path).elements, expected) { #expect(abs(a - b) < 2e-5) }
    }
    for (name, value) in try trainer.evaluate(fixture.held, settings, batchSize: 5) {
      #expect(relative(value, try #require(fixture.evaluated[name])) < 2e-5)
    }
    let predicted = try trainer.predict(fixture.held, batchSize: 32)[0]
    for (a, b) in zip(predicted, fixture.predicted) { #expect(abs(a - b) < 1e-5) }
  }
}
