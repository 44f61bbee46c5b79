public import Diagnostics
import KernelABI
import TensorCore

// Sums and their like over any axes. Axes may be negative; without axes all are meant. Sums, products and extremes of
// whole numbers are whole numbers, and exact; means are floats.

extension Value {
  /// Keras: `keras.ops.sum`.
  public func sum(over axes: [Int]? = nil, keepingDimensions: Bool = false) throws(Diagnostic) -> Value {
    try reduced(.sum, over: axes, keepingDimensions)
  }

  /// Keras: `keras.ops.mean`.
  public func mean(over axes: [Int]? = nil, keepingDimensions: Bool = false) throws(Diagnostic) -> Value {
    try reduced(.mean, over: axes, keepingDimensions)
  }

  /// Keras: `keras.ops.max`; equal elements share the gradient.
  public func max(over axes: [Int]? = nil, keepingDimensions: Bool = false) throws(Diagnostic) -> Value {
    try reduced(.maximum, over: axes, keepingDimensions)
  }

  /// Keras: `keras.ops.min`; equal elements share the gradient.
  public func min(over axes: [Int]? = nil, keepingDimensions: Bool = false) throws(Diagnostic) -> Value {
    try reduced(.minimum, over: axes, keepingDimensions)
  }

  /// Keras: `keras.ops.prod`.
  public func product(over axes: [Int]? = nil, keepingDimensions: Bool = false) throws(Diagnostic) -> Value {
    try reduced(.product, over: axes, keepingDimensions)
  }

  /// The mean squared distance from the mean.
  ///
  /// Keras: `keras.ops.var`.
  public func variance(over axes: [Int]? = nil, keepingDimensions: Bool = false) throws(Diagnostic) -> Value {
    let distance = try cast(to: .float32) - mean(over: axes, keepingDimensions: true)
    return try distance.square().mean(over: axes, keepingDimensions: keepingDimensions)
  }

  /// The root of the variance.
  ///
  /// Keras: `keras.ops.std`.
  public func standardDeviation(
    over axes: [Int]? = nil, keepingDimensions: Bool = false
  ) throws(Diagnostic) -> Value {
    try variance(over: axes, keepingDimensions: keepingDimensions).squareRoot()
  }

  /// The logarithm of Σ eˣ, without overflow.
  ///
  /// Keras: `keras.ops.logsumexp`.
  public func logSumExp(over axes: [Int]? = nil, keepingDimensions: Bool = false) throws(Diagnostic) -> Value
  {
    let x = try cast(to: .float32)
    let largest = try x.max(over: axes, keepingDimensions: true).withoutGradient()
    // An infinite maximum would give infinity minus infinity.
    let isFinite = try largest.abs() .< .infinity
    let level = try Value.select(isFinite, largest, 0)
    let sum = try (x - level).exp().sum(over: axes, keepingDimensions: true)
    let result = try sum.log() + level
    return try keepingDimensions ? result : result.squeezing(over: axes)
  }

  /// 1 where any element is not 0.
  ///
  /// Keras: `keras.ops.any`.
  public func any(over axes: [Int]? = nil, keepingDimensions: Bool = false) throws(Diagnostic) -> Value {
    try combined(.notEqual, 0).max(over: axes, keepingDimensions: keepingDimensions).maximum(0)
  }

  /// 1 where all elements are not 0.
  ///
  /// Keras: `keras.ops.all`.
  public func all(over axes: [Int]? = nil, keepingDimensions: Bool = false) throws(Diagnostic) -> Value {
    try combined(.notEqual, 0).min(over: axes, keepingDimensions: keepingDimensions).minimum(1)
  }

  /// The place of the first largest element along an axis: int32.
  ///
  /// Keras: `keras.ops.argmax`.
  public func argumentOfMaximum(over axis: Int = -1) throws(Diagnostic) -> Value {
    try graph.apply(ArgumentExtreme(largest: true, along: axis, ofWholes: type.element == .int32), self)
  }

