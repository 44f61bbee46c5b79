public import Diagnostics

/// A value that knows its one spelling in configuration files.
public protocol ConfigConvertible: Sendable {
  /// What a reader of an error message should have written: "a whole number".
  static var expectation: String { get }
  init(config: ConfigNode) throws(Diagnostic)
  var config: ConfigNode { get }
  /// The JSON Schema of the spellings accepted, for editors.
  static var jsonSchema: ConfigNode { get }
}

extension ConfigConvertible {
  public static var jsonSchema: ConfigNode { [:] }
}

extension Int: ConfigConvertible {
  public static var expectation: String { "a whole number" }
  public init(config: ConfigNode) throws(Diagnostic) {
    switch config.content {
    case .int(let value): self = value
    case .double(let value) where value == value.rounded() && abs(value) < 1e15: self = Int(value)
    default: throw .mismatch(config, Self.expectation)
    }
  }
  public var config: ConfigNode { ConfigNode(.int(self)) }
  public static var jsonSchema: ConfigNode { ["type": "integer"] }
}

extension Bool: ConfigConvertible {
  public static var expectation: String { "true or false" }
  public init(config: ConfigNode) throws(Diagnostic) {
    guard case .bool(let value) = config.content else { throw .mismatch(config, Self.expectation) }
    self = value
  }
  public var config: ConfigNode { ConfigNode(.bool(self)) }
  public static var jsonSchema: ConfigNode { ["type": "boolean"] }
}

extension Double: ConfigConvertible {
  public static var expectation: String { "a number" }
  public init(config: ConfigNode) throws(Diagnostic) {
    switch config.content {
    case .double(let value): self = value
    case .int(let value): self = Double(value)
    default: throw .mismatch(config, Self.expectation)
    }
  }
  public var config: ConfigNode { ConfigNode(.double(self)) }
  public static var jsonSchema: ConfigNode { ["type": "number"] }
}

extension String: ConfigConvertible {
  public static var expectation: String { "a text" }
  public init(config: ConfigNode) throws(Diagnostic) {
    guard case .string(let value) = config.content else { throw .mismatch(config, Self.expectation) }
    self = value
  }
  public var config: ConfigNode { ConfigNode(.string(self)) }
  public static var jsonSchema: ConfigNode { ["type": "string"] }
}

/// Left as written: for settings whose meaning depends on other settings or cells.
extension ConfigNode: ConfigConvertible {
  public static var expectation: String { "a value" }
  public init(config: ConfigNode) { self = config }
  public var config: ConfigNode { self }
}

extension Optional: ConfigConvertible where Wrapped: ConfigConvertible {
  public static var expectation: String { Wrapped.expectation }
  public init(config: ConfigNode) throws(Diagnostic) {
    if case .null = config.content { self = nil } else { self = try Wrapped(config: config) }
  }
  public var config: ConfigNode { self?.config ?? ConfigNode(.null) }
  public static var jsonSchema: ConfigNode { Wrapped.jsonSchema }
}

extension Array: ConfigConvertible where Element: ConfigConvertible {
  public static var expectation: String { "a list" }
  public init(config: ConfigNode) throws(Diagnostic) {
    guard case .list(let items) = config.content else {
      var mistake = Diagnostic.mismatch(config, Self.expectation)
      if config.entries == nil && config.content != .null {
        mistake.help = "write [\(config.string ?? config.json)]"
      }
      throw mistake
    }
    self = []
    for item in items { append(try Element(config: item)) }
  }
  public var config: ConfigNode { ConfigNode(.list(map(\.config))) }
  public static var jsonSchema: ConfigNode { ["type": "array", "items": Element.jsonSchema] }
}

extension ConfigConvertible where Self: RawRepresentable, RawValue == String, Self: CaseIterable {
  public static var expectation: String { "one of " + allCases.map(\.rawValue).joined(separator: ", ") }
  public init(config: ConfigNode) throws(Diagnostic) {
    guard case .string(let text) = config.content else { throw .mismatch(config, Self.expectation) }
    guard let value = Self(rawValue: text) else {
      throw .unknownWord(text, in: Self.allCases.map(\.rawValue), at: config.span, what: "value")
    }
    self = value
  }
  public var config: ConfigNode { ConfigNode(.string(rawValue)) }
  public static var jsonSchema: ConfigNode {
    ["enum": ConfigNode(.list(allCases.map { ConfigNode(.string($0.rawValue)) }))]
  }
}

extension Diagnostic {
  /// E0201: a value of the wrong kind.
  public static func mismatch(_ node: ConfigNode, _ expectation: String) -> Diagnostic {
    Diagnostic(
      "E0201", "expected \(expectation), found \(node.sketch)",
      at: node.span.map { Label($0, "expected \(expectation)") })
  }

  /// E0205: a word that is not among those known here.
  public static func unknownWord(_ word: String, in known: [String], at span: SourceSpan?, what: String)
    -> Diagnostic
  {
    let isOfKeras = ["initializer", "activation", "value"].contains(what)
    let near = (isOfKeras ? ForeignWords.name(word, in: known) : nil) ?? nearest(to: word, in: known)
    return Diagnostic(
      "E0205", "unknown \(what) '\(word)'", at: span.map { Label($0, "not known") },
      help: near.map { "did you mean '\($0)'?" } ?? "known: " + known.joined(separator: ", "),
      fix: near.flatMap { word in span.map { Fix($0, replacement: word) } })
  }
}
