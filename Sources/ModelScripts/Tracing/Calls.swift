import Diagnostics
import ExpLanguage
import GraphEngine
import Layers

/// Calls of operations, layers, functions and methods.
extension Tracer {
  func call(
    _ function: Expression, _ arguments: [Expression.Argument], _ range: Range<Int>
  ) throws -> TraceValue {
    let callee = try value(function)
    let given = try arguments.map {
      Given(keyword: $0.keyword, value: try value($0.value), range: $0.value.range)
    }
    switch callee {
    case .function(.operation(let operation)): return try call(operation, given, range)
    case .function(.scripted(let function)): return try call(function, given, range)
    case .function(.method(let receiver, let name)):
      return try call(method: name, of: receiver, given.map(\.value), range)
    case .layer(let layer): return try call(layer, given, range)
    case .string
    where ["float32", "int32", "bool"].contains(callee.text) || Narrow.Kind(rawValue: callee.text) != nil:
      return try call(named: "cast", given.map(\.value) + [callee], range)
    default:
      throw Diagnostic.wrongValue(
        "only layers, functions and operations can be called", "this is \(callee.kindName)",
        span(function.range))
    }
  }

  func call(_ operation: Operation, _ given: [Given], _ range: Range<Int>) throws -> TraceValue {
    try spend(at: range)
    let arguments = try Arguments(operation, given, of: self, at: range)
    return try at(range) { try operation.body(arguments) }
  }

  // MARK: Functions of the file

  private func call(
    _ function: ScriptedFunction, _ given: [Given], _ range: Range<Int>
  ) throws -> TraceValue {
    budget.depth += 1
    defer { budget.depth -= 1 }
    if budget.depth > Budget.calls {
      throw Diagnostic.endless("calls are nested more than \(Budget.calls) deep", span(range))
    }
    do {
      let bound = try bind(given, to: function.signature, range)
      return try function.run(bound, graph: graph, scope: scope, budget: budget)
    } catch let diagnostic as Diagnostic {
      throw diagnostic.called(from: span(range))
    }
  }

  /// Arguments by the names of a signature.
  func bind(
    _ given: [Given], to signature: ScriptSignature, _ range: Range<Int>
  ) throws -> [String: TraceValue] {
    let names = signature.parameters.map(\.name)
    func wrong(_ message: String, _ range: Range<Int>) -> Diagnostic {
      Diagnostic(
        "E0322", message, at: span(range).map { .init($0, "in this call") },
        help: "it is called as \(signature.name)(\(names.joined(separator: ", ")))")
    }
    var bound: [String: TraceValue] = [:]
    for (index, argument) in given.enumerated() {
      guard let name = argument.keyword ?? (index < names.count ? names[index] : nil) else {
        throw wrong("'\(signature.name)' takes no more than \(names.count) arguments", argument.range)
      }
      guard names.contains(name) else {
        throw wrong("'\(signature.name)' has no argument '\(name)'", argument.range)
      }
      if bound[name] != nil { throw wrong("'\(name)' is given twice", argument.range) }
      bound[name] = argument.value
    }
    for parameter in signature.parameters where bound[parameter.name] == nil && parameter.initial == nil {
      throw wrong("'\(signature.name)' needs the argument '\(parameter.name)'", range)
    }
    return bound
  }

  // MARK: Layers

  private func call(_ layer: NamedLayer, _ given: [Given], _ range: Range<Int>) throws -> TraceValue {
    guard let scope else {
      throw Diagnostic.wrongValue(
        "a layer can be called only in a model or a layer", "this is the layer '\(layer.name)'", span(range))
    }
    try spend(at: range)
    let (inputs, named) = try inputs(of: layer, given, range)
    do {
      let outputs = try at(range) { try scope.apply(layer, inputs, named: named) }
      return outputs.count == 1 ? .tensor(outputs[0]) : .tuple(outputs.map { .tensor($0) })
    } catch let diagnostic as Diagnostic {
      throw diagnostic.called(from: span(range))
    }
  }

