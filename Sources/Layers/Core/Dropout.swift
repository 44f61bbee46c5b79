public import Config
public import GraphEngine

/// In training sets a fraction of the inputs to 0 and scales the others by `1 / (1 - rate)`; does nothing otherwise.
///
/// Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting" (2014).
/// Keras: `keras.layers.Dropout`.
public struct Dropout: UnaryLayer, Configurable {
  public var rate: Double
  public var seed: Int?
  public init(_ rate: Double) { self.rate = rate }

  public static let schema = Schema(
    "Dropout", "Sets a random part of the inputs to 0 in training.", prototype: Dropout(0.5),
    // The engine computes in floats, and a rate that rounds to 1 leaves nothing to scale.
    Field("rate", \.rate, "The part set to 0.") {
      $0 >= 0 && Float($0) < 1 ? nil : "must be at least 0 and less than 1"
    }.required,
    Field("seed", \.seed, "Draws from a stream of this seed instead of the experiment's."))

  public var passesMask: Bool { true }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    if scope.phase == .inference || rate == 0 { return x }
    let op = GraphEngine.Dropout(rate: Float(rate), stream: scope.stream("dropout", seed: seed))
    return try x.graph.apply(op, x, scope.step)
  }
}
