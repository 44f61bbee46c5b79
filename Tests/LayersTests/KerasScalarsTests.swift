import Config
import Diagnostics
import EngineTestSupport
import GraphEngine
import KernelABI
import Layers
import TensorCore
import Testing

/// Predictions and targets as Keras gives them to losses and metrics: a batch, and what can be made of it.
private struct Comparison {
  let graph = Graph()
  let prediction: Value
  let target: Value
  let batch: Int
  private let leaves: [Leaf: Tensor]

  /// - Parameter wanted: the type of target for a prediction.
  init(_ prediction: ConfigNode, _ target: ConfigNode, _ wanted: (TensorType, TensorType) -> TensorType) {
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

  @Test func `losses and their gradients are Keras's`() throws {
    var fixtures = KerasFixtures("k3_losses")
    try fixtures.each { fixture in
      var bag = DiagnosticBag()
      guard fixture["sample_weight"]?.isNull == true,
        let loss = LossRegistry.all.decode(settings(fixture), into: &bag),
        let prediction = fixture["y_pred"], let truth = fixture["y_true"], let expected = fixture["value"]
      else { return false }
      let pair = Comparison(prediction, truth) { type, _ in loss.target(for: type) }
      let values = try loss.values(pair.target, pair.prediction)
      let reduced: Value =
        switch fixture["reduction"]?.string {
        case "sum_over_batch_size": try pair.graph.apply(MeanAll(), values)
        case "sum": try pair.graph.apply(SumAll(), values)
        default: values
        }
      #expect(distance(pair.numbers(reduced), expected.numbers) < 1e-5, "\(fixture)")
      let scalar = try reduced.type.rank == 0 ? reduced : pair.graph.apply(SumAll(), reduced)
      let slope = try pair.graph.gradients(of: scalar, for: [pair.prediction])[0]
      #expect(distance(pair.numbers(slope), fixture["grad"]?.numbers ?? []) < 2e-5, "\(fixture)")
      return true
    }
    #expect(fixtures.hasChecked(40))
  }

  @Test func `metrics that are means are Keras's`() throws {
    var fixtures = KerasFixtures("k3_metrics")
    try fixtures.each { fixture in
      var bag = DiagnosticBag()
      let updates = fixture["updates"]?.list ?? []
      let isWeighted = updates.contains { $0["sample_weight"]?.isNull == false }
      // As a class, Accuracy compares labels; as a word it is the accuracy that fits, which is what we have.
      guard !isWeighted, fixture["class_name"]?.string != "Accuracy",
        let metric = MetricRegistry.all.decode(settings(fixture), into: &bag)
      else { return false }
      var (sum, count, results) = (0.0, 0.0, [Double]())
      for update in updates {
        guard let prediction = update["y_pred"], let truth = update["y_true"] else { return false }
        let pair = Comparison(prediction, truth) { metric.target(for: $0, offered: $1) }
        let values = pair.numbers(try metric.values(pair.target, pair.prediction))
        sum += values.reduce(0, +)
        count += Double(values.count)
        results.append(sum / count)
      }
      #expect(distance(results, fixture["results"]?.numbers ?? []) < 1e-5, "\(fixture)")
      return true
    }
    #expect(fixtures.hasChecked(6))
  }

  @Test(arguments: ["softmax", "sigmoid"], LossRegistry.all.names.filter { $0.hasSuffix("entropy") })
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
