public import Config
import Diagnostics
public import ExpLanguage
public import GraphEngine
public import Layers
import TensorCore

/// A model whose `call` is written in the experiment file.
///
/// Keras: a subclass of `keras.Model`. Unlike there, its inputs are known, so that it is checked and drawn before it
/// is trained.
public struct ScriptedModel: Model {
  public let name: String
  public let inputs: [ModelInput]
  public let parts: ScriptParts
  public let body: ScriptBody
  public let outputNames: [String]

  /// - Parameters:
  ///   - outputs: names of the outputs; if left out, those that the last `return` says: of a mapping its keys, of
  ///     calls and variables set to calls the layers' names, of others `output`, `output_1`, ….
  public init(
    _ name: String, inputs: [ModelInput], _ parts: ScriptParts, body: ScriptBody, outputs: [String]? = nil
  ) {
    self.name = name
    self.inputs = inputs
    self.parts = parts
    self.body = body
    outputNames = outputs ?? body.outputNames(parts)
  }

  public var className: String { "ScriptedModel" }
  public var layers: [NamedLayer] { parts.allLayers }

  /// Its inputs, parts, body and outputs: what ``ScriptDecoder`` reads.
  public var config: ConfigNode {
    let inputs = inputs.map { input -> ConfigNode in
      let entries: [ConfigNode.Entry] = [
        .init("name", input.name.config), .init("shape", input.type.sampleAxes.config),
        .init("dtype", input.type.element.rawValue.config),
      ]
      let batch = input.batchSize.map { [ConfigNode.Entry("batch_size", $0.config)] } ?? []
      return ConfigNode(.map(entries + batch))
    }
    let first: [ConfigNode.Entry] = [
      .init("name", name.config), .init("inputs", ConfigNode(.list(inputs))),
      .init("outputs", outputNames.config),
    ]
    return ConfigNode(.map(first + parts.config + [.init("call", body.script.text.config)]))
  }

  public var ownTrainedWeights: [String] { parts.trainedWeights }

  public func mapLayers(_ change: (NamedLayer) -> NamedLayer) -> ScriptedModel {
    ScriptedModel(name, inputs: inputs, parts.mapLayers(change), body: body, outputs: outputNames)
  }

  public func trainingOwnWeights(where isTrained: (String) -> Bool) -> ScriptedModel {
    ScriptedModel(
      name, inputs: inputs, parts.trainingWeights(where: isTrained), body: body, outputs: outputNames)
  }

  /// - Throws: `Diagnostic` E0320 to E0329 from the body, E0301 if shapes do not fit.
  public func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value] {
    let locals = try body.bind(inputs, named: self.inputs.map(\.name), name, in: scope)
    let result = try parts.run(body, locals: locals, in: scope)
    let outputs = try body.outputs(of: result, "the model '\(name)'", scope.graph)
    guard outputs.count == outputNames.count else {
      throw Diagnostic(
        "E0329", "the model '\(name)' returns \(outputs.count) values for \(outputNames.count) outputs",
        at: body.lastReturn.flatMap(body.script.span).map { .init($0, "returned here") },
        help: "its outputs are \(outputNames.joined(separator: ", ")); name them with 'outputs: [...]'")
    }
    let keys = outputs.compactMap(\.key)
    guard keys.count == outputs.count else { return outputs.map(\.value) }
    return try outputNames.map { name in
      guard let output = outputs.first(where: { $0.key == name }) else {
        throw Diagnostic(
          "E0329", "the model '\(self.name)' returns nothing for the output '\(name)'",
          at: body.lastReturn.flatMap(body.script.span).map { .init($0, "returned here") },
          help: "it returns \(keys.joined(separator: ", "))")
      }
      return output.value
    }
  }
}

extension ScriptBody {
  /// The names of what the last `return` gives, each once.
  fileprivate func outputNames(_ parts: ScriptParts) -> [String] {
    guard case .return(.some(let expression))? = lastReturnStatement?.kind else { return ["output"] }
    let items: [Expression]
    switch expression.kind {
    case .tuple(let all), .list(let all): items = all
    case .dictionary(let entries): items = entries.map(\.key)
    default: items = [expression]
    }
    var counts: [String: Int] = [:]
    return items.map { item in
      let name = outputName(item, parts)
      counts[name, default: 0] += 1
      return counts[name] == 1 ? name : "\(name)_\(counts[name, default: 1] - 1)"
    }
  }

  private var lastReturnStatement: Statement? {
    statements.last { if case .return = $0.kind { true } else { false } }
  }

  private func outputName(_ expression: Expression, _ parts: ScriptParts) -> String {
    switch expression.kind {
    case .literal(.string(let key)): return key
    case .call(let function, _):
      let name: String
      switch function.kind {
      case .name(let plain), .attribute(_, let plain): name = plain
      default: return "output"
      }
      return parts.layers.contains { $0.name == name } ? name : "output"
    case .name(let variable):
      guard let value = onlyValue(of: variable) else { return "output" }
      return outputName(value, parts)
    default: return "output"
    }
  }

  /// What a variable is set to, if that is once and in no block.
  private func onlyValue(of variable: String) -> Expression? {
    var found: [Expression] = []
    for statement in statements {
      if case .assignment(let targets, let value) = statement.kind,
        targets.contains(where: { if case .name(variable) = $0.kind { true } else { false } })
      {
        found.append(value)
      } else {
        let bound = BodyNames([statement])
        if bound.assigned.contains(variable) || bound.looped.contains(variable) { return nil }
      }
    }
    return found.count == 1 ? found[0] : nil
  }
}
