import KernelABI
public import TensorCore

/// Mean and variance of every column, (2, columns), over all axes but the last: the statistics of a batch.
///
/// Each column is summed in the order of its rows; the variance is that of the distances from the mean.
public struct ColumnMoments: Op {
  public static let name = "column_moments"
  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    guard let columns = operands[0].dims.last, operands[0].rank >= 2 else {
      throw ShapeError("moments of columns need an axis beside the batch, found \(operands[0])")
    }
    try operands[0].require(.float32, for: name)
    return TensorType([.size(2), columns])
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    let x = c.operands[0]
    let slopes = try c.gradient.graph.apply(ColumnMomentsSlopes(), x, c.gradient)
    return [try (x - c.result.sliced(.at(0))) * slopes.sliced(.at(1)) + slopes.sliced(.at(0))]
  }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { 3 * operands[0].reduce(1, *) }

  public func bind(_ site: BindSite) -> Step {
    let (x, y, kernels) = (site.inputs[0], site.output.pointer, site.kernels)
    let (from, rows, columns) = (x.input, x.rows, x.columns)
    return { worker in
      let share = worker.share(of: columns, grain: 16)
      kernels.columnMoments(
        from + share.lowerBound, y + share.lowerBound, y + columns + share.lowerBound, rows, share.count,
        columns)
    }
  }
}

/// What an element adds to the gradient of its column's mean, and what its distance from the mean is multiplied by for
/// that of the variance, (2, columns); from x, of which only the shape counts, and the gradient of the moments.
struct ColumnMomentsSlopes: Op {
  static let name = "column_moments_slopes"

  func infer(_ operands: [TensorType]) -> TensorType { operands[1] }

  // It is linear: what each moment's gradient is multiplied by follows from the shape.
  func pullback(_ c: PullbackContext) throws -> [Value?] {
    [nil, try c.gradient.graph.apply(self, c.operands[0], c.gradient)]
  }

  func bind(_ site: BindSite) -> Step {
    let (x, g, y) = (site.inputs[0], site.inputs[1].input, site.output.pointer)
    let (rows, columns) = (Float(x.rows), x.columns)
    return { worker in
      for j in worker.share(of: columns) {
        y[j] = g[j] / rows
        y[columns + j] = 2 * g[columns + j] / rows
      }
    }
  }
}

/// `x · factor + shift`, both (columns).
public struct ColumnAffine: Pointwise {
  public static let name = "column_affine"
  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    let x = operands[0]
    for (i, weights) in operands.enumerated().dropFirst() where weights.dims != Array(x.dims.suffix(1)) {
      throw ShapeError("\(weights) are not the columns of \(x)", operand: i)
    }
    return x
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    let sums = try c.gradient.graph.apply(ColumnSums(), c.operands[0], c.gradient)
    return [try c.gradient * c.operands[1], try sums.sliced(.at(0)), try sums.sliced(.at(1))]
  }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { 2 * result.reduce(1, *) }

  @inline(__always) func compute(_ block: Block, _ kernels: KernelTable) {
    let (x, factor, shift) = (block.inputs[0], block.inputs[1], block.inputs[2])
    kernels.binaryRows(
      BinaryFunction.multiply.rawValue, x.pointer, x.row, x.column, factor.pointer, factor.row, factor.column,
      block.output, block.rows, block.columns)
    kernels.binaryRows(
      BinaryFunction.add.rawValue, block.output, block.columns, 1, shift.pointer, shift.row, shift.column,
      block.output, block.rows, block.columns)
  }
}

/// Of every column Σ x·g, then Σ g, (2, columns), each in the order of its rows.
struct ColumnSums: Op {
  static let name = "column_sums"

  func infer(_ operands: [TensorType]) -> TensorType {
    TensorType([.size(2)] + operands[0].dims.suffix(1))
  }

  func pullback(_ c: PullbackContext) throws -> [Value?] {
    let (x, g) = (c.operands[0], c.operands[1])
    let (products, sums) = (try c.gradient.sliced(.at(0)), try c.gradient.sliced(.at(1)))
    return [try g * products, try x * products + sums]
  }

  func cost(_ operands: [[Int]], _ result: [Int]) -> Int { 2 * operands[0].reduce(1, *) }

  func bind(_ site: BindSite) -> Step {
    let (x, g, y) = (site.inputs[0], site.inputs[1].input, site.output.pointer)
    let (from, rows, columns, kernels) = (x.input, x.rows, x.columns, site.kernels)
    return { worker in
      let share = worker.share(of: columns, grain: 16)
      let first = share.lowerBound
      kernels.columnSums(from + first, g + first, y + first, y + columns + first, rows, share.count, columns)
    }
  }
}

extension ColumnMoments {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let x = operands[0]
    let columns = (0..<x.columns).map { j in (0..<x.rows).map { x.numbers[$0 * x.columns + j] } }
    func mean(_ numbers: [Double]) -> Double { numbers.reduce(0, +) / Double(x.rows) }
    let variances = columns.map { column in
      let centre = mean(column)
      return mean(column.map { ($0 - centre) * ($0 - centre) })
    }
    return ReferenceTensor(shape, columns.map(mean) + variances)
  }
}

extension ColumnMomentsSlopes {
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let rows = Double(operands[0].rows)
    return ReferenceTensor(
      shape, operands[1].row(0).map { $0 / rows } + operands[1].row(1).map { 2 * $0 / rows })
  }
}

extension ColumnAffine {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (factor, shift) = (operands[1].numbers, operands[2].numbers)
    return operands[0].mapRows { $0.enumerated().map { j, x in x * factor[j] + shift[j] } }
  }
}

extension ColumnSums {
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (x, g) = (operands[0], operands[1])
    var sums = ReferenceTensor(shape)
    for row in 0..<x.rows {
      for (j, slope) in g.row(row).enumerated() {
        sums.numbers[j] += x.row(row)[j] * slope
        sums.numbers[x.columns + j] += slope
      }
    }
    return sums
  }
}
