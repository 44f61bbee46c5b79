public import TensorCore

/// Values one behind the other along an axis that is no batch axis; all other axes must agree.
///
/// Keras: `keras.ops.concatenate`, `keras.layers.Concatenate`.
public struct Concatenate: Op {
  public static let name = "concatenate"
  package let axis: Int
  public init(axis: Int) { self.axis = axis }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    guard let first = operands.first else { throw ShapeError("nothing to concatenate") }
    let axis = try first.axis(axis)
    var total = 0
    for (i, operand) in operands.enumerated() {
      guard operand.rank == first.rank, operand.element == first.element,
        operand.with(.size(0), at: axis) == first.with(.size(0), at: axis)
      else {
        throw ShapeError(
          operand.element == first.element
            ? "\(operand) cannot follow \(first) along axis \(axis)"
            : "\(operand.element.rawValue) \(operand) cannot follow \(first.element.rawValue) \(first) along axis \(axis)",
          operand: i,
          hint: "all axes but axis \(axis) must agree, and the element types")
      }
      total += min(TensorType.largestCount, try operand.size(of: axis, to: "joined"))
    }
    return first.with(.size(total), at: axis)
  }

  public var takesTexts: Bool { true }
  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    let axis = try c.result.type.axis(axis)
    var start = 0
    return try c.operands.map { operand in
      let count = try operand.type.size(of: axis, to: "joined")
      defer { start += count }
      let piece = AxisMap.range(start: start, step: 1, count: count)
      return try c.gradient.graph.apply(
        Rearrange(axis, of: operand.type.rank, piece), c.gradient)
    }
  }

  public func bind(_ site: BindSite) -> Step {
    let whole = AxisSplit(site.output.shape, axis: axis)
    let stride = whole.count * whole.inner
    var start = 0
    let pieces = site.inputs.map { input in
      let run = AxisSplit(input.shape, axis: axis).count * whole.inner
      defer { start += run }
      return (from: input.input, to: site.output.pointer + start, run: run)
    }
    let outer = whole.outer
    return { worker in
      for (from, to, run) in pieces {
        let isMany = outer >= worker.parts
        let columns = isMany ? 0..<run : worker.share(of: run, grain: 16)
        for o in isMany ? worker.share(of: outer) : 0..<outer {
          (to + o * stride + columns.lowerBound).update(
            from: from + o * run + columns.lowerBound, count: columns.count)
        }
      }
    }
  }
}

extension Concatenate {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let axis = operands[0].axis(axis)
    return ReferenceTensor(shape) { index in
      var place = index[axis]
      for operand in operands {
        if place < operand.shape[axis] {
          return operand[ReferenceTensor.index(index, with: place, at: axis)]
        }
        place -= operand.shape[axis]
      }
      return .nan
    }
  }
}
