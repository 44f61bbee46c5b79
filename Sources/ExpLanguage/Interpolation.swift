public import Diagnostics

/// Prose with `{{ expression }}` in it.
public struct Interpolation: Sendable {
  private enum Piece: Sendable {
    case text(String)
    case expression(Expression, ScriptText)
  }
  private let pieces: [Piece]

  /// Finds and reads the expressions.
  /// - Throws: E0127 for `{{` without `}}`, or what is wrong with an expression (E0120, E0124).
  public init(parsing prose: ScriptText) throws(Diagnostic) {
    var pieces: [Piece] = []
    var position = 0
    while let open = find(openBraces, in: prose.bytes, from: position) {
      guard let close = closingBraces(in: prose.bytes, from: open + 2) else {
        throw .unclosedBraces(prose.span(open..<open + 2))
      }
      pieces.append(.text(prose.part(position..<open).text))
      let script = prose.part(open + 2..<close)
      pieces.append(.expression(try Expression(parsing: script), script))
      position = close + 2
    }
    pieces.append(.text(prose.part(position..<prose.bytes.count).text))
    self.pieces = pieces
  }

  /// The names that must be known before the prose can be completed.
  public var names: [String] {
    var names: [String] = []
    for case .expression(let expression, _) in pieces {
      for name in expression.names where !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// The prose with every expression replaced by its value; numbers in the fewest digits that read back the
  /// same.
  /// - Throws: what ``evaluate(_:in:)-(ScriptText,_)`` throws.
  public func text(in scope: ScriptScope) throws(Diagnostic) -> String {
    var result = ""
    for piece in pieces {
      switch piece {
      case .text(let text): result += text
      case .expression(let expression, let script):
        result += try Evaluator(script: script, scope: scope).value(expression).text
      }
    }
    return result
  }
}

/// Reads and completes prose in one step.
public func interpolate(_ prose: ScriptText, in scope: ScriptScope) throws(Diagnostic) -> String {
  try Interpolation(parsing: prose).text(in: scope)
}

private let openBraces = Array("{{".utf8)

private func find(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
  var index = start
  while index + pattern.count <= bytes.count {
    if bytes[index..<index + pattern.count].elementsEqual(pattern) { return index }
    index += 1
  }
  return nil
}

/// The `}}` that is in no quoted text.
private func closingBraces(in bytes: [UInt8], from start: Int) -> Int? {
  var quote: UInt8?
  var index = start
  while index < bytes.count {
    let byte = bytes[index]
    if let open = quote {
      if byte == UInt8(ascii: "\\") { index += 1 } else if byte == open { quote = nil }
    } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
      quote = byte
    } else if byte == UInt8(ascii: "}"), index + 1 < bytes.count, bytes[index + 1] == byte {
      return index
    }
    index += 1
  }
  return nil
}

extension Diagnostic {
  /// E0127: `{{` without `}}`.
  fileprivate static func unclosedBraces(_ span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0127", "'{{' without '}}'", at: span.map { Label($0, "begins here") },
      help: "write '{{ name }}'; for two braces as text write {{ '{{' }}")
  }
}
