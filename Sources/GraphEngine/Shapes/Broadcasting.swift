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
        hint: "give both the batch at the same place, with [:, None] or expand_dims where one has fewer axes")
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
