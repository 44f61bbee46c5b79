public import Diagnostics
public import KernelABI
public import TensorCore

// Arithmetic on values, with NumPy's broadcasting. Whole numbers stay whole where the result is whole, and become floats
// where they meet floats or are divided.

extension Value {
  /// An elementwise function of two values of any shapes that broadcast.
  ///
  /// Keras: `keras.ops.add`, `maximum`, `power`, `arctan2`, `less` and the like, one for each ``BinaryFunction``.
  /// - Throws: E0301 if the shapes do not fit.
  public func combined(_ function: BinaryFunction, _ other: Value) throws(Diagnostic) -> Value {
    if type.element == .int32 && other.type.element == .int32 && function.isWhole {
      return try graph.apply(IntegerBinary(function), self, other)
    }
    let (a, b) = (try cast(to: .float32), try other.cast(to: .float32))
    return try graph.apply(Binary(function, broadcasting: a.type != b.type), a, b)
  }

  /// The same with one number, which is taken as a whole one if this value is whole.
  public func combined(_ function: BinaryFunction, _ number: Float) throws(Diagnostic) -> Value {
    // Whole numbers have no whole power below 0.
    if type.element == .int32, function != .power || number >= 0, let whole = Int32(exactly: number) {
      return try combined(function, graph.constant(whole: whole))
    }
    return try combined(function, graph.constant(number))
  }

  public static func + (a: Value, b: Value) throws(Diagnostic) -> Value { try a.combined(.add, b) }
  public static func - (a: Value, b: Value) throws(Diagnostic) -> Value { try a.combined(.subtract, b) }
  public static func * (a: Value, b: Value) throws(Diagnostic) -> Value { try a.combined(.multiply, b) }
  public static func / (a: Value, b: Value) throws(Diagnostic) -> Value { try a.combined(.divide, b) }

  public static func + (a: Value, b: Float) throws(Diagnostic) -> Value { try a.scaled(by: 1, plus: b) }
  public static func - (a: Value, b: Float) throws(Diagnostic) -> Value { try a.scaled(by: 1, plus: -b) }
  public static func * (a: Value, b: Float) throws(Diagnostic) -> Value { try a.scaled(by: b, plus: 0) }
  public static func / (a: Value, b: Float) throws(Diagnostic) -> Value { try a.combined(.divide, b) }

  public static func + (a: Float, b: Value) throws(Diagnostic) -> Value { try b.scaled(by: 1, plus: a) }
  public static func - (a: Float, b: Value) throws(Diagnostic) -> Value { try b.scaled(by: -1, plus: a) }
  public static func * (a: Float, b: Value) throws(Diagnostic) -> Value { try b.scaled(by: a, plus: 0) }
  public static func / (a: Float, b: Value) throws(Diagnostic) -> Value {
    try b.graph.constant(a).combined(.divide, b)
  }

  public static prefix func - (x: Value) throws(Diagnostic) -> Value {
    if x.type.element == .int32 { return try x.graph.constant(whole: 0).combined(.subtract, x) }
    return try x.graph.apply(Unary(.negate), x)
  }

  /// `scale · x + offset`, rounded once; whole numbers stay whole if both are.
  public func scaled(by scale: Float, plus offset: Float = 0) throws(Diagnostic) -> Value {
    guard type.element == .int32 else { return try graph.apply(Affine(scale: scale, offset: offset), self) }
    guard Int32(exactly: scale) != nil, Int32(exactly: offset) != nil else {
      return try cast(to: .float32).scaled(by: scale, plus: offset)
    }
    return try combined(.multiply, scale).combined(.add, offset)
  }

  /// The larger of two values; where both are equal the gradient goes to this one.
  ///
  /// Keras: `keras.ops.maximum`.
  public func maximum(_ other: Value) throws(Diagnostic) -> Value { try combined(.maximum, other) }
  /// Keras: `keras.ops.minimum`.
  public func minimum(_ other: Value) throws(Diagnostic) -> Value { try combined(.minimum, other) }
  /// Keras: `keras.ops.maximum`.
  public func maximum(_ number: Float) throws(Diagnostic) -> Value { try combined(.maximum, number) }
  /// Keras: `keras.ops.minimum`.
  public func minimum(_ number: Float) throws(Diagnostic) -> Value { try combined(.minimum, number) }
  /// Keras: `keras.ops.clip`; the gradient is 1 from the lower to the upper bound, both included.
  public func clipped(_ lower: Float, _ upper: Float) throws(Diagnostic) -> Value {
    try combined(.maximum, lower).combined(.minimum, upper)
  }

  /// Keras: `keras.ops.power`.
  public func power(_ exponent: Value) throws(Diagnostic) -> Value { try combined(.power, exponent) }
  /// Keras: `keras.ops.power`.
  public func power(_ exponent: Float) throws(Diagnostic) -> Value { try combined(.power, exponent) }
  /// Keras: `keras.ops.floor_divide`.
  public func floorDivided(by other: Value) throws(Diagnostic) -> Value { try combined(.floorDivide, other) }
  /// What is left of a division, with the sign of the divisor.
  ///
  /// Keras: `keras.ops.mod`.
  public func modulo(_ other: Value) throws(Diagnostic) -> Value { try combined(.modulo, other) }
  /// The angle of the point (`x`, self).
  ///
  /// Keras: `keras.ops.arctan2`.
  public func arctangent(over x: Value) throws(Diagnostic) -> Value { try combined(.arctangent, x) }
  /// Keras: `keras.ops.divide_no_nan`.
  public func dividedNoNaN(by other: Value) throws(Diagnostic) -> Value { try combined(.divideNoNaN, other) }

  /// The same numbers as another element type; nothing is done if it is that already.
  ///
  /// Keras: `keras.ops.cast`.
  public func cast(to element: ElementType) throws(Diagnostic) -> Value {
    type.element == element ? self : try graph.apply(Cast(to: element), self)
  }

  /// The value itself, through which no gradient flows.
  ///
  /// Keras: `keras.ops.stop_gradient`.
  public func withoutGradient() throws(Diagnostic) -> Value { try graph.apply(StopGradient(), self) }
}
