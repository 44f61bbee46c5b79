public import TensorCore

/// The place of the first largest or smallest element along an axis, which vanishes: int32.
///
/// Keras: `keras.ops.argmax`, `keras.ops.argmin`. A NaN counts as larger and smaller than any number, as in NumPy.
public struct ArgumentExtreme: Op {
  public static let name = "argument_extreme"
  let isLargest: Bool
  let axis: Int
  /// Of whole numbers, int32, instead of floats.
  let isWhole: Bool
  public var name: String { isLargest ? "argmax" : "argmin" }

  public init(largest: Bool, along axis: Int, ofWholes isWhole: Bool = false) {
    isLargest = largest
    self.isWhole = isWhole
    self.axis = axis
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    let x = operands[0]
    try x.require(isWhole ? .int32 : .float32, for: name)
    let axis = try x.axis(axis)
    guard try x.size(of: axis, to: "searched") > 0 else {
      throw ShapeError("axis \(axis) of \(x) has no elements to choose from")
    }
    var dims = x.dims
    dims.remove(at: axis)
    return TensorType(dims, .int32)
  }

  public func pullback(_ c: PullbackContext) -> [Value?] { [nil] }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { operands[0].reduce(1, *) }

  public func bind(_ site: BindSite) -> Step {
    let split = AxisSplit(site.inputs[0].shape, axis: axis)
    return isWhole
      ? search(split, site.inputs[0].labels, site) : search(split, site.inputs[0].input, site)
  }

  /// Of numbers of either kind; only a NaN differs from itself.
  private func search<Number: Comparable>(
    _ split: AxisSplit, _ x: UnsafePointer<Number>, _ site: BindSite
  ) -> Step {
    let (isLargest, count, inner) = (isLargest, split.count, split.inner)
    let y = UnsafeMutableRawPointer(site.output.pointer).assumingMemoryBound(to: Int32.self)
    return { worker in
      split.forEachRun(of: worker) { first, run in
        let from = x + first
        var (best, value) = (0, from[0])
        for k in 1..<max(1, count) where value == value {
          let other = from[k * inner]
          if other != other || (isLargest ? other > value : other < value) {
            best = k
            value = other
          }
        }
        y[run] = Int32(truncatingIfNeeded: best)
      }
    }
  }
}

extension ArgumentExtreme {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    let x = operands[0]
    let axis = x.axis(axis)
    let places = x.runs(along: axis..<axis + 1).map { run in
      let extreme = (isLargest ? run.max() : run.min()) ?? .nan
      let place = run.firstIndex(where: \.isNaN) ?? run.firstIndex(of: extreme) ?? 0
      return Double(place)
    }
    return ReferenceTensor(shape, places)
  }
}
