/// Hashes of texts, the same on every machine.
public enum TextHash {
  private static let (first, second, third): (UInt64, UInt64, UInt64) = (
    0xc3a5_c85c_97cb_3127, 0xb492_b66f_be98_f273, 0x9ae1_6a3b_2f90_404f
  )

  /// FarmHash's `Fingerprint64`, which TensorFlow's `to_hash_bucket_fast` takes (Pike and Alakuijala, 2014).
  public static func fingerprint(_ text: [UInt8]) -> UInt64 {
    let (start, end) = (Bytes(text, 0), Bytes(text, text.count))
    let count = UInt64(text.count)
    let factor = third &+ count &* 2
    switch text.count {
    case 65...: return long(text)
    case 33...:
      let a = start[0] &* third
      let (y, z) = folded((a, start[8], end[-8] &* factor, end[-16] &* third), factor)
      let (e, f) = (start[16] &* factor, start[24])
      let (g, h) = ((y &+ end[-32]) &* factor, (z &+ end[-24]) &* factor)
      return mixed(rotated(e &+ f, 43) &+ rotated(g, 30) &+ h, e &+ rotated(f &+ a, 18) &+ g, factor)
    case 17...:
      return folded((start[0] &* second, start[8], end[-8] &* factor, end[-16] &* third), factor).mixed
    case 8...:
      let (a, b) = (start[0] &+ third, end[-8])
      return mixed(rotated(b, 37) &* factor &+ a, (rotated(a, 25) &+ b) &* factor, factor)
    case 4...:
      let (a, b) = (word(text[..<4]), word(text[(text.count - 4)...]))
      return mixed(count &+ (a << 3), b, factor)
    default: break
    }
    guard let front = text.first, let back = text.last else { return third }
    let y = UInt64(front) + UInt64(text[text.count / 2]) << 8
    let z = count + UInt64(back) << 2
    return shifted((y &* third) ^ (z &* first)) &* third
  }

  /// Words of a text by their distance from a place in it.
  private struct Bytes {
    let text: [UInt8]
    let place: Int
    init(_ text: [UInt8], _ place: Int) {
      self.text = text
      self.place = place
    }
    subscript(offset: Int) -> UInt64 { word(text[(place + offset)..<(place + offset + 8)]) }
  }

  private static func folded(
    _ words: (UInt64, UInt64, UInt64, UInt64), _ factor: UInt64
  ) -> (sum: UInt64, mixed: UInt64) {
    let (a, b, c, d) = words
    let sum = rotated(a &+ b, 43) &+ rotated(c, 30) &+ d
    return (sum, mixed(sum, a &+ rotated(b &+ third, 18) &+ c, factor))
  }

  /// More than 64 bytes: 64 at a time, the last ones once more.
  private static func long(_ text: [UInt8]) -> UInt64 {
    let end = (text.count - 1) / 64 * 64
    var state = FarmState(Bytes(text, 0)[0])
    for place in stride(from: 0, to: end, by: 64) { state.absorb(Bytes(text, place), factor: second) }
    return state.finished(Bytes(text, text.count - 64), rest: UInt64((text.count - 1) & 63))
  }

  private struct FarmState {
    var x, y, z: UInt64
    var v: (UInt64, UInt64) = (0, 0)
    var w: (UInt64, UInt64) = (0, 0)

    init(_ start: UInt64) {
      x = 81 &* third &+ start
      y = 81 &* second &+ 113
      z = shifted(y &* third &+ 113) &* third
    }

    mutating func absorb(_ s: Bytes, factor: UInt64, strength: UInt64 = 1) {
      x = rotated(x &+ y &+ v.0 &+ s[8], 37) &* factor
      y = rotated(y &+ v.1 &+ s[48], 42) &* factor
      x ^= w.1 &* strength
      y = y &+ v.0 &* strength &+ s[40]
      z = rotated(z &+ w.0, 33) &* factor
      v = weak(s, at: 0, v.1 &* factor, x &+ w.0)
      w = weak(s, at: 32, z &+ w.1, y &+ s[16])
      swap(&z, &x)
    }

    mutating func finished(_ last: Bytes, rest: UInt64) -> UInt64 {
      let factor = second &+ (z & 0xff) << 1
      w.0 = w.0 &+ rest
      v.0 = v.0 &+ w.0
      w.0 = w.0 &+ v.0
      absorb(last, factor: factor, strength: 9)
      return mixed(
        mixed(v.0, w.0, factor) &+ shifted(y) &* first &+ z, mixed(v.1, w.1, factor) &+ x, factor)
    }

    private func weak(_ s: Bytes, at place: Int, _ a: UInt64, _ b: UInt64) -> (UInt64, UInt64) {
      let start = a &+ s[place]
      let sum = start &+ s[place + 8] &+ s[place + 16]
      return (sum &+ s[place + 24], rotated(b &+ start &+ s[place + 24], 21) &+ rotated(sum, 44) &+ start)
    }
  }

  private static func shifted(_ x: UInt64) -> UInt64 { x ^ (x >> 47) }

  /// SipHash-2-4, which TensorFlow's `to_hash_bucket_strong` takes (Aumasson and Bernstein, 2012).
  public static func keyed(_ text: [UInt8], _ key: (UInt64, UInt64)) -> UInt64 {
    var state = SipState(key)
    let whole = text.count / 8 * 8
    for start in stride(from: 0, to: whole, by: 8) { state.absorb(word(text[start..<start + 8])) }
    state.absorb(word(text[whole...]) | UInt64(text.count & 255) << 56)
    return state.finished()
  }

  private struct SipState {
    var (a, b, c, d): (UInt64, UInt64, UInt64, UInt64)

    init(_ key: (UInt64, UInt64)) {
      a = key.0 ^ 0x736f_6d65_7073_6575
      b = key.1 ^ 0x646f_7261_6e64_6f6d
      c = key.0 ^ 0x6c79_6765_6e65_7261
      d = key.1 ^ 0x7465_6462_7974_6573
    }

    mutating func absorb(_ word: UInt64) {
      d ^= word
      for _ in 0..<2 { round() }
      a ^= word
    }

    mutating func finished() -> UInt64 {
      c ^= 0xff
      for _ in 0..<4 { round() }
      return a ^ b ^ c ^ d
    }

    private mutating func round() {
      a = a &+ b
      b = TextHash.rotated(b, 51) ^ a
      a = TextHash.rotated(a, 32)
      c = c &+ d
      d = TextHash.rotated(d, 48) ^ c
      a = a &+ d
      d = TextHash.rotated(d, 43) ^ a
      c = c &+ b
      b = TextHash.rotated(b, 47) ^ c
      c = TextHash.rotated(c, 32)
    }
  }

  /// To the right.
  private static func rotated(_ x: UInt64, _ bits: UInt64) -> UInt64 { x >> bits | x << (64 - bits) }

  private static func mixed(_ u: UInt64, _ v: UInt64, _ factor: UInt64) -> UInt64 {
    var a = (u ^ v) &* factor
    a ^= a >> 47
    var b = (v ^ a) &* factor
    b ^= b >> 47
    return b &* factor
  }

  /// Bytes as one number, the first as the lowest.
  private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
