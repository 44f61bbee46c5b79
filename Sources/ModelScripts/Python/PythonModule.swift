import Config
import Diagnostics
import ExpLanguage
import GraphEngine
public import Layers
import TensorCore

/// A model as a Python module for Keras 3: classes for what is hand-written, `make_model()` and
/// `load_weights(model, path)`.
public struct PythonModule {
  private let model: any Model
  private let facts: TracedFacts
  private let functions: StoredFunctions
  private var helpers: Set<String> = []
  /// Classes as they are to be written, those that others need first.
  private var classes: [(name: String, text: String)] = []

  /// - Parameter functions: those that the model's layers name as activations.
  /// - Throws: `Diagnostic` E03xx for a model that cannot be traced.
  public init(_ model: any Model, functions: StoredFunctions = StoredFunctions()) throws {
    self.model = model
    let ways =
      try Trace.allWays(of: model, phase: .inference, seed: 0)
      + Trace.allWays(of: model, phase: .training, seed: 0)
    facts = TracedFacts(ways, of: model)
    var all = functions
    Self.visit(model) { parts, body in
      var text = body.script.text
      for weight in parts.weights { text += " " + weight.script.text }
      _ = all.add(
        StoredFunctions(parts.functions).needed(by: Set(parts.functions.map(\.name).filter(text.contains))))
    }
    self.functions = all
  }

  /// The source of the module.
  public var text: String {
    var writer = self
    return writer.write()
  }

  private static func visit(_ layer: any Layer, _ body: (ScriptParts, ScriptBody) -> Void) {
    switch layer {
    case let own as ScriptedModel:
      own.parts.allLayers.forEach { visit($0.layer, body) }
      body(own.parts, own.body)
    case let own as ScriptedLayer:
      own.parts.allLayers.forEach { visit($0.layer, body) }
      body(own.parts, own.body)
    case let other as any Model: other.layers.forEach { visit($0.layer, body) }
    default: break
    }
  }

  private var functionNames: Set<String> { Set(functions.all.map(\.name)) }

  private mutating func write() -> String {
    let making = makeModel()
    let own = functions.all.map { function in source(of: function) }
    let used = PythonSpelling.helpers.filter { helpers.contains($0.name) }.map(\.source)
    let eager =
      facts.hasDecisions
      ? "\n\nThe model decides on data: compile it with run_eagerly=True to train or evaluate it." : ""
    let head = """
      \"\"\"The model '\(PythonValue.prose(model.name))' for Keras 3.

      make_model() builds it; load_weights(model, path) fills in the weights of an .h5 file of runexp.\(eager)
      \"\"\"
      """
    let blocks = used + own + classes.map(\.text) + [making, Self.loading]
    let hasOperations = blocks.contains { $0.contains("ops.") }
    let imports = "import h5py\nimport keras" + (hasOperations ? "\nfrom keras import ops" : "")
    return head + "\n\n" + imports + "\n\n\n" + blocks.joined(separator: "\n\n\n") + "\n"
  }

  // MARK: Parts

  private mutating func source(of function: ScriptedFunction) -> String {
    let parameters = function.signature.parameters
    let names = PythonNames(functions: functionNames, parameters: Set(parameters.map(\.name)))
    let body = PythonBody(function.body, names)
    helpers.formUnion(body.helpers)
    let list = parameters.map { parameter in
      let initial = parameter.initial.map { "=" + function.signature.script.part($0.range).text } ?? ""
      return PythonName.identifier(parameter.name) + initial
    }
    let head = "def \(PythonName.identifier(function.name))(\(list.joined(separator: ", "))):"
    return head + "\n" + body.text(indentedBy: 4)
  }

  private mutating func construct(_ layer: NamedLayer, _ path: [String]) -> String {
    switch layer.layer {
    case let own as ScriptedLayer:
      let name = define(
        PythonClass(
          parts: own.parts, body: own.body, inputs: nil,
          summary: "The layer '\(PythonValue.prose(own.className))', written by hand.", path: path),
        named: own.className, "keras.layers.Layer")
      return "\(name)(\(Self.options(layer)))"
    case let own as ScriptedModel:
      let name = define(
        PythonClass(
          parts: own.parts, body: own.body, inputs: own.inputs,
          summary: "The model '\(PythonValue.prose(own.name))', written by hand.", path: path),
        named: own.name, "keras.Model")
      return "\(name)(\(Self.options(layer)))"
    case let other as Sequential: return sequential(other, layer, path)
    case let other as Functional: return makeFunction(other, layer, path) + "()"
    case let wrapper as TimeDistributed:
      guard let inner = wrapper.layer.named.layer as? Functional else { break }
      let path = path + [wrapper.layer.named.name]
      return
        "keras.layers.TimeDistributed(\(makeFunction(inner, wrapper.layer.named, path))(), \(Self.options(layer)))"
    default: break
    }
    return PythonConstructor(functions: functionNames).layer(layer)
  }

