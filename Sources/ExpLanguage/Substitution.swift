public import Config
public import Diagnostics

/// Puts parameters where they are named.
///
/// A plain text that is `$name` becomes the parameter's value, typed; `$(expression)` becomes the
/// expression's value; `$$` stands for one `$`. Quoted texts and block texts mean what they say.
public struct Substitution: Sendable {
  public var scope: ScriptScope
  private let sources: SourceFiles

  public init(_ scope: ScriptScope, in sources: SourceFiles) {
    self.scope = scope
    self.sources = sources
  }

  /// The value with everything in it substituted.
  ///
  /// What cannot be is reported, and left as it was.
  public func apply(to node: ConfigNode, into bag: inout DiagnosticBag) -> ConfigNode {
    switch node.content {
    case .string(let text):
      guard text.utf8.first == dollar, isPlain(node) else { return node }
      return bag.collect { () throws(Diagnostic) in try value(of: text, at: node.span) } ?? node
    case .list(let items):
      return ConfigNode(.list(items.map { apply(to: $0, into: &bag) }), span: node.span)
    case .map(let entries):
      return ConfigNode(.map(entries.map { apply(to: $0, into: &bag) }), span: node.span)
    default: return node
    }
  }

  public func apply(to entry: ConfigNode.Entry, into bag: inout DiagnosticBag) -> ConfigNode.Entry {
    ConfigNode.Entry(entry.key, apply(to: entry.value, into: &bag), keySpan: entry.keySpan)
  }

  private func value(of text: String, at span: SourceSpan?) throws(Diagnostic) -> ConfigNode {
    let script = ScriptText(text, at: span, in: sources)
    let rest = text.dropFirst()
    if rest.hasPrefix("$") { return ConfigNode(.string(String(rest)), span: span) }
    if rest.hasPrefix("(") {
      guard text.hasSuffix(")") else { throw .expressionCutShort(span) }
      let value = try evaluate(script.part(2..<script.bytes.count - 1), in: scope)
      return located(value.config, at: span)
    }
    guard let first = rest.utf8.first, isLetter(first) else { return ConfigNode(.string(text), span: span) }
    guard isName(rest) else { throw .moreThanAName(text, span) }
    guard let value = scope.lookup(String(rest)) else {
      throw .unknownName(String(rest), script.span(1..<script.bytes.count), scope)
    }
    return located(value.config, at: span)
  }

  /// What is wrong with a substituted value is wrong where it was put.
  private func located(_ node: ConfigNode, at span: SourceSpan?) -> ConfigNode {
    guard case .list(let items) = node.content else { return ConfigNode(node.content, span: span) }
    return ConfigNode(.list(items.map { located($0, at: span) }), span: span)
  }

  private func isPlain(_ node: ConfigNode) -> Bool {
    guard let span = node.span else { return true }
    return sources.bytes(span).first == dollar
  }
}

private let dollar = UInt8(ascii: "$")

extension Diagnostic {
  /// E0126: `$name` with something behind it.
  fileprivate static func moreThanAName(_ text: String, _ span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0126", "'\(text)' is not the name of a parameter", at: span.map { Label($0, "begins with '$'") },
      help: "calculate with '$(\(text.dropFirst()))'; a text that begins with '$' needs '$$' or quotes",
      fix: span.map { Fix($0, replacement: "$(\(text.dropFirst()))") })
  }

  /// E0126: `$(…` without its end, most often because YAML ended the value at a comma.
  fileprivate static func expressionCutShort(_ span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0126", "'$(' without a ')' at its end", at: span.map { Label($0, "the value ends before a ')'") },
      help: "inside [ ] and { } a comma ends a value: write 'key: $(…)' on a line of its own")
  }
}
