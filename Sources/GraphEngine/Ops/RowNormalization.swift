import Diagnostics
import KernelABI
public import TensorCore

/// Brings the last axis to mean 0 and deviation 1, scales and shifts it; or, not centred, to a mean square of 1.
///
/// Operands: x, then gamma and beta, (columns), as far as they are there. Ba, Kiros and Hinton, "Layer normalization"
/// (2016); Zhang and Sennrich, "Root mean square layer normalization" (2019).
public struct RowNormalization: Op {
  public static let name = "normalize"
  let epsilon: Float
  let isCentred: Bool
  let hasGamma: Bool
  let hasBeta: Bool

  /// - Parameter epsilon: added to the variance.
  public init(epsilon: Float, isCentred: Bool, hasGamma: Bool, hasBeta: Bool) {
    self.epsilon = epsilon
    self.isCentred = isCentred
    self.hasGamma = hasGamma
    self.hasBeta = hasBeta
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    let x = operands[0]
    try x.require(.float32, for: name)
    guard x.rank >= 2, let columns = x.dims.last else {
      throw ShapeError("normalization needs an axis beside the batch, found \(x)")
    }
    for (i, weights) in operands.enumerated().dropFirst() where weights.dims != [columns] {
      throw ShapeError("normalization of \(x) needs \(columns) weights, found \(weights)", operand: i)
    }
    return x
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    let (x, graph) = (c.operands[0], c.gradient.graph)
    let gamma = hasGamma ? [c.operands[1]] : []
    var pieces: [Value?] = [
      try graph.apply(RowNormalizationGradient(rule: self), [x, c.gradient] + gamma)
    ]
    let weights = try graph.apply(RowNormalizationWeights(rule: self), x, c.gradient)
    if hasGamma { pieces.append(try weights.sliced(.at(0))) }
    if hasBeta { pieces.append(try weights.sliced(.at(1))) }
    return pieces
  }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { 8 * result.reduce(1, *) }

  public func bind(_ site: BindSite) -> Step {
    let (x, y) = (site.inputs[0].input, site.output)
    let gamma = hasGamma ? site.inputs[1].input : nil
    let beta = hasBeta ? site.inputs[hasGamma ? 2 : 1].input : nil
    let (kernels, to, columns, epsilon, isCentred) = (
      site.kernels, y.pointer, y.columns, epsilon, isCentred
    )
    return { worker in
      let share = worker.share(of: y.rows)
      let first = share.lowerBound * columns
      kernels.normalizeRows(x + first, gamma, beta, to + first, share.count, columns, epsilon, isCentred)
    }
  }
}

/// The gradient of x: x, the gradient of the result, and gamma if it is there.
struct RowNormalizationGradient: Op {
  static let name = "normalize_gradient"
  let rule: RowNormalization

  func infer(_ operands: [TensorType]) -> TensorType { operands[0] }

  func pullback(_ c: PullbackContext) throws -> [Value?] {
    throw Diagnostic.noSecondDerivative(name, at: c.result.graph.origin)
  }

  func cost(_ operands: [[Int]], _ result: [Int]) -> Int { 14 * result.reduce(1, *) }

  func bind(_ site: BindSite) -> Step {
    let (x, g, dx) = (site.inputs[0].input, site.inputs[1].input, site.output)
    let gamma = rule.hasGamma ? site.inputs[2].input : nil
    let (kernels, to, columns, rule) = (site.kernels, dx.pointer, dx.columns, rule)
    return { worker in
      let share = worker.share(of: dx.rows)
      let first = share.lowerBound * columns
      kernels.normalizeRowsGradient(
        x + first, gamma, g + first, to + first, share.count, columns, rule.epsilon, rule.isCentred)
    }
  }
}

/// The gradients of gamma and beta (2, columns), from x and the gradient of the result.
struct RowNormalizationWeights: Op {
  static let name = "normalize_weights"
  let rule: RowNormalization

  func infer(_ operands: [TensorType]) -> TensorType {
    TensorType([.size(2), operands[0].dims[operands[0].rank - 1]])
  }

  func pullback(_ c: PullbackContext) throws -> [Value?] {
    throw Diagnostic.noSecondDerivative(name, at: c.result.graph.origin)
  }

  func cost(_ operands: [[Int]], _ result: [Int]) -> Int { 10 * operands[0].reduce(1, *) }

  func bind(_ site: BindSite) -> Step {
    let (x, g, y, rule) = (site.inputs[0], site.inputs[1].input, site.output.pointer, rule)
    let (kernels, from, rows, columns) = (site.kernels, x.input, x.rows, x.columns)
    return { worker in
      let share = worker.share(of: columns, grain: 16)
      if share.isEmpty { return }
      kernels.normalizeRowsParameters(
        from, g, y, y + columns, rows, columns, share.lowerBound, share.upperBound, rule.epsilon,
        rule.isCentred)
    }
  }
}

extension RowNormalization {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let gamma = hasGamma ? operands[1].numbers : nil
    let beta = hasBeta ? operands[hasGamma ? 2 : 1].numbers : nil
    return operands[0].mapRows { row in
      normalized(row).numbers.enumerated().map { j, n in n * (gamma?[j] ?? 1) + (beta?[j] ?? 0) }
    }
  }

  /// A row brought to mean 0 and deviation 1, and what its distance from the mean was multiplied by.
  fileprivate func normalized(_ row: [Double]) -> (numbers: [Double], factor: Double) {
    let mean = isCentred ? average(row) : 0
    let factor = 1 / (average(row.map { ($0 - mean) * ($0 - mean) }) + Double(epsilon)).squareRoot()
    return (row.map { ($0 - mean) * factor }, factor)
  }
}

private func average(_ numbers: [Double]) -> Double { numbers.reduce(0, +) / Double(numbers.count) }

extension RowNormalizationGradient {
  /// With h = g · gamma and n the normalized row: `factor · (h - mean of h - n · mean of h·n)`.
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (x, g) = (operands[0], operands[1])
    let gamma = rule.hasGamma ? operands[2].numbers : nil
    let rows = (0..<x.rows).map { row in
      let (n, factor) = rule.normalized(x.row(row))
      let h = g.row(row).enumerated().map { j, g in g * (gamma?[j] ?? 1) }
      let level = rule.isCentred ? average(h) : 0
      let slope = average(zip(h, n).map { $0 * $1 })
      return zip(h, n).map { factor * ($0 - level - $1 * slope) }
    }
    return ReferenceTensor(shape, Array(rows.joined()))
  }
}

extension RowNormalizationWeights {
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (x, g) = (operands[0], operands[1])
    var sums = ReferenceTensor(shape)
    for row in 0..<x.rows {
      let n = rule.normalized(x.row(row)).numbers
      for (j, g) in g.row(row).enumerated() {
        sums.numbers[j] += g * n[j]
        sums.numbers[x.columns + j] += g
      }
    }
    return sums
  }
}
