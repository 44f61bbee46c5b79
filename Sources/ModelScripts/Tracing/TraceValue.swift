import ExpLanguage
public import GraphEngine
public import Layers
import TensorCore

/// What a name of a body stands for while the body is traced.
public indirect enum TraceValue {
  case none
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  /// Shared by all who hold it, as Python's lists are.
  case list(TraceList)
  case tuple([TraceValue])
  case dictionary(TraceDictionary)
  case tensor(Value)
  /// The number of samples, unknown while tracing: it can only be passed on as part of a shape.
  case batch
  case layer(NamedLayer)
  case function(TraceFunction)
  /// A part of Keras's or TensorFlow's name space, such as `keras.ops`, or `self`.
  case module(String)
}

/// A list that is shared by all who hold it.
///
/// It belongs to one trace.
public final class TraceList {
  public var items: [TraceValue]
  public init(_ items: [TraceValue]) { self.items = items }
}

/// A mapping that is shared by all who hold it, in the order of its keys' first assignment.
public final class TraceDictionary {
  public var entries: [(key: TraceValue, value: TraceValue)] = []
  public init() {}

  subscript(key: TraceValue) -> TraceValue? {
    get { entries.first { $0.key.equals(key) }?.value }
    set {
      guard let newValue else { return }
      if let index = entries.firstIndex(where: { $0.key.equals(key) }) {
        entries[index].value = newValue
      } else {
        entries.append((key, newValue))
      }
    }
  }
}

/// Something that can be called.
public enum TraceFunction {
  case operation(Operation)
  case scripted(ScriptedFunction)
  /// `items.append`: the value and the method's name.
  case method(TraceValue, String)
}

extension TraceValue {
  /// A value of the parameters' language.
  init(_ value: ScriptValue) {
    switch value {
    case .none: self = .none
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .double(let value): self = .double(value)
    case .string(let value): self = .string(value)
    case .list(let items): self = .list(TraceList(items.map(TraceValue.init)))
    }
  }

  static func list(_ items: [TraceValue]) -> TraceValue { .list(TraceList(items)) }

  static func dim(_ dim: Dim) -> TraceValue {
    switch dim {
    case .batch, .unknown: .batch
    case .size(let count): .int(count)
    }
  }

  var value: Value? { if case .tensor(let value) = self { value } else { nil } }

  /// The elements of a list or tuple.
  var sequence: [TraceValue]? {
    switch self {
    case .list(let list): list.items
    case .tuple(let items): items
    default: nil
    }
  }

  /// The number, if it is one; as in Python, true is 1.
  var number: Double? {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// The whole number, if it is one; as in Python, true is 1.
  var whole: Int? {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .int(let value): value
    default: nil
    }
  }

  /// What counts as true in Python; `nil` for a tensor, where it depends on the data.
  var isTrue: Bool? {
    switch self {
    case .none: false
    case .bool(let value): value
    case .int(let value): value != 0
    case .double(let value): value != 0
    case .string(let value): !value.isEmpty
    case .list(let list): !list.items.isEmpty
    case .tuple(let items): !items.isEmpty
    case .dictionary(let dictionary): !dictionary.entries.isEmpty
    case .tensor: nil
    case .batch, .layer, .function, .module: true
    }
  }

  /// What it is, for messages.
  var kindName: String {
    switch self {
    case .none: "None"
    case .bool: "true or false"
    case .int(let value): "the number \(value)"
    case .double(let value): "the number \(value)"
    case .string(let text): "the text '\(text.prefix(40))'"
    case .list(let list): "a list of \(list.items.count)"
    case .tuple(let items): "a tuple of \(items.count)"
    case .dictionary: "a mapping"
    case .tensor(let value): "a tensor \(value.type)"
    case .batch: "the unknown number of samples"
    case .layer(let layer): "the layer '\(layer.name)'"
    case .function: "a function"
    case .module(let name): "'\(name)'"
    }
  }

  /// As Python prints it, for the texts of `assert` and `raise`.
  var text: String {
    switch self {
    case .none: "None"
    case .bool(let value): value ? "True" : "False"
    case .int(let value): "\(value)"
    case .double(let value): "\(value)"
    case .string(let text): text
    case .list(let list): "[" + list.items.map(\.text).joined(separator: ", ") + "]"
    case .tuple(let items): "(" + items.map(\.text).joined(separator: ", ") + (items.count == 1 ? ",)" : ")")
    case .batch: "batch"
    default: kindName
    }
  }

  /// Equality as in Python, of what holds no tensors: a whole number equals the same number with a fraction.
  func equals(_ other: TraceValue) -> Bool {
    if let left = whole, let right = other.whole { return left == right }
    if let left = number, let right = other.number { return left == right }
    switch (self, other) {
    case (.none, .none), (.batch, .batch): return true
    case (.string(let left), .string(let right)): return left == right
    case (.list(let left), .list(let right)): return Self.areEqual(left.items, right.items)
    case (.tuple(let left), .tuple(let right)): return Self.areEqual(left, right)
    case (.layer(let left), .layer(let right)): return left.name == right.name
    case (.tensor(let left), .tensor(let right)): return left.id == right.id
    default: return false
    }
  }

  private static func areEqual(_ left: [TraceValue], _ right: [TraceValue]) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { $0.equals($1) }
  }
}
