import KernelABI
public import TensorCore

/// Adds a vector to every row: `x[…, n] + b[n]`.
public struct AddBias: Pointwise {
  public static let name = "add_bias"
  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    guard operands[0].dims.last == operands[1].dims.last, operands[1].rank == 1 else {
      throw ShapeError("a bias \(operands[1]) does not fit \(operands[0])", operand: 1)
    }
    return operands[0]
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    [c.gradient, try c.gradient.graph.apply(SumLeading(), c.gradient)]
  }

  @inline(__always) func compute(_ block: Block, _ kernels: KernelTable) {
    Binary(.add).compute(block, kernels)
  }
}

/// The sum over all axes but the last: the gradient of a bias.
///
/// Each column is summed in the order of its rows.
public struct SumLeading: Op {
  public static let name = "sum_leading"
  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    guard let last = operands[0].dims.last else {
      throw ShapeError("a sum over rows needs an axis, found \(operands[0])")
    }
    return TensorType([last])
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    [try c.gradient.graph.apply(Broadcast(to: c.operands[0].type.dims), c.gradient)]
  }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { operands[0].reduce(1, *) }

  public func bind(_ site: BindSite) -> Step {
    let (kernels, x, y) = (site.kernels, site.inputs[0].input, site.output.pointer)
    let (rows, columns) = (site.inputs[0].rows, site.inputs[0].columns)
    return { worker in
      let share = worker.share(of: columns, grain: 16)
      kernels.sumRows(x + share.lowerBound, y + share.lowerBound, rows, share.count, columns)
    }
  }
}

extension AddBias {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    operands[0].combined(operands[1].broadcast(to: shape), +)
  }
}

extension SumLeading {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    var sums = ReferenceTensor(shape)
    for (i, x) in operands[0].numbers.enumerated() { sums.numbers[i % sums.count] += x }
    return sums
  }
}
