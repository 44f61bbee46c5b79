public import Diagnostics

/// Which runs are meant: `val_accuracy > 0.88 and learning_rate < 0.1 and tag = baseline`.
///
/// ```
/// filter     = all { "or" all }
/// all        = one { "and" one }
/// one        = "not" one | "(" filter ")" | comparison
/// comparison = name ("=" | "!=" | "<" | "<=" | ">" | ">=" | "contains" | "like") value
/// name       = field | parameter | metric | series.metric | ("best" | "last") "(" metric ")"
/// value      = number | text | "text" | null
/// ```
///
/// A metric means its best value. A comparison with what a run does not have does not hold, whatever the comparison;
/// only `x = null` and `x != 3` do, since that is what they say.
public struct RunFilter: Sendable {
  indirect enum Condition: Sendable {
    case comparison(FilterComparison)
    case not(Condition)
    case all([Condition])
    case any([Condition])
  }

  let condition: Condition
  /// As it was written; the spans of mistakes point into it.
  public let text: String

  /// Reads a filter; whether its names exist is found out when it is used.
  /// - Throws: E0715 if it is none.
  public init(_ text: String) throws(Diagnostic) {
    self.text = text
    var parser = FilterParser(tokens: try FilterToken.all(of: text))
    condition = try parser.filter()
    try parser.expectEnd()
  }
}

/// One comparison of a filter.
struct FilterComparison: Sendable {
  /// What a name stands for.
  enum Part: String, Sendable {
    /// A field, a parameter, or the best value of a metric.
    case any
    case best, last
  }

  enum Operator: String, Sendable {
    case equal = "="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case contains, like

    /// Whether it asks for the order of two values.
    var isOrder: Bool {
      switch self {
      case .less, .lessOrEqual, .greater, .greaterOrEqual: true
      case .equal, .unequal, .contains, .like: false
      }
    }
  }

  var part: Part
  var name: String
  var span: SourceSpan
  var comparison: Operator
  /// `nil` for `null`.
  var value: String?
  /// Whether the value may be read as a number: it had no quotes.
  var isBare: Bool
  var valueSpan: SourceSpan
}

/// Reads the words of a filter from left to right.
private struct FilterParser {
  /// So many comparisons and brackets within each other are more than anybody writes, and less than a stack holds.
  private static let (mostComparisons, deepest) = (100, 50)

  var tokens: [FilterToken]
  private var next = 0
  private var depth = 0
  private var comparisons = 0

  init(tokens: [FilterToken]) { self.tokens = tokens }

  private var token: FilterToken { tokens[min(next, tokens.count - 1)] }

  mutating func filter() throws(Diagnostic) -> RunFilter.Condition {
    var parts = [try all()]
    while take("or") { parts.append(try all()) }
    return parts.count == 1 ? parts[0] : .any(parts)
  }

  private mutating func all() throws(Diagnostic) -> RunFilter.Condition {
    var parts = [try one()]
    while take("and") { parts.append(try one()) }
    return parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func one() throws(Diagnostic) -> RunFilter.Condition {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw .unreadableFilter("brackets are too deep", at: token.span) }
    if take("not") { return .not(try one()) }
    guard token.isSymbol("(") else { return .comparison(try comparison()) }
    let open = token
    next += 1
    let inner = try filter()
    guard takeSymbol(")") else { throw .unreadableFilter("the bracket is not closed", at: open.span) }
    return inner
  }

  private mutating func comparison() throws(Diagnostic) -> FilterComparison {
    comparisons += 1
    guard comparisons <= Self.mostComparisons else {
      throw .unreadableFilter("these are more than \(Self.mostComparisons) comparisons", at: token.span)
    }
    let (part, name, span) = try name()
    guard let comparison = comparisonOperator() else {
      throw .unreadableFilter("a comparison is missing behind '\(name)'", at: token.span)
    }
    let value = token
    guard value.kind == .quoted || (value.kind == .word && !isReserved(value)) else {
      throw .unreadableFilter("a value is missing behind '\(comparison.rawValue)'", at: value.span)
    }
    next += 1
    return FilterComparison(
      part: part, name: name, span: span, comparison: comparison,
      value: value.isKeyword("null") ? nil : value.text,
      isBare: value.kind == .word, valueSpan: value.span)
  }

  private mutating func name() throws(Diagnostic) -> (FilterComparison.Part, String, SourceSpan) {
    let first = token
    guard first.kind == .word && !isReserved(first) || first.kind == .quoted else {
      throw .unreadableFilter("a name is missing", at: first.span)
    }
    next += 1
    guard token.isSymbol("("), let part = FilterComparison.Part(rawValue: first.text), part != .any else {
      return (.any, first.text, first.span)
    }
    next += 1
    let metric = token
    guard metric.kind == .word || metric.kind == .quoted else {
      throw .unreadableFilter("the name of a metric is missing", at: metric.span)
    }
    next += 1
    guard takeSymbol(")") else { throw .unreadableFilter("a ')' is missing", at: token.span) }
    return (part, metric.text, metric.span)
  }

  private mutating func comparisonOperator() -> FilterComparison.Operator? {
    let text = token.text == "==" ? "=" : token.text.lowercased()
    guard token.kind != .quoted, let found = FilterComparison.Operator(rawValue: text) else { return nil }
    next += 1
    return found
  }

  private func isReserved(_ token: FilterToken) -> Bool {
    ["and", "or", "not"].contains { token.isKeyword($0) }
  }

  private mutating func take(_ keyword: String) -> Bool {
    guard token.isKeyword(keyword) else { return false }
    next += 1
    return true
  }

  private mutating func takeSymbol(_ symbol: String) -> Bool {
    guard token.isSymbol(symbol) else { return false }
    next += 1
    return true
  }

  func expectEnd() throws(Diagnostic) {
    guard token.kind == .end else {
      throw .unreadableFilter("'and' or 'or' is missing before '\(token.text)'", at: token.span)
    }
  }
}
