import Config
import Diagnostics
import EngineTestSupport
import GraphEngine
import Losses
import TensorCore
import Testing

/// Settings of metrics that the collection of Keras's results says nothing of; numbers by hand, or by Keras 3.15.
@Suite struct MetricTests {
  private func decode(_ node: ConfigNode) throws -> any Metric {
    var bag = DiagnosticBag()
    return try #require(MetricRegistry.all.decode(node, into: &bag), "\(bag.all)")
  }

  /// The metric of one batch.
  private func value(_ node: ConfigNode, _ prediction: Tensor, _ target: Tensor) throws -> Double {
    try values(node, prediction, target)[0]
  }

  /// All results of one batch.
  private func values(
    _ node: ConfigNode, _ prediction: Tensor, _ target: Tensor, classes: Int = 1
  ) throws -> [Double] {
    let metric = try decode(node).watching(TensorType([.batch, .size(classes)]))
    let graph = Graph()
    let dims = { (tensor: Tensor) in [Dim.batch] + tensor.shape.dropFirst().map { .size($0) } }
    let p = graph.leaf(.input("p"), TensorType(dims(prediction)))
    let t = graph.leaf(.input("t"), metric.target(for: p.type, offered: TensorType(dims(target))))
    let numbers = t.type.element == .int32 ? target.elements.map { asFloat(Int($0)) } : target.elements
    let evaluator = EagerEvaluator(
      graph, batch: prediction.shape[0],
      leaves: [.input("p"): prediction, .input("t"): Tensor(target.shape, numbers)])
    let (sums, counted) = try metric.sums(t, p, weights: nil, .keras3).added()
    let totals = sums.flatMap { evaluator[$0].elements.map { Double($0) } }
    return metric.results(
      totals + (counted.map { [Double($0.shape(batch: prediction.shape[0]).reduce(1, *))] } ?? []))
  }

  @Test func `accuracy is the word, Accuracy with settings the class`() throws {
    #expect(try decode("accuracy") is Accuracy && decode("Accuracy") is Accuracy && decode("acc") is Accuracy)
    #expect(try decode(["Accuracy": ["name": "hits"]]) is EqualLabels)
    #expect(try decode(["class_name": "Accuracy", "config": [:]]) is EqualLabels)
  }

  @Test func `correlations are those of Keras, with their ways`() throws {
    // By Keras 3.15; both are means over samples of what holds along the last axis.
    let predictions = Tensor([2, 4], [0.2, 0.6, 0.7, 0.2, 0.6, 0.1, 0.6, 0.8])
    let targets = Tensor([2, 4], [1, 2, 1, 0, 0.5, 0, 1, 1.5])
    let pearson = try value("PearsonCorrelation", predictions, targets)
    #expect(abs(pearson - 0.76441490650177) < 1e-6, "\(pearson)")
    let concordance = try value("concordance_correlation", predictions, targets)
    #expect(abs(concordance - 0.4185469448566437) < 1e-6, "\(concordance)")
    let turned = try value(["PearsonCorrelation": ["axis": 0]], predictions, targets)
    #expect(turned.isNaN, "a column of the targets is constant, as in Keras")
    #expect(try value("pearson_correlation", Tensor([2, 1], [1, 2]), Tensor([2, 1], [1, 3])).isNaN)
  }

  @Test func `scores of classes have a result each without an average`() throws {
    // By Keras 3.15: F1Score and FBetaScore(beta=2, threshold=0.5) of these.
    let predictions = Tensor([4, 3], [0.2, 0.6, 0.7, 0.2, 0.6, 0.6, 0.6, 0.8, 0.1, 1, 0, 0.5])
    let targets = Tensor([4, 3], [1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1])
    for name in ["F1Score", "FBetaScore"] {
      for (average, count) in [(nil, 3), ("macro", 1), ("micro", 1), ("weighted", 1)] as [(String?, Int)] {
        let metric = try decode(
          ConfigNode(.map([.init(name, ["average": average.config, "threshold": 0.5])]))
        ).watching(TensorType([.batch, .size(3)]))
        let names = NamedMetric("score", metric).logNames
        #expect(names == (count == 1 ? ["score"] : ["score@0", "score@1", "score@2"]))
      }
    }
    let found = try values(["F1Score": ["threshold": 0.5]], predictions, targets, classes: 3)
    let expected = [0.399999976, 0.799999952, 0.499999970]
    #expect(distance(found, expected) < 1e-6, "\(found)")
  }

  private static let scores = Tensor([4, 2], [0.1, 0.9, 0.4, 0.2, 0.35, 0.6, 0.8, 0.3])
  private static let labels = Tensor([4, 2], [0, 1, 0, 1, 1, 0, 1, 0])

