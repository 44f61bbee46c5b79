import KernelABI
public import TensorCore

extension TensorType {
  /// The axes that two operands give together by NumPy's rules: aligned at the last, an axis of size 1 repeats.
  /// - Throws: `ShapeError` if two axes differ, or if every sample would meet every other.
  public static func broadcast(_ a: TensorType, _ b: TensorType) throws(ShapeError) -> [Dim] {
    let rank = max(a.rank, b.rank)
    var dims: [Dim] = []
    for axis in 0..<rank {
      let (x, y) = (a.dim(axis, of: rank), b.dim(axis, of: rank))
      guard x == y || x == .size(1) || y == .size(1) else {
        throw ShapeError(
          "shapes \(a) and \(b) do not fit: axes of \(x) and \(y) elements", operand: 1,
          hint: "axes are aligned at the last; they must be equal, or one of them 1")
      }
      dims.append(x == .size(1) ? y : x)
    }
    guard dims.filter({ $0 == .batch }).count <= 1 else {
      throw ShapeError(
        "\(a) with \(b) would pair every sample with every other", operand: 1,
        hint: "give both the batch at the same place, with expandingDimensions where one has fewer axes")
    }
    return dims
  }

  /// The axis at a place of a shape with more axes in front; those are 1.
  func dim(_ axis: Int, of rank: Int) -> Dim {
    let own = axis - (rank - self.rank)
    return own < 0 ? .size(1) : dims[own]
  }
}

/// How an operand of this shape is walked along the axes of a larger one: steps of 0 where it repeats.
func broadcastStrides(_ shape: [Int], to result: [Int]) -> [Int] {
  var strides = [Int](repeating: 0, count: result.count)
  var next = 1
  for (i, size) in shape.enumerated().reversed() {
    strides[result.count - shape.count + i] = size == 1 ? 0 : next
    next *= size
  }
  return strides
}

/// Leaves out axes of size 1 and merges neighbours that every operand walks in one go.
func collapse(_ sizes: [Int], _ strides: [[Int]]) -> (sizes: [Int], strides: [[Int]]) {
  var (kept, walks): ([Int], [[Int]]) = ([], strides.map { _ in [] })
  for axis in sizes.indices where sizes[axis] != 1 {
    let merges =
      !kept.isEmpty
      && zip(walks, strides).allSatisfy { walk, all in walk[kept.count - 1] == all[axis] * sizes[axis] }
    if merges { kept[kept.count - 1] *= sizes[axis] } else { kept.append(sizes[axis]) }
    for i in walks.indices {
      if merges { walks[i].removeLast() }
      walks[i].append(strides[i][axis])
    }
  }
  return (kept, walks)
}

/// Two operands of any shapes walked together as blocks of rows, as ``KernelTable/binaryRows`` takes them.
struct PairWalk {
  let rows: Int
  let columns: Int
  let aRow: Int
  let bRow: Int
  let aColumn: Int
  let bColumn: Int
  /// Axes before the last two.
  private let sizes: [Int]
  private let aSteps: [Int]
  private let bSteps: [Int]
  private let totalRows: Int

  init(_ a: [Int], _ b: [Int], to result: [Int]) {
    var (all, steps) = collapse(result, [broadcastStrides(a, to: result), broadcastStrides(b, to: result)])
    while all.count < 2 {
      all.insert(1, at: 0)
      for i in steps.indices { steps[i].insert(0, at: 0) }
    }
    let last = all.count - 1
    (rows, columns) = (all[last - 1], all[last])
    (aRow, bRow) = (steps[0][last - 1], steps[1][last - 1])
    (aColumn, bColumn) = (steps[0][last], steps[1][last])
    sizes = Array(all[..<(last - 1)])
    (aSteps, bSteps) = (steps[0], steps[1])
    totalRows = all.dropLast().reduce(1, *)
  }

  /// Offsets of a, b and the result, rows and columns of each block that falls to a worker.
  @inline(__always)
  func forEach(_ worker: Worker, _ body: (_ a: Int, _ b: Int, _ y: Int, _ rows: Int, _ columns: Int) -> Void)
  {
    guard totalRows > 0 && columns > 0 else { return }
    let splitsColumns = totalRows < 4 * worker.parts && columns >= 16 * worker.parts
    let wide = splitsColumns ? worker.share(of: columns, grain: 16) : 0..<columns
    let share = splitsColumns ? 0..<totalRows : worker.share(of: totalRows)
    let isWhole = wide.count == columns
    var row = share.lowerBound
    while row < share.upperBound {
      let (outer, inner) = (row / rows, row % rows)
      let count = isWhole ? min(rows - inner, share.upperBound - row) : 1
      var (a, b, rest) = (inner * aRow, inner * bRow, outer)
      for axis in sizes.indices.reversed() {
        let i = rest % sizes[axis]
        rest /= sizes[axis]
        a += i * aSteps[axis]
        b += i * bSteps[axis]
      }
      let first = wide.lowerBound
      body(a + first * aColumn, b + first * bColumn, row * columns + first, count, wide.count)
      row += count
    }
  }
}
