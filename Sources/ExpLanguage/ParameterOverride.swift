public import Config
public import Diagnostics

/// A value for a parameter from outside the file.
public struct ParameterOverride: Sendable, Equatable {
  public var name: String
  public var nameSpan: SourceSpan?
  public var value: ConfigNode
  /// The whole argument, where there is one.
  private var written: String?

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
    guard let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")), isName(text[..<equals]),
      let stand = Self.standIn(in: text), !text.contains(where: \.isNewline)
    else { throw .noAssignment(text, whole) }
    let offset = text.utf8.distance(from: text.startIndex, to: equals)
    let assigned = String(text[equals...].dropFirst())
    // Read as a file of its own whose columns are those of the whole text, then pointed at the latter. There are no comments
    // on the command line: what would begin one is a character like others.
    let padded =
      String(repeating: " ", count: offset + 1) + assigned.replacing("#", with: String(stand))
    var scratch = SourceFiles()
    let value = scratch.add(path: "", text: padded)
    var bag = DiagnosticBag()
    let node = assigned.isEmpty ? ConfigNode(.null) : readYAML(value, in: scratch, into: &bag)
    if let first = bag.all.first { throw first.moved(to: file).restoring(stand) }
    guard let node, Self.isOneValue(node, padded) else { throw .noAssignment(text, whole) }
    name = String(text[..<equals])
    nameSpan = SourceSpan(file: file, 0, offset)
    self.value = node.moved(to: file).restoring(stand)
    self.written = text
  }

  /// Whether the text is one scalar or flow collection, and nothing else.
  private static func isOneValue(_ node: ConfigNode, _ padded: String) -> Bool {
    let first = padded.utf8.first { $0 != 0x20 }
    if first == UInt8(ascii: "-"), node.list != nil { return false }
    // The text of a block stands on lines below, of which there are none.
    if first == UInt8(ascii: "|") || first == UInt8(ascii: ">") { return false }
    if let entries = node.entries, !entries.isEmpty { return first == UInt8(ascii: "{") }
    return true
  }

  /// A letter that the text does not have, and that means nothing to YAML, for `#`.
  ///
  /// None of a number, of true or null: what has a `#` in it is a text.
  private static func standIn(in text: String) -> Character? {
    guard text.contains("#") else { return "#" }
    return "QZWKJGVqzwkjgv^;$/".first { !text.contains($0) }
  }

  /// What was written for a text that YAML reads as something else, such as 013.
  fileprivate func writtenText(_ standard: ConfigNode) -> String? {
    guard case .string = standard.content, value.list == nil, value.entries == nil, let span = value.span
    else { return nil }
    return written.map {
      String(decoding: $0.utf8.dropFirst(Int(span.lower)).prefix(Int(span.upper - span.lower)), as: UTF8.self)
    }
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

extension ConfigNode {
  /// With `#` for what stood for it.
  fileprivate func restoring(_ stand: Character) -> ConfigNode {
    var copy = self
    switch content {
    case .string(let text): copy.content = .string(text.replacing(String(stand), with: "#"))
    case .list(let items): copy.content = .list(items.map { $0.restoring(stand) })
    case .map(let entries):
      copy.content = .map(
        entries.map { entry in
          var restored = entry
          restored.key = entry.key.replacing(String(stand), with: "#")
          restored.value = entry.value.restoring(stand)
          return restored
        })
    default: break
    }
    return copy
  }
}

extension Diagnostic {
  /// With `#` for what stood for it.
  fileprivate func restoring(_ stand: Character) -> Diagnostic {
    var copy = self
    copy.message = message.replacing(String(stand), with: "#")
    return copy
  }

  fileprivate func moved(to file: Int32) -> Diagnostic {
    var copy = self
    copy.primary?.span.file = file
    for index in copy.related.indices { copy.related[index].span.file = file }
    copy.fix = nil
    return copy
  }

  /// E0902: an argument that is not `key=value`.
  fileprivate static func noAssignment(_ text: String, _ span: SourceSpan) -> Diagnostic {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    let isQuotable = parts.count == 2 && isName(parts[0]) && !parts[1].contains { $0 == "\"" || $0.isNewline }
    return Diagnostic(
      "E0902", "'\(text)' is not 'name=value'", at: Label(span, "not an assignment"),
      help: isQuotable
        ? "put a text in quotes: -p '\(parts[0])=\"\(parts[1])\"'"
        : "write for example -p learning_rate=0.1 or -p 'units=[300, 100]'")
  }

  /// E0903: an override of another kind than the default.
  fileprivate static func wrongKind(_ override: ParameterOverride, _ standard: ConfigNode) -> Diagnostic {
    Diagnostic(
      "E0903", "parameter '\(override.name)' cannot be \(override.value.sketch)",
      at: override.value.span.map { Label($0, "another kind of value") },
      related: standard.span.map { [Label($0, "its default")] } ?? [],
      help: "the default is \(standard.sketch); "
        + (override.writtenText(standard).map { "put a text in quotes: -p '\(override.name)=\"\($0)\"'" }
          ?? "give a value of the same kind"))
  }
}
