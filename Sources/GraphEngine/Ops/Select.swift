import KernelABI
public import TensorCore

/// One value where a condition is not 0, another elsewhere; all three of one shape.
///
/// Keras: `keras.ops.where`. A gradient goes to the chosen value only; that the other one is NaN or infinite leaves no
/// trace. Operands: condition (float32 or int32), value if true, value if false.
public struct Select: Pointwise {
  public static let name = "select"
  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    let (condition, a, b) = (operands[0], operands[1], operands[2])
    guard a == b, condition.dims == a.dims else {
      throw ShapeError(
        "a choice between \(a) and \(b) by \(condition) needs one shape and one element type", operand: 1)
    }
    return a
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    let g = c.gradient
    let zero = g.graph.leaf(.constant(0), g.type)
    return [
      nil, try g.graph.apply(Select(), c.operands[0], g, zero),
      try g.graph.apply(Select(), c.operands[0], zero, g),
    ]
  }

  @inline(__always) func compute(_ block: Block, _ kernels: KernelTable) {
    let (condition, a, b, y) = (block.inputs[0].labels, block[1], block[2], block.output)
    // The least whole number has the bits of -0 and counts as 0.
    for i in 0..<block.count { y[i] = condition[i] == 0 || condition[i] == .min ? b[i] : a[i] }
  }
}

extension Select {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let numbers = operands[0].numbers.enumerated().map { i, condition in
      operands[condition != 0 ? 1 : 2].numbers[i]
    }
    return ReferenceTensor(shape, numbers)
  }
}
