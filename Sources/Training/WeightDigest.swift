package import GraphEngine

/// A digest of numbers, to the bit: no change of a single one leaves it as it was.
///
/// Four chains of xor, multiply and rotate, each of which is reversible, so that a difference stays one; they run side
/// by side at some ten bytes a nanosecond. It is no defence against somebody who looks for two inputs with one digest.
package func weightDigest(_ numbers: AlignedBuffer) -> UInt64 {
  let words = UnsafeRawPointer(numbers.pointer)
  let count = numbers.count
  let end = 4 * count
  var (a, b, c, d) = (UInt64(count), 1 as UInt64, 2 as UInt64, 3 as UInt64)
  var next = 0
  while next + 32 <= end {
    a = mixed(a, words.load(fromByteOffset: next, as: UInt64.self))
    b = mixed(b, words.load(fromByteOffset: next + 8, as: UInt64.self))
    c = mixed(c, words.load(fromByteOffset: next + 16, as: UInt64.self))
    d = mixed(d, words.load(fromByteOffset: next + 24, as: UInt64.self))
    next += 32
  }
  while next < end {
    a = mixed(a, UInt64(words.load(fromByteOffset: next, as: UInt32.self)))
    next += 4
  }
  return mixed(mixed(mixed(mixed(0, a), b), c), d)
}

@inline(__always) private func mixed(_ hash: UInt64, _ word: UInt64) -> UInt64 {
  let product = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
  return product << 29 | product >> 35
}
