import KernelABI
public import TensorCore

/// The largest or the mean of what a window shows, for each channel: `(batch, axes…, channels)` to `(batch, places…, channels)`.
///
/// What padding adds is not counted. Of several elements that are the largest the first one gets the gradient. Keras:
/// `keras.ops.max_pool`, `keras.ops.average_pool`.
public struct Pooling: Op {
  public enum Function: Hashable, Sendable { case maximum, mean }

  public static let name = "pooling"
  let function: Function
  let rule: WindowRule

  public init(_ function: Function, _ rule: WindowRule) {
    self.function = function
    self.rule = rule
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    let x = operands[0]
    return TensorType(
      [x.dims[0]] + (try rule.check(x, for: name).places).map { .size($0) } + [x.dims[rule.rank + 1]])
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    let (x, g) = (c.operands[0], c.gradient)
    switch function {
    case .maximum: return [try g.graph.apply(MaximumPoolingGradient(rule: rule), x, c.result, g)]
    case .mean:
      let axes = Array(x.type.dims.dropFirst().dropLast())
      return [try g.graph.apply(MeanPoolingGradient(rule: rule, axes: axes), g)]
    }
  }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int {
    rule.window.reduce(1, *) * result.reduce(1, *)
  }

  public func bind(_ site: BindSite) -> Step {
    let (x, y) = (site.inputs[0], site.output)
    let (kernels, isMaximum) = (site.kernels, function == .maximum)
    return rule.step(over: x.shape) { window, samples, _ in
      let (first, last) = (samples.lowerBound, samples.upperBound)
      if isMaximum {
        kernels.maxPool(window, x.input, y.pointer, first, last)
      } else {
        kernels.averagePool(window, x.input, y.pointer, first, last)
      }
    }
  }
}

struct MeanPoolingGradient: Op {
  static let name = "mean_pooling_gradient"
  let rule: WindowRule
  let axes: [Dim]

  func infer(_ operands: [TensorType]) -> TensorType {
    TensorType([operands[0].dims[0]] + axes + operands[0].dims.suffix(1))
  }

  func pullback(_ c: PullbackContext) throws -> [Value?] {
    [try c.gradient.graph.apply(Pooling(.mean, rule), c.gradient)]
  }

  func bind(_ site: BindSite) -> Step {
    let (g, dx, kernels) = (site.inputs[0], site.output, site.kernels)
    return rule.step(over: dx.shape) { window, samples, _ in
      kernels.averagePoolGradient(window, g.input, dx.pointer, samples.lowerBound, samples.upperBound)
    }
  }
}

/// x, the largest of its windows, their gradient.
struct MaximumPoolingGradient: Op {
  static let name = "maximum_pooling_gradient"
  let rule: WindowRule

  func infer(_ operands: [TensorType]) -> TensorType { operands[0] }

  func pullback(_ c: PullbackContext) throws -> [Value?] {
    let picked = try c.gradient.graph.apply(
      MaximumPoolingPick(rule: rule), c.operands[0], c.operands[1], c.gradient)
    return [nil, nil, picked]
  }

  func bind(_ site: BindSite) -> Step {
    let (x, y, g, dx) = (site.inputs[0].input, site.inputs[1].input, site.inputs[2].input, site.output)
    let kernels = site.kernels
    return rule.step(over: dx.shape) { window, samples, _ in
      kernels.maxPoolGradient(window, x, y, g, dx.pointer, samples.lowerBound, samples.upperBound)
    }
  }
}

/// x, the largest of its windows, and something of x's shape: what that has where x is largest.
struct MaximumPoolingPick: Op {
  static let name = "maximum_pooling_pick"
  let rule: WindowRule

  func infer(_ operands: [TensorType]) -> TensorType { operands[1] }

  func pullback(_ c: PullbackContext) throws -> [Value?] {
    let sent = try c.gradient.graph.apply(
      MaximumPoolingGradient(rule: rule), c.operands[0], c.operands[1], c.gradient)
    return [nil, nil, sent]
  }

  func bind(_ site: BindSite) -> Step {
    let (x, y, h, result) = (site.inputs[0], site.inputs[1].input, site.inputs[2].input, site.output.pointer)
    let kernels = site.kernels
    return rule.step(over: x.shape) { window, samples, worker in
      kernels.maxPoolPick(
        window, x.input, y, h, result, worker.workspace, samples.lowerBound, samples.upperBound)
    }
  }
}
