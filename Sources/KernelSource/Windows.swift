import KernelABI

extension SlidingWindow.Axis {
  /// The taps that lie within the input at a place of the window.
  @inline(__always) func taps(at place: Int) -> Range<Int> {
    let start = place * stride - padding
    if start >= 0 && start + (window - 1) * dilation < input { return 0..<window }
    let first = start >= 0 ? 0 : (dilation - 1 - start) / dilation
    let room = input - start
    let last = room <= 0 ? 0 : min(window, (room + dilation - 1) / dilation)
    return first < last ? first..<last : 0..<0
  }
}

/// Walks over the places of the window on a sample, and at each over the taps that lie within the input.
///
/// `begin` gets the position and how many taps it has; `tap` the position, the number of the tap, and where its first
/// channel is in the input; `end` what `begin` got.
@inline(__always)
func eachTap(
  _ w: SlidingWindow, _ sample: Int, begin: (Int, Int) -> Void = { _, _ in }, tap: (Int, Int, Int) -> Void,
  end: (Int, Int) -> Void = { _, _ in }
) {
  var position = sample * w.samplePositions
  for plane in 0..<w.depth.output {
    let planes = w.depth.taps(at: plane)
    for row in 0..<w.height.output {
      let rows = w.height.taps(at: row)
      for column in 0..<w.width.output {
        let columns = w.width.taps(at: column)
        let count = planes.count * rows.count * columns.count
        begin(position, count)
        for kd in planes {
          let inPlane = plane * w.depth.stride - w.depth.padding + kd * w.depth.dilation
          for kh in rows {
            let inRow = row * w.height.stride - w.height.padding + kh * w.height.dilation
            let line = (sample * w.depth.input + inPlane) * w.height.input + inRow
            for kw in columns {
              let inColumn = column * w.width.stride - w.width.padding + kw * w.width.dilation
              tap(
                position, (kd * w.height.window + kh) * w.width.window + kw,
                (line * w.width.input + inColumn) * w.channels)
            }
          }
        }
        end(position, count)
        position += 1
      }
    }
  }
}
