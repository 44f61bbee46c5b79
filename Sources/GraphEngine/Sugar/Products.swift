public import Diagnostics
import TensorCore

// Products of vectors, matrices and tensors.

extension Value {
  /// The product of matrices, which are the last two axes; a vector is a row on the left and a column on the right.
  ///
  /// Keras: `keras.ops.matmul`.
  /// - Throws: E0301 if the inner sizes differ.
  public func multiplied(
    by other: Value, transposingLeft: Bool = false, transposingRight: Bool = false
  ) throws(Diagnostic) -> Value {
    let isWhole = type.element == .int32 && other.type.element == .int32
    let (a, b) = try isWhole ? (self, other) : (cast(to: .float32), other.cast(to: .float32))
    if a.type.rank == 1 {
      let product = try a.expandingDimensions(at: 0).multiplied(by: b, transposingRight: transposingRight)
      return try b.type.rank == 1 ? product : product.squeezed([-2])
    }
    if b.type.rank == 1 {
      let column = try b.expandingDimensions(at: 1)
      return try a.multiplied(by: column, transposingLeft: transposingLeft).squeezed([-1])
    }
    if isWhole {
      return try graph.apply(
        IntegerMatMul(transposingLeft: transposingLeft, transposingRight: transposingRight), a, b)
    }
    if b.type.rank == 2 && !transposingLeft && !b.type.dims.contains(.batch) {
      return try graph.apply(transposingRight ? MatMul.transposed : MatMul(), a, b)
    }
    return try graph.apply(
      BatchMatMul(transposingLeft: transposingLeft, transposingRight: transposingRight), a, b)
  }

  /// The sum of products over the last axis of this value and the last but one of the other (its only one, if it is a
  /// vector); all other axes stay, this value's first.
  ///
  /// Keras: `keras.ops.dot`.
  public func dot(_ other: Value) throws(Diagnostic) -> Value {
    if type.rank == 0 || other.type.rank == 0 { return try self * other }
    return try tensordot(other, axes: ([-1], [Swift.max(-2, -other.type.rank)]))
  }

  /// The sum of products over pairs of axes; all other axes stay, this value's first.
  ///
  /// Keras: `keras.ops.tensordot`.
  public func tensordot(_ other: Value, axes: ([Int], [Int])) throws(Diagnostic) -> Value {
    let (left, right) = try graph.checked(self, other) { () throws(ShapeError) in
      guard axes.0.count == axes.1.count else {
        throw ShapeError("axes \(axes.0) and \(axes.1) do not pair up", hint: "name as many on both sides")
      }
      var (left, right): ([Int], [Int]) = ([], [])
      for axis in axes.0 { left.append(try type.axis(axis)) }
      for axis in axes.1 { right.append(try other.type.axis(axis)) }
      return (left, right)
    }
    let own = Array(type.dims.indices)
    let others = other.type.dims.indices.map { axis in
      right.firstIndex(of: axis).map { left[$0] } ?? type.rank + axis
    }
    let kept = own.filter { !left.contains($0) } + others.filter { $0 >= type.rank }
    return try Contraction([own, others], kept).apply([self, other])
  }

  /// The last `count` axes of this value with the first of the other.
  ///
  /// Keras: `keras.ops.tensordot` with a number.
  public func tensordot(_ other: Value, axes count: Int = 2) throws(Diagnostic) -> Value {
    try tensordot(other, axes: ((0..<count).map { $0 - count }, Array(0..<count)))
  }

  /// All products of an element of one vector with one of the other.
  ///
  /// Keras: `keras.ops.outer`. Values with more axes are flattened first.
  public func outer(_ other: Value) throws(Diagnostic) -> Value {
    let (m, n) = (type.sampleCount, other.type.sampleCount)
    return try reshaped(to: [.size(m), .size(1)]) * other.reshaped(to: [.size(1), .size(n)])
  }

  /// Sums of products by Einstein's convention, such as `bij,bjk->bik`.
  ///
  /// Keras: `keras.ops.einsum`. A letter that is missing on the right is summed over; `...` stands for axes that
  /// broadcast. Without an arrow the result has the letters that occur once, in the order of the alphabet.
  /// - Throws: E0330 if the equation cannot be read or does not fit the values.
  public static func einsum(_ equation: String, _ values: Value...) throws(Diagnostic) -> Value {
    try einsum(equation, values)
  }

  /// The same with a list.
  public static func einsum(_ equation: String, _ values: [Value]) throws(Diagnostic) -> Value {
    let equation = try EinsumEquation(
      equation, ranks: values.map(\.type.rank), at: values.first?.graph.origin)
    return try Contraction(equation.operands, equation.result).apply(values)
  }
}
