import Diagnostics
import ExpLanguage
import GraphEngine

/// Something that a body can call by name, as `keras.ops` or Python has it.
public struct Operation: Sendable {
  /// A parameter in Python's spelling: `axis=None`.
  struct Parameter: Sendable, ExpressibleByStringLiteral {
    let name: String
    /// `nil` if it must be given.
    let initial: String?
    /// Whether it takes all further positional arguments: `*values`.
    let isRest: Bool

    init(_ name: String, default initial: String?) {
      self.name = name
      self.initial = initial
      isRest = false
    }

    init(stringLiteral text: String) {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      isRest = parts[0].hasPrefix("*")
      name = isRest ? String(parts[0].dropFirst()) : parts[0]
      initial = parts.count == 2 ? parts[1] : nil
    }

    /// The default: None, a truth value, a number or a text.
    var value: TraceValue? {
      switch initial {
      case nil: return nil
      case "None": return TraceValue.none
      case "True": return .bool(true)
      case "False": return .bool(false)
      case .some(let text):
        if let whole = Int(text) { return .int(whole) }
        return Double(text).map { .double($0) } ?? .string(text.trimmingQuotes)
      }
    }
  }

  /// Where a function is called from; some have other defaults there than in `keras.ops`.
  enum Module: Sendable, CaseIterable {
    case kerasOps, layers, backend, tensorFlow, numPy
  }

  public let name: String
  /// Other names, TensorFlow's among them.
  public let aliases: [String]
  /// One sentence for the documentation.
  public let summary: String
  private(set) var parameters: [Parameter]
  /// Defaults by module, where they are not those of `parameters`; `nil` for an argument that must be given.
  private var otherDefaults: [Module: [String: String?]] = [:]
  /// The module it is called from; `nil` for a bare name.
  private(set) var module: Module?
  let body: @Sendable (Arguments) throws -> TraceValue

  init(
    _ name: String, also aliases: [String] = [], _ parameters: [Parameter], _ summary: String,
    body: @escaping @Sendable (Arguments) throws -> TraceValue
  ) {
    self.name = name
    self.aliases = aliases
    self.parameters = parameters
    self.summary = summary
    self.body = body
  }

  /// The same with other defaults where a module's function of this name has them.
  func with(_ defaults: [String: String?], in modules: Module...) -> Operation {
    var copy = self
    for module in modules { copy.otherDefaults[module] = defaults }
    return copy
  }

  /// The operation as a module has it.
  func called(from module: Module?) -> Operation {
    var copy = self
    copy.module = module
    guard let defaults = module.flatMap({ otherDefaults[$0] }) else { return copy }
    for i in parameters.indices {
      guard let initial = defaults[parameters[i].name] else { continue }
      copy.parameters[i] = Parameter(parameters[i].name, default: initial)
    }
    return copy
  }

  /// How it is called: `mean(x, axis=None, keepdims=False)`.
  public var usage: String {
    let list = parameters.map { ($0.isRest ? "*" : "") + $0.name + ($0.initial.map { "=" + $0 } ?? "") }
    return "\(name)(\(list.joined(separator: ", ")))"
  }
}

extension String {
  fileprivate var trimmingQuotes: String {
    hasPrefix("'") && hasSuffix("'") ? String(dropFirst().dropLast()) : self
  }
}

/// An argument as it was given, with its place.
struct Given {
  var keyword: String?
  var value: TraceValue
  var range: Range<Int>
}

/// The arguments of one call, bound to the parameters of an operation.
struct Arguments {
  let operation: Operation
  let tracer: Tracer
  /// The whole call.
  let range: Range<Int>
  private var values: [String: (value: TraceValue, range: Range<Int>)] = [:]
  /// What a `*` parameter took.
  private(set) var rest: [TraceValue] = []

  /// TensorFlow's and old Keras's names of parameters.
  private static let otherKeywords = [
    "keep_dims": "keepdims", "input_tensor": "x", "input": "x", "inputs": "x", "tensor": "x", "a": "x1",
    "b": "x2", "x": "x1", "y": "x2", "labels": "x", "features": "x", "logits": "x", "dim": "axis",
    "perm": "axes", "values": "xs", "tensors": "xs", "arrays": "xs", "indices": "x",
    "depth": "num_classes", "newshape": "shape", "multiples": "repeats", "paddings": "pad_width",
    "num_or_size_splits": "indices_or_sections", "clip_value_min": "x_min", "clip_value_max": "x_max",
    "dims": "shape", "equation": "subscripts", "value": "x", "ord": "order", "reference": "params",
    "rep": "repeats", "alpha": "negative_slope",
  ]

