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

/// The taps of a window at one place that lie within the input.
struct PlaceTaps {
  let window: SlidingWindow
  let planes: Range<Int>
  let rows: Range<Int>
  let columns: Range<Int>
  /// Where the window begins.
  let plane: Int
  let row: Int
  let column: Int

  @inline(__always) var count: Int { planes.count * rows.count * columns.count }

  /// Gives the number of each tap, and where its first channel is in the input.
  @inline(__always) func each(_ body: (Int, Int) -> Void) {
    let w = window
    for kd in planes {
      for kh in rows {
        let line = (plane + kd * w.depth.dilation) * w.height.input + row + kh * w.height.dilation
        for kw in columns {
          body(
            (kd * w.height.window + kh) * w.width.window + kw,
            (line * w.width.input + column + kw * w.width.dilation) * w.channels)
        }
      }
    }
  }
}

/// Walks over the places of the window on a sample: the position, and the taps there.
@inline(__always)
func eachPlace(_ w: SlidingWindow, _ sample: Int, _ body: (Int, PlaceTaps) -> Void) {
  var position = sample * w.samplePositions
  for plane in 0..<w.depth.output {
    for row in 0..<w.height.output {
      for column in 0..<w.width.output {
        body(
          position,
          PlaceTaps(
            window: w, planes: w.depth.taps(at: plane), rows: w.height.taps(at: row),
            columns: w.width.taps(at: column),
            plane: sample * w.depth.input + plane * w.depth.stride - w.depth.padding,
            row: row * w.height.stride - w.height.padding, column: column * w.width.stride - w.width.padding))
        position += 1
      }
    }
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
  eachPlace(w, sample) { position, taps in
    begin(position, taps.count)
    taps.each { number, place in tap(position, number, place) }
    end(position, taps.count)
  }
}
