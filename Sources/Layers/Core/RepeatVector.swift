public import Config
public import GraphEngine

/// Repeats every sample, a vector, along a new axis: (features) becomes (n, features).
///
/// Keras: `keras.layers.RepeatVector`.
public struct RepeatVector: UnaryLayer, Configurable {
  public var n: Int
  public init(_ n: Int) { self.n = n }

  public static let schema = Schema(
    "RepeatVector", "Repeats every sample along a new axis.", prototype: RepeatVector(1),
    Field("n", \.n, "How often.", check: atLeast(1)).required)

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    try x.expandingDimensions(at: 1).repeated(n, axis: 1)
  }
}
