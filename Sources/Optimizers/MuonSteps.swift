public import GraphEngine
import KernelABI

/// A trained parameter as an optimizer sees it.
public struct OptimizedParameter: Sendable {
  /// As Keras's variable is called: `sequential/dense/kernel`.
  public let path: String
  public let shape: [Int]
  let layout: Layout
  /// Its run among the trained numbers.
  public let range: Range<Int>

  /// - Parameter start: characters of the slab's paths that Keras's do not have.
  public init(_ entry: ParameterSlab.Entry, pathStart start: Int = 0) {
    path = String(entry.spec.path.dropFirst(start)).fromPathPart
    shape = entry.spec.shape
    layout = entry.spec.layout
    range = entry.offset..<entry.offset + entry.footprint
  }
}

/// The steps of ``Muon``: AdamW's for most parameters; each matrix goes through Newton and Schulz's iteration, on which all
/// workers work together.
///
/// Every number of a product is one chain of fused multiply-adds and norms are summed in blocks, so that neither the number of
/// threads nor the instruction set shows in the result.
final class MuonSteps {
  private let muon: Muon
  private let weights: UnsafeMutablePointer<Float>
  private let gradients: UnsafeMutablePointer<Float>
  private let slots: UnsafePointer<UnsafeMutablePointer<Float>>
  private let numbers: UnsafePointer<Float>
  private let kernels: KernelTable
  private let condition: UnsafePointer<Bool>
  /// Working memory for the largest matrix, and for the products with its transpose.
  private let (first, second, square, polynomial):
    (AlignedBuffer, AlignedBuffer, AlignedBuffer, AlignedBuffer)
  private let sums: AlignedBuffer
  private let factor = AlignedBuffer(1)
  private static let blockSize = 8192

  init(
    _ muon: Muon, _ parameters: [OptimizedParameter], weights: UnsafeMutablePointer<Float>,
    gradients: UnsafeMutablePointer<Float>, numbers: StepNumbers, kernels: KernelTable
  ) {
    self.muon = muon
    self.weights = weights
    self.gradients = gradients
    slots = numbers.slots
    self.numbers = UnsafePointer(numbers[.own])
    self.kernels = kernels
    condition = UnsafePointer(numbers[.steps])
    let matrices = parameters.filter { !muon.takesAdam($0.path, $0.shape) }
    let largest = matrices.map(\.range.count).max() ?? 0
    let side = matrices.map { $0.shape.min() ?? 0 }.max() ?? 0
    first = AlignedBuffer(largest)
    second = AlignedBuffer(largest)
    square = AlignedBuffer(side * side)
    polynomial = AlignedBuffer(side * side)
    sums = AlignedBuffer(largest / Self.blockSize + 1)
    let others = parameters.filter { muon.takesAdam($0.path, $0.shape) }
    if !others.isEmpty { passes.append(adam(others.flatMap { Self.blocks($0.range) })) }
    for matrix in matrices where !matrix.range.isEmpty { passes += steps(of: matrix) }
  }

  private(set) var passes: [UpdatePass] = []

  private static func blocks(_ range: Range<Int>) -> [Range<Int>] {
    stride(from: range.lowerBound, to: range.upperBound, by: blockSize).map {
      $0..<min($0 + blockSize, range.upperBound)
    }
  }

  private func update(_ rule: UpdateRule, _ range: Range<Int>, _ numbers: UnsafePointer<Float>) {
    kernels.update(rule.rawValue, weights, gradients, slots, range.lowerBound, range.count, numbers)
  }

  private func each(_ blocks: [Range<Int>], _ body: @escaping (Int, Range<Int>) -> Void) -> UpdatePass {
    .whole { [condition] worker in
      guard condition.pointee else { return }
      for i in worker.share(of: blocks.count) { body(i, blocks[i]) }
    }
  }

  private func adam(_ blocks: [Range<Int>]) -> UpdatePass {
    each(blocks) { [self] _, range in
      update(.decay, range, numbers + 4)
      update(.adam, range, numbers)
    }
  }

