/// An expression of the script language, as it was written.
///
/// Those in `$(…)` have a part of the kinds; the rest is for the bodies of `call` (``ScriptBody``).
public struct Expression: Sendable {
  public indirect enum Kind: Sendable {
    case literal(ScriptValue)
    /// A name; outside bodies with its dots: `units`, `test.accuracy`.
    case name(String)
    case list([Expression])
    case tuple([Expression])
    case dictionary([Entry])
    case comprehension(Comprehension)
    /// An f-string: its texts and expressions in order.
    case formatted([Expression])
    case negate(Expression)
    case plus(Expression)
    case binary(BinaryOperator, Expression, Expression)
    /// `a < b <= c`: each neighbouring pair must hold.
    case comparison(Expression, [Comparison])
    case and(Expression, Expression)
    case or(Expression, Expression)
    case not(Expression)
    /// `then if condition else otherwise`.
    case conditional(then: Expression, condition: Expression, otherwise: Expression)
    case call(Expression, [Argument])
    case attribute(Expression, String)
    case index(Expression, Expression)
    /// `lower:upper:step`, only inside an index.
    case slice(lower: Expression?, upper: Expression?, step: Expression?)
    /// `...`
    case ellipsis
  }

  /// What stands between the parentheses of a call: `x`, `axis=1`.
  public struct Argument: Sendable {
    public var keyword: String?
    public var value: Expression
    /// UTF-8 offsets in the script, the keyword included.
    public var range: Range<Int>
  }

  /// `key: value`.
  public struct Entry: Sendable {
    public var key: Expression
    public var value: Expression
  }

  /// `[element for target in iterable if condition]`.
  public struct Comprehension: Sendable {
    public var element: Expression
    public var target: AssignmentTarget
    public var iterable: Expression
    public var condition: Expression?
  }

  public enum BinaryOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case floorDivide = "//"
    case remainder = "%"
    case power = "**"
    case matrixMultiply = "@"
  }

  public struct Comparison: Sendable {
    public enum Operator: String, Sendable {
      case less = "<"
      case lessOrEqual = "<="
      case greater = ">"
      case greaterOrEqual = ">="
      case equal = "=="
      case notEqual = "!="
      case `in` = "in"
      case notIn = "not in"
      case `is` = "is"
      case isNot = "is not"
    }
    public var `operator`: Operator
    public var right: Expression
  }

  public var kind: Kind
  /// UTF-8 offsets in the script.
  public var range: Range<Int>
  /// How many expressions are nested in it, itself included.
  let depth: Int

  /// The names it uses, functions aside, each once, in order: what must be known before it can be evaluated.
  public var names: [String] {
    var found: [String] = []
    collectNames(into: &found)
    return found
  }

  private func collectNames(into found: inout [String]) {
    if case .name(let name) = kind, !found.contains(name) { found.append(name) }
    if case .call(_, let arguments) = kind {
      for argument in arguments { argument.value.collectNames(into: &found) }
      return
    }
    for child in Self.children(of: kind) { child.collectNames(into: &found) }
  }

  /// The expressions directly inside it; of a call the function first.
  package var children: [Expression] { Self.children(of: kind) }

  private static func children(of kind: Kind) -> [Expression] {
    switch kind {
    case .literal, .name, .ellipsis: []
    case .list(let items), .tuple(let items), .formatted(let items): items
    case .dictionary(let entries): entries.flatMap { [$0.key, $0.value] }
    case .comprehension(let all): [all.element, all.iterable] + (all.condition.map { [$0] } ?? [])
    case .call(let function, let arguments): [function] + arguments.map(\.value)
    case .attribute(let base, _): [base]
    case .slice(let lower, let upper, let step): [lower, upper, step].compactMap { $0 }
    case .negate(let only), .plus(let only), .not(let only): [only]
    case .binary(_, let left, let right), .and(let left, let right), .or(let left, let right),
      .index(let left, let right):
      [left, right]
    case .comparison(let first, let rest): [first] + rest.map(\.right)
    case .conditional(let then, let condition, let otherwise): [then, condition, otherwise]
    }
  }

  init(_ kind: Kind, _ range: Range<Int>) {
    self.kind = kind
    self.range = range
    depth = 1 + (Self.children(of: kind).map(\.depth).max() ?? 0)
  }
}
