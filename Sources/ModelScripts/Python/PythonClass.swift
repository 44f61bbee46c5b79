import Config
import ExpLanguage
import GraphEngine
import Layers
import TensorCore

/// A hand-written model or layer as a Python class, but for its name.
struct PythonClass {
  let parts: ScriptParts
  let body: ScriptBody
  /// Of a model, what it takes.
  let inputs: [ModelInput]?
  let summary: String
  /// Names down from the outermost model.
  let path: [String]

  /// Writes the class line by line.
  /// - Parameters:
  ///   - facts: shapes that the traces of the outermost model found.
  ///   - construct: the constructor of a part, given its path.
  func lines(
    _ facts: TracedFacts, functions: Set<String>, helpers: inout Set<String>,
    construct: (NamedLayer, [String]) -> String
  ) -> [String] {
    var names = PythonNames(functions: functions)
    let locals = Set(inputs?.map(\.name) ?? [])
    for entry in parts.layers {
      names.attributes[entry.name] = PythonName.attribute(entry.name)
      if !entry.isList { names.layers[entry.name] = entry }
    }
    for name in parts.weights.map(\.name) + parts.arguments.map(\.name) where !locals.contains(name) {
      names.attributes[name] = PythonName.attribute(name)
    }
    names.parameters = locals.union(body.inputNames).union(["training", "mask"])
    let text = PythonBody(body, names)
    helpers.formUnion(text.helpers)
    var lines = ["    \"\"\"\(summary)\"\"\"", ""]
    lines += initializer(names, facts, construct) + [""]
    let build = build(facts)
    if !build.isEmpty { lines += build + [""] }
    lines += head(text.bound)
    lines += text.shadowed.map { "        \(PythonName.identifier($0)) = self.\(PythonName.attribute($0))" }
    return lines + [text.text(indentedBy: 8)]
  }

  // MARK: Methods

  private func initializer(
    _ names: PythonNames, _ facts: TracedFacts, _ construct: (NamedLayer, [String]) -> String
  ) -> [String] {
    var lines = ["    def __init__(self, **kwargs):", "        super().__init__(**kwargs)"]
    if path.isEmpty, facts.hasDecisions {
      lines.append("        # What is calculated depends on the data: no graph can be compiled of it.")
      lines.append("        self.run_eagerly = True")
    }
    for argument in parts.arguments {
      guard let attribute = names.attributes[argument.name] else { continue }
      lines.append("        self.\(attribute) = \(PythonValue.text(argument.value.config))")
    }
    for entry in parts.layers {
      let attribute = names.attributes[entry.name] ?? entry.name
      let calls = entry.layers.map { construct($0, path + [$0.name]) }
      if entry.isList {
        lines.append("        self.\(attribute) = [")
        lines += calls.map { "            \($0)," }
        lines.append("        ]")
      } else if let call = calls.first {
        lines.append("        self.\(attribute) = \(call)")
      }
    }
    return lines
  }

  /// Weights and the layers that have some are made for the shapes they were made for here, whatever comes in.
  private func build(_ facts: TracedFacts) -> [String] {
    var lines: [String] = []
    let constructor = PythonConstructor(functions: [])
    for weight in parts.weights {
      guard let shape = facts.shape(of: path + [weight.name]) else { continue }
      let initializer = constructor.object(weight.initializer.config, in: "keras.initializers")
      let trainable = weight.isTrainable ? "" : ", trainable=False"
      let tuple = PythonValue.text(shape.config, asTuple: true)
      lines.append(
        "        self.\(PythonName.attribute(weight.name)) = self.add_weight(name=\(PythonValue.text(weight.name)), "
          + "shape=\(tuple), initializer=\(initializer)\(trainable))")
    }
    for entry in parts.layers {
      for (index, layer) in entry.layers.enumerated() where facts.hasWeights(path + [layer.name]) {
        let place = "self.\(PythonName.attribute(entry.name))" + (entry.isList ? "[\(index)]" : "")
        switch layer.layer {
        case is ScriptedLayer, is ScriptedModel: lines.append("        \(place).build()")
        case is any Model: continue
        default:
          guard let types = facts.inputs(of: path + [layer.name]) else { continue }
          lines.append("        \(place).build(\(types.map(PythonValue.shape).joined(separator: ", ")))")
        }
      }
    }
    if lines.isEmpty && inputs == nil { return [] }
    return ["    def build(self, input_shape=None):"] + lines + ["        self.built = True"]
  }

  private func head(_ bound: BodyNames) -> [String] {
    let own = body.inputNames.map(PythonName.identifier)
    let flags = ["training", "mask"].filter(bound.read.contains).map { ", \($0)=None" }.joined()
    let parameters = body.signature?.parameters ?? []
    func initial(_ index: Int) -> String? {
      parameters.filter { !["training", "mask"].contains($0.name) }[index].initial.map { expression in
        let script = body.script.part(expression.range)
        return script.text
      }
    }
    guard let inputs else {
      let list = own.enumerated().map { index, name in
        name + (body.signature == nil ? "" : initial(index).map { "=" + $0 } ?? "")
      }
      return ["    def call(self, \(list.joined(separator: ", "))\(flags)):"]
    }
    let single = own.count == 1 ? own[0] : "inputs"
    var lines = ["    def call(self, \(single)\(flags)):"]
    if own.count > 1 {
      lines.append("        \(own.prefix(inputs.count).joined(separator: ", ")) = \(single)")
      for index in own.indices.dropFirst(inputs.count) {
        lines.append("        \(own[index]) = \(initial(index) ?? "None")")
      }
      return lines
    }
    let names = inputs.map { PythonName.identifier($0.name) }
    if inputs.count > 1 { lines.append("        \(names.joined(separator: ", ")) = \(single)") }
    if inputs.count == 1, names[0] != single, bound.read.contains(inputs[0].name) {
      lines.append("        \(names[0]) = \(single)")
    }
    return lines
  }
}

/// What tracing a model every way found out about its parts.
struct TracedFacts {
  private var inputs: [String: [TensorType]] = [:]
  private var shapes: [String: [Int]] = [:]
  let hasDecisions: Bool

  init(_ ways: [Trace], of model: any Model) {
    hasDecisions = ways.contains { !$0.scope.decisions.isEmpty }
    for way in ways {
      for call in way.scope.calls {
        let path = call.path.parameterPath
        if inputs[path] == nil { inputs[path] = call.inputs.map(\.type) }
      }
    }
    for parameter in Trace.parameters(of: ways, model) {
      shapes[String(parameter.spec.path.dropFirst(model.name.asPathPart.count + 1))] = parameter.spec.shape
    }
  }

  /// What a layer was first called on.
  func inputs(of path: [String]) -> [TensorType]? { inputs[path.parameterPath] }
  /// The shape of a weight.
  func shape(of path: [String]) -> [Int]? { shapes[path.parameterPath] }
  func hasWeights(_ path: [String]) -> Bool {
    let prefix = path.parameterPath + "/"
    return shapes.keys.contains { $0.hasPrefix(prefix) }
  }
}