  private func steps(of matrix: OptimizedParameter) -> [UpdatePass] {
    let blocks = Self.blocks(matrix.range)
    let own = numbers + Muon.matrixNumbers
    let measured = each(blocks) { [self] i, range in
      update(.muon, range, own)
      sums.pointer[i] = kernels.sumOfSquares(gradients + range.lowerBound, range.count)
    }
    let scaled = each([0..<1]) { [self] _, _ in
      var total = 0.0
      for i in blocks.indices { total += Double(sums.pointer[i]) }
      unpack(matrix, scaledBy: 1 / (Float(total.squareRoot()) + 1e-7))
    }
    var passes = [measured, scaled]
    var (x, y) = (first, second)
    for _ in 0..<muon.newtonSchulzSteps {
      passes += iteration(matrix, from: x.pointer, to: y.pointer)
      swap(&x, &y)
    }
    let packed = each([0..<1]) { [self, x] _, _ in pack(x.pointer, matrix) }
    let taken = each(blocks) { [self] _, range in
      update(.decay, range, own + 4)
      update(.descent, range, UnsafePointer(factor.pointer))
    }
    return passes + [packed, taken]
  }

  /// Puts what a matrix is to become orthogonal from into the first working memory, its rows one after another.
  private func unpack(_ matrix: OptimizedParameter, scaledBy scale: Float) {
    let (rows, columns) = (matrix.shape[0], matrix.shape[1])
    let start = gradients + matrix.range.lowerBound
    if matrix.layout == .panels {
      kernels.fromPanels(start, first.pointer, rows, columns)
      kernels.affine(first.pointer, first.pointer, rows * columns, scale, 0)
    } else {
      kernels.affine(start, first.pointer, rows * columns, scale, 0)
    }
    let rate = numbers[Muon.matrixNumbers + 3]
    factor.pointer[0] = muon.rmsRate.map { rate * Float(max(rows, columns)).squareRoot() * Float($0) } ?? rate
  }

  /// Puts the orthogonal matrix in the place of the gradient.
  private func pack(_ x: UnsafeMutablePointer<Float>, _ matrix: OptimizedParameter) {
    let (rows, columns) = (matrix.shape[0], matrix.shape[1])
    let start = gradients + matrix.range.lowerBound
    if matrix.layout == .panels {
      kernels.toPanels(x, start, rows, columns)
    } else {
      start.update(from: x, count: rows * columns)
    }
  }

  /// `y = a x + (b s + c s²) x` with `s = x xᵀ`; of a tall matrix its transpose is meant.
  private func iteration(
    _ matrix: OptimizedParameter, from x: UnsafeMutablePointer<Float>, to y: UnsafeMutablePointer<Float>
  ) -> [UpdatePass] {
    let (rows, columns) = (matrix.shape[0], matrix.shape[1])
    let isTall = rows > columns
    let (side, length) = (min(rows, columns), max(rows, columns))
    var outer = GemmTask(
      m: side, n: side, k: length, a: x, aRow: isTall ? 1 : columns, aColumn: isTall ? columns : 1, b: x,
      c: square.pointer, cRow: side)
    outer.bRow = isTall ? columns : 1
    outer.bColumn = isTall ? 1 : columns
    var squared = GemmTask(
      m: side, n: side, k: side, a: square.pointer, aRow: side, aColumn: 1, b: square.pointer,
      c: polynomial.pointer, cRow: side)
    squared.bRow = side
    var next = GemmTask(
      m: rows, n: columns, k: side, a: isTall ? x : polynomial.pointer, aRow: side, aColumn: 1,
      b: isTall ? polynomial.pointer : x, c: y, cRow: columns)
    // Of a tall matrix every row is multiplied by the transpose.
    next.bRow = isTall ? 1 : columns
    next.bColumn = isTall ? side : 1
    next.accumulates = true
    let (a, b, c) = (Float(muon.polynomial.a), Float(muon.polynomial.b), Float(muon.polynomial.c))
    return [
      product(outer) { _ in
      } after: { _ in
      },
      product(squared) { _ in
      } after: { [square, polynomial] rows in
        for i in rows.lowerBound * side..<rows.upperBound * side {
          polynomial.pointer[i] = b * square.pointer[i] + c * polynomial.pointer[i]
        }
      },
      product(next) { [kernels] rows in
        let start = rows.lowerBound * columns
        kernels.affine(x + start, y + start, rows.count * columns, a, 0)
      } after: { _ in
      },
    ]
  }

  /// A product of which each worker makes some rows, with something before and after it on the same rows.
  private func product(
    _ whole: GemmTask, _ before: @escaping (Range<Int>) -> Void, after: @escaping (Range<Int>) -> Void
  ) -> UpdatePass {
    .whole { [condition, kernels] worker in
      let rows = worker.share(of: whole.m)
      guard condition.pointee, !rows.isEmpty else { return }
      before(rows)
      var task = whole
      task.m = rows.count
      task.a += rows.lowerBound * whole.aRow
      task.c += rows.lowerBound * whole.cRow
      kernels.gemm(&task, worker.workspace)
      after(rows)
    }
  }
}
