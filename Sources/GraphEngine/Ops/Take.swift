import Diagnostics
import KernelABI
public import TensorCore

/// The elements of an axis that whole numbers name: their shape stands in its place.
///
/// Keras: `keras.ops.take`; along axis 0 of a matrix, `keras.layers.Embedding`. Negative indices count from the end; one
/// that is outside gives NaN, and no gradient. Operands: x, indices (int32).
public struct Take: Op {
  public static let name = "take"
  let axis: Int
  public init(axis: Int) { self.axis = axis }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    let (x, indices) = (operands[0], operands[1])
    try indices.require(.int32, for: name, operand: 1)
    let axis = try x.axis(axis)
    _ = try x.size(of: axis, to: "indexed")
    let dims = x.dims[..<axis] + indices.dims + x.dims[(axis + 1)...]
    guard dims.filter({ $0 == .batch }).count <= 1 else {
      throw ShapeError(
        "elements of \(x) at \(indices) would pair every sample with every other", operand: 1,
        hint: "take_along_axis takes each sample's elements by its own indices")
    }
    return TensorType(Array(dims), x.element)
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    let x = c.operands[0].type
    guard x.element == .float32 else { return [nil, nil] }
    let axis = try x.axis(axis)
    let spread = SpreadTaken(axis: axis, dim: x.dims[axis])
    return [try c.gradient.graph.apply(spread, c.gradient, c.operands[1]), nil]
  }

  public func bind(_ site: BindSite) -> Step {
    let split = AxisSplit(site.inputs[0].shape, axis: axis)
    let (x, indices, y) = (site.inputs[0].input, site.inputs[1].labels, site.output.pointer)
    let (taken, count, inner) = (site.inputs[1].count, split.count, split.inner)
    return { worker in
      for row in worker.share(of: split.outer * taken) {
        let (o, p) = (row / taken, row % taken)
        let target = y + row * inner
        if let i = place(indices[p], in: count) {
          target.update(from: x + (o * count + i) * inner, count: inner)
        } else {
          target.update(repeating: .nan, count: inner)
        }
      }
    }
  }
}

/// The gradient of ``Take``: each element gets the sum of what was taken of it, in the order of the indices.
///
/// Operands: the gradient, indices.
struct SpreadTaken: Op {
  static let name = "spread_taken"
  let axis: Int
  let dim: Dim

  func infer(_ operands: [TensorType]) -> TensorType {
    let (g, taken) = (operands[0].dims, operands[1].rank)
    return TensorType(Array(g[..<axis]) + [dim] + g[(axis + taken)...])
  }

  func pullback(_ c: PullbackContext) throws -> [Value?] {
    [try c.gradient.graph.apply(Take(axis: axis), c.gradient, c.operands[1]), nil]
  }

  /// Rows that nothing was taken of need no update.
  var updatesWeights: Bool { axis == 0 }
  var longestFusedSum: Int { .max }
  func cost(_ operands: [[Int]], _ result: [Int]) -> Int { operands[0].reduce(1, *) + result.reduce(1, *) }

  func bind(_ site: BindSite) -> Step {
    if let update = site.update { return bind(site, update) }
    let split = AxisSplit(site.output.shape, axis: axis)
    let (g, indices, y) = (site.inputs[0].input, site.inputs[1].labels, site.output.pointer)
    let (taken, count, inner, outer) = (site.inputs[1].count, split.count, split.inner, split.outer)
    return { worker in
      // Each worker owns some elements of the axis and passes over what is others'.
      let own = worker.share(of: count)
      for o in 0..<outer {
        (y + (o * count + own.lowerBound) * inner).update(repeating: 0, count: own.count * inner)
        for p in 0..<taken {
          guard let i = place(indices[p], in: count), own.contains(i) else { continue }
          let (from, to) = (g + (o * taken + p) * inner, y + (o * count + i) * inner)
          for k in 0..<inner { to[k] += from[k] }
        }
      }
    }
  }
}

extension SpreadTaken {
  /// Updates only rows that something was taken of, with the bits of a gradient that has all of them.
  private func bind(_ site: BindSite, _ update: FusedUpdate) -> Step {
    let split = AxisSplit(site.output.shape, axis: 0)
    let (g, indices) = (site.inputs[0].input, site.inputs[1].labels)
    let (taken, count, inner) = (site.inputs[1].count, split.count, split.inner)
    let (kernels, rule) = (site.kernels, UpdateRule.descent.rawValue)
    // The gradient of a row lies where it was first taken; its number, from 1 on, is noted for the row meanwhile.
    let (sums, notes, noSlots) = (AlignedBuffer(taken * inner), AlignedBuffer(count), AlignedBuffer(16))
    let first = UnsafeMutableRawPointer(notes.pointer).assumingMemoryBound(to: Int32.self)
    let slots = UnsafeRawPointer(noSlots.pointer).assumingMemoryBound(to: UnsafeMutablePointer<Float>.self)
    return { worker in
      withExtendedLifetime((sums, notes, noSlots)) {
        let own = worker.share(of: count)
        for p in 0..<taken {
          guard let i = place(indices[p], in: count), own.contains(i) else { continue }
          if first[i] == 0 {
            first[i] = Int32(p + 1)
            (sums.pointer + p * inner).update(repeating: 0, count: inner)
          }
          let (from, to) = (g + p * inner, sums.pointer + (Int(first[i]) - 1) * inner)
          for k in 0..<inner { to[k] += from[k] }
        }
        for p in 0..<taken {
          guard let i = place(indices[p], in: count), own.contains(i), first[i] == p + 1 else { continue }
          first[i] = 0
          kernels.update(
            rule, update.weights + i * inner, sums.pointer + p * inner, slots, 0, inner, update.rate)
        }
      }
    }
  }
}

