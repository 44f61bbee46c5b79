import Datasets
import Diagnostics
import EngineTestSupport
import ExpLanguage
import GraphEngine
import Kernels
import Layers
import ModelScripts
import TensorCore
import Testing
import Training

/// Layers with statistics of the data are adapted before the first training, as Keras's `adapt` does.
@Suite struct AdaptingTests {
  /// 300 rows, more than the rows that are summed at a time; features of different scale.
  private static let rows = noise(300 * 3, "adapting").enumerated().map { place, x in
    [1000 + 2 * x, 5 * x - 3, 0.01 * x][place % 3]
  }
  private static let data = part(rows, [3], targets: noise(300, "targets"), [1], isLabels: false)

  private func trainer(_ model: any Model) throws -> Trainer {
    Trainer(try BuiltModel(model, seed: 1), pool: WorkerPool(threads: 1), now: { 0 })
  }

  private func moments(_ numbers: [Float]) -> (mean: Double, variance: Double) {
    let mean = numbers.map(Double.init).reduce(0, +) / Double(numbers.count)
    return (
      mean, numbers.map { (Double($0) - mean) * (Double($0) - mean) }.reduce(0, +) / Double(numbers.count)
    )
  }

  private func column(_ feature: Int) -> [Float] {
    stride(from: feature, to: Self.rows.count, by: 3).map { Self.rows[$0] }
  }

  @Test func `each feature gets its mean and variance`() throws {
    let trainer = try trainer(chain([3], Normalization(), Dense(1)))
    #expect(try trainer.adapt(to: Self.data) == ["layer_0"])
    for feature in 0..<3 {
      let wanted = moments(column(feature))
      let mean = Double(trainer.built.slab.tensor("m/layer_0/mean").elements[feature])
      let variance = Double(trainer.built.slab.tensor("m/layer_0/variance").elements[feature])
      #expect(abs(mean - wanted.mean) <= 1e-6 * abs(wanted.mean))
      #expect(abs(variance - wanted.variance) <= 1e-5 * wanted.variance)
    }
  }

  @Test func `without an axis all numbers have one mean`() throws {
    var layer = Normalization()
    layer.axis = nil
    let trainer = try trainer(chain([3], layer, Dense(1)))
    try trainer.adapt(to: Self.data)
    #expect(
      abs(Double(trainer.built.slab.tensor("m/layer_0/mean").elements[0]) - moments(Self.rows).mean) < 1e-3)
  }

  @Test func `a layer further back sees what those before it give`() throws {
    let trainer = try trainer(chain([3], Normalization(), Dense(4), Normalization(), Dense(1)))
    #expect(try trainer.adapt(to: Self.data) == ["layer_0", "layer_2"])
    // What goes into the first layer behind has mean 0 and variance 1.
    let view = try BuiltModel(chain([3], Normalization(), Dense(4), Normalization()), seed: 1)
    for entry in view.slab.entries {
      view.slab.set(entry.spec.path, trainer.built.slab.tensor(entry.spec.path))
    }
    let outputs = try Trainer(view, pool: WorkerPool(threads: 1), now: { 0 }).predict(
      Self.data, batchSize: 64)[0]
    for unit in 0..<4 {
      let numbers = outputs.indices.filter { $0 % 4 == unit }.map { outputs[$0] }
      let found = moments(numbers)
      #expect(abs(found.mean) < 1e-4 && abs(found.variance - 1) < 1e-3)
    }
  }

  @Test func `layers in models and own layers are adapted too`() throws {
    let inner = Sequential("inner", input: [3], [NamedLayer("norm", Normalization())])
    let own = ScriptedLayer(
      "Own", ScriptParts(layers: [.init(NamedLayer("n", Normalization()))]),
      body: try ScriptBody("return n(inputs)"))
    let trainer = try trainer(
      Sequential(
        "m", input: [3], [NamedLayer("inner", inner), NamedLayer("own", own), NamedLayer("d", Dense(1))]))
    #expect(try trainer.adapt(to: Self.data) == ["inner/norm", "own/n"])
  }

  @Test func `statistics that are there stay`() throws {
    var given = Normalization()
    given.mean = Statistic([1, 2, 3])
    given.variance = Statistic([4, 5, 6])
    #expect(try trainer(chain([3], given, Dense(1))).adapt(to: Self.data) == [])
    let trainer = try trainer(chain([3], Normalization(), Dense(1)))
    trainer.built.slab.set("m/layer_0/mean", Tensor([3], [1, 1, 1]))
    #expect(try trainer.adapt(to: Self.data) == [])
    #expect(trainer.built.slab.tensor("m/layer_0/mean").elements == [1, 1, 1])
  }

  @Test func `statistics do not depend on the number of threads`() throws {
    let all = try [1, 4].map { threads in
      let trainer = Trainer(
        try BuiltModel(chain([3], Normalization(), Dense(1)), seed: 1), pool: WorkerPool(threads: threads),
        now: { 0 })
      try trainer.adapt(to: Self.data)
      return weightBits(trainer.built)
    }
    #expect(all[0] == all[1])
  }

  @Test func `a layer that only one branch calls is refused`() throws {
    let model = ScriptedModel(
      "m", inputs: [ModelInput("x", shape: [3])],
      ScriptParts(layers: [.init(NamedLayer("n", Normalization())), .init(NamedLayer("d", Dense(1)))]),
      body: try ScriptBody("z = x\nif sum(x) < 0:\n  z = n(x)\nreturn d(z)"))
    let trainer = try trainer(model)
    let error = #expect(throws: Diagnostic.self) { try trainer.adapt(to: Self.data) }
    #expect(error?.code == "E0398")
  }
}
