public import Diagnostics
public import TensorCore

// Values that are known when the graph is built. They lie in memory once and are computed by no step.

extension Graph {
  /// One number, as a scalar or everywhere in a shape.
  ///
  /// Keras: `keras.ops.full`, `zeros`, `ones`, `full_like`.
  public func constant(_ number: Float, _ dims: [Dim] = []) -> Value {
    leaf(.constant(number), TensorType(dims))
  }

  public func constant(whole number: Int32, _ dims: [Dim] = []) -> Value {
    leaf(.constant(Float(bitPattern: UInt32(bitPattern: number))), TensorType(dims, .int32))
  }

  /// Numbers that a table may have, which is held in memory from the moment the graph is built: a model is looked at before
  /// anybody asks what it needs.
  private static let largestTable = 1 << 26

  /// Makes sure that a table of so many numbers can be made.
  /// - Throws: E0314.
  public func checkTable(_ shape: [Int]) throws(Diagnostic) {
    guard shape.product <= Self.largestTable else {
      throw .uncountable("a table of \(shape.map(String.init).joined(separator: " × ")) numbers", at: origin)
    }
  }

  /// A table of numbers, each of them made from its place.
  /// - Throws: E0314 if there are too many, before any is made.
  public func table(_ shape: [Int], _ number: (Int) -> Float) throws(Diagnostic) -> Value {
    try checkTable(shape)
    return constant(Tensor(shape, (0..<shape.reduce(1, *)).map(number)))
  }

  /// The numbers of a tensor.
  ///
  /// Keras: `keras.ops.convert_to_tensor`.
  public func constant(_ tensor: Tensor) -> Value {
    leaf(.table(ConstantTable(tensor.elements)), TensorType(tensor.shape.map { .size($0) }))
  }

  /// Whole numbers in a shape, which is that of a vector if none is given.
  public func constant(whole numbers: [Int32], shape: [Int]? = nil) -> Value {
    let shape = shape ?? [numbers.count]
    precondition(shape.reduce(1, *) == numbers.count, "\(numbers.count) numbers do not fill \(shape)")
    return leaf(.table(ConstantTable(numbers)), TensorType(shape.map { .size($0) }, .int32))
  }

  /// 1 on a diagonal, 0 elsewhere.
  ///
  /// Keras: `keras.ops.eye`, `identity`.
  /// - Parameters:
  ///   - columns: as many as rows if not given.
  ///   - diagonal: 0 is the main one, 1 that above it.
  /// - Throws: E0314 if it is too large.
  public func eye(_ rows: Int, _ columns: Int? = nil, diagonal: Int = 0) throws(Diagnostic) -> Value {
    let columns = columns ?? rows
    try checkTable([rows, columns])
    var tensor = Tensor(zeros: [rows, columns])
    for r in 0..<rows where (0..<columns).contains(r + diagonal) {
      tensor.elements[r * columns + r + diagonal] = 1
    }
    return constant(tensor)
  }

  /// The numbers from `start` up to but without `stop`.
  ///
  /// Keras: `keras.ops.arange`.
  /// - Throws: E0301 if the step is 0.
  public func arange(_ start: Float, _ stop: Float, by step: Float = 1) throws(Diagnostic) -> Value {
    let count = try stepCount(Double(start), Double(stop), Double(step))
    return try table([count]) { Float(Double(start) + Double($0) * Double(step)) }
  }

  /// Whole numbers from 0 up to but without `count`.
  public func indices(_ count: Int) -> Value { constant(whole: (0..<Int32(clamping: count)).map { $0 }) }

  /// Numbers at equal distances, both ends included.
  ///
  /// Keras: `keras.ops.linspace`.
  public func linspace(_ start: Float, _ stop: Float, _ count: Int = 50) -> Value {
    let step = count > 1 ? (Double(stop) - Double(start)) / Double(count - 1) : 0
    let numbers = (0..<count).map { i in
      i > 0 && i == count - 1 ? stop : Float(Double(start) + Double(i) * step)
    }
    return constant(Tensor([count], numbers))
  }

  private func stepCount(_ start: Double, _ stop: Double, _ step: Double) throws(Diagnostic) -> Int {
    let count = ((stop - start) / step).rounded(.up)
    guard count.isFinite else {
      throw .shape(
        ShapeError("steps of \(step) do not lead from \(start) to \(stop)", hint: "the step must not be 0"),
        at: origin, operands: [])
    }
    guard count < Double(TensorType.largestCount) else { throw .uncountable("a range", at: origin) }
    // A range that leads away may be as far below 0 as floats go.
    return Int(max(0, count))
  }
}
