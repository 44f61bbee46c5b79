import KernelABI
public import TensorCore

/// Products of matrices, which are the last two axes; the axes before them repeat by NumPy's rules.
///
/// Keras: `keras.ops.matmul`. Either factor can be read transposed. A product with one matrix of weights is the business
/// of ``MatMul``, which knows how weights lie in memory.
public struct BatchMatMul: Op {
  public static let name = "batch_matmul"
  let transposesLeft: Bool
  let transposesRight: Bool

  public init(transposingLeft: Bool = false, transposingRight: Bool = false) {
    transposesLeft = transposingLeft
    transposesRight = transposingRight
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    try infer(operands, of: .float32)
  }

  fileprivate func infer(_ operands: [TensorType], of element: ElementType) throws(ShapeError) -> TensorType {
    let (a, b) = (operands[0], operands[1])
    for (i, type) in operands.enumerated() {
      try type.require(element, for: name, operand: i)
      guard type.rank >= 2 else {
        throw ShapeError("a product of matrices needs two axes, found \(type)", operand: i)
      }
    }
    let (m, left) = lastTwo(a, swapped: transposesLeft)
    let (right, n) = lastTwo(b, swapped: transposesRight)
    guard left == right else {
      throw ShapeError(
        "the columns of \(a) and the rows of \(b) differ: \(left) and \(right)", operand: 1,
        hint: "the inner sizes of a product must be equal")
    }
    let leading = try TensorType.broadcast(
      TensorType(a.dims.dropLast(2)), TensorType(b.dims.dropLast(2)))
    return TensorType(leading + [m, n], element)
  }

  private func lastTwo(_ type: TensorType, swapped: Bool) -> (Dim, Dim) {
    let (first, second) = (type.dims[type.rank - 2], type.dims[type.rank - 1])
    return swapped ? (second, first) : (first, second)
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    let (a, b, g) = (c.operands[0], c.operands[1], c.gradient)
    func product(_ x: Value, _ y: Value, left: Bool, right: Bool) throws -> Value {
      try g.graph.apply(BatchMatMul(transposingLeft: left, transposingRight: right), x, y)
    }
    let da =
      try transposesLeft
      ? product(b, g, left: transposesRight, right: true)
      : product(g, b, left: false, right: !transposesRight)
    let db =
      try transposesRight
      ? product(g, a, left: true, right: transposesLeft)
      : product(a, g, left: !transposesLeft, right: false)
    return [try da.summed(to: a.type.dims), try db.summed(to: b.type.dims)]
  }

  public func flops(_ operands: [[Int]], _ result: [Int]) -> Int {
    2 * result.reduce(1, *) * (operands[0].dropLast(transposesLeft ? 1 : 0).last ?? 1)
  }

  public func bind(_ site: BindSite) -> Step {
    let (a, b, y) = (site.inputs[0], site.inputs[1], site.output)
    let (m, n) = (y.shape[y.shape.count - 2], y.columns)
    let k = transposesLeft ? a.shape[a.shape.count - 2] : a.columns
    var task = GemmTask(
      m: m, n: n, k: k, a: a.input, aRow: transposesLeft ? 1 : k, aColumn: transposesLeft ? m : 1, b: b.input,
      c: y.pointer, cRow: n)
    task.bRow = transposesRight ? 1 : n
    task.bColumn = transposesRight ? k : 1
    let leading = Array(y.shape.dropLast(2))
    let aStarts = starts(a.shape, leading, m * k)
    let bStarts = starts(b.shape, leading, k * n)
    let (kernels, whole, count) = (site.kernels, task, aStarts.count)
    return { worker in
      // Whole matrices to each worker if there are enough, else some rows of each.
      let isMany = count >= worker.parts
      for i in isMany ? worker.share(of: count) : 0..<count {
        var task = whole
        task.a += aStarts[i]
        task.b += bStarts[i]
        task.c += i * m * n
        if !isMany { task = task.block(for: worker, splitsColumns: m <= 64) }
        kernels.gemm(&task, worker.workspace)
      }
    }
  }

