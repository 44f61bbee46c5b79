import Diagnostics
import ExpLanguage
import GraphEngine
import Layers
import TensorCore

@testable import ModelScripts

/// A body called on inputs of known numbers, and what came out.
struct Traced {
  let trace: Trace
  let outputs: [Tensor]

  /// - Parameters:
  ///   - inputs: names with shapes of one sample.
  ///   - leaves: numbers of inputs and parameters; what is missing is 0.5 everywhere.
  init(
    _ body: String, _ inputs: [(String, [Int])] = [("x", [3])], parts: ScriptParts = ScriptParts(),
    phase: LayerScope.Phase = .inference, assuming: [Bool] = [], batch: Int = 2,
    numbers: [String: [Float]] = [:]
  ) throws {
    let model = ScriptedModel(
      "m", inputs: inputs.map { ModelInput($0.0, shape: $0.1) }, parts, body: try ScriptBody(body))
    trace = try Trace(model, phase: phase, seed: 1, assuming: assuming)
    var leaves: [Leaf: Tensor] = [:]
    for node in trace.graph.nodes {
      guard case .leaf(let leaf) = node.kind else { continue }
      let shape = node.type.shape(batch: batch)
      let count = shape.reduce(1, *)
      let name: String
      switch leaf {
      case .input(let input): name = input.hasPrefix("x/") ? String(input.dropFirst(2)) : input
      case .parameter(let path): name = path
      default: continue
      }
      leaves[leaf] = Tensor(
        shape, numbers[name] ?? [Float](repeating: name == "step" ? 0 : 0.5, count: count))
    }
    let evaluator = EagerEvaluator(trace.graph, batch: batch, leaves: leaves)
    outputs = trace.outputs.map { evaluator[$0] }
  }

  var types: [String] { trace.outputs.map(\.type.description) }
  var numbers: [Float] { outputs[0].elements }
}

/// A model with one input of three numbers.
func model(_ body: String, parts: ScriptParts = ScriptParts()) throws -> ScriptedModel {
  ScriptedModel("m", inputs: [ModelInput("x", shape: [3])], parts, body: try ScriptBody(body))
}

func layer(_ name: String, _ layer: any Layer) -> ScriptParts.Entry { .init(NamedLayer(name, layer)) }
