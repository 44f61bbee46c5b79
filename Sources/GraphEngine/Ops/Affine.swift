import KernelABI
public import TensorCore

/// `scale · x + offset`, rounded once.
public struct Affine: Pointwise {
  public static let name = "affine"
  public let scale: Float
  public let offset: Float

  public init(scale: Float, offset: Float) {
    self.scale = scale
    self.offset = offset
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    try operands[0].require(.float32, for: name)
    return operands[0]
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    [try c.gradient.graph.apply(Affine(scale: scale, offset: 0), c.gradient)]
  }

  @inline(__always) func compute(_ b: Block, _ kernels: KernelTable) {
    kernels.affine(b[0], b.output, b.count, scale, offset)
  }
}

extension Affine {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    operands[0].map { Double(scale) * $0 + Double(offset) }
  }
}
