public import Diagnostics

/// A type with a ``Schema``.
public protocol Configurable: Sendable {
  static var schema: Schema<Self> { get }
}

/// The one description of a configurable type.
///
/// From this list come decoding with source spans, defaults, "did you mean", Keras's `get_config` and
/// `from_config`, `runexp describe`, and the JSON Schema that editors use.
public struct Schema<Root: Sendable>: Sendable {
  /// Keras's class name, or the cell's keyword.
  public let name: String
  public let summary: String
  public let fields: [Field<Root>]
  private let prototype: Root

  /// - Parameter prototype: an instance whose property values are the defaults.
  public init(_ name: String, _ summary: String, prototype: Root, _ fields: Field<Root>...) {
    self.init(name, summary, prototype: prototype, fields: fields)
  }

  /// The same from a list: a family puts the settings its members share before those of each.
  public init(_ name: String, _ summary: String, prototype: Root, fields: [Field<Root>]) {
    self.name = name
    self.summary = summary
    self.prototype = prototype
    self.fields = fields
  }

  /// The settings of a part as the settings of the whole: a metric that watches a loss is configured like the loss.
  public init<Part>(
    _ part: Schema<Part>, at path: any WritableKeyPath<Root, Part> & Sendable, prototype: Root
  ) {
    name = part.name
    summary = part.summary
    self.prototype = prototype
    fields = part.fields.map { Field($0, at: path) }
  }

  /// Reads a map of settings.
  ///
  /// Every mistake is reported; `nil` if there was one.
  /// - Parameter ignoring: keys that belong to somebody else (a cell's keyword, Keras's `name`).
  public func decode(_ node: ConfigNode, ignoring: Set<String> = [], into bag: inout DiagnosticBag) -> Root? {
    let (root, wrong) = read(node, ignoring: ignoring, into: &bag)
    return wrong.isEmpty ? root : nil
  }

  /// Reads what can be read of a map of settings, so that the rest can be checked in the same go.
  /// - Returns: the settings, with defaults for those that are wrong or missing, and the keys of the latter.
  public func read(
    _ node: ConfigNode, ignoring: Set<String> = [], into bag: inout DiagnosticBag
  ) -> (root: Root, wrong: Set<String>) {
    var entries: [ConfigNode.Entry] = []
    switch node.content {
    case .map(let written): entries = written
    case .null: break
    default:
      bag.report(.noSettings(node, of: name, for: meant(by: node)?.key))
      return (prototype, Set(fields.map(\.key) + [name]))
    }
    var result = prototype
    var wrong: Set<String> = []
    var missing = fields.filter(\.isRequired)
    for entry in entries where !ignoring.contains(entry.key) {
      guard let field = fields.first(where: { $0.key == entry.key }) else {
        bag.report(
          .unknownKey(
            entry, of: name, known: fields.map(\.key), hint: ForeignWords.advice[name]?[entry.key]))
        wrong.insert(entry.key)
        // A slip of the keyboard is one mistake, not an unknown setting and a missing one.
        let known = fields.map(\.key)
        if let meant = ForeignWords.setting(entry.key, in: known) ?? nearest(to: entry.key, in: known) {
          missing.removeAll { $0.key == meant }
          wrong.insert(meant)
        }
        continue
      }
      // In an experiment nothing behind a key is as if the key were left out, but where it is a value that the setting
      // has, Keras's None. In a file of Keras, which has no places, None is never what was left out.
      let isOfExperiment = entry.keySpan != nil
      if isOfExperiment, entry.value.isAbsent, field.isRequired || !field.takesNothing(prototype) { continue }
      missing.removeAll { $0.key == entry.key }
      let written: Void? = bag.collect { () throws(Diagnostic) in try field.write(&result, entry.value) }
      if written == nil { wrong.insert(field.key) }
    }
    for field in missing {
      bag.report(.missingKey(field.key, of: name, doc: field.doc, at: node.span))
      wrong.insert(field.key)
    }
    return (result, wrong)
  }

  /// The setting that a single value may be meant for: one that must be given, or one that the value fits.
  private func meant(by node: ConfigNode) -> Field<Root>? {
    if let required = fields.first(where: \.isRequired) { return required }
    let fitting = fields.filter { field in
      var copy = prototype
      return field.key != "name" && (try? field.write(&copy, node)) != nil
    }
    if case .int = node.content, let whole = fitting.first(where: { $0.expectation == Int.expectation }) {
      return whole
    }
    return fitting.first ?? fields.first
  }

  /// Every setting with its value, defaults included: Keras's `get_config`.
  public func encode(_ root: Root) -> ConfigNode {
    ConfigNode(.map(fields.map { ConfigNode.Entry($0.key, $0.read(root)) }))
  }

  /// The defaults, for documentation.
  public var defaults: ConfigNode { encode(prototype) }

  /// The JSON Schema of a map of these settings.
  public var jsonSchema: ConfigNode {
    var entries: [ConfigNode.Entry] = []
    for field in fields {
      var property = field.jsonSchema.entries ?? []
      property.append(.init("description", ConfigNode(.string(field.doc))))
      entries.append(.init(field.key, ConfigNode(.map(property))))
    }
    let required = fields.filter(\.isRequired).map { ConfigNode(.string($0.key)) }
    return [
      "type": "object", "description": ConfigNode(.string(summary)), "properties": ConfigNode(.map(entries)),
      "required": ConfigNode(.list(required)), "additionalProperties": false,
    ]
  }
}

