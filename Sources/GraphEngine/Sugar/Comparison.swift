public import Diagnostics
import KernelABI
import TensorCore

// Comparisons and logic. A truth value is 1 or 0 as a float; what is not 0 counts as true.

extension Value {
  /// Keras: `keras.ops.equal`.
  public static func .== (a: Value, b: Value) throws(Diagnostic) -> Value { try a.combined(.equal, b) }
  /// Keras: `keras.ops.not_equal`.
  public static func .!= (a: Value, b: Value) throws(Diagnostic) -> Value { try a.combined(.notEqual, b) }
  /// Keras: `keras.ops.less`.
  public static func .< (a: Value, b: Value) throws(Diagnostic) -> Value { try a.combined(.less, b) }
  /// Keras: `keras.ops.less_equal`.
  public static func .<= (a: Value, b: Value) throws(Diagnostic) -> Value { try a.combined(.lessOrEqual, b) }
  /// Keras: `keras.ops.greater`.
  public static func .> (a: Value, b: Value) throws(Diagnostic) -> Value { try a.combined(.greater, b) }
  /// Keras: `keras.ops.greater_equal`.
  public static func .>= (a: Value, b: Value) throws(Diagnostic) -> Value {
    try a.combined(.greaterOrEqual, b)
  }

  public static func .== (a: Value, b: Float) throws(Diagnostic) -> Value { try a.combined(.equal, b) }
  public static func .!= (a: Value, b: Float) throws(Diagnostic) -> Value { try a.combined(.notEqual, b) }
  public static func .< (a: Value, b: Float) throws(Diagnostic) -> Value { try a.combined(.less, b) }
  public static func .<= (a: Value, b: Float) throws(Diagnostic) -> Value { try a.combined(.lessOrEqual, b) }
  public static func .> (a: Value, b: Float) throws(Diagnostic) -> Value { try a.combined(.greater, b) }
  public static func .>= (a: Value, b: Float) throws(Diagnostic) -> Value {
    try a.combined(.greaterOrEqual, b)
  }

  /// Keras: `keras.ops.logical_and`.
  public static func .& (a: Value, b: Value) throws(Diagnostic) -> Value { try a.combined(.and, b) }
  /// Keras: `keras.ops.logical_or`.
  public static func .| (a: Value, b: Value) throws(Diagnostic) -> Value { try a.combined(.or, b) }
  /// Keras: `keras.ops.logical_xor`.
  public static func .^ (a: Value, b: Value) throws(Diagnostic) -> Value { try a.combined(.exclusiveOr, b) }
  /// Keras: `keras.ops.logical_not`.
  public static prefix func .! (a: Value) throws(Diagnostic) -> Value { try a.combined(.equal, 0) }

  /// `a` where the condition is not 0, `b` elsewhere; all three broadcast.
  ///
  /// Keras: `keras.ops.where`. That the value not chosen is NaN leaves no trace in the gradient.
  /// - Throws: E0301 if the shapes do not fit.
  public static func select(_ condition: Value, _ a: Value, _ b: Value) throws(Diagnostic) -> Value {
    let graph = condition.graph
    let (a, b) =
      a.type.element == b.type.element ? (a, b) : (try a.cast(to: .float32), try b.cast(to: .float32))
    let both = try graph.checked(a, b) { () throws(ShapeError) in
      TensorType(try TensorType.broadcast(a.type, b.type))
    }
    let dims = try graph.checked(condition, a) { () throws(ShapeError) in
      try TensorType.broadcast(condition.type, both)
    }
    return try graph.apply(
      Select(), condition.broadcast(to: dims), a.broadcast(to: dims), b.broadcast(to: dims))
  }

  public static func select(_ condition: Value, _ a: Value, _ b: Float) throws(Diagnostic) -> Value {
    try select(condition, a, a.graph.constant(b))
  }

  public static func select(_ condition: Value, _ a: Float, _ b: Value) throws(Diagnostic) -> Value {
    try select(condition, b.graph.constant(a), b)
  }
}
