import KernelABI
public import TensorCore

/// Running sums or products along an axis, each element added to those before it in their order.
///
/// Keras: `keras.ops.cumsum`, `keras.ops.cumprod`.
public struct Cumulate: Op {
  public enum Function: Hashable, Sendable { case sum, product }

  public static let name = "cumulate"
  let function: Function
  let axis: Int
  /// From the last element to the first.
  let isReversed: Bool

  public init(_ function: Function, along axis: Int, reversed: Bool = false) {
    self.function = function
    self.axis = axis
    isReversed = reversed
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    try operands[0].require(.float32, for: name)
    _ = try operands[0].size(of: try operands[0].axis(axis), to: "summed one by one")
    return operands[0]
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    let back = Cumulate(.sum, along: axis, reversed: !isReversed)
    switch function {
    case .sum: return [try c.gradient.graph.apply(back, c.gradient)]
    // As in TensorFlow an element that is 0 gets no gradient.
    case .product:
      let sums = try c.gradient.graph.apply(back, c.gradient * c.result)
      return [try sums.combined(.divideNoNaN, c.operands[0])]
    }
  }

  public func bind(_ site: BindSite) -> Step {
    let split = AxisSplit(site.output.shape, axis: axis)
    let (x, y, count, inner) = (site.inputs[0].input, site.output.pointer, split.count, split.inner)
    let (isReversed, isSum) = (isReversed, function == .sum)
    return { worker in
      let share = split.share(of: worker)
      for o in share.outer where count > 0 {
        let base = o * count * inner
        let first = base + (isReversed ? count - 1 : 0) * inner
        for i in share.inner { y[first + i] = x[first + i] }
        let step = isReversed ? -inner : inner
        for k in 1..<max(1, count) {
          let (here, before) = (first + k * step, first + (k - 1) * step)
          if isSum {
            for i in share.inner { y[here + i] = y[before + i] + x[here + i] }
          } else {
            for i in share.inner { y[here + i] = y[before + i] * x[here + i] }
          }
        }
      }
    }
  }
}

/// ``Cumulate`` of whole numbers, which wrap around as in TensorFlow.
///
/// There is no gradient.
public struct IntegerCumulate: Op {
  public static let name = "integer_cumulate"
  let function: Cumulate.Function
  let axis: Int

  public init(_ function: Cumulate.Function, along axis: Int) {
    self.function = function
    self.axis = axis
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    try operands[0].require(.int32, for: name)
    _ = try operands[0].size(of: try operands[0].axis(axis), to: "summed one by one")
    return operands[0]
  }

  public func pullback(_ c: PullbackContext) -> [Value?] { [nil] }

  public func bind(_ site: BindSite) -> Step {
    let split = AxisSplit(site.output.shape, axis: axis)
    let (x, function) = (site.inputs[0].labels, function.reduction)
    let y = UnsafeMutableRawPointer(site.output.pointer).assumingMemoryBound(to: Int32.self)
    return { worker in
      split.forEachRun(of: worker) { first, _ in
        var total = function.wholeStart
        for k in 0..<split.count {
          let place = first + k * split.inner
          total = function.combine(total, x[place])
          y[place] = total
        }
      }
    }
  }
}

extension Cumulate.Function {
  /// What the last of all running numbers is.
  fileprivate var reduction: Reduce.Function { self == .sum ? .sum : .product }
}

extension IntegerCumulate {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    var y = operands[0]
    let axis = y.axis(axis)
    for run in y.places(along: axis..<axis + 1) {
      var total = function.reduction.wholeStart
      for place in run {
        total = function.reduction.combine(total, Int32(truncatingIfNeeded: referenceWhole(y.numbers[place])))
        y.numbers[place] = Double(total)
      }
    }
    return y
  }
}

extension Cumulate {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let x = operands[0]
    let axis = x.axis(axis)
    var y = x
    for run in x.places(along: axis..<axis + 1) {
      let order = isReversed ? run.reversed() : run
      for (before, here) in zip(order, order.dropFirst()) {
        y.numbers[here] =
          function == .sum ? y.numbers[before] + x.numbers[here] : y.numbers[before] * x.numbers[here]
      }
    }
    return y
  }
}