  /// Where the matrix of each result begins.
  fileprivate func starts(_ shape: [Int], _ leading: [Int], _ size: Int) -> [Int] {
    let steps = broadcastStrides(shape.dropLast(2), to: leading)
    return (0..<leading.reduce(1, *)).map { index in
      var (rest, start) = (index, 0)
      for axis in leading.indices.reversed() {
        start += rest % leading[axis] * steps[axis] * size
        rest /= leading[axis]
      }
      return start
    }
  }
}

/// ``BatchMatMul`` of whole numbers, exactly: sums and products wrap around as in TensorFlow.
///
/// There is no gradient.
public struct IntegerMatMul: Op {
  public static let name = "integer_matmul"
  private let product: BatchMatMul

  public init(transposingLeft: Bool = false, transposingRight: Bool = false) {
    product = BatchMatMul(transposingLeft: transposingLeft, transposingRight: transposingRight)
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    try product.infer(operands, of: .int32)
  }

  public func pullback(_ c: PullbackContext) -> [Value?] { [nil, nil] }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { product.flops(operands, result) }

  public func bind(_ site: BindSite) -> Step {
    let (a, b, shape) = (site.inputs[0], site.inputs[1], site.output.shape)
    let (m, n) = (shape[shape.count - 2], site.output.columns)
    let (isLeftTurned, isRightTurned) = (product.transposesLeft, product.transposesRight)
    let k = isLeftTurned ? a.shape[a.shape.count - 2] : a.columns
    let (aRow, aColumn) = isLeftTurned ? (1, m) : (k, 1)
    let (bRow, bColumn) = isRightTurned ? (1, k) : (n, 1)
    let leading = Array(shape.dropLast(2))
    let (aStarts, bStarts) = (
      product.starts(a.shape, leading, m * k), product.starts(b.shape, leading, k * n)
    )
    let (left, right) = (a.labels, b.labels)
    let y = UnsafeMutableRawPointer(site.output.pointer).assumingMemoryBound(to: Int32.self)
    return { worker in
      for row in worker.share(of: aStarts.count * m) {
        let (x, z) = (left + aStarts[row / m] + row % m * aRow, right + bStarts[row / m])
        for j in 0..<n {
          var sum: Int32 = 0
          for p in 0..<k { sum &+= x[p * aColumn] &* z[p * bRow + j * bColumn] }
          y[row * n + j] = sum
        }
      }
    }
  }
}

extension IntegerMatMul {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let whole = { (x: Double) in Int32(truncatingIfNeeded: referenceWhole(x)) }
    let (m, n) = (shape[shape.count - 2], shape[shape.count - 1])
    let leading = Array(shape.dropLast(2))
    let (a, b) = (
      operands[0].broadcast(to: leading + operands[0].shape.suffix(2)),
      operands[1].broadcast(to: leading + operands[1].shape.suffix(2))
    )
    let k = product.transposesLeft ? a.shape[a.shape.count - 2] : a.columns
    var y = ReferenceTensor(shape)
    for place in y.numbers.indices {
      let (number, i, j) = (place / (m * n), place / n % m, place % n)
      var sum: Int32 = 0
      for p in 0..<k {
        let left = a.numbers[number * m * k + (product.transposesLeft ? p * m + i : i * k + p)]
        let right = b.numbers[number * k * n + (product.transposesRight ? j * k + p : p * n + j)]
        sum &+= whole(left) &* whole(right)
      }
      y.numbers[place] = Double(sum)
    }
    return y
  }
}

extension BatchMatMul {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (a, b) = (operands[0], operands[1])
    let (m, n) = (shape[shape.count - 2], shape[shape.count - 1])
    let k = transposesLeft ? a.shape[a.shape.count - 2] : a.columns
    let leading = Array(shape.dropLast(2))
    let (left, right) = (
      a.broadcast(to: leading + a.shape.suffix(2)), b.broadcast(to: leading + b.shape.suffix(2))
    )
    let matrices = (0..<leading.reduce(1, *)).map { number in
      referenceProduct(
        m: m, n: n, k: k, { i, p in left.numbers[number * m * k + (transposesLeft ? p * m + i : i * k + p)] },
        { p, j in right.numbers[number * k * n + (transposesRight ? j * k + p : p * n + j)] })
    }
    return ReferenceTensor(shape, Array(matrices.joined()))
  }
}
