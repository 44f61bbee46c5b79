internal import Config
internal import Diagnostics

extension Diagnostic {
  /// E0102: what the YAML parser could not read, in words for people.
  static func syntax(_ problem: YAMLProblem, file: Int32, text: [UInt8]) -> Diagnostic {
    let lineStart = text[..<min(problem.offset, text.count)].lastIndex(of: newline).map { $0 + 1 } ?? 0
    let indentation = text[min(lineStart, text.count)...].prefix { $0 == space || $0 == tabByte }
    if let offset = indentation.firstIndex(of: tabByte), problem.offset <= indentation.endIndex {
      return .tab(SourceSpan(file: file, offset, offset + 1))
    }
    if problem.text.hasPrefix("Maximum nesting level") || problem.text == "exceeded maximum depth" {
      return .tooDeep(SourceSpan(file: file, problem.offset, problem.offset + 1), limit: nestingLimit)
    }
    let stop = problem.offset < text.count ? problem.offset : lastCharacter(of: text)
    let wording = wordings.first { problem.text.contains($0.problem) }
    var labels = [Label(SourceSpan(file: file, stop, stop + 1), "reading stopped here")]
    if let context = problem.context, context.offset < stop {
      labels.append(Label(SourceSpan(file: file, context.offset, context.offset + 1), began(context.text)))
    }
    if wording?.isAtStart == true { labels.reverse() }
    return Diagnostic(
      "E0102", wording?.message ?? "this is not valid YAML: \(problem.text)", at: labels[0],
      related: Array(labels.dropFirst()),
      help: wording?.help ?? "text with special characters can be put in quotes")
  }

  /// E0103: the same key twice in one mapping.
  static func duplicateKey(_ key: String, _ span: SourceSpan, first: SourceSpan) -> Diagnostic {
    Diagnostic(
      "E0103", "'\(key)' is written twice", at: Label(span, "written again"),
      related: [Label(first, "first written here")], help: "keep one of the two")
  }

  /// E0104: a YAML tag.
  static func tag(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      "E0104", "tags are not used in experiments", at: Label(span, "tagged"),
      help: "remove the word that begins with '!'; a text that begins with '!' needs quotes")
  }

  /// E0105: a YAML anchor or alias.
  static func anchor(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      "E0105", "anchors and aliases are not used in experiments", at: Label(span, "'&' or '*'"),
      help: "share a value through 'params' and '$name'; a text that begins with '&' or '*' needs quotes")
  }

  /// E0106: a tab where spaces count.
  static func tab(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      "E0106", "a line is indented with a tab", at: Label(span, "a tab"), help: "indent with two spaces",
      fix: Fix(span, replacement: "  "))
  }

  /// E0107: a second document.
  static func secondDocument(_ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      "E0107", "the file holds several documents", at: Label(span, "a second one begins here"),
      help: "remove '---', or put the second experiment into a file of its own")
  }

  /// E0108: a key that is a list, a mapping, a fraction, true, false or null.
  static func keyIsNoText(_ key: ConfigNode) -> Diagnostic {
    Diagnostic(
      "E0108", "a key must be a text, not \(key.sketch)", at: key.span.map { Label($0, "not a text") },
      help: "put it in quotes if it is meant as a text")
  }

  /// E0109: an infinity or NaN.
  static func notFinite(_ text: String, _ span: SourceSpan) -> Diagnostic {
    Diagnostic(
      "E0109", "'\(text)' is not a finite number", at: Label(span, "not finite"),
      help: "write a number; if a text is meant, put it in quotes")
  }

  /// E0110: nesting that no experiment needs.
  static func tooDeep(_ span: SourceSpan, limit: Int) -> Diagnostic {
    Diagnostic(
      "E0110", "lists and mappings are nested more than \(limit) deep", at: Label(span, "too deep"),
      help: "an experiment needs fewer than ten levels; look for a bracket that is not closed")
  }

  /// E0111: nothing in the file.
  static func emptyFile(_ file: Int32) -> Diagnostic {
    Diagnostic(
      "E0111", "the file is empty", at: Label(SourceSpan(file: file, 0, 0), "nothing here"),
      help: "'runexp init' writes a first experiment")
  }
}

