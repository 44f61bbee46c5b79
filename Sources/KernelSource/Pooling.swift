import KernelABI

// The largest or the mean of what a window shows, for each channel; of the samples `first ..< last`.

/// NaN counts as the largest.
func maxPool(_ window: UnsafePointer<SlidingWindow>, _ x: In, _ y: Out, _ first: Int, _ last: Int) {
  let w = window.pointee
  let c = w.channels
  for sample in first..<last {
    eachTap(w, sample) { position, _ in
      for i in 0..<c { y[position * c + i] = -.infinity }
    } tap: { position, _, place in
      let (from, to) = (x + place, y + position * c)
      for i in 0..<c { to[i] = from[i] > to[i] || from[i] != from[i] ? from[i] : to[i] }
    }
  }
}

/// Sends the gradient of each window to the first element that is the largest.
/// - Parameter rest: a number for each channel: what is still to be sent.
func maxPoolGradient(
  _ window: UnsafePointer<SlidingWindow>, _ x: In, _ y: In, _ g: In, _ dx: Out, _ rest: Out, _ first: Int,
  _ last: Int
) {
  let w = window.pointee
  let c = w.channels
  for sample in first..<last {
    clear(dx + sample * w.sampleCount, w.sampleCount)
    eachTap(w, sample) { position, _ in
      for i in 0..<c { rest[i] = g[position * c + i] }
    } tap: { position, _, place in
      let (from, top, to) = (x + place, y + position * c, dx + place)
      for i in 0..<c {
        let isTop = from[i] == top[i]
        to[i] += isTop ? rest[i] : 0
        rest[i] = isTop ? 0 : rest[i]
      }
    }
  }
}

/// What `h` has where each window was largest first.
/// - Parameter open: a number for each channel: 1 until the largest was found.
func maxPoolPick(
  _ window: UnsafePointer<SlidingWindow>, _ x: In, _ y: In, _ h: In, _ result: Out, _ open: Out, _ first: Int,
  _ last: Int
) {
  let w = window.pointee
  let c = w.channels
  for sample in first..<last {
    eachTap(w, sample) { position, _ in
      for i in 0..<c { open[i] = 1 }
      clear(result + position * c, c)
    } tap: { position, _, place in
      let (from, top, value, to) = (x + place, y + position * c, h + place, result + position * c)
      for i in 0..<c {
        let isTop = from[i] == top[i]
        to[i] += isTop ? open[i] * value[i] : 0
        open[i] = isTop ? 0 : open[i]
      }
    }
  }
}

/// The mean of what lies within the input.
func averagePool(_ window: UnsafePointer<SlidingWindow>, _ x: In, _ y: Out, _ first: Int, _ last: Int) {
  let w = window.pointee
  let c = w.channels
  for sample in first..<last {
    eachTap(w, sample) { position, _ in
      clear(y + position * c, c)
    } tap: { position, _, place in
      let (from, to) = (x + place, y + position * c)
      for i in 0..<c { to[i] += from[i] }
    } end: { position, count in
      let (to, divisor) = (y + position * c, Float(count))
      for i in 0..<c { to[i] /= divisor }
    }
  }
}

/// Shares the gradient of each window out.
func averagePoolGradient(
  _ window: UnsafePointer<SlidingWindow>, _ g: In, _ dx: Out, _ first: Int, _ last: Int
) {
  let w = window.pointee
  let c = w.channels
  for sample in first..<last {
    clear(dx + sample * w.sampleCount, w.sampleCount)
    var divisor: Float = 1
    eachTap(w, sample) { _, count in
      divisor = Float(count)
    } tap: { position, _, place in
      let (from, to) = (g + position * c, dx + place)
      for i in 0..<c { to[i] += from[i] / divisor }
    }
  }
}