  /// Keras: `keras.ops.argmin`.
  public func argumentOfMinimum(over axis: Int = -1) throws(Diagnostic) -> Value {
    try graph.apply(ArgumentExtreme(largest: false, along: axis, ofWholes: type.element == .int32), self)
  }

  /// Keras: `keras.ops.cumsum`.
  public func cumulativeSum(along axis: Int) throws(Diagnostic) -> Value {
    try cumulated(.sum, along: axis)
  }

  /// Keras: `keras.ops.cumprod`.
  public func cumulativeProduct(along axis: Int) throws(Diagnostic) -> Value {
    try cumulated(.product, along: axis)
  }

  private func cumulated(_ function: Cumulate.Function, along axis: Int) throws(Diagnostic) -> Value {
    type.element == .int32
      ? try graph.apply(IntegerCumulate(function, along: axis), self)
      : try graph.apply(Cumulate(function, along: axis), self)
  }

  /// Σ |x|, √Σ x² or max |x| over axes.
  ///
  /// Keras: `keras.ops.norm` with `ord` 1, 2 or infinity, of vectors.
  public func norm(
    _ order: Float = 2, over axes: [Int]? = nil, keepingDimensions: Bool = false
  ) throws(Diagnostic) -> Value {
    let x = try cast(to: .float32)
    switch order {
    case 1: return try x.abs().sum(over: axes, keepingDimensions: keepingDimensions)
    case 2: return try x.square().sum(over: axes, keepingDimensions: keepingDimensions).squareRoot()
    case .infinity: return try x.abs().max(over: axes, keepingDimensions: keepingDimensions)
    default:
      let powers = try x.abs().power(order).sum(over: axes, keepingDimensions: keepingDimensions)
      return try powers.power(1 / order)
    }
  }

  /// Sums over what was repeated to get this value's shape from `dims`: the gradient of a broadcast.
  func summed(to dims: [Dim], averaging: Bool = false) throws(Diagnostic) -> Value {
    let extra = type.rank - dims.count
    let axes = type.dims.indices.filter {
      $0 < extra || (dims[$0 - extra] == .size(1) && type.dims[$0] != .size(1))
    }
    return try reduced(averaging ? .mean : .sum, over: axes, false).reshaped(to: dims)
  }

  /// One op for each run of neighbouring axes.
  private func reduced(
    _ function: Reduce.Function, over axes: [Int]?, _ keepsDimensions: Bool
  ) throws(Diagnostic) -> Value {
    let axes = try graph.checked(self) { () throws(ShapeError) in try type.axes(axes) }
    let isWhole = type.element == .int32 && function != .mean
    if axes.isEmpty { return isWhole ? self : try cast(to: .float32) }
    var runs = axes.reduce(into: [Range<Int>]()) { runs, axis in
      if let last = runs.last, last.upperBound == axis {
        runs[runs.count - 1] = last.lowerBound..<axis + 1
      } else {
        runs.append(axis..<axis + 1)
      }
    }
    var value = try isWhole ? self : cast(to: .float32)
    // Sums can be taken one run after another; equal maxima share a gradient only if they are compared at once.
    if runs.count > 1 && function != .sum && function != .mean {
      value = try value.transposed(type.dims.indices.filter { !axes.contains($0) } + axes)
      runs = [type.rank - axes.count..<type.rank]
    }
    for run in runs.reversed() {
      value =
        try isWhole
        ? graph.apply(IntegerReduce(function, over: run), value)
        : graph.apply(Reduce(function, over: run), value)
    }
    guard keepsDimensions else { return value }
    return try value.reshaped(
      to: type.dims.indices.map { axes.contains($0) ? .size(1) : type.dims[$0] })
  }

  /// Without axes that have become 1.
  private func squeezing(over axes: [Int]?) throws(Diagnostic) -> Value {
    try squeezed(axes ?? Array(type.dims.indices))
  }
}
