import Config
import Diagnostics
import ExpLanguage
import GraphEngine
import Layers
import TensorCore

/// The values of expressions.
extension Tracer {
  func given(_ expression: Expression) throws -> Given {
    Given(value: try value(expression), range: expression.range)
  }

  func value(_ expression: Expression) throws -> TraceValue {
    switch expression.kind {
    case .literal(let value): return TraceValue(value)
    case .name(let name): return try lookup(name, expression.range)
    case .list(let items): return .list(try items.map(value))
    case .tuple(let items): return .tuple(try items.map(value))
    case .dictionary(let entries): return try dictionary(entries)
    case .comprehension(let parts): return try comprehension(parts)
    case .formatted(let parts): return .string(try parts.map { try value($0).text }.joined())
    case .negate(let operand): return try negated(operand, expression.range)
    case .plus(let operand): return try value(operand)
    case .binary(let kind, let left, let right):
      return try binary(kind, try given(left), try given(right), at: expression.range)
    case .comparison(let first, let rest): return try comparison(first, rest)
    case .and(let left, let right):
      let first = try value(left)
      return try truth(first, left.range) ? try value(right) : first
    case .or(let left, let right):
      let first = try value(left)
      return try truth(first, left.range) ? first : try value(right)
    case .not(let operand): return .bool(try !holds(operand))
    case .conditional(let then, let condition, let otherwise):
      return try holds(condition) ? try value(then) : try value(otherwise)
    case .call(let function, let arguments): return try call(function, arguments, expression.range)
    case .attribute(let base, let name): return try attribute(name, of: try value(base), expression.range)
    case .index(let base, let index):
      let container = try value(base)
      if case .tensor(let tensor) = container { return try item(of: tensor, index, expression.range) }
      return try element(of: container, indexValue(index), base.range, index.range)
    case .slice, .ellipsis:
      throw Diagnostic.wrongValue(
        "a slice stands only inside brackets", "this is a slice", span(expression.range))
    }
  }

  private func dictionary(_ entries: [Expression.Entry]) throws -> TraceValue {
    let result = TraceDictionary()
    for entry in entries { result[try value(entry.key)] = try value(entry.value) }
    return .dictionary(result)
  }

  /// The names of a comprehension end with it, as in Python.
  private func comprehension(_ parts: Expression.Comprehension) throws -> TraceValue {
    let items = try elements(try value(parts.iterable), parts.iterable.range)
    let outer = locals
    defer { locals = outer }
    var results: [TraceValue] = []
    for item in items {
      try spend(at: parts.iterable.range)
      try assign(item, to: parts.target)
      if let condition = parts.condition, try !holds(condition) { continue }
      results.append(try value(parts.element))
    }
    return .list(results)
  }

  // MARK: Names

  func lookup(_ name: String, _ range: Range<Int>) throws -> TraceValue {
    if let found = locals[name] ?? parts[name] { return found }
    if name == "self" { return .module("self") }
    if let function = functions.last(where: { $0.name == name }) { return .function(.scripted(function)) }
    if let operation = OperationRegistry.find(name) { return .function(.operation(operation)) }
    if Modules.all.contains(name) { return .module(name) }
    throw unknown(name, range)
  }

  func unknown(_ name: String, _ range: Range<Int>) -> Diagnostic {
    let own = locals.keys.sorted() + parts.keys.sorted() + functions.map(\.name)
    let near = nearest(to: name, in: own) ?? nearest(to: name, in: OperationRegistry.names)
    let help: String? =
      if let near {
        "did you mean '\(near)'?"
      } else if name.first?.isUppercase == true {
        "layers with weights are listed under 'layers', and called by their names"
      } else {
        own.isEmpty ? nil : "known here: " + own.joined(separator: ", ") + ", and the operations of keras.ops"
      }
    return Diagnostic(
      "E0321", "nothing is named '\(name)'", at: span(range).map { .init($0, "not known") }, help: help,
      cause: .unknownName(name, kind: nil, isNearKnown: near != nil))
  }

  func attribute(_ name: String, of base: TraceValue, _ range: Range<Int>) throws -> TraceValue {
    switch base {
    case .module("self"):
      if let found = parts[name] { return found }
      if let operation = OperationRegistry.find("self." + name) { return .function(.operation(operation)) }
      throw unknown(name, range)
    case .module(let module):
      return try Modules.attribute(name, of: module) ?? { throw unknown(name, range) }()
    case .tensor(let tensor): return try attribute(name, of: tensor, range)
    case .layer(let layer):
      if let setting = layer.layer.config[name].flatMap(ScriptValue.init) { return TraceValue(setting) }
      if name == "name" { return .string(layer.name) }
    case .list, .tuple, .dictionary, .string:
      if Methods.exists(name, for: base) { return .function(.method(base, name)) }
    default: break
    }
    throw Diagnostic.wrongValue(
      "there is no '.\(name)' here", "this is \(base.kindName)", span(range), help: Methods.help(for: base))
  }

  private func attribute(_ name: String, of tensor: Value, _ range: Range<Int>) throws -> TraceValue {
    switch name {
    case "shape": return .tuple(tensor.type.dims.map(TraceValue.dim))
    case "ndim", "rank": return .int(tensor.type.rank)
    case "dtype": return .string(tensor.type.element.rawValue)
    case "T":
      return try call(named: "transpose", [.tensor(tensor)], range)
    default:
      if Methods.ofTensors.contains(name) { return .function(.method(.tensor(tensor), name)) }
      let help =
        OperationRegistry.find(name) == nil
        ? "a tensor has .shape, .dtype and .ndim" : "write it as a function: \(name)(x)"
      throw Diagnostic.wrongValue(
        "a tensor has no '.\(name)'", "this is a tensor \(tensor.type)", span(range), help: help)
    }
  }

  /// Calls an operation that the language needs for something else.
  func call(named name: String, _ arguments: [TraceValue], _ range: Range<Int>) throws -> TraceValue {
    guard let operation = OperationRegistry.find(name) else { throw unknown(name, range) }
    return try call(operation, arguments.map { Given(value: $0, range: range) }, range)
  }
}
