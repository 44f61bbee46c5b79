import Diagnostics
import KernelABI
public import TensorCore

/// Neighbouring axes combined to one number; the axes vanish.
///
/// Keras: `keras.ops.sum`, `mean`, `max`, `min`, `prod`; axes that do not lie side by side are the business of
/// ``Value/sum(over:keepingDimensions:)`` and its like. Sums over a row run in a fixed tree, sums over columns in their
/// order.
public struct Reduce: Op {
  public enum Function: String, Sendable, Hashable, CaseIterable {
    case sum, mean, maximum, minimum, product
  }

  public static let name = "reduce"
  let function: Function
  let axes: Range<Int>
  public var name: String { "reduce_\(function)" }

  /// - Parameter axes: counted from the first.
  public init(_ function: Function, over axes: Range<Int>) {
    self.function = function
    self.axes = axes
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    let x = operands[0]
    try x.require(.float32, for: name)
    guard axes.lowerBound >= 0, axes.upperBound <= x.rank else {
      throw ShapeError("\(x) has no axes \(axes)", hint: "it has \(x.rank)")
    }
    return TensorType(Array(x.dims[..<axes.lowerBound] + x.dims[axes.upperBound...]))
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    let (x, y, g) = (c.operands[0], try kept(c.result, c.operands[0]), try kept(c.gradient, c.operands[0]))
    switch function {
    case .sum: return [try g.graph.apply(Broadcast(to: x.type.dims), g)]
    case .mean: return [try g.graph.apply(Broadcast(to: x.type.dims, dividing: true), g)]
    // Equal elements share it, as in TensorFlow.
    case .maximum, .minimum:
      let chosen = try x.combined(.equal, y)
      let count = try kept(g.graph.apply(Reduce(.sum, over: axes), chosen), x)
      return [try chosen * (g / count)]
    case .product: return [try g.graph.apply(ProductGradient(axes), x, c.gradient)]
    }
  }

  /// The reduced value with axes of size 1 in their old places.
  private func kept(_ value: Value, _ x: Value) throws -> Value {
    var dims = x.type.dims
    for axis in axes { dims[axis] = .size(1) }
    return try value.graph.apply(Reshape(dims), value)
  }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { operands[0].reduce(1, *) }

  public func bind(_ site: BindSite) -> Step {
    let split = AxisSplit(site.inputs[0].shape, axes)
    let (x, y, count, inner) = (site.inputs[0].input, site.output.pointer, split.count, split.inner)
    let divisor: Float? = function == .mean ? Float(count) : nil
    let (alongRows, alongColumns) = (rowKernel(site), columnKernel(site))
    guard inner > 1 else {
      return { worker in
        let share = worker.share(of: split.outer)
        alongColumns(x + share.lowerBound * count, y + share.lowerBound, share.count, count)
        if let divisor { for i in share { y[i] /= divisor } }
      }
    }
    return { worker in
      let share = split.share(of: worker)
      let first = share.inner.lowerBound
      for o in share.outer {
        let target = y + o * inner + first
        alongRows(x + o * count * inner + first, target, count, share.inner.count, inner)
        if let divisor { for i in 0..<share.inner.count { target[i] /= divisor } }
      }
    }
  }

  private func rowKernel(_ site: BindSite) -> (KernelSet.In, KernelSet.Out, Int, Int, Int) -> Void {
    let kernels = site.kernels
    guard let code else { return { kernels.sumRows($0, $1, $2, $3, $4) } }
    return { kernels.reduceRows(code, $0, $1, $2, $3, $4) }
  }

  private func columnKernel(_ site: BindSite) -> (KernelSet.In, KernelSet.Out, Int, Int) -> Void {
    let kernels = site.kernels
    guard let code else { return { kernels.sumColumns($0, $1, $2, $3) } }
    return { kernels.reduceColumns(code, $0, $1, $2, $3) }
  }

  private var code: Int32? {
    switch function {
    case .sum, .mean: nil
    case .maximum: ReduceFunction.maximum.rawValue
    case .minimum: ReduceFunction.minimum.rawValue
    case .product: ReduceFunction.product.rawValue
    }
  }
}

/// ``Reduce`` of whole numbers, exactly: sums and products wrap around as in TensorFlow.
///
/// There is no gradient.
public struct IntegerReduce: Op {
  public static let name = "integer_reduce"
  let function: Reduce.Function
  let axes: Range<Int>
  public var name: String { "integer_reduce_\(function)" }

