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
    (self.epsilon, self.isCentred) = (epsilon, isCentred)
    (self.hasGamma, self.hasBeta) = (hasGamma, hasBeta)
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
    let (f, to, columns, epsilon, isCentred) = (
      site.kernels.normalizeRows, y.pointer, y.columns, epsilon, isCentred
    )
    return { worker in
      let share = worker.share(of: y.rows)
      let first = share.lowerBound * columns
      f(x + first, gamma, beta, to + first, share.count, columns, epsilon, isCentred)
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
    let (f, to, columns, rule) = (site.kernels.normalizeRowsGradient, dx.pointer, dx.columns, rule)
    return { worker in
      let share = worker.share(of: dx.rows)
      let first = share.lowerBound * columns
      f(x + first, gamma, g + first, to + first, share.count, columns, rule.epsilon, rule.isCentred)
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
    let (f, from, rows, columns) = (site.kernels.normalizeRowsParameters, x.input, x.rows, x.columns)
    return { worker in
      let share = worker.share(of: columns, grain: 16)
      if share.isEmpty { return }
      f(
        from, g, y, y + columns, rows, columns, share.lowerBound, share.upperBound, rule.epsilon,
        rule.isCentred)
    }
  }
}
