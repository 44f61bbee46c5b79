/// A statement of a body, as it was written.
public struct Statement: Sendable {
  public indirect enum Kind: Sendable {
    case expression(Expression)
    /// `a = b, c = value`: the value is bound to each target, from the left.
    case assignment([AssignmentTarget], Expression)
    /// `target op= value`
    case augmented(AssignmentTarget, Expression.BinaryOperator, Expression)
    /// `if`, each `elif`, and `else` as a branch without a condition.
    case conditional([Branch])
    case forLoop(AssignmentTarget, Expression, [Statement])
    case whileLoop(Expression, [Statement])
    case `return`(Expression?)
    /// `assert condition, text`
    case assertion(Expression, Expression?)
    /// `raise ValueError(text)`
    case raise(Expression?)
    case `break`
    case `continue`
    /// `pass`, a docstring, a declaration without a value.
    case pass
  }

  public struct Branch: Sendable {
    /// `nil` for `else`.
    public var condition: Expression?
    public var body: [Statement]
  }

  public var kind: Kind
  /// UTF-8 offsets in the script; of a block, of its first line.
  public var range: Range<Int>
}

/// What a value can be bound to.
public struct AssignmentTarget: Sendable {
  public indirect enum Kind: Sendable {
    case name(String)
    /// `a, (b, c)`
    case tuple([AssignmentTarget])
    /// `items[0]`
    case item(Expression, Expression)
  }

  public var kind: Kind
  /// UTF-8 offsets in the script.
  public var range: Range<Int>
}