/// Deeper than any experiment, shallow enough for every stack.
let nestingLimit = 64

private let newline = UInt8(ascii: "\n")
private let space = UInt8(ascii: " ")
private let tabByte = UInt8(ascii: "\t")

/// What is said instead of the C parser's words, and the next step.
private struct Wording: Sendable {
  var problem: String
  var message: String
  var help: String
  /// Whether the mistake is more likely where the thing began than where reading stopped.
  var isAtStart = false

  init(_ problem: String, _ message: String, _ help: String, isAtStart: Bool = false) {
    self.problem = problem
    self.message = message
    self.help = help
    self.isAtStart = isAtStart
  }
}

private let wordings: [Wording] = [
  .init(
    "mapping values are not allowed", "a ':' is not allowed here",
    "put the key on a line of its own, or put a text that has ': ' in it in quotes"
  ),
  .init(
    "could not find expected ':'", "a key without ':'",
    "write 'key: value'; look whether the line above is complete", isAtStart: true),
  .init(
    "did not find expected key", "the indentation fits no line above",
    "keys of one mapping begin in the same column; look for a quote or bracket that closes too early"
  ),
  .init(
    "did not find expected '-' indicator", "a '-' is missing, or the indentation fits no line above",
    "items of one list begin with '- ' in the same column"
  ),
  .init(
    "block sequence entries are not allowed", "a '- ' is not allowed here", "begin the list on the next line"),
  .init(
    "did not find expected ',' or ']'", "a list in brackets is not closed",
    "write ',' between items and ']' at the end"),
  .init(
    "did not find expected ',' or '}'", "a mapping in braces is not closed",
    "write ',' between entries and '}' at the end"
  ),
  .init(
    "found unexpected end of stream", "a quoted text is not closed", "write the closing quote",
    isAtStart: true),
  .init(
    "found unexpected document indicator", "a quoted text is not closed", "write the closing quote",
    isAtStart: true),
  .init(
    "found character that cannot start any token", "no value can begin with this character",
    "put the text in quotes"
  ),
  .init(
    "found unknown escape character", "an unknown escape after '\\'",
    "write '\\\\' for a backslash, or use single quotes"),
  .init(
    "hexdecimal number", "an escape with '\\x' or '\\u' needs hexadecimal digits",
    "write '\\\\' for a backslash"),
  .init(
    "invalid Unicode character escape", "an escape that stands for no character",
    "write '\\\\' for a backslash"),
  .init(
    "<document start>", "text after the end of the document", "indent it as the lines above, or remove it"),
  .init(
    "control characters are not allowed", "a control character in the file",
    "remove it, or write it as '\\x00' in quotes"),
  .init("did not find expected node content", "a value is missing", "write a value, or remove the comma"),
  .init("undefined tag handle", "tags are not used in experiments", "remove the word that begins with '!'"),
  .init("alphabetic or numeric character", "a name is missing after '&' or '*'", "put the text in quotes"),
  .init("found a tab character", "a tab where spaces are needed", "indent with two spaces"),
]

private func began(_ context: String) -> String {
  let words = [
    ("flow sequence", "list"), ("block sequence", "list"), ("block collection", "list"),
    ("flow mapping", "mapping"),
    ("block mapping", "mapping"), ("quoted scalar", "quoted text"), ("simple key", "key"),
  ]
  return words.first { context.contains($0.0) }.map { "the \($0.1) began here" } ?? "it began here"
}

/// Where a problem at the end of the file is shown: after its last visible character.
private func lastCharacter(of text: [UInt8]) -> Int {
  guard let last = text.lastIndex(where: { $0 > space }) else { return 0 }
  return min(last + 1, max(0, text.count - 1))
}
