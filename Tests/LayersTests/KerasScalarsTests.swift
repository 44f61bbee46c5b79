import Config
import Diagnostics
import EngineTestSupport
import GraphEngine
import KernelABI
import Layers
import Losses
import TensorCore
import Testing

/// Predictions and targets as Keras gives them to losses and metrics: a batch, and what can be made of it.
private struct Comparison {
  let graph = Graph()
  let prediction: Value
  let target: Value
  private(set) var weights: Value?
  let batch: Int
  private var leaves: [Leaf: Tensor]

  /// One value of fixed shape.
  init(_ x: ConfigNode) {
    batch = 1
    prediction = graph.leaf(.parameter("x"), TensorType(x.sizes.map { .size($0) }))
    target = prediction
    leaves = [.parameter("x"): Tensor(x.sizes, x.floats)]
  }

  /// - Parameter wanted: the type of target for a prediction.
  init(
    _ prediction: ConfigNode, _ target: ConfigNode, weights sampleWeight: ConfigNode? = nil,
    wanted: (TensorType, TensorType) -> TensorType
  ) {
    batch = prediction.sizes[0]
    let sizes = prediction.sizes.dropFirst().map { Dim.size($0) }
    let offered = TensorType([.batch] + target.sizes.dropFirst().map { .size($0) })
    self.prediction = graph.leaf(.input("p"), TensorType([.batch] + sizes))
    let type = wanted(self.prediction.type, offered)
    self.target = graph.leaf(.input("t"), type)
    let numbers = type.element == .int32 ? target.numbers.map { asFloat(Int($0)) } : target.floats
    leaves = [
      .input("p"): Tensor(prediction.sizes, prediction.floats),
      .input("t"): Tensor(type.shape(batch: batch), numbers),
    ]
    if let sampleWeight, !sampleWeight.isAbsent {
      let sizes = sampleWeight.sizes
      weights = graph.leaf(.input("w"), TensorType([.batch] + sizes.dropFirst().map { .size($0) }))
      leaves[.input("w")] = Tensor(sizes, sampleWeight.floats)
    }
  }

  func numbers(_ value: Value) -> [Double] {
    EagerEvaluator(graph, batch: batch, leaves: leaves)[value].elements.map { Double($0) }
  }
}

@Suite struct KerasScalarsTests {
  /// What is behind a class name, without what is at its default or turned off.
  private func settings(_ fixture: ConfigNode) -> ConfigNode {
    ["class_name": fixture["class_name"] ?? nil, "config": fixture["kwargs"] ?? nil]
  }

