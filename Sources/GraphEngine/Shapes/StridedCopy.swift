/// Copies a tensor that is seen with other strides (transposed, repeated) into one that lies row by row.
struct StridedCopy {
  private let sizes: [Int]
  private let strides: [Int]
  /// The axis that is contiguous in the source, if it is not the last.
  private let near: Int?

  init(_ sizes: [Int], _ strides: [Int]) {
    let (kept, walks) = collapse(sizes, [strides])
    self.sizes = kept.isEmpty ? [1] : kept
    self.strides = kept.isEmpty ? [1] : walks[0]
    let last = self.sizes.count - 1
    near = self.strides[last] <= 1 ? nil : self.strides[..<last].firstIndex(of: 1)
  }

  func step(from x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>) -> Step {
    if let near { return transposing(near, x, y) }
    let (columns, stride) = (sizes[sizes.count - 1], strides[sizes.count - 1])
    let rows = sizes.dropLast().reduce(1, *)
    let (outer, steps) = (Array(sizes.dropLast()), strides)
    return { worker in
      let splitsColumns = rows < 4 * worker.parts && columns >= 16 * worker.parts
      let wide = splitsColumns ? worker.share(of: columns, grain: 16) : 0..<columns
      for row in splitsColumns ? 0..<rows : worker.share(of: rows) {
        let from = x + offset(of: row, outer, steps) + wide.lowerBound * stride
        let to = y + row * columns + wide.lowerBound
        switch stride {
        case 1: to.update(from: from, count: wide.count)
        case 0: to.update(repeating: from[0], count: wide.count)
        default: for i in 0..<wide.count { to[i] = from[i &* stride] }
        }
      }
    }
  }

  /// In tiles of 16 × 16, so that neither side jumps through memory.
  private func transposing(_ near: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) -> Step {
    let last = sizes.count - 1
    let (height, width, far) = (sizes[near], sizes[last], strides[last])
    let others = sizes.indices.filter { $0 != near && $0 != last }
    let ownSteps = sizes.indices.map { axis in sizes[(axis + 1)...].reduce(1, *) }
    let (outer, xSteps, ySteps) = (
      others.map { sizes[$0] }, others.map { strides[$0] }, others.map { ownSteps[$0] }
    )
    let (count, bands, rowStep) = (outer.reduce(1, *), (height + 15) / 16, ownSteps[near])
    return { worker in
      for unit in worker.share(of: count * bands) {
        let top = unit % bands * 16
        let from = x + offset(of: unit / bands, outer, xSteps)
        let to = y + offset(of: unit / bands, outer, ySteps)
        var left = 0
        while left < width {
          let right = min(left + 16, width)
          for i in top..<min(top + 16, height) {
            let (row, column) = (to + i &* rowStep, from + i)
            var j = left
            while j < right {
              row[j] = column[j &* far]
              j &+= 1
            }
          }
          left = right
        }
      }
    }
  }
}

/// Where an element lies, counted along axes of these sizes with the last the fastest.
@inline(__always) private func offset(of index: Int, _ sizes: [Int], _ steps: [Int]) -> Int {
  var (rest, offset) = (index, 0)
  var axis = sizes.count - 1
  while axis >= 0 {
    offset += rest % sizes[axis] * steps[axis]
    rest /= sizes[axis]
    axis -= 1
  }
  return offset
}
