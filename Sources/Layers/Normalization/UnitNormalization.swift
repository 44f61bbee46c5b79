public import Config
public import GraphEngine

/// Scales each sample to length 1 along some axes.
///
/// Keras: `keras.layers.UnitNormalization`.
public struct UnitNormalization: UnaryLayer, Configurable {
  public var axis = Axes.last
  public init() {}

  public static let schema = Schema(
    "UnitNormalization", "Scales to length 1.", prototype: Self(),
    Field("axis", \.axis, "Along which axis, or axes."))

  public var passesMask: Bool { true }

  public func call(_ x: Value, in scope: LayerScope) throws -> Value {
    try x.unitLength(along: try axis.resolved(for: x.type, "UnitNormalization"))
  }
}

extension Value {
  /// Divided by its length along some axes; one shorter than 1e-6 is taken to be 1e-6 long, as in Keras.
  func unitLength(along axes: [Int]) throws -> Value {
    let squares = try square().sum(over: axes, keepingDimensions: true)
    return try self * squares.maximum(1e-12).reciprocalSquareRoot()
  }
}