  /// What Keras's models take behind what they are made of.
  private static func options(_ layer: NamedLayer) -> String {
    "name=\(PythonValue.text(layer.name))" + (layer.isTrainable ? "" : ", trainable=False")
  }

  /// The name of a class, which is written if there is none like it yet.
  private mutating func define(_ own: PythonClass, named name: String, _ base: String) -> String {
    var inner = self
    let lines = own.lines(facts, functions: functionNames, helpers: &helpers) { inner.construct($0, $1) }
    classes = inner.classes
    inner.helpers = inner.helpers.union(helpers)
    helpers = inner.helpers
    let body = lines.joined(separator: "\n")
    let wanted = PythonName.className(name)
    var (result, number) = (wanted, 1)
    while let known = classes.first(where: { $0.name == result }) {
      if known.text == Self.head(result, base) + body { return result }
      result = "\(wanted)\(number)"
      number += 1
    }
    classes.append((result, Self.head(result, base) + body))
    return result
  }

  private static func head(_ name: String, _ base: String) -> String { "class \(name)(\(base)):\n" }

  // MARK: The model

  private mutating func makeModel() -> String {
    switch model {
    case let own as Functional: return functional(own, NamedLayer(own.name, own), [], as: "make_model")
    case let own as Sequential:
      return "def make_model():\n    return " + sequential(own, NamedLayer(own.name, own), [], indent: 4)
    default: return "def make_model():\n    return " + construct(NamedLayer(model.name, model), [])
    }
  }

  private mutating func sequential(
    _ model: Sequential, _ named: NamedLayer, _ path: [String], indent: Int = 12
  ) -> String {
    let space = String(repeating: " ", count: indent)
    var lines = ["keras.Sequential(", space + "    ["]
    lines.append(space + "        " + Self.input(model.input) + ",")
    for layer in model.layers {
      lines.append(space + "        " + construct(layer, path + [layer.name]) + ",")
    }
    lines.append(space + "    ],")
    lines.append(space + "    \(Self.options(named)),")
    return (lines + [space + ")"]).joined(separator: "\n")
  }

  private static func input(_ input: ModelInput) -> String {
    let shape = PythonValue.text(input.type.sampleAxes.config, asTuple: true)
    let type = input.type.element == .float32 ? "" : ", dtype=\"\(input.type.element.rawValue)\""
    let batch = input.batchSize.map { ", batch_size=\($0)" } ?? ""
    return "keras.Input(\(shape)\(batch)\(type), name=\(PythonValue.text(input.name)))"
  }

  /// A function that makes a graph of layers, for one used as a layer.
  private mutating func makeFunction(_ model: Functional, _ named: NamedLayer, _ path: [String]) -> String {
    let base = "make_" + PythonName.identifier(path.joined(separator: "_"))
    let text = functional(model, named, path, as: base)
    if !classes.contains(where: { $0.name == base }) { classes.append((base, text)) }
    return base
  }

