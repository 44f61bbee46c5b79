/// An expression of the script language, as it was written.
public struct Expression: Sendable {
  public indirect enum Kind: Sendable {
    case literal(ScriptValue)
    /// A name, dots included: `units`, `test.accuracy`.
    case name(String)
    case list([Expression])
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
    case call(function: String, [Expression])
    case index(Expression, Expression)
  }

  public enum BinaryOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case floorDivide = "//"
    case remainder = "%"
    case power = "**"
  }

  public struct Comparison: Sendable {
    public enum Operator: String, Sendable {
      case less = "<"
      case lessOrEqual = "<="
      case greater = ">"
      case greaterOrEqual = ">="
      case equal = "=="
      case notEqual = "!="
    }
    public var `operator`: Operator
    public var right: Expression
  }

  public var kind: Kind
  /// UTF-8 offsets in the script.
  public var range: Range<Int>
  /// How many expressions are nested in it, itself included.
  let depth: Int

  /// The names it uses, each once, in order: what must be known before it can be evaluated.
  public var names: [String] {
    var found: [String] = []
    collectNames(into: &found)
    return found
  }

  private func collectNames(into found: inout [String]) {
    if case .name(let name) = kind, !found.contains(name) { found.append(name) }
    for child in Self.children(of: kind) { child.collectNames(into: &found) }
  }

  private static func children(of kind: Kind) -> [Expression] {
    switch kind {
    case .literal, .name: []
    case .list(let items), .call(_, let items): items
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
