internal import Diagnostics

/// The names and parameters of functions.
extension ScriptParser {
  mutating func wholeSignature() throws(Diagnostic) -> ScriptSignature {
    _ = accept("def")
    let result = try signature()
    _ = accept(":")
    if current.kind == .newline { position += 1 }
    guard current.kind == .end else { throw unexpected("the end of the line") }
    return result
  }

  /// `name(self, x, y=1, *, z: T = None)`; annotations and the markers `*` and `/` are read and forgotten.
  mutating func signature() throws(Diagnostic) -> ScriptSignature {
    guard case .name(let name) = current.kind else { throw unexpected("the name of a function") }
    position += 1
    try expect("(")
    var parameters: [ScriptSignature.Parameter] = []
    var isFirst = true
    while !accept(")") {
      if let parameter = try parameter(isFirst: isFirst) {
        if parameters.contains(where: { $0.name == parameter.name }) {
          throw .parameters("two parameters are named '\(parameter.name)'", script.span(parameter.range))
        }
        if parameter.initial == nil, parameters.last?.initial != nil {
          throw .parameters(
            "'\(parameter.name)' has no default, but the parameter before it has one",
            script.span(parameter.range))
        }
        parameters.append(parameter)
      }
      isFirst = false
      if accept(")") { break }
      try expect(",")
    }
    return ScriptSignature(script: script, name: name, parameters: parameters)
  }

  /// `nil` for `self` and for markers.
  private mutating func parameter(isFirst: Bool) throws(Diagnostic) -> ScriptSignature.Parameter? {
    let start = current
    if accept("/") || accept("*"), at(",") || at(")") { return nil }
    if start.kind == .symbol("*") || start.kind == .symbol("**") {
      throw .refused(.starredParameter, script.span(start.range))
    }
    guard case .name(let name) = start.kind else { throw unexpected("the name of a parameter") }
    position += 1
    if accept(":") { _ = try conditional() }
    let initial = accept("=") ? try conditional() : nil
    if name == "self" && isFirst { return nil }
    return .init(
      name: name, initial: initial, range: start.range.lowerBound..<max(start.range.lowerBound, previousEnd))
  }
}

extension Diagnostic {
  /// E0136: parameters that cannot be told apart.
  fileprivate static func parameters(_ message: String, _ span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      "E0136", message, at: span.map { Label($0, "this parameter") },
      help: "give each parameter its own name, those with defaults last")
  }
}
