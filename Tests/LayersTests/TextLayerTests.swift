import Config
import Diagnostics
import EngineTestSupport
import Foundation
import GraphEngine
import Layers
import TensorCore
import Testing

/// What layers make of texts in real Keras: `Fixtures/texts.json`, made by the script beside it.
@Suite struct TextLayerTests {
  private static let cases: [ConfigNode] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    let bytes = FileManager.default.contents(atPath: folder.appending(path: "texts.json").path)
    return bytes.flatMap { try? ConfigNode(json: Array($0)) }?["cases"]?.list ?? []
  }()

  @Test func `there are recorded layers of texts`() { #expect(Self.cases.count == 37) }

  private func named(_ config: ConfigNode) -> ConfigNode {
    ConfigNode(.map((config.entries ?? []) + [.init("name", "layer".config)]))
  }

  /// What a layer makes of rows of texts.
  private func result(_ node: ConfigNode, _ rows: [[String]]) throws -> Tensor {
    let layer = try ModelDecoder().layer(node)
    let graph = Graph()
    let scope = LayerScope(graph: graph, phase: .inference, model: "m", seed: 1)
    let width = rows.first?.count ?? 0
    let x = graph.leaf(.input("x"), TensorType([.batch, .size(width)], .text))
    let y = try scope.apply(layer, [x])[0].cast(to: .float32)
    let codes = TextTable.codes(of: rows.joined()).map { Float(bitPattern: UInt32(bitPattern: $0)) }
    return EagerEvaluator(
      graph, batch: rows.count, leaves: [.input("x"): Tensor([rows.count, width], codes)])[y]
  }

  @Test(arguments: cases.indices)
  func `layers make of texts what they make of them in Keras`(index: Int) throws {
    let fixture = Self.cases[index]
    let config = named(fixture["config"] ?? [:])
    let node: ConfigNode = ["class_name": fixture["layer"] ?? nil, "config": config]
    let rows = (fixture["texts"]?.list ?? []).map { ($0.list ?? []).map { $0.string ?? "" } }
    let found = try result(node, rows)
    #expect(found.shape.map { Double($0) } == fixture["shape"]?.numbers, "\(config.json)")
    // Whole numbers beyond 2²⁴ are rounded on their way out of the test.
    let expected = (fixture["y"]?.numbers ?? []).map { Float($0) }
    #expect(
      zip(found.elements, expected).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) }, "\(config.json)")
  }

  @Test func `texts are what their bytes are`() throws {
    let node: ConfigNode = [
      "class_name": "StringLookup", "config": ["name": "l", "vocabulary": ["\u{e9}", "e\u{301}"]],
    ]
    #expect(try result(node, [["e\u{301}", "\u{e9}", "e"]]).elements == [2, 1, 0])
  }

  @Test func `numbers are not computed from texts`() throws {
    let graph = Graph()
    let x = graph.leaf(.input("x"), TensorType([.batch, .size(2)], .text))
    let tries: [() throws -> Value] = [
      { try x + x }, { try x.cast(to: .float32) }, { try x.sum(over: [-1]) }, { try x.sigmoid() },
      { try x.cast(to: .int32) },
    ]
    for attempt in tries {
      let error = #expect(throws: Diagnostic.self) { _ = try attempt() }
      #expect(error?.code == "E0301" && error?.message.contains("texts") == true)
    }
    #expect(try x.reshaped(to: [.batch, .size(2), .size(1)]).type.element == .text)
  }

  @Test(
    arguments: [
      (["vocabulary": ["a", "b", "a"]], "E0363"), (["vocabulary": ["a"], "invert": true], "E0363"),
      (["vocabulary": ["a", ""], "mask_token": ""], "E0363"), ([:], "E0369"),
      (["vocabulary": ["a"], "idf_weights": [1.0]], "E0363"),
    ] as [(ConfigNode, String)])
  func `settings of a lookup that contradict each other are refused`(config: ConfigNode, code: String) {
    let node: ConfigNode = ["class_name": "StringLookup", "config": named(config)]
    let error = #expect(throws: Diagnostic.self) { _ = try result(node, [["a"]]) }
    #expect(error?.code == code)
  }
}
