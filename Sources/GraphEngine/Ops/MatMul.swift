import KernelABI
public import TensorCore

/// The product over the last axis, `x[…, k] · w[k, n]`, or one of the two products that its gradient needs.
///
/// Leading axes are rows. Transposes are flags, so that none is ever made in memory; a bias and what follows can ride
/// along (see `fuseEpilogues`).
public struct MatMul: Op, TakesEpilogue {
  public static let name = "matmul"
  /// `xᵀ · y`, both with the same rows: the gradient of the weights.
  let transposesLeft: Bool
  /// `x · wᵀ`: the gradient of the input.
  let transposesRight: Bool
  private(set) var epilogue = Epilogue.none

  public init() { self.init(transposesLeft: false, transposesRight: false) }

  private init(transposesLeft: Bool = false, transposesRight: Bool = false) {
    self.transposesLeft = transposesLeft
    self.transposesRight = transposesRight
  }

  /// `x · wᵀ`.
  static let transposed = MatMul(transposesRight: true)

  var takesBias: Bool { !transposesLeft }
  var takesFinish: Bool { !transposesLeft }

  func with(_ epilogue: Epilogue) -> MatMul {
    var copy = self
    copy.epilogue = epilogue
    return copy
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    let (x, w) = (operands[0], operands[1])
    guard let k = x.dims.last, x.rank >= 2 else {
      throw ShapeError("a product needs at least one axis beside the batch, found \(x)", operand: 0)
    }
    if transposesLeft {
      guard let n = w.dims.last else {
        throw ShapeError("a product needs a last axis, found \(w)", operand: 1)
      }
      return TensorType([k, n])
    }
    guard w.rank == 2 else { throw ShapeError("the second factor must be a matrix, found \(w)", operand: 1) }
    let (inner, n) = transposesRight ? (w.dims[1], w.dims[0]) : (w.dims[0], w.dims[1])
    guard k == inner else {
      throw ShapeError("the last axis of \(x) and the rows of \(w) differ: \(k) and \(inner)", operand: 0)
    }
    return TensorType(x.dims.dropLast() + [n])
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    let (x, w, g, graph) = (c.operands[0], c.operands[1], c.gradient, c.gradient.graph)
    if transposesLeft {
      return [
        try graph.apply(MatMul(transposesRight: true), w, g), try graph.apply(MatMul(), x, g),
      ]
    }
    if transposesRight {
      return [try graph.apply(MatMul(), g, w), try graph.apply(MatMul(transposesLeft: true), g, x)]
    }
    return [
      try graph.apply(MatMul(transposesRight: true), g, w),
      try graph.apply(MatMul(transposesLeft: true), x, g),
    ]
  }

  public func readsPanels(_ operand: Int) -> Bool { operand == 1 && !transposesLeft }
  public var writesPanels: Bool { transposesLeft }
  public var updatesWeights: Bool { transposesLeft }

  public func flops(_ operands: [[Int]], _ result: [Int]) -> Int {
    let depth = transposesLeft ? operands[0].dropLast().reduce(1, *) : operands[0].last ?? 1
    return 2 * depth * result.reduce(1, *)
  }

  public func bind(_ site: BindSite) -> Step {
    let task = task(site)
    let kernels = site.kernels
    // Few rows are not worth splitting: each thread would read all of the weights.
    let splitsColumns = (transposesLeft ? task.k : task.m) <= 64
    guard let update = site.update else {
      return { worker in
        var block = task.block(for: worker, splitsColumns: splitsColumns)
        kernels.gemm(&block, worker.workspace)
      }
    }
    let rate = update.rate
    return { worker in
      var block = task.block(for: worker, splitsColumns: splitsColumns)
      block.alpha = 0 - rate.pointee
      if block.alpha != 0 { kernels.gemm(&block, worker.workspace) }
    }
  }

  private func task(_ site: BindSite) -> GemmTask {
    let (x, w, y) = (site.inputs[0], site.inputs[1], site.output)
    var task = GemmTask(
      m: x.rows, n: y.columns, k: x.columns, a: x.input, aRow: x.columns, aColumn: 1, b: w.input,
      c: site.update?.weights ?? y.pointer, cRow: y.columns)
    if transposesLeft {
      task.m = x.columns
      task.k = x.rows
      task.aRow = 1
      task.aColumn = x.columns
    }
    switch w.layout {
    case .panels:
      task.bLayout = transposesRight ? .transposedPanels : .panels
      task.bPanel = w.rows * 16
    case .rowMajor:
      task.bRow = transposesRight ? 1 : w.columns
      task.bColumn = transposesRight ? w.columns : 1
    }
    if y.layout == .panels { task.cPanel = y.rows * 16 }
    let (bias, beside) = operands(site)
    task.bias = bias
    task.beside = beside
    task.finish = epilogue.finish
    return task
  }
}

extension GemmTask {
  /// A worker's block: some columns, whole panels of them, or some rows.
  @inline(__always)
  func block(for worker: Worker, splitsColumns: Bool) -> GemmTask {
    if worker.parts == 1 { return self }
    var block = self
    if splitsColumns {
      let share = worker.share(of: n, grain: 16)
      let first = share.lowerBound
      block.n = share.count
      switch bLayout {
      case .strided: block.b += first * bColumn
      case .panels: block.b += first / 16 * bPanel
      case .transposedPanels: block.b += first * 16
      }
      block.c += cPanel == 0 ? first : first / 16 * cPanel
      block.bias = bias.map { $0 + first }
    } else {
      let share = worker.share(of: m)
      block.m = share.count
      block.a += share.lowerBound * aRow
      block.c += share.lowerBound * (cPanel == 0 ? cRow : 16)
    }
    return block
  }
}

extension MatMul {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    precondition(epilogue == .none, "only passes make epilogues")
    let (x, w) = (operands[0], operands[1])
    let (rows, columns, n) = (x.rows, x.columns, shape.last ?? 1)
    if transposesLeft {
      return ReferenceTensor(
        shape,
        referenceProduct(
          m: columns, n: n, k: rows, { i, p in x.numbers[p * columns + i] }, { p, j in w.numbers[p * n + j] })
      )
    }
    return ReferenceTensor(
      shape,
      referenceProduct(
        m: rows, n: n, k: columns, { i, p in x.numbers[i * columns + p] },
        { p, j in w.numbers[transposesRight ? j * columns + p : p * n + j] }))
  }
}
