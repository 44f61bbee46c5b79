import KernelABI

// The largest or the mean of what a window shows, for each channel. Rows are positions, or samples for what is sent back.

/// Where each position's window lies: calls `body` with the position, and the place of a tap in `x`.
@inline(__always)
private func eachTap(
  _ w: SlidingWindow, _ sample: Int, _ start: (Int) -> Void, _ tap: (Int, Int) -> Void,
  _ end: (Int, Int) -> Void
) {
  var position = sample * w.samplePositions
  for plane in 0..<w.depth.output {
    let planes = w.depth.taps(at: plane)
    for row in 0..<w.height.output {
      let rows = w.height.taps(at: row)
      for column in 0..<w.width.output {
        let columns = w.width.taps(at: column)
        start(position)
        for kd in planes {
          let inPlane = plane * w.depth.stride - w.depth.padding + kd * w.depth.dilation
          for kh in rows {
            let inRow = row * w.height.stride - w.height.padding + kh * w.height.dilation
            let line = (sample * w.depth.input + inPlane) * w.height.input + inRow
            for kw in columns {
              let inColumn = column * w.width.stride - w.width.padding + kw * w.width.dilation
              tap(position, (line * w.width.input + inColumn) * w.channels)
            }
          }
        }
        end(position, planes.count * rows.count * columns.count)
        position += 1
      }
    }
  }
}

/// The largest of each window; NaN wins: window, x, y, samples.
func maxPool(_ window: UnsafePointer<SlidingWindow>, _ x: In, _ y: Out, _ first: Int, _ last: Int) {
  let w = window.pointee
  let c = w.channels
  for sample in first..<last {
    eachTap(
      w, sample,
      { position in for i in 0..<c { y[position * c + i] = -.infinity } },
      { position, place in
        let (from, to) = (x + place, y + position * c)
        for i in 0..<c { to[i] = from[i] > to[i] || from[i] != from[i] ? from[i] : to[i] }
      }, { _, _ in })
  }
}

/// Sends the gradient of each window to the first element that is the largest: window, x, y, g, dx, samples.
func maxPoolGradient(
  _ window: UnsafePointer<SlidingWindow>, _ x: In, _ y: In, _ g: In, _ dx: Out, _ rest: Out, _ first: Int,
  _ last: Int
) {
  let w = window.pointee
  let c = w.channels
  for sample in first..<last {
    clear(dx + sample * w.sampleCount, w.sampleCount)
    eachTap(
      w, sample,
      { position in for i in 0..<c { rest[i] = g[position * c + i] } },
      { position, place in
        let (from, top, to) = (x + place, y + position * c, dx + place)
        for i in 0..<c {
          let isTop = from[i] == top[i]
          to[i] += isTop ? rest[i] : 0
          rest[i] = isTop ? 0 : rest[i]
        }
      }, { _, _ in })
  }
}

/// What stands where each window was largest first: window, x, y, h, result, samples.
func maxPoolPick(
  _ window: UnsafePointer<SlidingWindow>, _ x: In, _ y: In, _ h: In, _ result: Out, _ open: Out, _ first: Int,
  _ last: Int
) {
  let w = window.pointee
  let c = w.channels
  for sample in first..<last {
    eachTap(
      w, sample,
      { position in
        for i in 0..<c { open[i] = 1 }
        for i in 0..<c { result[position * c + i] = 0 }
      },
      { position, place in
        let (from, top, value, to) = (x + place, y + position * c, h + place, result + position * c)
        for i in 0..<c {
          let isTop = from[i] == top[i]
          to[i] += isTop ? open[i] * value[i] : 0
          open[i] = isTop ? 0 : open[i]
        }
      }, { _, _ in })
  }
}

/// The mean of what lies within the input: window, x, y, samples.
func averagePool(_ window: UnsafePointer<SlidingWindow>, _ x: In, _ y: Out, _ first: Int, _ last: Int) {
  let w = window.pointee
  let c = w.channels
  for sample in first..<last {
    eachTap(
      w, sample,
      { position in clear(y + position * c, c) },
      { position, place in
        let (from, to) = (x + place, y + position * c)
        for i in 0..<c { to[i] += from[i] }
      },
      { position, count in
        let (to, divisor) = (y + position * c, Float(count))
        for i in 0..<c { to[i] /= divisor }
      })
  }
}

/// Shares the gradient of each window out: window, g, dx, samples.
func averagePoolGradient(
  _ window: UnsafePointer<SlidingWindow>, _ g: In, _ dx: Out, _ first: Int, _ last: Int
) {
  let w = window.pointee
  let c = w.channels
  for sample in first..<last {
    clear(dx + sample * w.sampleCount, w.sampleCount)
    var position = sample * w.samplePositions
    for plane in 0..<w.depth.output {
      for row in 0..<w.height.output {
        for column in 0..<w.width.output {
          let (planes, rows, columns) = (
            w.depth.taps(at: plane), w.height.taps(at: row), w.width.taps(at: column)
          )
          let divisor = Float(planes.count * rows.count * columns.count)
          for kd in planes {
            let inPlane = plane * w.depth.stride - w.depth.padding + kd * w.depth.dilation
            for kh in rows {
              let inRow = row * w.height.stride - w.height.padding + kh * w.height.dilation
              let line = (sample * w.depth.input + inPlane) * w.height.input + inRow
              for kw in columns {
                let inColumn = column * w.width.stride - w.width.padding + kw * w.width.dilation
                let (from, to) = (g + position * c, dx + (line * w.width.input + inColumn) * c)
                for i in 0..<c { to[i] += from[i] / divisor }
              }
            }
          }
          position += 1
        }
      }
    }
  }
}

@inline(__always) private func clear(_ x: Out, _ count: Int) {
  for i in 0..<count { x[i] = 0 }
}
