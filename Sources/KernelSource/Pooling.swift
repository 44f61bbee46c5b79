import KernelABI

// The largest or the mean of what a window shows, for each channel; of the samples `first ..< last`.

extension Compiled {
  /// NaN counts as the largest.
  static func maxPool(_ window: UnsafePointer<SlidingWindow>, _ x: In, _ y: Out, _ first: Int, _ last: Int) {
    let w = window.pointee
    let c = w.channels
    let wide = c / 16 * 16
    for sample in first..<last {
      eachPlace(w, sample) { position, taps in
        var i = 0
        while i < wide {
          var top = Lanes(repeating: -.infinity)
          taps.each { _, place in
            let v = load(x + place + i)
            top = top.replacing(with: v, where: (v .> top) .| (v .!= v))
          }
          store(top, y + position * c + i)
          i += 16
        }
        for i in wide..<c {
          var top = -Float.infinity
          taps.each { _, place in
            let v = x[place + i]
            top = v > top || v != v ? v : top
          }
          y[position * c + i] = top
        }
      }
    }
  }

  /// Sends the gradient of each window to the first element that is the largest.
  static func maxPoolGradient(
    _ window: UnsafePointer<SlidingWindow>, _ x: In, _ y: In, _ g: In, _ dx: Out, _ first: Int, _ last: Int
  ) {
    let w = window.pointee
    let c = w.channels
    let wide = c / 16 * 16
    let (isApart, coversAll) = (w.isApart, w.coversAll)
    for sample in first..<last {
      if !coversAll { clear(dx + sample * w.sampleCount, w.sampleCount) }
      eachPlace(w, sample) { position, taps in
        var i = 0
        while i < wide {
          let top = load(y + position * c + i)
          var rest = load(g + position * c + i)
          taps.each { _, place in
            let isTop = load(x + place + i) .== top
            let given = Lanes().replacing(with: rest, where: isTop)
            store(isApart ? given : load(dx + place + i) + given, dx + place + i)
            rest = rest.replacing(with: Lanes(), where: isTop)
          }
          i += 16
        }
        for i in wide..<c {
          let top = y[position * c + i]
          var rest = g[position * c + i]
          taps.each { _, place in
            let isTop = x[place + i] == top
            let given = isTop ? rest : 0
            dx[place + i] = isApart ? given : dx[place + i] + given
            rest = isTop ? 0 : rest
          }
        }
      }
    }
  }
}

extension SlidingWindow {
  /// Whether no element is seen from two places.
  fileprivate var isApart: Bool { depth.isApart && height.isApart && width.isApart }
  /// Whether every element is seen from one place.
  fileprivate var coversAll: Bool { depth.coversAll && height.coversAll && width.coversAll }
}

extension SlidingWindow.Axis {
  fileprivate var isApart: Bool { dilation == 1 && window <= stride }
  fileprivate var coversAll: Bool {
    dilation == 1 && window == stride && padding == 0 && output * stride == input
  }
}

extension Compiled {
  /// What `h` has where each window was largest first.
  /// - Parameter open: a number for each channel: 1 until the largest was found.
  static func maxPoolPick(
    _ window: UnsafePointer<SlidingWindow>, _ x: In, _ y: In, _ h: In, _ result: Out, _ open: Out,
    _ first: Int,
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
  static func averagePool(
    _ window: UnsafePointer<SlidingWindow>, _ x: In, _ y: Out, _ first: Int, _ last: Int
  ) {
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
  static func averagePoolGradient(
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
}
