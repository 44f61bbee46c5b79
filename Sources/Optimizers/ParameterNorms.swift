import GraphEngine
import KernelABI

/// What needs the norm of each parameter: clipping gradients by it, and steps in proportion to it.
///
/// Parameters are cut into blocks whose squares are summed apart and added up in order, so that neither the number of
/// threads nor the instruction set shows in the result. Padding is 0 and adds nothing.
final class ParameterNorms {
  private struct Block {
    let start: Int
    let count: Int
    let parameter: Int
  }

  private let blocks: [Block]
  /// The blocks of each parameter.
  private let parts: [Range<Int>]
  private let weights: UnsafeMutablePointer<Float>
  private let gradients: UnsafeMutablePointer<Float>
  private let kernels: KernelTable
  private let condition: UnsafePointer<Bool>
  private let slots: UnsafePointer<UnsafeMutablePointer<Float>>
  /// Σ g² and Σ w² of each block, then what each parameter's numbers are multiplied by.
  private let sums: AlignedBuffer
  private static let blockSize = 8192

  init(
    _ parameters: [Range<Int>], weights: UnsafeMutablePointer<Float>,
    gradients: UnsafeMutablePointer<Float>, kernels: KernelTable, condition: UnsafeMutablePointer<Bool>,
    slots: UnsafePointer<UnsafeMutablePointer<Float>>
  ) {
    var blocks: [Block] = []
    var parts: [Range<Int>] = []
    for (i, range) in parameters.enumerated() {
      let first = blocks.count
      for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.blockSize) {
        blocks.append(Block(start: start, count: min(Self.blockSize, range.upperBound - start), parameter: i))
      }
      parts.append(first..<blocks.count)
    }
    self.blocks = blocks
    self.parts = parts
    self.weights = weights
    self.gradients = gradients
    self.kernels = kernels
    self.condition = UnsafePointer(condition)
    self.slots = slots
    sums = AlignedBuffer(2 * blocks.count + parameters.count)
  }

  private var squares: UnsafeMutablePointer<Float> { sums.pointer }
  private var weightSquares: UnsafeMutablePointer<Float> { sums.pointer + blocks.count }
  private var factors: UnsafeMutablePointer<Float> { sums.pointer + 2 * blocks.count }

  /// Shortens the gradient of each parameter to `limit`, or that of all together.
  func clipping(to limit: Double, together: Bool) -> [UpdatePass] {
    [
      measuring(gradients, into: squares),
      once { [self] in
        for i in parts.indices {
          let norm = norm(squares, together ? blocks.indices : parts[i])
          // Keras: what is not finite becomes a number that is none.
          factors[i] = norm.isFinite ? Float(limit / max(norm, limit)) : .nan
        }
      },
      eachBlock { [self] block in
        kernels.update(
          UpdateRule.scale.rawValue, weights, gradients, slots, block.start, block.count,
          factors + block.parameter)
      },
    ]
  }

  /// Takes the steps that lie in the gradients' place, each as long as its parameter is large times the rate.
  func steps(rate: UnsafePointer<Float>) -> [UpdatePass] {
    [
      measuring(gradients, into: squares), measuring(weights, into: weightSquares),
      once { [self] in
        for i in parts.indices {
          let (step, weight) = (norm(squares, parts[i]), norm(weightSquares, parts[i]))
          factors[i] = (weight > 0 && step > 0 ? Float(weight / step) : 1) * rate.pointee
        }
      },
      eachBlock { [self] block in
        kernels.update(
          UpdateRule.descent.rawValue, weights, gradients, slots, block.start, block.count,
          factors + block.parameter)
      },
    ]
  }

  /// The norm of what some blocks hold, from their squares.
  private func norm(_ squares: UnsafeMutablePointer<Float>, _ blocks: Range<Int>) -> Double {
    var total = 0.0
    for i in blocks { total += Double(squares[i]) }
    return total.squareRoot()
  }

  private func measuring(_ x: UnsafeMutablePointer<Float>, into sums: UnsafeMutablePointer<Float>)
    -> UpdatePass
  {
    .whole { [self] worker in
      guard condition.pointee else { return }
      for i in worker.share(of: blocks.count) {
        sums[i] = kernels.sumOfSquares(UnsafePointer(x + blocks[i].start), blocks[i].count)
      }
    }
  }

  private func once(_ body: @escaping () -> Void) -> UpdatePass {
    .whole { [condition] worker in if worker.part == 0 && condition.pointee { body() } }
  }

  private func eachBlock(_ body: @escaping (Block) -> Void) -> UpdatePass {
    .whole { [self] worker in
      guard condition.pointee else { return }
      for i in worker.share(of: blocks.count) { body(blocks[i]) }
    }
  }
}