  /// The tensors among the arguments, those in lists one by one; `training` and `mask` must ask for nothing else than
  /// what happens anyway.
  private func inputs(
    of layer: NamedLayer, _ given: [Given], _ range: Range<Int>
  ) throws -> (values: [Value], names: NamedArguments) {
    var positional: [Value] = []
    var named: [(name: String, value: Value)] = []
    var flags: [String] = []
    let signature = layer.layer.signature
    for argument in given {
      if case .none = argument.value, argument.keyword != nil { continue }
      switch argument.keyword {
      case "training": try checkTraining(argument)
      case .some(let keyword) where signature.flags.contains(keyword):
        guard case .bool(let isOn) = argument.value else {
          throw Diagnostic.wrongValue(
            "'\(keyword)' is True or False", "this is \(argument.value.kindName)", span(argument.range))
        }
        if isOn { flags.append(keyword) }
      case .some(let keyword) where (signature.inputs + signature.values).contains(keyword):
        named += try tensors(argument, for: layer).map { (keyword, $0) }
      case "mask", "attention_mask":
        throw Diagnostic.wrongValue(
          "masks are not passed on by hand", "this is \(argument.value.kindName)", span(argument.range),
          help: "multiply by the mask, or use where(mask, x, 0)")
      case nil: positional += try tensors(argument, for: layer)
      // Layers of one input call it by either word.
      case "x" where signature.inputs.count == 1: positional += try tensors(argument, for: layer)
      case .some(let keyword):
        throw Diagnostic(
          "E0322", "the layer '\(layer.name)' has no argument '\(keyword)'",
          at: span(argument.range).map { .init($0, "not known") },
          help: "its settings are written where the layer is defined")
      }
    }
    if positional.isEmpty && named.isEmpty {
      throw Diagnostic(
        "E0322", "the layer '\(layer.name)' is called without a tensor",
        at: span(range).map { .init($0, "called here") })
    }
    return try signature.arranged(
      positional, named: named, flags: flags, of: "'\(layer.name)'", at: span(range))
  }

  private func checkTraining(_ argument: Given) throws {
    let isTraining = scope?.phase == .training
    switch argument.value {
    case .none: return
    case .bool(let wanted) where wanted == isTraining: return
    case .bool(let wanted):
      throw Diagnostic.wrongValue(
        "a layer cannot be switched to another phase than the model's",
        "this is \(wanted ? "True" : "False")",
        span(argument.range), help: "pass 'training=training', or leave it out")
    default:
      throw Diagnostic.wrongValue(
        "'training' is True or False", "this is \(argument.value.kindName)", span(argument.range))
    }
  }

  private func tensors(_ argument: Given, for layer: NamedLayer) throws -> [Value] {
    switch argument.value {
    case .list, .tuple:
      return try (argument.value.sequence ?? []).flatMap {
        try tensors(Given(value: $0, range: argument.range), for: layer)
      }
    case .dictionary(let dictionary):
      return try dictionary.entries.flatMap {
        try tensors(Given(value: $0.value, range: argument.range), for: layer)
      }
    default:
      guard let operand = try Operand(argument.value, in: graph) else {
        throw Diagnostic.wrongValue(
          "the layer '\(layer.name)' takes tensors", "this is \(argument.value.kindName)",
          span(argument.range))
      }
      return [operand.tensor(in: graph)]
    }
  }
}

extension Diagnostic {
  private static let longestChain = 8

  /// The same with the place of the call that led to it.
  func called(from span: SourceSpan?) -> Diagnostic {
    guard let span else { return self }
    guard primary != nil else { return located(at: span, "called here") }
    let label = Label(span, "called from here")
    if primary?.span == span || related.contains(label) || related.count >= Self.longestChain { return self }
    var copy = self
    copy.related.append(label)
    return copy
  }
}
