public import Config
public import Diagnostics

/// The parameters of one run: what `params` says, and what the command line or a sweep says instead.
public struct Parameters: Sendable, Equatable {
  /// In the order of the file, every value resolved.
  public private(set) var entries: [ConfigNode.Entry] = []

  public init() {}

  public subscript(name: String) -> ConfigNode? { entries.first { $0.key == name }?.value }
  public var names: [String] { entries.map(\.key) }

  /// For expressions over parameters.
  public var scope: ScriptScope {
    let values = Dictionary(
      entries.map { ($0.key, ScriptValue($0.value)) }, uniquingKeysWith: { first, _ in first })
    return ScriptScope("parameter", names: names) { values[$0] ?? nil }
  }

  /// Reads the header's `params`, from the top down: a parameter may be calculated from those above it.
  ///
  /// - Parameters:
  ///   - declared: the mapping under `params`, if there is one.
  ///   - overrides: later ones win.
  /// - Returns: every parameter that could be read. Reported are E0210 for names and values that parameters
  ///   can't have, E0901 for an override of no parameter, E0903 for an override of another kind than the
  ///   default.
  public static func resolve(
    _ declared: ConfigNode?, overrides: [ParameterOverride] = [], in sources: SourceFiles,
    into bag: inout DiagnosticBag
  ) -> Parameters {
    var result = Parameters()
    for entry in declaredEntries(declared, into: &bag) {
      guard isName(entry.key) else {
        bag.report(.notAParameterName(entry))
        continue
      }
      var scope = result.scope
      scope.absence = "a parameter can be calculated only from those above it"
      let substituted = Substitution(scope, in: sources).apply(to: entry, into: &bag)
      guard let value = result.checked(substituted.value, named: entry.key, into: &bag) else { continue }
      result.entries.append(.init(entry.key, value, keySpan: entry.keySpan))
      guard let override = overrides.last(where: { $0.name == entry.key }) else { continue }
      if let value = bag.collect({ () throws(Diagnostic) in try override.value(insteadOf: value) }) {
        result.entries[result.entries.count - 1].value = value
      }
    }
    let known = (declared?.entries ?? []).map(\.key)
    for override in overrides where !known.contains(override.name) {
      bag.report(.unknownParameter(override, known: known))
    }
    return result
  }

  private static func declaredEntries(_ node: ConfigNode?, into bag: inout DiagnosticBag) -> [ConfigNode
    .Entry]
  {
    switch node?.content {
    case .map(let entries)?: return entries
    case nil, .null?: return []
    default:
      if let node { bag.report(.mismatch(node, "a mapping of parameters")) }
      return []
    }
  }

  /// A parameter is a scalar or a list of scalars.
  private func checked(_ node: ConfigNode, named name: String, into bag: inout DiagnosticBag) -> ConfigNode? {
    var isGood = true
    if case .map = node.content { isGood = false }
    if let items = node.list {
      isGood = items.allSatisfy { item in item.list == nil && item.entries == nil }
    }
    guard isGood else {
      bag.report(.notAParameterValue(name, node))
      return nil
    }
    return node
  }
}

/// A value for a parameter from outside the file.
public struct ParameterOverride: Sendable, Equatable {
  public var name: String
  public var nameSpan: SourceSpan?
  public var value: ConfigNode

  public init(_ name: String, _ value: ConfigNode, nameSpan: SourceSpan? = nil) {
    self.name = name
    self.value = value
    self.nameSpan = nameSpan
  }

