/// Hashes of short texts, the same on every machine.
public enum TextHash {
  /// FarmHash's `Fingerprint64` of at most 16 bytes, which TensorFlow's `to_hash_bucket_fast` takes.
  public static func fingerprint(_ text: [UInt8]) -> UInt64 {
    precondition(text.count <= 16, "a longer text is hashed otherwise")
    let first: UInt64 = 0xc3a5_c85c_97cb_3127
    let third: UInt64 = 0x9ae1_6a3b_2f90_404f
    let count = UInt64(text.count)
    let factor = third &+ count &* 2
    if text.count >= 8 {
      let a = word(text[..<8]) &+ third
      let b = word(text[(text.count - 8)...])
      return mixed(rotated(b, 37) &* factor &+ a, (rotated(a, 25) &+ b) &* factor, factor)
    }
    if text.count >= 4 {
      let (a, b) = (word(text[..<4]), word(text[(text.count - 4)...]))
      return mixed(count &+ (a << 3), b, factor)
    }
    guard let start = text.first, let end = text.last else { return third }
    let y = UInt64(start) + UInt64(text[text.count / 2]) << 8
    let z = count + UInt64(end) << 2
    let v = (y &* third) ^ (z &* first)
    return (v ^ (v >> 47)) &* third
  }

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
