import KernelABI

// Convolutions with a kernel of its own for each channel: y[p, c·m + q] = Σ x[tap of p, c] · k[tap, c, q].

/// Calls `body` with each position of a sample, a tap of it, and where that tap is in the input.
@inline(__always)
private func eachTap(
  _ w: SlidingWindow, _ sample: Int, _ body: (_ position: Int, _ tap: Int, _ place: Int) -> Void
) {
  var position = sample * w.samplePositions
  for plane in 0..<w.depth.output {
    let planes = w.depth.taps(at: plane)
    for row in 0..<w.height.output {
      let rows = w.height.taps(at: row)
      for column in 0..<w.width.output {
        let columns = w.width.taps(at: column)
        for kd in planes {
          let inPlane = plane * w.depth.stride - w.depth.padding + kd * w.depth.dilation
          for kh in rows {
            let inRow = row * w.height.stride - w.height.padding + kh * w.height.dilation
            let line = (sample * w.depth.input + inPlane) * w.height.input + inRow
            for kw in columns {
              let inColumn = column * w.width.stride - w.width.padding + kw * w.width.dilation
              body(
                position, (kd * w.height.window + kh) * w.width.window + kw,
                (line * w.width.input + inColumn) * w.channels)
            }
          }
        }
        position += 1
      }
    }
  }
}

func depthwise(
  _ window: UnsafePointer<SlidingWindow>, _ x: In, _ k: In, _ multiplier: Int, _ y: Out, _ first: Int,
  _ last: Int
) {
  let w = window.pointee
  let (c, n) = (w.channels, w.channels * multiplier)
  for sample in first..<last {
    let results = y + sample * w.samplePositions * n
    for i in 0..<w.samplePositions * n { results[i] = 0 }
    eachTap(w, sample) { position, tap, place in
      let (from, factors, to) = (x + place, k + tap * n, y + position * n)
      if multiplier == 1 {
        var i = 0
        while i + 16 <= c {
          store(fma(load(from + i), load(factors + i), load(to + i)), to + i)
          i += 16
        }
        while i < c {
          to[i] = fma(from[i], factors[i], to[i])
          i += 1
        }
      } else {
        for i in 0..<c {
          for q in i * multiplier..<(i + 1) * multiplier { to[q] = fma(from[i], factors[q], to[q]) }
        }
      }
    }
  }
}

func depthwiseInput(
  _ window: UnsafePointer<SlidingWindow>, _ g: In, _ k: In, _ multiplier: Int, _ dx: Out, _ first: Int,
  _ last: Int
) {
  let w = window.pointee
  let (c, n) = (w.channels, w.channels * multiplier)
  for sample in first..<last {
    let results = dx + sample * w.sampleCount
    for i in 0..<w.sampleCount { results[i] = 0 }
    eachTap(w, sample) { position, tap, place in
      let (from, factors, to) = (g + position * n, k + tap * n, dx + place)
      if multiplier == 1 {
        var i = 0
        while i + 16 <= c {
          store(fma(load(from + i), load(factors + i), load(to + i)), to + i)
          i += 16
        }
        while i < c {
          to[i] = fma(from[i], factors[i], to[i])
          i += 1
        }
      } else {
        for i in 0..<c {
          for q in i * multiplier..<(i + 1) * multiplier { to[i] = fma(from[q], factors[q], to[i]) }
        }
      }
    }
  }
}

/// Of the channels `first ..< last`, over all samples in their order.
func depthwiseKernel(
  _ window: UnsafePointer<SlidingWindow>, _ x: In, _ g: In, _ multiplier: Int, _ dk: Out, _ first: Int,
  _ last: Int
) {
  let w = window.pointee
  let n = w.channels * multiplier
  for tap in 0..<w.taps {
    for q in first * multiplier..<last * multiplier { dk[tap * n + q] = 0 }
  }
  for sample in 0..<w.batch {
    eachTap(w, sample) { position, tap, place in
      let (from, up, to) = (x + place, g + position * n, dk + tap * n)
      if multiplier == 1 {
        var i = first
        while i + 16 <= last {
          store(fma(load(from + i), load(up + i), load(to + i)), to + i)
          i += 16
        }
        while i < last {
          to[i] = fma(from[i], up[i], to[i])
          i += 1
        }
      } else {
        for i in first..<last {
          for q in i * multiplier..<(i + 1) * multiplier { to[q] = fma(from[i], up[q], to[q]) }
        }
      }
    }
  }
}