  @Test(arguments: ["k2", "k3"])
  func `losses and their gradients are Keras's`(version: String) throws {
    let semantics: Semantics = version == "k2" ? .keras2 : .keras3
    var fixtures = KerasFixtures("\(version)_losses")
    try fixtures.each { fixture in
      guard let prediction = fixture["y_pred"], let truth = fixture["y_true"], let expected = fixture["value"]
      else { return false }
      var bag = DiagnosticBag()
      var settings = fixture["kwargs"]?.entries ?? []
      let reduction = fixture["reduction"]?.string
      if let reduction, reduction != "none" { settings.append(.init("reduction", reduction.config)) }
      let loss = try #require(
        LossRegistry.all.decode(
          ["class_name": fixture["class_name"] ?? nil, "config": ConfigNode(.map(settings))], into: &bag),
        "\(bag.all)")
      let pair = Comparison(prediction, truth, weights: fixture["sample_weight"]) { type, _ in
        loss.target(for: type)
      }
      var result: Value
      if reduction == "none" {
        result = try loss.values(pair.target, pair.prediction, semantics)
        if let weights = pair.weights { result = try result * weights.fitting(result) }
      } else {
        result = try loss.reduced(pair.target, pair.prediction, weights: pair.weights, semantics)
      }
      #expect(distance(pair.numbers(result), expected.numbers) < 1e-5, "\(fixture)")
      let scalar = try result.type.rank == 0 ? result : pair.graph.apply(SumAll(), result)
      let slope = try pair.graph.gradients(of: scalar, for: [pair.prediction])[0]
      #expect(distance(pair.numbers(slope), fixture["grad"]?.numbers ?? []) < 3e-5, "\(fixture)")
      return true
    }
    #expect(fixtures.unchecked == [])
  }

  @Test(arguments: ["k2", "k3"])
  func `metrics are Keras's`(version: String) throws {
    let semantics: Semantics = version == "k2" ? .keras2 : .keras3
    var fixtures = KerasFixtures("\(version)_metrics")
    try fixtures.each { fixture in
      var bag = DiagnosticBag()
      guard let metric = MetricRegistry.all.decode(settings(fixture), into: &bag) else { return false }
      var (totals, results) = ([Double](), [Double]())
      for update in fixture["updates"]?.list ?? [] {
        guard let truth = update["y_true"], let given = update["y_pred"] else { return false }
        // Means and sums are of the values they are given.
        let pair = Comparison(given.isAbsent ? truth : given, truth, weights: update["sample_weight"]) {
          metric.target(for: $0, offered: $1)
        }
        let (sums, counted) = try metric.sums(
          pair.target, pair.prediction, weights: pair.weights, semantics
        ).added(weights: pair.weights)
        let count = counted.map { Double($0.shape(batch: pair.batch).reduce(1, *)) }
        let batch = sums.flatMap { pair.numbers($0) } + (count.map { [$0] } ?? [])
        totals = totals.isEmpty ? batch : zip(totals, batch).map { $0 + $1 }
        results.append(metric.result(totals))
      }
      // Where Keras has a number for each class, their mean is logged here.
      let expected = (fixture["results"]?.list ?? []).map {
        $0.numbers.reduce(0, +) / Double($0.numbers.count)
      }
      #expect(distance(results, expected) < 1e-5, "\(fixture)")
      return true
    }
    #expect(fixtures.unchecked == [])
  }

  @Test(arguments: ["k2", "k3"])
  func `regularizers and their gradients are Keras's`(version: String) throws {
    var fixtures = KerasFixtures("\(version)_regularizers")
    try fixtures.each { fixture in
      let regularizer = try Regularizer(config: fixture)
      let x = Comparison(fixture["x"] ?? nil)
      let penalty = try regularizer.penalty(x.prediction)
      #expect(distance(x.numbers(penalty), fixture["value"]?.numbers ?? []) < 1e-5, "\(fixture)")
      let slope = try x.graph.gradients(of: penalty, for: [x.prediction])[0]
      #expect(distance(x.numbers(slope), fixture["grad"]?.numbers ?? []) < 2e-5, "\(fixture)")
      #expect(try Regularizer(config: regularizer.config).config == regularizer.config)
      return true
    }
    #expect(fixtures.unchecked == [])
  }

  @Test(arguments: ["k2", "k3"])
  func `constraints are Keras's`(version: String) throws {
    var fixtures = KerasFixtures("\(version)_constraints")
    try fixtures.each { fixture in
      let constraint = try Constraint(config: fixture)
      let x = Comparison(fixture["x"] ?? nil)
      let found = x.numbers(try constraint.constrained(x.prediction))
      #expect(distance(found, fixture["y"]?.numbers ?? []) < 1e-5, "\(fixture)")
      #expect(constraint.config["config"] == fixture["config"], "\(fixture)")
      return true
    }
    #expect(fixtures.unchecked == [])
  }

  @Test func `a loss without a reduction is E0232`() {
    var bag = DiagnosticBag()
    #expect(LossRegistry.all.decode(["MeanSquaredError": ["reduction": "none"]], into: &bag) == nil)
    #expect(bag.all.map(\.code) == ["E0232"])
  }

  @Test func `a loss is written as a word unless it has settings`() throws {
    var huber = Huber()
    #expect(LossRegistry.kerasConfig(huber, .keras3) == "huber")
    huber.delta = 0.5
    #expect(
      LossRegistry.kerasConfig(huber, .keras2) == [
        "class_name": "Huber",
        "config": [
          "reduction": "sum_over_batch_size", "name": "huber", "delta": 0.5, "fn": "huber",
        ],
      ])
  }

  @Test(
    arguments: ["softmax", "sigmoid"],
    ["SparseCategoricalCrossentropy", "CategoricalCrossentropy", "BinaryCrossentropy"])
  func `a cross-entropy takes the logits before an activation, told of logits or not`(
    activation: String, name: String
  ) throws {
    let results = try [true, false].map { fromLogits in
      var bag = DiagnosticBag()
      let loss = try #require(
        LossRegistry.all.decode(
          ["class_name": .init(.string(name)), "config": ["from_logits": .init(.bool(fromLogits))]],
          into: &bag))
      let truth: ConfigNode = name.hasPrefix("Sparse") ? [1, 0] : [[0, 1, 0], [1, 0, 0]]
      let pair = Comparison([[0.3, -2.5, 1.25], [2, 1, -1]], truth) { type, _ in loss.target(for: type) }
      let output = try Activation(config: .init(.string(activation)))(pair.prediction)
      return pair.numbers(try loss.values(pair.target, output))
    }
    #expect(results[0] == results[1])
  }
}