  /// By Keras 3.15 of these scores and labels.
  private static let ofThresholds: [(name: String, values: [Double])] = [
    ("Precision", [0.5, 0.666666687, 1.0]), ("Recall", [0.75, 0.5, 0.25]),
    ("TruePositives", [3.0, 2.0, 1.0]), ("FalsePositives", [3.0, 1.0, 0.0]),
    ("TrueNegatives", [1.0, 3.0, 4.0]), ("FalseNegatives", [1.0, 2.0, 3.0]),
  ]

  @Test func `several thresholds have a result each`() throws {
    for (name, expected) in Self.ofThresholds {
      let node = ConfigNode(.map([.init(name, ["thresholds": [0.2, 0.5, 0.85]])]))
      let found = try values(node, Self.scores, Self.labels)
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 } && found.count == 3, "\(name)")
    }
  }

  @Test func `one of several thresholds looks at one class among the largest`() throws {
    let node: ConfigNode = ["Precision": ["thresholds": [0.2, 0.7], "class_id": 0, "top_k": 1]]
    #expect(try values(node, Self.scores, Self.labels) == [0.5, 1.0])
  }

  @Test func `results are logged under the name and the threshold`() throws {
    let metric = try decode(["Recall": ["thresholds": [0.2, 1, 0.85]]])
    #expect(NamedMetric("recall", metric).logNames == ["recall@0.2", "recall@1", "recall@0.85"])
    #expect(metric.config["thresholds"] == [0.2, 1.0, 0.85])
  }

  @Test func `a list of one threshold is that threshold`() throws {
    let metric = try decode(["Recall": ["thresholds": [0.2]]])
    #expect(NamedMetric("recall", metric).logNames == ["recall"])
  }

  @Test func `a threshold is given once`() {
    var bag = DiagnosticBag()
    _ = MetricRegistry.all.decode(["Recall": ["thresholds": [0.2, 0.2]]], into: &bag)
    #expect(bag.all.map(\.code) == ["E0423"])
  }

  @Test func `areas of labels are weighed`() throws {
    // Of the first label 3 of 4 pairs are in order, of the second 2.
    let plain = try value(["AUC": ["multi_label": true]], Self.scores, Self.labels)
    #expect(abs(plain - (0.75 + 0.5) / 2) < 1e-6)
    let weighted = try value(
      ["AUC": ["multi_label": true, "label_weights": [3, 1]]], Self.scores, Self.labels)
    #expect(abs(weighted - (3 * 0.75 + 0.5) / 4) < 1e-6)
  }

  @Test func `a curve may have thresholds of its own`() throws {
    // Above 0.5 are 2 of 4 that should be, and 1 of 4 that should not.
    let area = try value(["AUC": ["thresholds": [0.5]]], Self.scores, Self.labels)
    #expect(abs(area - 0.625) < 1e-6)
  }

  @Test func `weights of another number of labels are E0387`() throws {
    let error = #expect(throws: Diagnostic.self) {
      try value(["AUC": ["multi_label": true, "label_weights": [1, 2, 3]]], Self.scores, Self.labels)
    }
    #expect(error?.code == "E0387")
  }

  @Test func `outputs may be classes already, the likeliest first`() throws {
    let ids = Tensor([3, 3], [2, 0, 1, 1, 2, 0, 0, 1, 2])
    let metric: ConfigNode = ["SparseTopKCategoricalAccuracy": ["k": 2, "from_sorted_ids": true]]
    #expect(abs(try value(metric, ids, Tensor([3], [0, 0, 0])) - 2.0 / 3) < 1e-6)
  }

  @Test func `of probabilities the largest is the class whose overlap counts`() throws {
    let metric: ConfigNode = ["MeanIoU": ["num_classes": 2, "sparse_y_pred": false]]
    // Taken for 1, 0, 1, 0.
    let overlap = try value(metric, Self.scores, Tensor([4], [1, 0, 0, 0]))
    #expect(abs(overlap - (2.0 / 3 + 0.5) / 2) < 1e-5)
  }

  @Test func `a class that is ignored counts on neither side`() throws {
    let metric: ConfigNode = ["IoU": ["num_classes": 3, "target_class_ids": [0, 1], "ignore_class": 2]]
    let overlap = try value(metric, Tensor([4], [0, 1, 0, 1]), Tensor([4], [0, 1, 2, 2]))
    #expect(abs(overlap - 1) < 1e-5)
  }

  @Test func `yes begins at the threshold`() throws {
    let metric: ConfigNode = ["BinaryIoU": ["threshold": 0.5, "target_class_ids": [1]]]
    let overlap = try value(metric, Tensor([4], [0.5, 0.4, 0.9, 0.1]), Tensor([4], [1, 1, 1, 0]))
    #expect(abs(overlap - 2.0 / 3) < 1e-5)
  }
}
