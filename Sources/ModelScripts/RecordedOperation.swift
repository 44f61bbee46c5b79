public import Config
public import Diagnostics
import ExpLanguage
public import GraphEngine
public import Layers

/// An operation of `keras.ops` between the layers of a functional model, as a file records it.
///
/// It is called by name in a body of one line, `return keras.ops.mean(x0, axis=1)`, so that it computes what such a
/// body does.
public struct RecordedOperation: GraphOperation {
  public let className: String
  public let module: String
  /// Its settings, without its name: `{"axis": 1, "keepdims": false}`.
  public let config: ConfigNode
  /// `{"args": […], "kwargs": {…}}` with nothing where a tensor is given.
  private let template: ConfigNode
  /// How it is written in Python, its tensors called x0, x1 and so on.
  public let expression: String
  private let inputCount: Int
  private let body: ScriptBody

  /// - Parameter entry: one of a functional model's layers; all its calls have the same numbers.
  /// - Returns: `nil` if there is no such operation here, or none with these settings.
  public init?(_ entry: ConfigNode) throws(Diagnostic) {
    guard let className = entry["class_name"]?.string,
      let call = entry["inbound_nodes"]?.list?.first, call["args"]?.list != nil
    else { return nil }
    self.className = className
    module = entry["module"]?.string ?? "keras.src.ops.numpy"
    let settings = (entry["config"]?.entries ?? []).filter { $0.key != "name" }
    config = ConfigNode(.map(settings))
    var spelling = OperationSpelling()
    guard let expression = spelling.expression(className, of: module, settings, call) else { return nil }
    self.expression = expression
    inputCount = spelling.tensorCount
    var places = 0
    template = call.mappingTensors { _ in
      defer { places += 1 }
      return ["class_name": "__keras_tensor__", "config": places.config]
    }
    body = try ScriptBody("return " + expression)
  }

  /// Whether it gives a list, also of one.
  var hasSeveralResults: Bool { ["Split", "TopK", "Unstack", "Moments", "ArraySplit"].contains(className) }

  /// The call in Python, on expressions.
  func python(_ inputs: [String]) -> String {
    expression.replacing(/\bx([0-9]+)\b/) { match in
      guard let place = Int(match.1), inputs.indices.contains(place) else { return String(match.0) }
      return inputs[place]
    }
  }

  public func arguments(_ tensors: [ConfigNode]) -> ConfigNode {
    template.mappingTensors { place in
      guard case .int(let number)? = place["config"]?.content, tensors.indices.contains(number) else {
        return nil
      }
      return tensors[number]
    }
  }

  /// - Throws: `Diagnostic` E0301 and E0320 to E0329 for values that it does not take, E0316 for another number of them.
  public func call(_ inputs: [Value], in scope: LayerScope) throws -> [Value] {
    guard inputs.count == inputCount else {
      throw Diagnostic.operandCount(className, inputCount, inputs.count)
    }
    var locals: [String: TraceValue] = [:]
    for (i, input) in inputs.enumerated() { locals["x\(i)"] = .tensor(input) }
    let result = try ScriptParts().run(body, locals: locals, in: scope)
    return try body.outputs(of: result, "the operation '\(className)'", scope.graph).map(\.value)
  }
}

extension Diagnostic {
  /// E0316: an operation with another number of values than it was recorded with.
  fileprivate static func operandCount(_ name: String, _ wanted: Int, _ found: Int) -> Diagnostic {
    Diagnostic("E0316", "\(name) takes \(wanted) values, found \(found)", help: "name them in 'from:'")
  }
}

/// Writes a recorded call as Python does.
private struct OperationSpelling {
  /// Tensors so far.
  private(set) var tensorCount = 0

  /// Operations whose names are not their classes'.
  private static let names = [
    "ReLU": "relu", "GetItem": "", "Logsumexp": "logsumexp", "Isnan": "isnan", "Abs": "abs",
    "Einsum": "einsum", "TrueDivide": "true_divide", "Unstack": "unstack",
  ]
  /// Settings that say where, for which nothing is an answer, too: along all axes.
  private static let places: Set<String> = ["axis", "axes"]

  /// - Returns: `nil` for an operation or a setting that is not known here.
  mutating func expression(
    _ className: String, of module: String, _ settings: [ConfigNode.Entry], _ call: ConfigNode
  ) -> String? {
    if className == "GetItem" { return item(call) }
    if className == "Norm" { return norm(settings, call) }
    let name = Self.names[className] ?? className.snakeCased
    guard let operation = OperationRegistry.find(name) else { return nil }
    var arguments: [String] = []
    if className == "Einsum", let subscripts = settings.first(where: { $0.key == "subscripts" }) {
      guard let text = self.text(subscripts.value) else { return nil }
      arguments.append(text)
    }
    for node in call["args"]?.list ?? [] {
      guard let text = self.text(node) else { return nil }
      arguments.append(text)
    }
    for entry in (call["kwargs"]?.entries ?? []) + settings
    where !(className == "Einsum" && entry.key == "subscripts") {
      guard let known = keyword(entry, of: operation) else { return nil }
      arguments += known
    }
    let space = module.hasPrefix("keras.src.activations.") ? "keras.activations" : "keras.ops"
    return "\(space).\(name)(\(arguments.joined(separator: ", ")))"
  }

