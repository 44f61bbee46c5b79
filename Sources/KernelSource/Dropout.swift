// Counter-based random numbers inside kernels: Philox 4×32-10 (Salmon et al., "Parallel random numbers: as easy
// as 1, 2, 3", 2011).

/// The four words of one counter.
@inline(__always)
private func philox(_ key: (UInt32, UInt32), _ counter: (UInt32, UInt32, UInt32, UInt32)) -> (
  UInt32, UInt32, UInt32, UInt32
) {
  var (k, c) = (key, counter)
  for _ in 0..<10 {
    let p0 = UInt64(c.0) &* 0xD251_1F53
    let p1 = UInt64(c.2) &* 0xCD9E_8D57
    c = (
      UInt32(truncatingIfNeeded: p1 &>> 32) ^ c.1 ^ k.0, UInt32(truncatingIfNeeded: p1),
      UInt32(truncatingIfNeeded: p0 &>> 32) ^ c.3 ^ k.1, UInt32(truncatingIfNeeded: p0)
    )
    k = (k.0 &+ 0x9E37_79B9, k.1 &+ 0xBB67_AE85)
  }
  return c
}

extension Compiled {
  /// Element `first + i` takes word `(first + i) % 4` of counter `((first + i) / 4, position)`; it is kept, scaled by
  /// `1 / (1 - rate)`, where the word as a fraction of 2³² is at least `rate`.
  static func dropout(
    _ keyLow: UInt32, _ keyHigh: UInt32, _ position: UInt64, _ first: Int, _ rate: Float, _ x: In, _ y: Out,
    _ count: Int
  ) {
    let threshold = UInt32(Double(rate) * 4_294_967_296)
    let scale = 1 / (1 - rate)
    let (low, high) = (UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: position &>> 32))
    var i = 0
    while i < count {
      let element = first + i
      let block = UInt64(element / 4)
      let words = philox(
        (keyLow, keyHigh),
        (UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block &>> 32), low, high))
      var word = element & 3
      while word < 4 && i < count {
        let drawn = word == 0 ? words.0 : word == 1 ? words.1 : word == 2 ? words.2 : words.3
        y[i] = drawn >= threshold ? x[i] * scale : 0
        word += 1
        i += 1
      }
    }
  }
}
