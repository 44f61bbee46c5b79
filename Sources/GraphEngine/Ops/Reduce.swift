import Diagnostics
import KernelABI
public import TensorCore

/// The sum over the last axis, each row in a fixed tree.
public struct SumLast: Op {
  public static let name = "sum_last"
  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    try operands[0].require(.float32, for: name)
    guard operands[0].rank >= 1 else {
      throw ShapeError("a sum over the last axis needs one, found \(operands[0])")
    }
    return TensorType(operands[0].dims.dropLast())
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    guard let last = c.operands[0].type.dims.last else { return [nil] }
    return [try c.gradient.graph.apply(RepeatLast(last), c.gradient)]
  }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { operands[0].reduce(1, *) }

  public func bind(_ site: BindSite) -> Step {
    let (kernels, x, y) = (site.kernels, site.inputs[0].input, site.output.pointer)
    let (rows, columns) = (site.inputs[0].rows, site.inputs[0].columns)
    return { worker in
      let share = worker.share(of: rows)
      kernels.sumColumns(x + share.lowerBound * columns, y + share.lowerBound, share.count, columns)
    }
  }
}

/// Repeats every element along a new last axis.
public struct RepeatLast: Op {
  public static let name = "repeat_last"
  let dim: Dim
  public init(_ dim: Dim) { self.dim = dim }

  public func infer(_ operands: [TensorType]) -> TensorType { TensorType(operands[0].dims + [dim]) }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    [try c.gradient.graph.apply(SumLast(), c.gradient)]
  }

  public func bind(_ site: BindSite) -> Step {
    let (x, y, rows, columns) = (
      site.inputs[0].input, site.output.pointer, site.output.rows, site.output.columns
    )
    return { worker in
      for r in worker.share(of: rows) { (y + r * columns).update(repeating: x[r], count: columns) }
    }
  }
}

/// The sum of all elements, in a fixed tree: a scalar.
public struct SumAll: Op {
  public static let name = "sum_all"
  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    try operands[0].require(.float32, for: name)
    return TensorType([])
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    [try c.gradient.graph.apply(Fill(c.operands[0].type.dims), c.gradient)]
  }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { operands[0].reduce(1, *) }

  public func bind(_ site: BindSite) -> Step {
    let (kernels, x, y, count) = (
      site.kernels, site.inputs[0].input, site.output.pointer, site.inputs[0].count
    )
    return { if $0.part == 0 { y[0] = kernels.sum(x, count) } }
  }
}

/// The mean of all elements: a scalar.
public struct MeanAll: Op {
  public static let name = "mean_all"
  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    try operands[0].require(.float32, for: name)
    return TensorType([])
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    [try c.gradient.graph.apply(Fill(c.operands[0].type.dims, dividing: true), c.gradient)]
  }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { operands[0].reduce(1, *) }

  public func bind(_ site: BindSite) -> Step {
    let (kernels, x, y, count) = (
      site.kernels, site.inputs[0].input, site.output.pointer, site.inputs[0].count
    )
    return { if $0.part == 0 { y[0] = kernels.sum(x, count) / Float(count) } }
  }
}

/// A tensor full of one scalar, or of the scalar divided by the number of elements.
struct Fill: Op {
  static let name = "fill"
  let dims: [Dim]
  let divides: Bool

  init(_ dims: [Dim], dividing: Bool = false) {
    self.dims = dims
    divides = dividing
  }

  func infer(_ operands: [TensorType]) -> TensorType { TensorType(dims) }

  func pullback(_ c: PullbackContext) throws -> [Value?] {
    [
      try divides
        ? c.gradient.graph.apply(MeanAll(), c.gradient) : c.gradient.graph.apply(SumAll(), c.gradient)
    ]
  }

  func bind(_ site: BindSite) -> Step {
    let (x, y, count) = (site.inputs[0].input, site.output.pointer, site.output.count)
    let divisor: Float = divides ? Float(count) : 1
    return { worker in
      let share = worker.share(of: count, grain: 16)
      (y + share.lowerBound).update(repeating: x[0] / divisor, count: share.count)
    }
  }
}

extension SumLast {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    ReferenceTensor(shape, (0..<operands[0].rows).map { operands[0].row($0).reduce(0, +) })
  }
}

extension RepeatLast {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    ReferenceTensor(shape) { operands[0][Array($0.dropLast())] }
  }
}

extension SumAll {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    ReferenceTensor(shape, [operands[0].numbers.reduce(0, +)])
  }
}

extension MeanAll {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    ReferenceTensor(shape, [operands[0].numbers.reduce(0, +) / Double(operands[0].count)])
  }
}

extension Fill {
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let count = divides ? shape.reduce(1, *) : 1
    return ReferenceTensor(shape, repeating: operands[0].numbers[0] / Double(count))
  }
}
