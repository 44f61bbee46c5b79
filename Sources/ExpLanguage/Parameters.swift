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

extension Diagnostic {
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
}
