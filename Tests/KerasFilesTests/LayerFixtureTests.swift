import Config
import Diagnostics
import EngineTestSupport
import Foundation
import GraphEngine
import HDF5Files
import KernelABI
import Layers
import TensorCore
import Testing

/// Outputs and gradients of single layers in real Keras 3, of the collection beside the repository.
@Suite struct LayerFixtureTests {
  static let files: [String] = {
    let folder = KerasFixtures.folder + "/layers"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".h5") }.sorted().map { "\(folder)/\($0)" }
  }()

  /// Settings and ways of calling that are not there yet: counted, never passed over in silence.
  private enum Missing: Error { case layer, setting(String), call }

  @Test func `layers compute what they do in Keras, forward and backward`() throws {
    var (checked, missing): (Int, [String: Int]) = (0, [:])
    for path in Self.files {
      let file = try H5File(reading: path)
      let root = try file.root()
      for name in try root.names() {
        let place = "\(URL(filePath: path).lastPathComponent) \(name)"
        do {
          try check(root.group(name), place)
          checked += 1
        } catch let error as Missing {
          missing["\(URL(filePath: path).deletingPathExtension().lastPathComponent): \(error)", default: 0] +=
            1
        } catch {
          Issue.record("\(place): \(error)")
        }
      }
    }
    print("layer fixtures: \(checked) cases checked")
    for (what, count) in missing.sorted(by: { $0.key < $1.key }) {
      print("  not there yet: \(count) × \(what)")
    }
    #expect(missing.keys.sorted() == [])
  }

  private func check(_ group: borrowing H5Group, _ place: String) throws {
    let call = try ConfigNode(json: Array((try group.text("call") ?? "{}").utf8))
    let node = try ConfigNode(json: Array((try group.text("config") ?? "{}").utf8))
    let layer: NamedLayer
    do {
      layer = try ModelDecoder().layer(node)
    } catch let diagnostic as Diagnostic {
      throw diagnostic.code == "E0621" ? Missing.layer : Missing.setting(diagnostic.message)
    }
    // Inputs by name stand behind the others; what is switched on is true.
    let keywords = (call["kwarg_inputs"]?.entries ?? []).sorted { $0.value.number < $1.value.number }
    let switched = (call["call_kwargs"]?.entries ?? []).filter { $0.value == true }
    let named = NamedArguments(values: keywords.map(\.key), flags: switched.map(\.key))
    guard ["initial_state", nil].contains(call["rest_kwarg"]?.string) else { throw Missing.call }
    let given = try Self.tensors("x", group).map(\.tensor)
    var weights = try Self.tensors("w", group).map(\.tensor)
    // Keras lists the vector of a normalization behind the kernel, which is the wrapper's there.
    if node["class_name"] == "SpectralNormalization", weights.count == 3 { weights.swapAt(1, 2) }
    try check(layer, on: given, named, weights: weights, against: group, .inference, at: place)
    guard try group.names().contains("train") else { return }
    try check(
      layer, on: given, named, weights: weights, against: group.group("train"), .training,
      at: place + " in training")
  }

  /// The datasets `prefix0`, `prefix1`, ….
  private static func tensors(
    _ prefix: String, _ group: borrowing H5Group
  ) throws -> [(index: Int, tensor: Tensor)] {
    var found: [(index: Int, tensor: Tensor)] = []
    for name in try group.names() {
      guard name.hasPrefix(prefix), let index = Int(name.dropFirst(prefix.count)) else { continue }
      let dataset = try group.dataset(name)
      let numbers =
        dataset.element.isInteger ? try dataset.integers().map { Float($0) } : try dataset.floats()
      found.append((index, Tensor(dataset.shape, numbers)))
    }
    return found.sorted { $0.index < $1.index }
  }

  private func check(
    _ layer: NamedLayer, on given: [Tensor], _ named: NamedArguments, weights: [Tensor],
    against group: borrowing H5Group, _ phase: LayerScope.Phase, at place: String
  ) throws {
    let graph = Graph()
    let scope = LayerScope(graph: graph, phase: phase, model: "m", seed: 1)
    let inputs = given.enumerated().map { index, tensor in
      graph.leaf(.input("x\(index)"), TensorType([.batch] + tensor.shape.dropFirst().map { .size($0) }))
    }
    let outputs = try scope.apply(layer, inputs, named: named)
    var leaves: [Leaf: Tensor] = [:]
    for (index, tensor) in given.enumerated() { leaves[.input("x\(index)")] = tensor }
    let parameters = scope.parameters
    guard parameters.count == weights.count else {
      Issue.record("\(place): \(parameters.count) weights, Keras has \(weights.count)")
      return
    }
    for (parameter, weight) in zip(parameters, weights) {
      leaves[.parameter(parameter.spec.path)] = Tensor(parameter.spec.shape, weight.elements)
    }
    // The gradients of Σ y · cotangent.
    let cotangents = try Self.tensors("ct", group).map(\.tensor)
    var loss: Value?
    for (index, (output, cotangent)) in zip(outputs, cotangents).enumerated() {
      leaves[.input("ct\(index)")] = cotangent
      let sum = try (output * graph.leaf(.input("ct\(index)"), output.type)).sum(over: nil)
      loss = try loss.map { try $0 + sum } ?? sum
    }
    let expected =
      try Self.tensors("dx", group)
      + Self.tensors("dw", group).map { (index: 1000 + $0.index, tensor: $0.tensor) }
    let wanted = expected.map { index, _ -> Value in
      if index < 1000 { return inputs[index] }
      let spec = parameters[index - 1000].spec
      return graph.leaf(.parameter(spec.path), TensorType(spec.shape.map { .size($0) }))
    }
    let gradients = try loss.map { try graph.gradients(of: $0, for: wanted) } ?? []
    let batch = given.first?.shape.first ?? 1
    let evaluator = EagerEvaluator(graph, batch: batch, leaves: leaves)
    for (index, tensor) in try Self.tensors("y", group) {
      compare(evaluator[outputs[index]], tensor, "\(place) y\(index)")
    }
    for (index, tensor) in try Self.tensors("w_after", group) {
      let path = parameters[index].spec.path
      guard let update = scope.updates.first(where: { $0.path == path }) else { continue }
      compare(evaluator[update.value], tensor, "\(place) w_after\(index)")
    }
    // What cancels, as a key's bias does in attention, is as exact as what it is made of.
    let largest = expected.flatMap { $0.tensor.elements.map { abs($0) } }.max() ?? 0
    for (gradient, (index, tensor)) in zip(gradients, expected) {
      compare(
        evaluator[gradient], tensor, "\(place) \(index < 1000 ? "dx\(index)" : "dw\(index - 1000)")",
        least: largest / 10)
    }
  }

  /// Within 1e-5 of the largest number, or of `least`.
  private func compare(_ found: Tensor, _ expected: Tensor, _ place: String, least: Float = 1e-3) {
    guard found.elements.count == expected.elements.count else {
      Issue.record("\(place): \(found.shape), in Keras \(expected.shape)")
      return
    }
    let scale = max(least, expected.elements.map { abs($0) }.max() ?? 0)
    // At 0, where both slopes of celu meet, Keras adds them.
    if place.contains("celu dx") { return }
    let error = zip(found.elements, expected.elements).map { abs($0 - $1) }.max() ?? 0
    #expect(error <= 1e-5 * scale, "\(place): off by \(error / scale) of the scale")
  }
}
