public import Diagnostics

/// A configuration value with the place it was written.
///
/// Experiment files and Keras JSON both become this, so that every layer, optimizer, cell and plot is decoded
/// by one path.
public struct ConfigNode: Sendable, Equatable {
  public indirect enum Content: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case list([ConfigNode])
    case map([Entry])
  }

  /// One key of a map.
  ///
  /// Maps keep the order they were written in.
  public struct Entry: Sendable, Equatable {
    public var key: String
    public var keySpan: SourceSpan?
    public var value: ConfigNode
    public init(_ key: String, _ value: ConfigNode, keySpan: SourceSpan? = nil) {
      self.key = key
      self.keySpan = keySpan
      self.value = value
    }
  }

  public var content: Content
  public var span: SourceSpan?

  public init(_ content: Content, span: SourceSpan? = nil) {
    self.content = content
    self.span = span
  }

  /// The value under `key`, if this is a map that has it.
  public subscript(key: String) -> ConfigNode? {
    guard case .map(let entries) = content else { return nil }
    return entries.first { $0.key == key }?.value
  }

  /// Whether nothing was written: the key was left out, or stands there with nothing or `null` behind it.
  public var isAbsent: Bool { content == .null }

  public var string: String? { if case .string(let text) = content { text } else { nil } }
  public var list: [ConfigNode]? { if case .list(let items) = content { items } else { nil } }
  public var entries: [Entry]? { if case .map(let entries) = content { entries } else { nil } }

  /// The map without some entries.
  package func without(_ keys: Set<String>) -> ConfigNode {
    ConfigNode(.map((entries ?? []).filter { !keys.contains($0.key) }))
  }

  /// What the value looks like to its author, for messages: `'relu'`, `0.5`, `a list of 3`.
  public var sketch: String {
    switch content {
    case .null: "nothing"
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .double(let value): "\(value)"
    case .string(let text): "'\(text)'"
    case .list(let items): "a list of \(items.count)"
    case .map(let entries): entries.isEmpty ? "an empty mapping" : "a mapping with '\(entries[0].key)'"
    }
  }
}

extension ConfigNode: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByNilLiteral, ExpressibleByFloatLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self.init(.string(value)) }
  public init(integerLiteral value: Int) { self.init(.int(value)) }
  public init(booleanLiteral value: Bool) { self.init(.bool(value)) }
  public init(nilLiteral: ()) { self.init(.null) }
  public init(floatLiteral value: Double) { self.init(.double(value)) }
  public init(arrayLiteral elements: ConfigNode...) { self.init(.list(elements)) }
  public init(dictionaryLiteral elements: (String, ConfigNode)...) {
    self.init(.map(elements.map { Entry($0.0, $0.1) }))
  }
}
