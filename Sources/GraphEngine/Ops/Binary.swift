import Diagnostics
public import KernelABI
public import TensorCore

/// An elementwise function of two values; see ``BinaryFunction`` for which there are.
///
/// With broadcasting the operands' shapes follow NumPy's rules, and neither is copied to the result's shape.
/// Without, they must be equal: a loss that would silently pair predictions with the wrong targets is refused.
public struct Binary: Pointwise {
  public static let name = "binary"
  public let function: BinaryFunction
  let broadcasts: Bool
  public var name: String { "\(function)" }

  public init(_ function: BinaryFunction, broadcasting: Bool = false) {
    self.function = function
    broadcasts = broadcasting
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    try checkShapes(operands, broadcasts)
    for (i, type) in operands.enumerated() { try type.require(.float32, for: name, operand: i) }
    return TensorType(try TensorType.broadcast(operands[0], operands[1]))
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    let (da, db) = try function.described.slopes(
      .init(a: c.operands[0], b: c.operands[1], y: c.result, g: c.gradient))
    return [
      try da?.summed(to: c.operands[0].type.dims), try db?.summed(to: c.operands[1].type.dims),
    ]
  }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int {
    function.described.cost * result.reduce(1, *)
  }

  @inline(__always) func compute(_ block: Block, _ kernels: KernelTable) {
    let (a, b) = (block.inputs[0], block.inputs[1])
    kernels.binaryRows(
      function.rawValue, a.pointer, a.row, a.column, b.pointer, b.row, b.column, block.output, block.rows,
      block.columns)
  }
}

/// ``Binary`` of whole numbers: sums, products and powers wrap around.
///
/// A division by 0 gives 0 as in NumPy, where TensorFlow stops with an error; a power below 0 is its fraction cut off.
/// Comparisons and logical functions give truth values, which are floats.
public struct IntegerBinary: Pointwise {
  public static let name = "integer_binary"
  public let function: BinaryFunction
  public var name: String { "integer_\(function)" }
  public init(_ function: BinaryFunction) { self.function = function }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    for (i, type) in operands.enumerated() { try type.require(.int32, for: name, operand: i) }
    guard function.isWhole else {
      throw ShapeError(
        "\(function) does not give whole numbers", hint: "cast both operands: cast(x, 'float32')")
    }
    return TensorType(
      try TensorType.broadcast(operands[0], operands[1]), function.isTruth ? .float32 : .int32)
  }

  public func pullback(_ c: PullbackContext) -> [Value?] { [nil, nil] }

  @inline(__always) func compute(_ block: Block, _ kernels: KernelTable) {
    let (a, b) = (block.inputs[0], block.inputs[1])
    kernels.integerRows(
      function.rawValue, a.labels, a.row, a.column, b.labels, b.row, b.column,
      UnsafeMutableRawPointer(block.output).assumingMemoryBound(to: Int32.self), block.rows, block.columns)
  }
}

private func checkShapes(_ operands: [TensorType], _ broadcasts: Bool) throws(ShapeError) {
  guard broadcasts || operands[0] == operands[1] else {
    throw ShapeError(
      "shapes \(operands[0]) and \(operands[1]) differ", operand: 1,
      hint: "both operands must have one shape")
  }
}

extension Binary {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    operands[0].broadcast(to: shape).combined(operands[1].broadcast(to: shape), function.value(_:_:))
  }
}

extension IntegerBinary {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    operands[0].broadcast(to: shape).combined(operands[1].broadcast(to: shape)) {
      function.value(whole: $0, $1)
    }
  }
}