/// One setting of a configurable type: its key, its property, its check and its documentation.
public struct Field<Root: Sendable>: Sendable {
  /// Keras's spelling where Keras has the setting; the only one accepted.
  public let key: String
  public let doc: String
  public private(set) var isRequired = false
  public let expectation: String
  public let jsonSchema: ConfigNode
  let read: @Sendable (Root) -> ConfigNode
  let write: @Sendable (inout Root, ConfigNode) throws(Diagnostic) -> Void

  /// - Parameters:
  ///   - schema: the JSON Schema of its values, where their type does not say it: of what is read later.
  ///   - check: says what is wrong with a value ("must be at least 1"), or `nil`.
  public init<V: ConfigConvertible>(
    _ key: String, _ path: any WritableKeyPath<Root, V> & Sendable, _ doc: String, schema: ConfigNode? = nil,
    check: (@Sendable (V) -> String?)? = nil
  ) {
    self.key = key
    self.doc = doc
    expectation = V.expectation
    jsonSchema = schema ?? V.jsonSchema
    read = { $0[keyPath: path].config }
    write = { (root: inout Root, node: ConfigNode) throws(Diagnostic) in
      let value = try Self.value(V.self, node, key)
      if V.self != ConfigNode.self, value.config.hasUncountable(in: key) { throw .uncountable(key, node) }
      if let complaint = check?(value) {
        throw Diagnostic(
          "E0202", "'\(key)' \(complaint)", at: node.span.map { Diagnostic.Label($0, "found \(node.sketch)") }
        )
      }
      root[keyPath: path] = value
    }
  }

  /// A setting of a part as a setting of the whole.
  public init<Part>(_ part: Field<Part>, at path: any WritableKeyPath<Root, Part> & Sendable) {
    key = part.key
    doc = part.doc
    isRequired = part.isRequired
    expectation = part.expectation
    jsonSchema = part.jsonSchema
    read = { part.read($0[keyPath: path]) }
    write = { (root: inout Root, node: ConfigNode) throws(Diagnostic) in
      try part.write(&root[keyPath: path], node)
    }
  }

  /// Reads a value; a message about its kind names the setting.
  private static func value<V: ConfigConvertible>(
    _ type: V.Type, _ node: ConfigNode, _ key: String
  ) throws(Diagnostic) -> V {
    do {
      return try V(config: node)
    } catch {
      var named = error
      if named.code == "E0201" { named.message = "'\(key)': " + named.message }
      throw named
    }
  }

  /// Whether `null` is one of its values.
  fileprivate func takesNothing(_ root: Root) -> Bool {
    var copy = root
    return (try? write(&copy, ConfigNode(.null))) != nil
  }

  public var required: Field {
    var copy = self
    copy.isRequired = true
    return copy
  }
}

/// Whole numbers that settings may be: products of two, and sums of many, are still numbers.
private let countable = -(1 << 31)...((1 << 31) - 1)

extension ConfigNode {
  /// Whether a whole number in a value is beyond what anything is counted with; where random numbers start may be any.
  fileprivate func hasUncountable(in key: String) -> Bool {
    switch content {
    case .int(let number): !countable.contains(number) && key != "seed" && key != "salt"
    case .list(let items): items.contains { $0.hasUncountable(in: key) }
    case .map(let entries): entries.contains { $0.value.hasUncountable(in: $0.key) }
    default: false
    }
  }
}

public func atLeast<N: Comparable & Sendable>(_ low: N) -> @Sendable (N) -> String? {
  { $0 >= low ? nil : "must be at least \(low)" }
}

public func within<N: Comparable & Sendable>(_ range: ClosedRange<N>) -> @Sendable (N) -> String? {
  { range.contains($0) ? nil : "must be between \(range.lowerBound) and \(range.upperBound)" }
}

extension Diagnostic {
  /// E0202: a number that no size can be.
  fileprivate static func uncountable(_ key: String, _ node: ConfigNode) -> Diagnostic {
    Diagnostic(
      "E0202", "'\(key)' must be between \(countable.lowerBound) and \(countable.upperBound)",
      at: node.span.map { Label($0, "found \(node.sketch)") })
  }

  /// E0203: a setting without a default was left out.
  public static func missingKey(
    _ key: String, of owner: String, doc: String, at span: SourceSpan?
  ) -> Diagnostic {
    Diagnostic(
      "E0203", "\(owner) needs '\(key)'", at: span.map { Label($0, "'\(key)' is missing here") },
      help:
        "\(key): \(doc.prefix(1).lowercased() + (doc.hasSuffix(".") ? doc.dropFirst().dropLast() : doc.dropFirst()))"
    )
  }

  /// E0201: a single value where settings are written by name.
  static func noSettings(_ node: ConfigNode, of owner: String, for key: String?) -> Diagnostic {
    var diagnostic = Diagnostic.mismatch(node, "settings of \(owner)")
    if node.list == nil, let key {
      diagnostic.help = "settings have names: write '\(owner): {\(key): \(node.json)}'"
    }
    return diagnostic
  }

  /// E0204: a setting that does not exist.
  /// - Parameter hint: what to write instead, for a setting that is known elsewhere.
  public static func unknownKey(
    _ entry: ConfigNode.Entry, of owner: String, known: [String], hint: String? = nil
  ) -> Diagnostic {
    let near =
      hint == nil ? ForeignWords.setting(entry.key, in: known) ?? nearest(to: entry.key, in: known) : nil
    let list = known.isEmpty ? "it takes no settings" : "known settings: " + known.joined(separator: ", ")
    return Diagnostic(
      "E0204", "\(owner) has no setting '\(entry.key)'", at: entry.keySpan.map { Label($0, "not known") },
      help: hint ?? near.map { "did you mean '\($0)'?" } ?? list,
      fix: near.flatMap { word in entry.keySpan.map { Fix($0, replacement: word) } })
  }
}