/// Each position's elements by its own indices: `y[…, i, …] = x[…, indices[…, i, …], …]`.
///
/// Keras: `keras.ops.take_along_axis`. Both operands have the same axes but the one that is indexed. Operands: x,
/// indices (int32).
public struct TakeAlong: Op {
  public static let name = "take_along_axis"
  let axis: Int
  public init(axis: Int) { self.axis = axis }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    let (x, indices) = (operands[0], operands[1])
    try indices.require(.int32, for: name, operand: 1)
    let axis = try x.axis(axis)
    _ = try x.size(of: axis, to: "indexed")
    guard indices.rank == x.rank, indices.with(.size(0), at: axis).dims == x.with(.size(0), at: axis).dims
    else {
      throw ShapeError(
        "indices \(indices) do not fit \(x)", operand: 1, hint: "all axes but axis \(axis) must agree")
    }
    return TensorType(indices.dims, x.element)
  }

  public func pullback(_ c: PullbackContext) throws -> [Value?] {
    let x = c.operands[0].type
    guard x.element == .float32 else { return [nil, nil] }
    let axis = try x.axis(axis)
    let spread = SpreadAlong(axis: axis, dim: x.dims[axis])
    return [try c.gradient.graph.apply(spread, c.gradient, c.operands[1]), nil]
  }

  public func bind(_ site: BindSite) -> Step {
    let (split, y) = (AxisSplit(site.inputs[0].shape, axis: axis), site.output.pointer)
    let taken = AxisSplit(site.output.shape, axis: axis).count
    let (x, indices) = (site.inputs[0].input, site.inputs[1].labels)
    let (count, inner) = (split.count, split.inner)
    return { worker in
      for row in worker.share(of: split.outer * taken) {
        let (from, first) = (x + row / taken * count * inner, row * inner)
        for k in first..<first + inner {
          if let i = place(indices[k], in: count) { y[k] = from[i * inner + k - first] } else { y[k] = .nan }
        }
      }
    }
  }
}

/// The gradient of ``TakeAlong``.
///
/// Operands: the gradient, indices.
struct SpreadAlong: Op {
  static let name = "spread_along_axis"
  let axis: Int
  let dim: Dim

  func infer(_ operands: [TensorType]) -> TensorType { operands[0].with(dim, at: axis) }

  func pullback(_ c: PullbackContext) throws -> [Value?] {
    [try c.gradient.graph.apply(TakeAlong(axis: axis), c.gradient, c.operands[1]), nil]
  }

  func bind(_ site: BindSite) -> Step {
    let (split, y) = (AxisSplit(site.output.shape, axis: axis), site.output.pointer)
    let taken = AxisSplit(site.inputs[0].shape, axis: axis).count
    let (g, indices) = (site.inputs[0].input, site.inputs[1].labels)
    let (count, inner) = (split.count, split.inner)
    return { worker in
      for o in worker.share(of: split.outer) {
        let (to, first) = (y + o * count * inner, o * taken * inner)
        to.update(repeating: 0, count: count * inner)
        for k in 0..<taken * inner {
          if let i = place(indices[first + k], in: count) { to[i * inner + k % inner] += g[first + k] }
        }
      }
    }
  }
}

/// The place that an index names; a negative one counts from the end.
@inline(__always) private func place(_ index: Int32, in count: Int) -> Int? {
  let place = index < 0 ? Int(index) + count : Int(index)
  return place >= 0 && place < count ? place : nil
}

extension Take {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (x, indices) = (operands[0], operands[1])
    let (axis, taken) = (x.axis(axis), indices.shape.count)
    return ReferenceTensor(shape) { index in
      let named = indices[Array(index[axis..<axis + taken])]
      guard let i = place(Int32(truncatingIfNeeded: referenceWhole(named)), in: x.shape[axis]) else {
        return .nan
      }
      return x[Array(index[..<axis]) + [i] + index[(axis + taken)...]]
    }
  }
}

extension SpreadTaken {
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (g, indices) = (operands[0], operands[1])
    let taken = indices.shape.count
    var sums = ReferenceTensor(shape)
    ReferenceTensor.eachPlace(of: g.shape) { index, number in
      let named = indices[Array(index[axis..<axis + taken])]
      guard let i = place(Int32(truncatingIfNeeded: referenceWhole(named)), in: shape[axis]) else { return }
      let target = Array(index[..<axis]) + [i] + index[(axis + taken)...]
      sums.numbers[ReferenceTensor.offset(of: target, in: shape)] += g.numbers[number]
    }
    return sums
  }
}

extension TakeAlong {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (x, indices) = (operands[0], operands[1])
    let axis = x.axis(axis)
    return ReferenceTensor(shape) { index in
      guard let i = place(Int32(truncatingIfNeeded: referenceWhole(indices[index])), in: x.shape[axis]) else {
        return .nan
      }
      return x[ReferenceTensor.index(index, with: i, at: axis)]
    }
  }
}

extension SpreadAlong {
  func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let (g, indices) = (operands[0], operands[1])
    var sums = ReferenceTensor(shape)
    ReferenceTensor.eachPlace(of: g.shape) { index, number in
      guard let i = place(Int32(truncatingIfNeeded: referenceWhole(indices[index])), in: shape[axis]) else {
        return
      }
      let target = ReferenceTensor.index(index, with: i, at: axis)
      sums.numbers[ReferenceTensor.offset(of: target, in: shape)] += g.numbers[number]
    }
    return sums
  }
}
