public import Config

/// Writes values as YAML that reads back as the same values.
///
/// Mappings and lists of scalars that fit on a line are written in braces and brackets, texts of several
/// lines as blocks, and everything that could be mistaken for something else in quotes.
public struct YAMLWriter {
  private static let width = 100
  private var output = ""

  /// - Parameter separating: keys at the top that get an empty line before them, and before each item of the
  ///   list under them.
  public static func text(_ node: ConfigNode, separating: Set<String> = []) -> String {
    var writer = YAMLWriter()
    guard case .map(let entries) = node.content, !entries.isEmpty else {
      writer.block(node, indent: 0, separated: false)
      return writer.output
    }
    for (index, entry) in entries.enumerated() {
      let isSeparated = separating.contains(entry.key)
      if isSeparated, index > 0 { writer.output += "\n" }
      writer.output += quoted(entry.key, inFlow: false) + ":"
      writer.value(entry.value, indent: 2, separated: isSeparated, isTop: true)
    }
    return writer.output
  }

  /// What follows a colon.
  private mutating func value(_ node: ConfigNode, indent: Int, separated: Bool = false, isTop: Bool = false) {
    if let inline = inline(node, indent: indent, isTop: isTop) {
      output += " " + inline + "\n"
    } else if case .string(let text) = node.content {
      literal(text, indent: indent)
    } else {
      output += "\n"
      block(node, indent: indent, separated: separated)
    }
  }

  private mutating func block(_ node: ConfigNode, indent: Int, separated: Bool) {
    let margin = String(repeating: " ", count: indent)
    switch node.content {
    case .map(let entries) where !entries.isEmpty:
      for entry in entries {
        output += margin + Self.quoted(entry.key, inFlow: false) + ":"
        value(entry.value, indent: indent + 2)
      }
    case .list(let items) where !items.isEmpty:
      for (index, item) in items.enumerated() {
        if separated, index > 0 { output += "\n" }
        output += margin + "-"
        listItem(item, indent: indent + 2)
      }
    default: output += margin + (Self.leaf(node) ?? "null") + "\n"
    }
  }

  private mutating func listItem(_ item: ConfigNode, indent: Int) {
    guard case .map(let entries) = item.content, let first = entries.first else {
      value(item, indent: indent)
      return
    }
    output += " " + Self.quoted(first.key, inFlow: false) + ":"
    value(first.value, indent: indent + 2)
    if entries.count > 1 {
      block(ConfigNode(.map(Array(entries.dropFirst()))), indent: indent, separated: false)
    }
  }

  /// The value on one line, if it has a place there.
  private func inline(_ node: ConfigNode, indent: Int, isTop: Bool = false) -> String? {
    switch node.content {
    case .string(let text): return Self.isBlock(text) ? nil : Self.quoted(text, inFlow: false)
    case .list(let items):
      if items.isEmpty { return "[]" }
      return flow(items, indent: indent) {
        "[" + $0 + "]"
      } write: { _, text in
        text
      }
    case .map(let entries):
      if entries.isEmpty { return "{}" }
      if isTop { return nil }
      return flow(entries.map(\.value), indent: indent) {
        "{" + $0 + "}"
      } write: { index, text in
        Self.quoted(entries[index].key, inFlow: true) + ": " + text
      }
    default: return Self.scalar(node.content)
    }
  }

  /// A collection of scalars in brackets, if it is short enough.
  private func flow(
    _ values: [ConfigNode], indent: Int, wrap: (String) -> String, write: (Int, String) -> String
  ) -> String? {
    var parts: [String] = []
    for (index, value) in values.enumerated() {
      if let text = value.string, Self.isBlock(text) { return nil }
      guard let text = Self.leaf(value) else { return nil }
      parts.append(write(index, text))
    }
    let text = wrap(parts.joined(separator: ", "))
    return text.count + indent <= Self.width ? text : nil
  }

  private static func leaf(_ node: ConfigNode) -> String? {
    switch node.content {
    case .string(let text): quoted(text, inFlow: true)
    case .list(let items): items.isEmpty ? "[]" : nil
    case .map(let entries): entries.isEmpty ? "{}" : nil
    default: scalar(node.content)
    }
  }

  private static func scalar(_ content: ConfigNode.Content) -> String {
    switch content {
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .double(let value):
      value.isNaN ? ".nan" : value.isInfinite ? (value < 0 ? "-.inf" : ".inf") : "\(value)"
    default: "null"
    }
  }

  private mutating func literal(_ text: String, indent: Int) {
    let margin = String(repeating: " ", count: indent)
    output += text.hasSuffix("\n\n") ? " |+\n" : text.hasSuffix("\n") ? " |\n" : " |-\n"
    let body = text.hasSuffix("\n") ? text.dropLast() : text[...]
    for line in body.split(separator: "\n", omittingEmptySubsequences: false) {
      output += line.isEmpty ? "\n" : margin + line + "\n"
    }
  }
}

// MARK: Texts

extension YAMLWriter {
  /// Whether a text is written as a block: several lines of printable characters, none of which is only
  /// blanks.
  private static func isBlock(_ text: String) -> Bool {
    guard text.contains("\n"), let first = text.unicodeScalars.first, !" \n\t".unicodeScalars.contains(first)
    else {
      return false
    }
    guard text.unicodeScalars.allSatisfy({ $0 == "\n" || isPrintable($0) }) else { return false }
    return text.split(separator: "\n").allSatisfy { line in line.contains { $0 != " " } }
  }

  /// A text as a plain or a quoted scalar.
  private static func quoted(_ text: String, inFlow: Bool) -> String {
    if isPlain(text, inFlow: inFlow) { return text }
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      default: result += isPrintable(scalar) ? String(scalar) : escape(scalar)
      }
    }
    return result + "\""
  }

  private static func isPlain(_ text: String, inFlow: Bool) -> Bool {
    guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return false }
    guard first != " ", last != " ", last != ":", !"-?:,[]{}#&*!|>'\"%@`$=".unicodeScalars.contains(first)
    else {
      return false
    }
    guard text.unicodeScalars.allSatisfy(isPrintable), !text.hasPrefix("---"), !text.hasPrefix("...") else {
      return false
    }
    let neighbours = zip(text.utf8, text.utf8.dropFirst())
    if neighbours.contains(where: { ($0 == colon && $1 == space) || ($0 == space && $1 == hash) }) {
      return false
    }
    if inFlow, text.unicodeScalars.contains(where: { ",[]{}:?".unicodeScalars.contains($0) }) { return false }
    return CoreSchema.meaning(of: text) == .value(.string(text))
  }

  /// Printable, and no line break that YAML would fold.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF:
      true
    default: false
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    let (mark, width) = scalar.value <= 0xFF ? ("x", 2) : scalar.value <= 0xFFFF ? ("u", 4) : ("U", 8)
    return "\\" + mark + String(repeating: "0", count: width - digits.count) + digits
  }
}

private let (colon, space, hash) = (UInt8(ascii: ":"), UInt8(ascii: " "), UInt8(ascii: "#"))