  init(_ operation: Operation, _ given: [Given], of tracer: Tracer, at range: Range<Int>) throws(Diagnostic) {
    self.operation = operation
    self.tracer = tracer
    self.range = range
    let parameters = operation.parameters
    var next = 0
    for argument in given {
      if let keyword = argument.keyword {
        // Names of nodes mean nothing here.
        if keyword == "name", !parameters.contains(where: { $0.name == "name" }) { continue }
        let name = try Self.parameter(keyword, of: operation, tracer.span(argument.range))
        if values[name] != nil { throw wrong("'\(name)' is given twice", argument.range) }
        values[name] = (argument.value, argument.range)
      } else if next < parameters.count, parameters[next].isRest {
        rest.append(argument.value)
      } else {
        guard next < parameters.count else {
          throw wrong("'\(operation.name)' takes no more than \(parameters.count) arguments", argument.range)
        }
        values[parameters[next].name] = (argument.value, argument.range)
        next += 1
      }
    }
    for parameter in parameters where values[parameter.name] == nil && !parameter.isRest {
      guard let initial = parameter.value else {
        throw wrong("'\(operation.name)' needs the argument '\(parameter.name)'", range)
      }
      values[parameter.name] = (initial, range)
    }
  }

  static func parameter(
    _ keyword: String, of operation: Operation, _ span: SourceSpan?
  ) throws(Diagnostic) -> String {
    let names = operation.parameters.map(\.name)
    if names.contains(keyword) { return keyword }
    if let other = otherKeywords[keyword], names.contains(other) { return other }
    throw Diagnostic(
      "E0322", "'\(operation.name)' has no argument '\(keyword)'", at: span.map { .init($0, "not known") },
      help: nearestName(keyword, names).map { "did you mean '\($0)'?" } ?? "usage: \(operation.usage)")
  }

  private func wrong(_ message: String, _ range: Range<Int>) -> Diagnostic {
    Diagnostic(
      "E0322", message, at: tracer.span(range).map { .init($0, "in this call") },
      help: "usage: \(operation.usage)")
  }

  // MARK: Reading

  var graph: Graph { tracer.graph }

  subscript(name: String) -> TraceValue { values[name]?.value ?? .none }

  func range(_ name: String) -> Range<Int> { values[name]?.range ?? range }

  /// E0322: an argument of the wrong kind.
  func mismatch(_ name: String, _ expected: String) -> Diagnostic {
    Diagnostic(
      "E0322", "'\(name)' of '\(operation.name)' must be \(expected)",
      at: tracer.span(range(name)).map { .init($0, "this is \(self[name].kindName)") },
      help: "usage: \(operation.usage)")
  }

  /// A tensor; a number becomes one.
  func tensor(_ name: String) throws -> Value {
    try operand(name).tensor(in: graph)
  }

  /// A tensor or a number.
  func operand(_ name: String) throws -> Operand {
    guard let operand = try Operand(self[name], in: graph) else {
      throw mismatch(name, "a tensor or a number")
    }
    return operand
  }

  /// Several tensors, in a list or a tuple.
  func tensors(_ name: String) throws -> [Value] {
    guard let items = self[name].sequence, !items.isEmpty else { throw mismatch(name, "a list of tensors") }
    return try items.map { item in
      guard let operand = try Operand(item, in: graph) else {
        throw mismatch(name, "a list of tensors")
      }
      return operand.tensor(in: graph)
    }
  }

  func isNone(_ name: String) -> Bool { if case .none = self[name] { true } else { false } }

  /// No size, place or count is larger; sums and products of two still fit.
  private static let largest = 1 << 31

  func int(_ name: String) throws -> Int { try small(self[name], name, "a whole number") }

  private func small(_ value: TraceValue, _ name: String, _ expected: String) throws -> Int {
    guard let number = value.whole else { throw mismatch(name, expected) }
    guard (-Self.largest...Self.largest).contains(number) else { throw mismatch(name, "a smaller number") }
    return number
  }

  func number(_ name: String) throws -> Double {
    guard let number = self[name].number else { throw mismatch(name, "a number") }
    return number
  }

  func float(_ name: String) throws -> Float { Float(try number(name)) }

  func bool(_ name: String) throws -> Bool {
    guard let isTrue = self[name].isTrue else { throw mismatch(name, "true or false") }
    return isTrue
  }

  func string(_ name: String) throws -> String {
    guard case .string(let text) = self[name] else { throw mismatch(name, "a text") }
    return text
  }

  /// Whole numbers: one, or several in a list or tuple.
  func ints(_ name: String) throws -> [Int] {
    let items = self[name].sequence ?? [self[name]]
    return try items.map { try small($0, name, "whole numbers") }
  }

  /// Axes; `nil` for all of them.
  func axes(_ name: String = "axis") throws -> [Int]? { isNone(name) ? nil : try ints(name) }

  func optionalInt(_ name: String) throws -> Int? { isNone(name) ? nil : try int(name) }
}
