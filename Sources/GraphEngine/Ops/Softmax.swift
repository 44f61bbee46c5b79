import Foundation
import KernelABI
public import TensorCore

/// `e^x / Σ e^x` over the last axis.
public struct Softmax: Op {
  public static let name = "softmax"
  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    guard operands[0].rank >= 2 else {
      throw ShapeError("softmax needs an axis beside the batch, found \(operands[0])")
    }
    return operands[0]
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    [try c.gradient.graph.apply(SoftmaxGradient(), c.result, c.gradient)]
  }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { 12 * result.reduce(1, *) }

  public func bind(_ site: BindSite) -> Step {
    let (kernels, x, y) = (site.kernels, site.inputs[0].input, site.output.pointer)
    let (rows, columns) = (site.output.rows, site.output.columns)
    return { worker in
      let share = worker.share(of: rows)
      kernels.softmax(x + share.lowerBound * columns, y + share.lowerBound * columns, share.count, columns)
    }
  }
}

struct SoftmaxGradient: Op {
  static let name = "softmax_gradient"

  func infer(_ operands: [TensorType]) -> TensorType { operands[0] }

  func pullback(_ c: PullbackContext) throws -> [Value?] {
    // The gradient is y · (g - Σ g·y); it is linear in g.
    let (y, g, h) = (c.operands[0], c.operands[1], c.gradient)
    let first = try h * (g - (g * y).sum(over: [-1], keepingDimensions: true))
    let second = try g * (h * y).sum(over: [-1], keepingDimensions: true)
    return [try first - second, try h.graph.apply(SoftmaxGradient(), y, h)]
  }

  func bind(_ site: BindSite) -> Step {
    let (kernels, y, g, dx) = (
      site.kernels, site.inputs[0].input, site.inputs[1].input, site.output.pointer
    )
    let (rows, columns) = (site.output.rows, site.output.columns)
    return { worker in
      let share = worker.share(of: rows)
      let i = share.lowerBound * columns
      kernels.softmaxGradient(y + i, g + i, dx + i, share.count, columns)
    }
  }
}

extension Softmax {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    operands[0].mapRows(referenceSoftmax)
  }
}

/// `eˣ / Σ eˣ` of a row.
func referenceSoftmax(_ row: [Double]) -> [Double] {
  let level = referenceLogSumExp(row)
  return row.map { exp($0 - level) }
}

/// `ln Σ eˣ` of a row.
func referenceLogSumExp(_ row: [Double]) -> Double {
  let top = row.max() ?? 0
  return top + log(row.reduce(0) { $0 + exp($1 - top) })
}

extension SoftmaxGradient {
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (y, g) = (operands[0], operands[1])
    let rows = (0..<y.rows).map { row in
      let mean = zip(y.row(row), g.row(row)).reduce(0) { $0 + $1.0 * $1.1 }
      return zip(y.row(row), g.row(row)).map { $0 * ($1 - mean) }
    }
    return ReferenceTensor(shape, Array(rows.joined()))
  }
}
