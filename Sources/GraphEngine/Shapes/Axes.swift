import Diagnostics
public import TensorCore

extension TensorType {
  /// The axis that a number means: -1 is the last.
  /// - Throws: `ShapeError` naming the axes there are.
  public func axis(_ axis: Int) throws(ShapeError) -> Int {
    let found = axis < 0 ? axis + rank : axis
    guard dims.indices.contains(found) else {
      let hint = rank == 0 ? "a scalar has no axes" : "axes go from \(-rank) to \(rank - 1)"
      throw ShapeError("\(self) has no axis \(axis)", hint: hint)
    }
    return found
  }

  /// The axes that numbers mean, in increasing order, each once; all axes for `nil`.
  public func axes(_ axes: [Int]?) throws(ShapeError) -> [Int] {
    guard let axes else { return Array(dims.indices) }
    var found: [Int] = []
    for number in axes {
      let axis = try axis(number)
      guard !found.contains(axis) else { throw ShapeError("axis \(number) of \(self) is named twice") }
      found.append(axis)
    }
    return found.sorted()
  }

  /// The size of an axis that is no batch axis.
  /// - Parameter purpose: what needs the size, such as "cut": it stands in the message.
  public func size(of axis: Int, to purpose: String, operand: Int = 0) throws(ShapeError) -> Int {
    guard case .size(let size) = dims[axis] else {
      throw ShapeError(
        "axis \(axis) of \(self) is the batch, which is not known yet: it cannot be \(purpose)",
        operand: operand,
        hint: "choose an axis beside the batch, or move numbers there with transpose or reshape")
    }
    return size
  }

  /// The same type with another axis in place of one.
  func with(_ dim: Dim, at axis: Int) -> TensorType {
    var copy = self
    copy.dims[axis] = dim
    return copy
  }

  func require(_ wanted: ElementType, for op: String, operand: Int = 0) throws(ShapeError) {
    guard element != wanted else { return }
    throw ShapeError(
      "\(op) needs \(wanted.rawValue), found \(self) of \(element.rawValue)", operand: operand,
      hint: "cast it: cast(x, '\(wanted.rawValue)')")
  }
}

extension Graph {
  /// Works out axes or sizes for `operand`, so that a mistake points at the layer at work.
  /// - Throws: `Diagnostic` E0301.
  func checked<T>(_ operands: Value..., rule: () throws(ShapeError) -> T) throws(Diagnostic) -> T {
    do {
      return try rule()
    } catch {
      throw .shape(error, at: origin, operands: operands)
    }
  }
}

/// A tensor seen as `outer × count × inner`, around one axis or several neighbouring ones.
struct AxisSplit {
  let outer: Int
  let count: Int
  let inner: Int

  init(_ shape: [Int], _ axes: Range<Int>) {
    outer = shape[..<axes.lowerBound].reduce(1, *)
    count = shape[axes].reduce(1, *)
    inner = shape[axes.upperBound...].reduce(1, *)
  }

  init(_ shape: [Int], axis: Int) {
    let axis = axis < 0 ? axis + shape.count : axis
    self.init(shape, axis..<axis + 1)
  }

  /// A worker's part: whole outer pieces if there are enough, else a range of the inner numbers.
  @inline(__always) func share(of worker: Worker) -> (outer: Range<Int>, inner: Range<Int>) {
    outer >= worker.parts
      ? (worker.share(of: outer), 0..<inner) : (0..<outer, worker.share(of: inner, grain: 16))
  }

  /// Goes through a worker's runs along the axes, one number each ``inner`` numbers.
  /// - Parameter body: takes where a run begins, and its number among all runs.
  @inline(__always) func forEachRun(of worker: Worker, _ body: (_ first: Int, _ run: Int) -> Void) {
    let share = share(of: worker)
    for o in share.outer {
      for i in share.inner { body(o * count * inner + i, o * inner + i) }
    }
  }
}
