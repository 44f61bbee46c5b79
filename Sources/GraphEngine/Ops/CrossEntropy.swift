import Diagnostics
import Foundation
import KernelABI
public import TensorCore

/// The cross-entropy of softmax(z) with labels, one value a row, from the logits z and their softmax.
///
/// `ln Σ e^z - z[label]`, without clipping; the gradient is `softmax(z) - onehot(label)`. Operands: z, softmax(z),
/// labels (int32).
public struct SparseCrossEntropy: Op {
  public static let name = "sparse_cross_entropy"
  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    let (z, labels) = (operands[0], operands[2])
    guard z.rank >= 2, labels.dims == Array(z.dims.dropLast()) else {
      throw ShapeError(
        "labels \(labels) do not fit outputs \(z)", operand: 0, hint: "one whole number a row is needed")
    }
    return TensorType(labels.dims)
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    [
      try c.gradient.graph.apply(SparseCrossEntropyGradient(), c.operands[1], c.operands[2], c.gradient), nil,
      nil,
    ]
  }

  public func bind(_ site: BindSite) -> Step {
    let (kernels, y) = (site.kernels, site.output.pointer)
    let (z, p, labels) = (site.inputs[0].input, site.inputs[1].input, site.inputs[2].labels)
    let (rows, columns) = (site.inputs[0].rows, site.inputs[0].columns)
    return { worker in
      let share = worker.share(of: rows)
      let r = share.lowerBound
      kernels.sparseCrossEntropy(z + r * columns, p + r * columns, labels + r, y + r, share.count, columns)
    }
  }
}

struct SparseCrossEntropyGradient: Op {
  static let name = "sparse_cross_entropy_gradient"

  func infer(_ operands: [TensorType]) -> TensorType { operands[0] }

  func pullback(_ c: PullbackContext) throws -> [Value?] {
    throw Diagnostic.noSecondDerivative(name, at: c.result.graph.origin)
  }

  func bind(_ site: BindSite) -> Step {
    let (kernels, dz) = (site.kernels, site.output.pointer)
    let (p, labels, g) = (site.inputs[0].input, site.inputs[1].labels, site.inputs[2].input)
    let (rows, columns) = (site.output.rows, site.output.columns)
    return { worker in
      let share = worker.share(of: rows)
      let r = share.lowerBound
      kernels.sparseCrossEntropyGradient(
        p + r * columns, labels + r, g + r, dz + r * columns, share.count, columns)
    }
  }
}

/// The same with a distribution a row as target.
///
/// Operands: z, softmax(z), targets.
public struct CrossEntropy: Op {
  public static let name = "cross_entropy"
  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    guard operands[0].dims == operands[2].dims else {
      throw ShapeError("targets \(operands[2]) do not fit outputs \(operands[0])", operand: 0)
    }
    return TensorType(operands[0].dims.dropLast())
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    [try c.gradient.graph.apply(CrossEntropyGradient(), c.operands[1], c.operands[2], c.gradient), nil, nil]
  }

  public func bind(_ site: BindSite) -> Step {
    let (kernels, y) = (site.kernels, site.output.pointer)
    let (z, p, t) = (site.inputs[0].input, site.inputs[1].input, site.inputs[2].input)
    let (rows, columns) = (site.inputs[0].rows, site.inputs[0].columns)
    return { worker in
      let share = worker.share(of: rows)
      let i = share.lowerBound * columns
      kernels.crossEntropy(z + i, p + i, t + i, y + share.lowerBound, share.count, columns)
    }
  }
}

struct CrossEntropyGradient: Op {
  static let name = "cross_entropy_gradient"

  func infer(_ operands: [TensorType]) -> TensorType { operands[0] }

  func pullback(_ c: PullbackContext) throws -> [Value?] {
    throw Diagnostic.noSecondDerivative(name, at: c.result.graph.origin)
  }

  func bind(_ site: BindSite) -> Step {
    let (kernels, dz) = (site.kernels, site.output.pointer)
    let (p, t, g) = (site.inputs[0].input, site.inputs[1].input, site.inputs[2].input)
    let (rows, columns) = (site.output.rows, site.output.columns)
    return { worker in
      let share = worker.share(of: rows)
      let (r, i) = (share.lowerBound, share.lowerBound * columns)
      kernels.crossEntropyGradient(p + i, t + i, g + r, dz + i, share.count, columns)
    }
  }
}

/// The cross-entropy of sigmoid(x) with targets, elementwise: `max(x, 0) - x·t + ln(1 + e^-|x|)`.
public struct BinaryCrossEntropy: Pointwise {
  public static let name = "binary_cross_entropy"
  public init() {}

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    guard operands[0].dims == operands[1].dims else {
      throw ShapeError("targets \(operands[1]) do not fit outputs \(operands[0])", operand: 0)
    }
    return operands[0]
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    [try c.gradient.graph.apply(BinaryCrossEntropyGradient(), c.operands[0], c.operands[1], c.gradient), nil]
  }

  @inline(__always) func compute(_ b: Block, _ kernels: KernelTable) {
    kernels.binaryCrossEntropy(b[0], b[1], b.output, b.count)
  }
}

struct BinaryCrossEntropyGradient: Pointwise {
  static let name = "binary_cross_entropy_gradient"

  func infer(_ operands: [TensorType]) -> TensorType { operands[0] }

  func pullback(_ c: PullbackContext) throws -> [Value?] {
    throw Diagnostic.noSecondDerivative(name, at: c.result.graph.origin)
  }

  @inline(__always) func compute(_ b: Block, _ kernels: KernelTable) {
    kernels.binaryCrossEntropyGradient(b[0], b[1], b[2], b.output, b.count)
  }
}

extension SparseCrossEntropy {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (z, labels) = (operands[0], operands[2].numbers)
    let losses = labels.enumerated().map { row, label in
      let logits = z.row(row)
      return logits.indices.contains(referenceWhole(label))
        ? referenceLogSumExp(logits) - logits[referenceWhole(label)] : .nan
    }
    return ReferenceTensor(shape, losses)
  }
}

extension SparseCrossEntropyGradient {
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (labels, g) = (operands[1].numbers, operands[2].numbers)
    return ReferenceTensor(shape) { index in
      let row = ReferenceTensor.offset(of: Array(index.dropLast()), in: Array(shape.dropLast()))
      let isLabel = index.last.map(Double.init) == labels[row]
      return (operands[0][index] - (isLabel ? 1 : 0)) * g[row]
    }
  }
}

extension CrossEntropy {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (z, t) = (operands[0], operands[2])
    let losses = (0..<z.rows).map { row in
      let level = referenceLogSumExp(z.row(row))
      return zip(z.row(row), t.row(row)).reduce(0) { $0 + $1.1 * (level - $1.0) }
    }
    return ReferenceTensor(shape, losses)
  }
}

extension CrossEntropyGradient {
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (p, t, g) = (operands[0], operands[1], operands[2].numbers)
    let rows = (0..<p.rows).map { row in
      let mass = t.row(row).reduce(0, +)
      return zip(p.row(row), t.row(row)).map { ($0 * mass - $1) * g[row] }
    }
    return ReferenceTensor(shape, Array(rows.joined()))
  }
}

extension BinaryCrossEntropy {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    operands[0].combined(operands[1]) { x, t in max(x, 0) - x * t + log1p(exp(-abs(x))) }
  }
}

extension BinaryCrossEntropyGradient {
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let slope = operands[0].combined(operands[1]) { x, t in 1 / (1 + exp(-x)) - t }
    return slope.combined(operands[2], *)
  }
}
