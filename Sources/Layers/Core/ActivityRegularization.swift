public import Config
public import GraphEngine

/// Gives what it takes, and draws it to 0 in training.
///
/// Keras: `keras.layers.ActivityRegularization`.
public struct ActivityRegularization: UnaryLayer, Configurable {
  public var l1 = 0.0
  public var l2 = 0.0
  public init() {}

  public static let schema = Schema(
    "ActivityRegularization", "Gives what it takes, and draws it to 0 in training.", prototype: Self(),
    Field("l1", \.l1, "Weight of the sum of absolute values.", check: atLeast(0)),
    Field("l2", \.l2, "Weight of the sum of squares.", check: atLeast(0)))

  public var passesMask: Bool { true }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    var rule = L1L2()
    rule.l1 = l1
    rule.l2 = l2
    try scope.penalize(x, with: Regularizer(rule))
    return x
  }
}