  /// - Parameter axes: counted from the first.
  public init(_ function: Reduce.Function, over axes: Range<Int>) {
    self.function = function
    self.axes = axes
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    let x = operands[0]
    try x.require(.int32, for: name)
    guard function != .mean else {
      throw ShapeError("the mean of whole numbers is no whole number", hint: "cast them: cast(x, 'float32')")
    }
    guard axes.lowerBound >= 0, axes.upperBound <= x.rank else {
      throw ShapeError("\(x) has no axes \(axes)", hint: "it has \(x.rank)")
    }
    return TensorType(Array(x.dims[..<axes.lowerBound] + x.dims[axes.upperBound...]), .int32)
  }

  public func pullback(_ c: PullbackContext) -> [Value?] { [nil] }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { operands[0].reduce(1, *) }

  public func bind(_ site: BindSite) -> Step {
    let split = AxisSplit(site.inputs[0].shape, axes)
    let (x, function) = (site.inputs[0].labels, function)
    let y = UnsafeMutableRawPointer(site.output.pointer).assumingMemoryBound(to: Int32.self)
    return { worker in
      split.forEachRun(of: worker) { first, run in
        var result = function.wholeStart
        for k in 0..<split.count { result = function.combine(result, x[first + k * split.inner]) }
        y[run] = result
      }
    }
  }
}

extension Reduce.Function {
  /// What a reduction of whole numbers begins with: what it is of none.
  var wholeStart: Int32 {
    switch self {
    case .sum, .mean: 0
    case .product: 1
    case .maximum: .min
    case .minimum: .max
    }
  }

  @inline(__always) func combine(_ a: Int32, _ b: Int32) -> Int32 {
    switch self {
    case .sum, .mean: a &+ b
    case .product: a &* b
    case .maximum: Swift.max(a, b)
    case .minimum: Swift.min(a, b)
    }
  }
}

/// The gradient of a product: for each element the product of all others, which needs no division by 0.
///
/// Operands: x, gradient of the product.
private struct ProductGradient: Op {
  static let name = "product_gradient"
  let axes: Range<Int>
  init(_ axes: Range<Int>) { self.axes = axes }

  func infer(_ operands: [TensorType]) -> TensorType { operands[0] }

  func pullback(_ c: PullbackContext) throws -> [Value?] {
    throw Diagnostic.noSecondDerivative(name, at: c.result.graph.origin)
  }

  func bind(_ site: BindSite) -> Step {
    let split = AxisSplit(site.inputs[0].shape, axes)
    let (x, g, y) = (site.inputs[0].input, site.inputs[1].input, site.output.pointer)
    let (count, inner) = (split.count, split.inner)
    return { worker in
      split.forEachRun(of: worker) { first, run in
        // What comes before each element, then times what comes after.
        var product = g[run]
        for k in 0..<count {
          y[first + k * inner] = product
          product *= x[first + k * inner]
        }
        product = 1
        for k in stride(from: count - 1, through: 0, by: -1) {
          y[first + k * inner] *= product
          product *= x[first + k * inner]
        }
      }
    }
  }
}

extension Reduce {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let numbers = operands[0].runs(along: axes).map { run in
      switch function {
      case .sum: run.reduce(0, +)
      case .mean: run.reduce(0, +) / Double(run.count)
      case .maximum: run.contains(where: \.isNaN) ? .nan : run.max() ?? -.infinity
      case .minimum: run.contains(where: \.isNaN) ? .nan : run.min() ?? .infinity
      case .product: run.reduce(1, *)
      }
    }
    return ReferenceTensor(shape, numbers)
  }
}

extension IntegerReduce {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let numbers = operands[0].runs(along: axes).map { run in
      let wholes = run.map { Int32(truncatingIfNeeded: referenceWhole($0)) }
      return Double(wholes.reduce(function.wholeStart, function.combine))
    }
    return ReferenceTensor(shape, numbers)
  }
}

extension ProductGradient {
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let x = operands[0]
    var dx = ReferenceTensor(shape)
    for (places, g) in zip(x.places(along: axes), operands[1].numbers) {
      for own in places { dx.numbers[own] = places.reduce(g) { $1 == own ? $0 : $0 * x.numbers[$1] } }
    }
    return dx
  }
}
