import KernelABI

// What a sliding window shows, as rows of a matrix, and back. A row is `range` of a patch.

/// Walks over the stretches of patches that lie within the input, in order of positions.
///
/// `begin` gets where each patch's row begins, and whether all of it lies within the input; `body` where a stretch is in the
/// input, where it is in the rows, and its length. Taps side by side with all their channels are one stretch.
@inline(__always)
private func walk(
  _ w: SlidingWindow, _ first: Int, _ count: Int, _ range: Range<Int>, _ begin: (Int, Bool) -> Void,
  _ body: (Int, Int, Int) -> Void
) {
  let (shown, channels) = (w.shownChannels, w.channels)
  let joins = w.width.dilation == 1 && shown == channels
  let line = w.width.input * channels
  var column = first % w.width.output
  var rest = first / w.width.output
  var row = rest % w.height.output
  rest /= w.height.output
  var plane = rest % w.depth.output
  var sample = rest / w.depth.output
  var target = 0
  for _ in 0..<count {
    let (planes, rows, columns) = (w.depth.taps(at: plane), w.height.taps(at: row), w.width.taps(at: column))
    begin(target, planes.count * rows.count * columns.count == w.taps)
    let base = sample * w.sampleCount + w.firstChannel
    for kd in planes {
      let inPlane = plane * w.depth.stride - w.depth.padding + kd * w.depth.dilation
      for kh in rows {
        let inRow = row * w.height.stride - w.height.padding + kh * w.height.dilation
        let from = base + (inPlane * w.height.input + inRow) * line
        let tap = (kd * w.height.window + kh) * w.width.window
        let start = column * w.width.stride - w.width.padding
        if joins {
          let low = max(range.lowerBound, (tap + columns.lowerBound) * shown)
          let high = min(range.upperBound, (tap + columns.upperBound) * shown)
          if low < high {
            body(from + start * channels + low - tap * shown, target + low - range.lowerBound, high - low)
          }
        } else {
          for kw in columns {
            let low = max(range.lowerBound, (tap + kw) * shown)
            let high = min(range.upperBound, (tap + kw + 1) * shown)
            if low < high {
              body(
                from + (start + kw * w.width.dilation) * channels + low - (tap + kw) * shown,
                target + low - range.lowerBound, high - low)
            }
          }
        }
      }
    }
    target += range.count
    column += 1
    if column < w.width.output { continue }
    column = 0
    row += 1
    if row < w.height.output { continue }
    row = 0
    plane += 1
    if plane < w.depth.output { continue }
    plane = 0
    sample += 1
  }
}

extension Compiled {
  /// Writes `count` patches from position `first` on as rows, or the elements `low ..< high` of each.
  static func gatherPatches(
    _ window: UnsafePointer<SlidingWindow>, _ x: In, _ first: Int, _ count: Int, _ low: Int, _ high: Int,
    _ rows: Out
  ) {
    walk(window.pointee, first, count, low..<high) { row, isWhole in
      // What lies outside of the input is 0.
      if !isWhole { clear(rows + row, high - low) }
    } _: { from, to, length in
      var i = 0
      while i + 16 <= length {
        store(load(x + from + i), rows + to + i)
        i += 16
      }
      while i < length {
        rows[to + i] = x[from + i]
        i += 1
      }
    }
  }

  /// Adds rows to what the patches show, in order of positions and taps.
  static func scatterPatches(
    _ window: UnsafePointer<SlidingWindow>, _ rows: In, _ first: Int, _ count: Int, _ low: Int, _ high: Int,
    _ x: Out
  ) {
    walk(window.pointee, first, count, low..<high) { _, _ in
    } _: { to, from, length in
      var i = 0
      while i + 16 <= length {
        store(load(x + to + i) + load(rows + from + i), x + to + i)
        i += 16
      }
      while i < length {
        x[to + i] += rows[from + i]
        i += 1
      }
    }
  }
}
