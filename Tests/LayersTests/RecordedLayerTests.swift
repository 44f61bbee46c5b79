import Config
import Diagnostics
import EngineTestSupport
import Foundation
import GraphEngine
import Layers
import TensorCore
import Testing

/// What single layers gave in real Keras: `Fixtures/layers.json`, made by the script beside it.
@Suite struct RecordedLayerTests {
  static let cases: [ConfigNode] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    let bytes = FileManager.default.contents(atPath: folder.appending(path: "layers.json").path)
    return bytes.flatMap { try? ConfigNode(json: Array($0)) }?["cases"]?.list ?? []
  }()

  @Test func `there are recorded layers`() { #expect(Self.cases.count > 150) }

  @Test(arguments: Self.cases.indices)
  func `layers give what they gave in Keras`(index: Int) throws {
    let fixture = Self.cases[index]
    let words = "\(index) \(fixture["class_name"]?.string ?? "") \(fixture["config"]?.json ?? "")"
    do { try check(fixture, words) } catch { Issue.record("\(words): \(error)") }
  }

  private func check(_ fixture: ConfigNode, _ words: String) throws {
    let semantics: Semantics = fixture["semantics"] == "keras2" ? .keras2 : .keras3
    let layer = try ModelDecoder().layer(decodable(fixture))
    let graph = Graph()
    let scope = LayerScope(
      graph: graph, phase: fixture["training"] == true ? .training : .inference, model: "m", seed: 1,
      semantics: semantics)
    var leaves: [Leaf: Tensor] = [.input("step"): Tensor([2], [0, 0])]
    func value(_ name: String, _ node: ConfigNode) -> Value {
      let tensor = Self.tensor(node)
      leaves[.input(name)] = tensor
      return graph.leaf(
        .input(name), TensorType([.batch] + tensor.shape.dropFirst().map { .size($0) }))
    }
    var inputs = (fixture["inputs"]?.list ?? []).enumerated().map { value("x\($0)", $1) }
    let batch = leaves[.input("x0")]?.shape.first ?? 1
    var named = NamedArguments()
    if let mask = fixture["mask"] {
      inputs.append(value("mask", mask))
      named.values = ["mask"]
    }
    let outputs = try scope.apply(layer, inputs, named: named)
    let parameters = scope.parameters.map(\.spec)
    for weight in fixture["weights"]?.list ?? [] {
      // Weights of one name belong to layers and cells in order.
      let name = weight["name"]?.string ?? ""
      let tensor = Self.tensor(weight)
      let spec = parameters.first {
        $0.path.hasSuffix("/" + name) && $0.shape == tensor.shape && leaves[.parameter($0.path)] == nil
      }
      let found = try #require(
        spec, "\(words): no weight '\(name)' of \(tensor.shape) in \(parameters.map(\.path))")
      leaves[.parameter(found.path)] = tensor
    }
    #expect(parameters.allSatisfy { leaves[.parameter($0.path)] != nil }, "\(words)")
    let evaluator = EagerEvaluator(graph, batch: batch, leaves: leaves)
    let expected = fixture["outputs"]?.list ?? []
    #expect(outputs.count == expected.count, "\(words)")
    for (output, node) in zip(outputs, expected) {
      let wanted = Self.tensor(node)
      let found = evaluator[try output.cast(to: .float32)]
      #expect(found.shape == wanted.shape, "\(words)")
      let scale = max(1, wanted.elements.map { abs($0) }.max() ?? 0)
      let error = zip(found.elements, wanted.elements).map { abs($0 - $1) }.max() ?? 0
      #expect(
        error <= 2e-5 * scale && found.elements.count == wanted.elements.count, "\(words): off by \(error)")
    }
  }

  /// Keras 2's settings in the words of Keras 3, as far as these layers need it.
  private func decodable(_ fixture: ConfigNode) -> ConfigNode {
    func plain(_ node: ConfigNode) -> ConfigNode {
      guard let entries = node.entries else {
        return ConfigNode(node.list.map { .list($0.map(plain)) } ?? node.content)
      }
      let isLocal = fixture["class_name"]?.string?.hasPrefix("Locally") == true
      let kept = entries.filter { $0.key != "rng_type" && (isLocal || $0.key != "implementation") }
      return ConfigNode(.map(kept.map { .init($0.key, plain($0.value)) }))
    }
    return ["class_name": fixture["class_name"] ?? nil, "config": plain(fixture["config"] ?? nil)]
  }

  private static func tensor(_ node: ConfigNode) -> Tensor {
    let shape = (node["shape"]?.list ?? []).map { Int($0.number) }
    return Tensor(shape, node["data"]?.floats ?? [])
  }
}