  private mutating func functional(
    _ model: Functional, _ named: NamedLayer, _ path: [String], as function: String
  ) -> String {
    var lines = ["def \(function)():"]
    var taken: Set<String> = []
    func variable(_ name: String) -> String {
      let base = PythonName.identifier(name)
      var (result, number) = (base, 1)
      while !taken.insert(result).inserted {
        result = "\(base)_\(number)"
        number += 1
      }
      return result
    }
    var results: [String] = []
    var shared: [Int: String] = [:]
    let uses = Dictionary(model.calls.map { ($0.layer, 1) }, uniquingKeysWith: +)
    func value(_ source: Functional.Source) -> String {
      let layer = model.layers[model.calls[source.call].layer].layer
      let isMany =
        (layer as? RecordedOperation)?.hasSeveralResults == true
        || ((layer as? any Model)?.outputNames.count ?? 1) > 1
        || model.calls[source.call].named.flags.contains("return_attention_scores")
        || layer.config["return_state"] == true || layer.config["layer"]?["config"]?["return_state"] == true
      if let keys = (layer as? Functional)?.outputKeys {
        return results[source.call] + "[\(PythonValue.text(keys[source.output]))]"
      }
      return results[source.call] + (isMany ? "[\(source.output)]" : "")
    }
    for call in model.calls {
      let layer = model.layers[call.layer]
      if call.inputs.isEmpty, let input = layer.layer as? InputLayer {
        results.append(variable(layer.name))
        lines.append("    \(results[results.count - 1]) = \(Self.input(input.input(named: layer.name)))")
        continue
      }
      if let operation = layer.layer as? RecordedOperation {
        results.append(variable(layer.name))
        lines.append("    \(results[results.count - 1]) = \(operation.python(call.inputs.map(value)))")
        continue
      }
      let maker: String
      if uses[call.layer] == 1 {
        maker = construct(layer, path + [layer.name])
      } else if let known = shared[call.layer] {
        maker = known
      } else {
        let made = construct(layer, path + [layer.name])
        maker = variable(layer.name + "_layer")
        shared[call.layer] = maker
        lines.append("    \(maker) = \(made)")
      }
      let unnamed = call.inputs.count - call.named.values.count
      let inputs = call.inputs[..<unnamed].map(value)
      let takesList =
        layer.layer is any MergingLayer || (inputs.count > 1 && Self.takesAll(layer.layer))
      let list = inputs.joined(separator: ", ")
      var arguments = [takesList ? "[\(list)]" : list]
      let signature = layer.layer.signature
      if let keys = (layer.layer as? Functional)?.inputKeys {
        arguments = [PythonValue.mapping(keys, inputs)]
      } else if layer.layer is Bidirectional, inputs.count > 1 {
        arguments = [inputs[0], "initial_state=[\(inputs.dropFirst().joined(separator: ", "))]"]
      } else if signature.endsInList, let name = signature.inputs.last,
        inputs.count >= signature.inputs.count,
        !takesList
      {
        let first = inputs.prefix(signature.inputs.count - 1)
        arguments = first + ["\(name)=[\(inputs.dropFirst(first.count).joined(separator: ", "))]"]
      }
      let values = zip(call.named.values, call.inputs[unnamed...].map(value))
      for name in call.named.values where !arguments.contains(where: { $0.hasPrefix(name + "=") }) {
        let own = values.filter { $0.0 == name }.map(\.1).joined(separator: ", ")
        arguments.append("\(name)=" + (takesList ? "[\(own)]" : own))
      }
      arguments += call.named.flags.map { "\($0)=True" }
      results.append(variable(layer.name))
      lines.append(
        "    \(results[results.count - 1]) = \(maker)(\(arguments.joined(separator: ", ")))")
    }
    let starts = model.inputCalls.map { results[$0] }
    let ends = model.outputs.map(value)
    func group(_ items: [String], _ keys: [String]?) -> String {
      if let keys { return PythonValue.mapping(keys, items) }
      return items.count == 1 ? items[0] : "[" + items.joined(separator: ", ") + "]"
    }
    lines.append(
      "    return keras.Model(\(group(starts, model.inputKeys)), \(group(ends, model.outputKeys)), \(Self.options(named)))"
    )
    return lines.joined(separator: "\n")
  }

  /// Whether several values are one argument: those of a model, and those of a layer that has one name for them.
  private static func takesAll(_ layer: any Layer) -> Bool {
    layer is any Model || (layer as? ScriptedLayer)?.signature.inputs.count == 1
  }

  private static let loading = """
    def load_weights(model, path):
        \"\"\"Fills in the weights of an .h5 file that runexp wrote for Keras 3, by their names.\"\"\"
        if not model.built:
            model.build(None)
        stored = {}
        with h5py.File(path, "r") as file:
            root = file["model_weights"] if "model_weights" in file else file
            for group in root.values():
                for name in group.attrs.get("weight_names", []):
                    name = name.decode() if isinstance(name, bytes) else name
                    stored[name] = group[name][()]
        # A layer within a layer of one's own stands by itself in the file: blocks_hidden for blocks/hidden.
        def flat(name):
            return "_" + name.replace("/", "_")

        for variable in model.weights:
            own = flat(variable.path)
            longer = [name for name in stored if flat(name).endswith(own)]
            shorter = [name for name in stored if own.endswith(flat(name))]
            found = sorted(shorter, key=len)[-1:] or sorted(longer, key=len)[:1]
            if not found:
                raise ValueError(f"{path} has no weight for {variable.path}")
            variable.assign(stored.pop(found[0]))
        # What a normalization computes with is made of its variables.
        for layer in model._flatten_layers():
            if isinstance(layer, keras.layers.Normalization):
                layer.finalize_state()
        if stored:
            raise ValueError(f"{path} has weights that the model does not: {sorted(stored)}")
    """
}
