import KernelABI

/// Some hundred patches at a time, as rows of a matrix in a worker's own memory.
struct PatchBlock {
  /// The memory for rows behind what a product needs for itself.
  @inline(__always)
  static func rows(_ worker: Worker) -> UnsafeMutablePointer<Float> {
    worker.workspace + GemmTask.ownWorkspace
  }

  /// Floats of rows at a time: with what a product packs they stay in the second-level cache.
  static let floats = 98_304

  /// Runs of positions, with the elements `shown` of their patches as rows, `step` floats apart.
  ///
  /// A part of a patch that is larger than the memory comes in pieces, each for all of the run's positions.
  @inline(__always)
  static func eachRun(
    of positions: Range<Int>, showing shown: Range<Int>, through window: SlidingWindow,
    _ x: UnsafePointer<Float>,
    _ kernels: KernelTable, _ worker: Worker,
    body: (_ positions: Range<Int>, _ piece: Range<Int>, _ rows: UnsafePointer<Float>, _ step: Int) -> Void
  ) {
    if window.showsEachElement {
      let all = window.patch
      return body(positions, shown, x + positions.lowerBound * all + shown.lowerBound, all)
    }
    let rows = rows(worker)
    let pieces = max(1, (shown.count + floats - 1) / floats)
    let atOnce = max(1, floats / max(1, (shown.count + pieces - 1) / pieces))
    withUnsafePointer(to: window) { window in
      var first = positions.lowerBound
      while first < positions.upperBound {
        let last = min(first + atOnce, positions.upperBound)
        for i in 0..<pieces {
          let low = shown.lowerBound + shown.count * i / pieces
          let high = shown.lowerBound + shown.count * (i + 1) / pieces
          kernels.gatherPatches(window, x, first, last - first, low, high, rows)
          body(first..<last, low..<high, UnsafePointer(rows), high - low)
        }
        first = last
      }
    }
  }
}
