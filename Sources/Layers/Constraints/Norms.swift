public import Config
public import GraphEngine

/// No vector along the axis is longer than a value.
///
/// Keras: `keras.constraints.MaxNorm`.
public struct MaxNorm: ConstraintRule {
  public var maxValue = 2.0
  public var axis = Axes(0)
  public init() {}
  public static let schema = Schema(
    "MaxNorm", "Vectors of at most this length.", prototype: Self(),
    Field("max_value", \.maxValue, "The largest length.", check: atLeast(0)),
    Field("axis", \.axis, "The axis of the vectors, or several."))

  public func constrained(_ weight: Value) throws -> Value {
    let norms = try lengths(weight, axis)
    return try weight * (norms.clipped(0, Float(maxValue)) / (norms + Float.kerasEpsilon))
  }
}

/// The lengths of vectors along the axis are moved into a range, at once or bit by bit.
///
/// Keras: `keras.constraints.MinMaxNorm`.
public struct MinMaxNorm: ConstraintRule {
  public var minValue = 0.0
  public var maxValue = 1.0
  public var rate = 1.0
  public var axis = Axes(0)
  public init() {}
  public static let schema = Schema(
    "MinMaxNorm", "Vectors whose length is in a range.", prototype: Self(),
    Field("min_value", \.minValue, "The least length."),
    Field("max_value", \.maxValue, "The largest length.", check: atLeast(0)),
    Field("rate", \.rate, "The part of the way that is gone each step.", check: within(0...1)),
    Field("axis", \.axis, "The axis of the vectors, or several."))

  public func constrained(_ weight: Value) throws -> Value {
    let norms = try lengths(weight, axis)
    let inside = try norms.clipped(Float(minValue), Float(maxValue))
    let wanted = try inside * Float(rate) + norms * Float(1 - rate)
    return try weight * (wanted / (norms + Float.kerasEpsilon))
  }
}

/// Vectors of length 1.
///
/// Keras: `keras.constraints.UnitNorm`.
public struct UnitNorm: ConstraintRule {
  public var axis = Axes(0)
  public init() {}
  public static let schema = Schema(
    "UnitNorm", "Vectors of length 1.", prototype: Self(),
    Field("axis", \.axis, "The axis of the vectors, or several."))

  public func constrained(_ weight: Value) throws -> Value {
    try weight / (lengths(weight, axis) + Float.kerasEpsilon)
  }
}

/// No negative numbers: they become 0.
///
/// Keras: `keras.constraints.NonNeg`.
public struct NonNeg: ConstraintRule {
  public init() {}
  public static let schema = Schema("NonNeg", "No negative numbers.", prototype: Self())

  public func constrained(_ weight: Value) throws -> Value { try weight * (weight .>= 0) }
}

private func lengths(_ weight: Value, _ axis: Axes) throws -> Value {
  try weight.square().sum(over: axis.numbers, keepingDimensions: true).squareRoot()
}
