public import TensorCore

/// The places of a row's elements in increasing or decreasing order, along the last axis: int32.
///
/// Keras: `keras.ops.argsort`. Equal elements keep their order; NaN comes last.
public struct ArgumentSort: Op {
  public static let name = "argsort"
  let descending: Bool
  /// Of whole numbers, int32, instead of floats.
  let isWhole: Bool

  public init(descending: Bool = false, ofWholes isWhole: Bool = false) {
    self.descending = descending
    self.isWhole = isWhole
  }

  public func infer(_ operands: [TensorType]) throws(ShapeError) -> TensorType {
    try operands[0].require(isWhole ? .int32 : .float32, for: name)
    guard operands[0].rank >= 1 else { throw ShapeError("a scalar cannot be sorted") }
    _ = try operands[0].size(of: operands[0].rank - 1, to: "sorted")
    return TensorType(operands[0].dims, .int32)
  }

  public func pullback(_ c: PullbackContext) -> [Value?] { [nil] }

  public func cost(_ operands: [[Int]], _ result: [Int]) -> Int { 30 * result.reduce(1, *) }

  public func bind(_ site: BindSite) -> Step {
    isWhole ? order(site.inputs[0].labels, site) : order(site.inputs[0].input, site)
  }

  /// Of numbers of either kind; only a NaN differs from itself.
  private func order<Number: Comparable>(_ x: UnsafePointer<Number>, _ site: BindSite) -> Step {
    let (rows, columns) = (site.output.rows, site.output.columns)
    let y = UnsafeMutableRawPointer(site.output.pointer).assumingMemoryBound(to: Int32.self)
    let descending = descending
    return { worker in
      for r in worker.share(of: rows) {
        let (row, order) = (x + r * columns, y + r * columns)
        sort(order, columns) { a, b in
          let (p, q) = (row[a], row[b])
          // NaN comes after all numbers, whatever the direction.
          if p != p || q != q { return p == p || (q != q && a < b) }
          return p == q ? a < b : (p < q) != descending
        }
      }
    }
  }
}

/// Fills `order` with 0, 1, … and sorts it in place: heapsort, which needs no memory.
///
/// No two places are equal under `precedes`, so there is one right order, whatever the algorithm.
@inline(__always)
private func sort(_ order: UnsafeMutablePointer<Int32>, _ count: Int, _ precedes: (Int, Int) -> Bool) {
  for i in 0..<count { order[i] = Int32(truncatingIfNeeded: i) }
  func swap(_ i: Int, _ j: Int) {
    let held = order[i]
    order[i] = order[j]
    order[j] = held
  }
  func sink(_ start: Int, _ end: Int) {
    var root = start
    while 2 * root + 1 < end {
      var child = 2 * root + 1
      if child + 1 < end && precedes(Int(order[child]), Int(order[child + 1])) { child += 1 }
      guard precedes(Int(order[root]), Int(order[child])) else { return }
      swap(root, child)
      root = child
    }
  }
  for start in stride(from: count / 2 - 1, through: 0, by: -1) { sink(start, count) }
  for end in stride(from: count - 1, to: 0, by: -1) {
    swap(0, end)
    sink(0, end)
  }
}

extension ArgumentSort {
  public func reference(_ operands: [ReferenceTensor], _ shape: [Int]) -> ReferenceTensor {
    operands[0].mapRows { row in
      let isBefore = { (a: Int, b: Int) in
        row[a].isNaN || row[b].isNaN
          ? !row[a].isNaN && row[b].isNaN : descending ? row[a] > row[b] : row[a] < row[b]
      }
      // Swift's sort is stable: equal elements keep their order.
      return row.indices.sorted(by: isBefore).map(Double.init)
    }
  }
}
