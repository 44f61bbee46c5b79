public import Config

/// A value of the script language.
public enum ScriptValue: Sendable, Equatable {
  case none
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case list([ScriptValue])

  /// A configuration value; `nil` for mappings, which scripts do not have.
  public init?(_ node: ConfigNode) {
    switch node.content {
    case .null: self = .none
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .double(let value): self = .double(value)
    case .string(let value): self = .string(value)
    case .list(let items):
      var values: [ScriptValue] = []
      for item in items {
        guard let value = ScriptValue(item) else { return nil }
        values.append(value)
      }
      self = .list(values)
    case .map: return nil
    }
  }

  public var config: ConfigNode {
    switch self {
    case .none: ConfigNode(.null)
    case .bool(let value): ConfigNode(.bool(value))
    case .int(let value): ConfigNode(.int(value))
    case .double(let value): ConfigNode(.double(value))
    case .string(let value): ConfigNode(.string(value))
    case .list(let items): ConfigNode(.list(items.map(\.config)))
    }
  }

  /// The number, if it is one; true and false are none.
  public var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// What counts as true in Python: everything but nothing, zero and what is empty.
  public var isTrue: Bool {
    switch self {
    case .none: false
    case .bool(let value): value
    case .int(let value): value != 0
    case .double(let value): value != 0
    case .string(let value): !value.isEmpty
    case .list(let items): !items.isEmpty
    }
  }

  /// As it stands in prose: numbers in the fewest digits that read back as the same number.
  public var text: String {
    switch self {
    case .none: "nothing"
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .double(let value): "\(value)"
    case .string(let value): value
    case .list(let items): "[" + items.map(\.text).joined(separator: ", ") + "]"
    }
  }

  /// What it is, for messages.
  var kindName: String {
    switch self {
    case .none: "nothing"
    case .bool: "true or false"
    case .int, .double: "a number"
    case .string: "a text"
    case .list: "a list"
    }
  }

  /// Equality as in Python: a whole number equals the same number with a fraction.
  func equals(_ other: ScriptValue) -> Bool {
    if case .int = self, case .int = other { return self == other }
    if let left = number, let right = other.number { return left == right }
    if case .list(let left) = self, case .list(let right) = other {
      return left.count == right.count && zip(left, right).allSatisfy { $0.equals($1) }
    }
    return self == other
  }
}
