public import Diagnostics

/// A family of configurable types that files choose from by name: layers, losses, optimizers.
///
/// A member is written as a bare name (`Flatten`), as a one-key mapping (`Dense: {units: 10}`), or as Keras stores
/// it (`{"class_name": "Dense", "config": {…}}`).
public struct Registry<Member>: Sendable {
  public struct Entry: Sendable {
    public let name: String
    /// Other spellings that Keras accepts: `mse`.
    public let aliases: [String]
    public let summary: String
    /// Made when it is asked for, as the defaults are: few commands ask for any, and there are hundreds.
    public var jsonSchema: ConfigNode { makeSchema() }
    public var defaults: ConfigNode { makeDefaults() }
    private let makeSchema: @Sendable () -> ConfigNode
    private let makeDefaults: @Sendable () -> ConfigNode
    let decode: @Sendable (ConfigNode, Set<String>, inout DiagnosticBag) -> Member?

    public init<T: Configurable>(
      _ type: T.Type, aliases: [String] = [], _ lift: @escaping @Sendable (T) -> Member
    ) {
      name = T.schema.name
      self.aliases = aliases
      summary = T.schema.summary
      makeSchema = { T.schema.jsonSchema }
      makeDefaults = { T.schema.defaults }
      decode = { node, ignored, bag in T.schema.decode(node, ignoring: ignored, into: &bag).map(lift) }
    }

    /// A member that is described by data: one that an experiment file defines.
    /// - Parameters:
    ///   - defaults: its settings with their defaults.
    ///   - decode: reads its settings; the keys in the set are somebody else's.
    public init(
      _ name: String, _ summary: String, defaults: ConfigNode,
      decode: @escaping @Sendable (ConfigNode, Set<String>, inout DiagnosticBag) -> Member?
    ) {
      self.name = name
      self.summary = summary
      self.decode = decode
      aliases = []
      makeSchema = { ["type": "object", "description": ConfigNode(.string(summary))] }
      makeDefaults = { defaults }
    }
  }

  /// What a member is called in messages: "layer".
  public let kind: String
  public let entries: [Entry]
  /// Settings that every member may carry beside its own and that are read elsewhere.
  public let commonKeys: Set<String>
  /// What to write instead of a setting or a name that is known from elsewhere, such as older versions of Keras.
  private let hints: [String: String]

  public init(
    _ kind: String, commonKeys: Set<String> = [], hints: [String: String] = [:], _ entries: [Entry]
  ) {
    self.kind = kind
    self.entries = entries
    self.commonKeys = commonKeys
    self.hints = hints
  }

  /// The same family with some more members.
  public func adding(_ more: [Entry]) -> Registry {
    Registry(kind, commonKeys: commonKeys, hints: hints, entries + more)
  }

  private var article: String { "aeiou".contains(kind.prefix(1)) ? "an" : "a" }

  public var names: [String] { entries.map(\.name) }

  public func find(_ name: String) -> Entry? {
    entries.first { $0.name == name || $0.aliases.contains(name) }
  }

  /// Reads one member; every mistake is reported, `nil` if there was one.
  public func decode(_ node: ConfigNode, into bag: inout DiagnosticBag) -> Member? {
    guard let (name, span, settings) = parts(of: node, into: &bag) else { return nil }
    guard let entry = find(name) else {
      let spellings = names + entries.flatMap(\.aliases)
      // A number in quotes is a text, which nobody means by a name.
      let isNumber = Double(name) != nil || (name.last == "%" && Double(name.dropLast()) != nil)
      let meant = hints[name] == nil ? ForeignWords.name(name, in: spellings) : nil
      let near = isNumber ? nil : meant ?? nearest(to: name, in: spellings)
      let help =
        isNumber
        ? (name.last == "%"
          ? "'\(name)' is a text: write the number as a fraction" : "'\(name)' is a text: remove its quotes")
        : near.map { "did you mean '\($0)'?" } ?? hints[name] ?? "known: " + names.joined(separator: ", ")
      bag.report(
        Diagnostic(
          "E0206", "there is no \(kind) '\(name)'", at: span.map { .init($0, "not known") }, help: help,
          fix: near.flatMap { near in span.map { .init($0, replacement: near) } },
          cause: .unknownName(name, kind: kind, isNearKnown: near != nil)))
      return nil
    }
    guard reportHinted(settings, of: entry, into: &bag) else { return nil }
    return entry.decode(settings, commonKeys, &bag)
  }

  /// Reports settings that the member does not have, but that a hint is known for.
  /// - Returns: whether there is none.
  private func reportHinted(_ settings: ConfigNode, of entry: Entry, into bag: inout DiagnosticBag) -> Bool {
    var isRight = true
    for setting in settings.entries ?? [] {
      guard let hint = hints[setting.key], entry.defaults[setting.key] == nil else { continue }
      bag.report(.unknownKey(setting, of: entry.name, known: [], hint: hint))
      isRight = false
    }
    return isRight
  }

  /// Reads one member where there is no bag to collect mistakes: a setting that is a member itself.
  /// - Throws: the first mistake.
  public func decode(_ node: ConfigNode) throws(Diagnostic) -> Member {
    var bag = DiagnosticBag()
    if let member = decode(node, into: &bag) { return member }
    throw bag.all.first ?? .mismatch(node, "\(article) \(kind)")
  }

  /// The name of a member, where it was written, and its settings.
  public func parts(
    of node: ConfigNode, into bag: inout DiagnosticBag
  ) -> (name: String, span: SourceSpan?, settings: ConfigNode)? {
    switch node.content {
    case .string(let name): return (name, node.span, ConfigNode(.null, span: node.span))
    case .map(let entries):
      if let name = node["class_name"]?.string, let settings = node["config"] {
        return (name, node.span, settings)
      }
      if entries.count == 1 {
        let entry = entries[0]
        var settings = entry.value
        // `Dense:` with nothing behind it: say what is missing at the name.
        if case .null = settings.content { settings.span = entry.keySpan }
        return (entry.key, entry.keySpan, settings)
      }
      let names = entries.map { "'\($0.key)'" }.joined(separator: " and ")
      bag.report(
        Diagnostic(
          "E0207",
          "\(article) \(kind) is one name with its settings, found \(entries.isEmpty ? "nothing" : names) side by side",
          at: (entries.dropFirst().first?.keySpan ?? node.span).map { .init($0, "a second key") },
          help: entries.contains { $0.key == "repeat" }
            ? "'repeat' belongs to models with a 'call', whose layers are a mapping of names; in a list, write the layer as often as it is wanted"
            : "write the settings inside the name: '\(entries.first?.key ?? "Name"): {setting: value}', or indent them below it"
        ))
      return nil
    default:
      bag.report(.mismatch(node, "\(article) \(kind): a name, or a name with its settings"))
      return nil
    }
  }
}
