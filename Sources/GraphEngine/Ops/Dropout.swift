import Diagnostics
import KernelABI
public import TensorCore

/// Sets a fraction `rate` of the elements to 0 and scales the others by `1 / (1 - rate)`.
///
/// Which ones depends on the key, the number of the training step and the index of the element: nothing is stored,
/// and the gradient is the same op on the gradient. Operands: x, the step (one int64 in two floats' memory).
public struct Dropout: Pointwise {
  public static let name = "dropout"
  let rate: Float
  let key: SIMD2<UInt32>

  public init(rate: Float, stream: RandomStream) {
    self.rate = rate
    key = stream.key ^ stream.stream
  }

  public func infer(_ operands: [TensorType]) -> TensorType { operands[0] }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    [try c.gradient.graph.apply(self, c.gradient, c.operands[1]), nil]
  }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { 16 * result.reduce(1, *) }

  func walks(_ operand: Int) -> Bool { operand == 0 }

  @inline(__always) func compute(_ b: Block, _ kernels: KernelTable) {
    let step = UnsafeRawPointer(b[1]).load(as: UInt64.self)
    kernels.dropout(key.x, key.y, step, b.first, rate, b[0], b.output, b.count)
  }
}

extension Dropout {
  /// Draws the numbers that the kernel draws.
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let words = RandomStream(key: key, stream: SIMD2()).at(words: operands[1])
    let threshold = UInt32(Double(rate) * 0x1p32)
    var y = operands[0]
    for i in y.numbers.indices {
      y.numbers[i] = words[i] >= threshold ? y.numbers[i] / (1 - Double(rate)) : 0
    }
    return y
  }
}