  /// Reads `key=value` from the command line, where the value is one YAML scalar or flow collection.
  /// - Throws: E0902 if it is no such thing, or what is wrong with the YAML.
  public init(parsing text: String, in sources: inout SourceFiles) throws(Diagnostic) {
    let file = sources.add(path: "<command line>", text: text)
    let whole = SourceSpan(file: file, 0, text.utf8.count)
    guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")), isName(text[..<equals]) else {
      throw .noAssignment(text, whole)
    }
    let offset = text.utf8.distance(from: text.startIndex, to: equals)
    let padded = String(repeating: " ", count: offset + 1) + text[equals...].dropFirst()
    // Read as a file of its own whose columns are those of the whole text, then pointed at the latter.
    var scratch = SourceFiles()
    let value = scratch.add(path: "", text: padded)
    var bag = DiagnosticBag()
    let node = text.utf8.count == offset + 1 ? ConfigNode(.null) : readYAML(value, in: scratch, into: &bag)
    if let first = bag.all.first { throw first.moved(to: file) }
    guard let node, !text.contains("\n"),
      padded.utf8.first(where: { $0 != 0x20 }) != UInt8(ascii: "-") || node.list == nil
    else { throw .noAssignment(text, whole) }
    if let entries = node.entries, !entries.isEmpty, !padded.contains("{") {
      throw .noAssignment(text, whole)
    }
    name = String(text[..<equals])
    nameSpan = SourceSpan(file: file, 0, offset)
    self.value = node.moved(to: file)
  }

  /// The value, if it is of the default's kind.
  ///
  /// A whole number will do where a fraction is the default.
  func value(insteadOf standard: ConfigNode) throws(Diagnostic) -> ConfigNode {
    switch (standard.content, value.content) {
    case (.null, _), (.bool, .bool), (.int, .int), (.double, .double), (.string, .string), (.list, .list):
      return value
    case (.double, .int(let whole)): return ConfigNode(.double(Double(whole)), span: value.span)
    case (.int, .double(let fraction)):
      if let whole = Int(exactly: fraction) { return ConfigNode(.int(whole), span: value.span) }
    default: break
    }
    throw .wrongKind(self, standard)
  }
}

extension ConfigNode {
  /// The same value in another file at the same offsets.
  fileprivate func moved(to file: Int32) -> ConfigNode {
    var copy = self
    copy.span?.file = file
    switch content {
    case .list(let items): copy.content = .list(items.map { $0.moved(to: file) })
    case .map(let entries):
      copy.content = .map(
        entries.map { entry in
          var moved = entry
          moved.keySpan?.file = file
          moved.value = entry.value.moved(to: file)
          return moved
        })
    default: break
    }
    return copy
  }
}

extension Diagnostic {
  fileprivate func moved(to file: Int32) -> Diagnostic {
    var copy = self
    copy.primary?.span.file = file
    for index in copy.related.indices { copy.related[index].span.file = file }
    copy.fix = nil
    return copy
  }

  /// E0210: a name that could not be used in expressions.
  fileprivate static func notAParameterName(_ entry: ConfigNode.Entry) -> Diagnostic {
    Diagnostic(
      "E0210", "'\(entry.key)' cannot be the name of a parameter",
      at: entry.keySpan.map { Label($0, "this name") },
      help: "names have letters, digits and '_', and don't begin with a digit")
  }

  /// E0210: a mapping, or a list with more than scalars in it.
  fileprivate static func notAParameterValue(_ name: String, _ node: ConfigNode) -> Diagnostic {
    Diagnostic(
      "E0210", "parameter '\(name)' is neither a single value nor a list of them",
      at: node.span.map { Label($0, "found \(node.sketch)") }, help: "give each value a parameter of its own")
  }

  /// E0901: an override of what is no parameter.
  fileprivate static func unknownParameter(_ override: ParameterOverride, known: [String]) -> Diagnostic {
    let list =
      known.isEmpty ? "the experiment has no parameters" : "parameters: " + known.joined(separator: ", ")
    return Diagnostic(
      "E0901", "the experiment has no parameter '\(override.name)'",
      at: override.nameSpan.map { Label($0, "not known") },
      help: nearest(to: override.name, in: known).map { "did you mean '\($0)'?" } ?? list)
  }

  /// E0902: an argument that is not `key=value`.
  fileprivate static func noAssignment(_ text: String, _ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      "E0902", "'\(text)' is not 'name=value'", at: Label(span, "not an assignment"),
      help: "write for example -p learning_rate=0.1 or -p 'units=[300, 100]'")
  }

  /// E0903: an override of another kind than the default.
  fileprivate static func wrongKind(_ override: ParameterOverride, _ standard: ConfigNode) -> Diagnostic {
    Diagnostic(
      "E0903", "parameter '\(override.name)' cannot be \(override.value.sketch)",
      at: override.value.span.map { Label($0, "another kind of value") },
      related: standard.span.map { [Label($0, "its default")] } ?? [],
      help: "the default is \(standard.sketch); give a value of the same kind")
  }
}
