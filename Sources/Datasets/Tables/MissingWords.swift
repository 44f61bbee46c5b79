internal import Config
internal import Diagnostics

/// Which cells of a table say that there is no value.
public struct MissingWords: Sendable, Equatable {
  enum Verdict { case value, missing, unclear }

  /// What `missing:` names, which is all then; `nil` for the usual words.
  public let given: [String]?
  private let words: Set<String>
  private let numbers: Set<Double>

  public static let usual = MissingWords(nil)

  /// What tables of numbers write for a missing one.
  ///
  /// Among texts each can be a value too: NA is a country.
  static let unclear: Set<String> = [
    "NA", "N/A", "n/a", "#N/A", "#NA", "#N/A N/A", "<NA>", "NULL", "Null", "null", "None", "none", "NaN",
    "nan", "NAN", "-NaN", "-nan",
  ]

  public init(_ given: [String]?) {
    self.given = given
    words = Set(given ?? [])
    numbers = Set((given ?? []).compactMap { NumberNotation().number($0) })
  }

  /// Reads `missing: [-, NULL, -999]`.
  /// - Throws: E0201 if it is no list of words and numbers.
  init(reading nodes: [ConfigNode]?) throws(Diagnostic) {
    guard let nodes else {
      self = .usual
      return
    }
    var given: [String] = []
    for node in nodes {
      switch node.content {
      // A word that means nothing in YAML too, in whatever letters.
      case .null: given += ["NULL", "Null", "null", "~"]
      case .bool(let value): given += value ? ["true", "True", "TRUE"] : ["false", "False", "FALSE"]
      case .double(let number): given.append("\(number)")
      case .int, .string: given.append(try className(node))
      default: throw .mismatch(node, "a word or number that stands for a missing value")
      }
    }
    self.init(given)
  }

  /// Whether a number, however it is written, stands for a missing one.
  func names(_ number: Double) -> Bool { numbers.contains(number) }

  /// What a cell says; one in quotes is a value, unless it is empty or named.
  func verdict(_ text: String, isQuoted: Bool) -> Verdict {
    if text.isEmpty { return .missing }
    if given != nil {
      if words.contains(text) { return .missing }
      guard !numbers.isEmpty, let number = NumberNotation().number(text) else { return .value }
      return numbers.contains(number) ? .missing : .value
    }
    if isQuoted { return .value }
    return text == "?" ? .missing : Self.unclear.contains(text) ? .unclear : .value
  }
}