  /// A setting as an argument; none if it changes nothing, `nil` if it is not known.
  private mutating func keyword(_ entry: ConfigNode.Entry, of operation: Operation) -> [String]? {
    let isNothing =
      entry.value.content == .null || entry.value.content == .bool(false)
      || (entry.key == "dtype" && entry.value == "float32")
    guard (try? Arguments.parameter(entry.key, of: operation, nil)) != nil else {
      return isNothing ? [] : nil
    }
    if entry.value.content == .null && !Self.places.contains(entry.key) { return [] }
    return text(entry.value).map { ["\(entry.key)=\($0)"] }
  }

  /// The Euclidean norm.
  private mutating func norm(_ settings: [ConfigNode.Entry], _ call: ConfigNode) -> String? {
    let own = ConfigNode(.map(settings))
    guard [nil, 2].contains(own["ord"] ?? nil), let x = (call["args"]?.list ?? []).first,
      let tensor = text(x),
      let axis = text(own["axis"] ?? nil), let keeps = text(own["keepdims"] ?? false)
    else { return nil }
    return
      "keras.ops.sqrt(keras.ops.sum(keras.ops.square(\(tensor)), axis=\(axis), keepdims=\(keeps)))"
  }

  /// `x0[:, 1:3, None]`.
  private mutating func item(_ call: ConfigNode) -> String? {
    let arguments = (call["args"]?.list ?? []) + (call["kwargs"]?.entries ?? []).map(\.value)
    guard arguments.count == 2, let tensor = text(arguments[0]) else { return nil }
    var parts: [String] = []
    for item in arguments[1].list ?? [arguments[1]] {
      guard let part = index(item) else { return nil }
      parts.append(part)
    }
    guard !parts.isEmpty else { return tensor }
    return "\(tensor)[\(parts.joined(separator: ", "))]"
  }

  private mutating func index(_ node: ConfigNode) -> String? {
    switch node["class_name"]?.string {
    case "__slice__":
      func bound(_ key: String) -> String? {
        switch node["config"]?[key]?.content {
        case .int(let number)?: "\(number)"
        case .null?, nil: ""
        default: nil
        }
      }
      guard let start = bound("start"), let stop = bound("stop"), let step = bound("step") else { return nil }
      return "\(start):\(stop)" + (step.isEmpty ? "" : ":\(step)")
    case "__ellipsis__": return "..."
    default: return text(node)
    }
  }

  /// A value of an argument.
  private mutating func text(_ node: ConfigNode) -> String? {
    switch node.content {
    case .null: return "None"
    case .bool(let value): return value ? "True" : "False"
    case .int(let value): return value < 0 ? "(\(value))" : "\(value)"
    case .double(let value): return Self.text(value)
    case .string(let value):
      guard !value.contains(where: { "'\\\n\r".contains($0) }) else { return nil }
      return "'\(value)'"
    case .list(let items):
      var parts: [String] = []
      for item in items {
        guard let part = text(item) else { return nil }
        parts.append(part)
      }
      return "[\(parts.joined(separator: ", "))]"
    case .map: return object(node)
    }
  }

  /// A tensor of the model, or numbers that Keras stores with their type.
  private mutating func object(_ node: ConfigNode) -> String? {
    switch node["class_name"]?.string {
    case "__keras_tensor__":
      tensorCount += 1
      return "x\(tensorCount - 1)"
    case "__numpy__", "__tensor__", "__array__":
      guard let value = node["config"]?["value"], let numbers = text(value) else { return nil }
      let isWhole = ["int", "uint"].contains { node["config"]?["dtype"]?.string?.hasPrefix($0) == true }
      return "keras.ops.convert_to_tensor(\(numbers), dtype='\(isWhole ? "int32" : "float32")')"
    // The number of samples of what is given a shape.
    case "__batch__": return "x0.shape[0]"
    case "__tuple__": return node["items"].flatMap { text($0) } ?? node["config"].flatMap { text($0) }
    default: return nil
    }
  }

  private static func text(_ value: Double) -> String? {
    if value.isNaN { return nil }
    if value.isInfinite { return value > 0 ? "float('inf')" : "float('-inf')" }
    return value.sign == .minus ? "(\(value))" : "\(value)"
  }
}
