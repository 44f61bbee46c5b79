import KernelABI

// Convolutions with a kernel of its own for each channel: y[p, c·m + q] = Σ x[tap of p, c] · k[tap, c, q].

extension Compiled {
  static func depthwise(
    _ window: UnsafePointer<SlidingWindow>, _ x: In, _ k: In, _ multiplier: Int, _ y: Out, _ first: Int,
    _ last: Int
  ) {
    let w = window.pointee
    let n = w.channels * multiplier
    for sample in first..<last {
      clear(y + sample * w.samplePositions * n, w.samplePositions * n)
      eachTap(
        w, sample,
        tap: { position, tap, place in
          spread(x + place, k + tap * n, y + position * n, 0..<w.channels, multiplier)
        })
    }
  }

  static func depthwiseInput(
    _ window: UnsafePointer<SlidingWindow>, _ g: In, _ k: In, _ multiplier: Int, _ dx: Out, _ first: Int,
    _ last: Int
  ) {
    let w = window.pointee
    let n = w.channels * multiplier
    for sample in first..<last {
      clear(dx + sample * w.sampleCount, w.sampleCount)
      eachTap(
        w, sample,
        tap: { position, tap, place in
          let (up, factors, to) = (g + position * n, k + tap * n, dx + place)
          if multiplier == 1 {
            addProducts(up, factors, to, 0..<n)
          } else {
            for i in 0..<w.channels {
              for q in i * multiplier..<(i + 1) * multiplier { to[i] = fma(up[q], factors[q], to[i]) }
            }
          }
        })
    }
  }

  /// Of the channels `first ..< last`, over all samples in their order.
  static func depthwiseKernel(
    _ window: UnsafePointer<SlidingWindow>, _ x: In, _ g: In, _ multiplier: Int, _ dk: Out, _ first: Int,
    _ last: Int
  ) {
    let w = window.pointee
    let n = w.channels * multiplier
    for tap in 0..<w.taps { clear(dk + tap * n + first * multiplier, (last - first) * multiplier) }
    for sample in 0..<w.batch {
      eachTap(
        w, sample,
        tap: { position, tap, place in
          spread(x + place, g + position * n, dk + tap * n, first..<last, multiplier)
        })
    }
  }
}

/// `to[c·m + q] += a[c] · b[c·m + q]` for some channels.
@inline(__always)
private func spread(_ a: In, _ b: In, _ to: Out, _ channels: Range<Int>, _ multiplier: Int) {
  if multiplier == 1 { return addProducts(a, b, to, channels) }
  for i in channels {
    for q in i * multiplier..<(i + 1) * multiplier { to[q] = fma(a[i], b[q], to[q]) }
  }
}

/// `to += a · b`, number by number.
@inline(__always)
private func addProducts(_ a: In, _ b: In, _ to: Out, _ range: Range<Int>) {
  var i = range.lowerBound
  while i + 16 <= range.upperBound {
    store(fma(load(a + i), load(b + i), load(to + i)), to + i)
    i += 16
  }
  while i < range.upperBound {
    to[i] = fma(a[i], b[i], to[i])
    i += 1
  }
}
