// Sine, cosine and tangent: the angle is brought between -π/4 and π/4 in Double, polynomials of floats do the rest.

/// `x = n · π/2 + r`, with |r| ≤ π/4.
@inline(__always) private func quadrant(_ x: Float) -> (r: Float, n: Int64) {
  let size = float(bits(x) & 0x7fff_ffff)
  if size >= 1_048_576 { return largeQuadrant(x) }
  let magic = 6_755_399_441_055_744.0
  let wide = Double(x)
  let shifted = wide * 0.636_619_772_367_581_4 + magic
  let n = shifted - magic
  // π/2 in two parts, the first of 33 bits, so that its product is exact.
  let r = (wide - n * 1.570_796_326_734_125_6) - n * 6.077_100_506_506_192e-11
  return (Float(r), Int64(bitPattern: shifted.bitPattern &- magic.bitPattern))
}

/// The same for large x: its 24 bits times those bits of 2/π that matter (Payne and Hanek, "Radian reduction for
/// trigonometric functions", 1983).
private func largeQuadrant(_ x: Float) -> (r: Float, n: Int64) {
  let size = bits(x) & 0x7fff_ffff
  if size >= 0x7f80_0000 { return (.nan, 0) }
  let mantissa = UInt64(size & 0x7f_ffff | 0x80_0000)
  // Bits of 2/π before this one give whole multiples of 2π.
  let first = Int64(size &>> 23) &- 152
  let high = fraction(first), low = fraction(first &+ 64)
  let product = mantissa &* high &+ ((mantissa &* (low &>> 32)) &>> 32)
  let n = (product &+ (1 &<< 61)) &>> 62
  let rest = Int64(bitPattern: product &- (n &<< 62))
  let r = Float(Double(rest) * (1.570_796_326_794_896_6 * 0x1p-62))
  return bits(x) < 0 ? (0 - r, 0 &- Int64(n)) : (r, Int64(n))
}

/// 64 bits of 2/π behind the point, from one on.
private func fraction(_ first: Int64) -> UInt64 {
  let shift = UInt64(first & 63)
  let (word, next) = (twoOverPi(first &>> 6), twoOverPi((first &>> 6) &+ 1))
  return shift == 0 ? word : word &<< shift | next &>> (64 &- shift)
}

private func twoOverPi(_ word: Int64) -> UInt64 {
  switch word {
  case 0: 0xA2F9_836E_4E44_1529
  case 1: 0xFC27_57D1_F534_DDC0
  case 2: 0xDB62_9599_3C43_9041
  default: 0xFE51_63AB_DEBB_C561
  }
}

@inline(__always) private func sineReduced(_ r: Float) -> Float {
  let z = r * r
  return fma(fma(fma(-1.951_529_59e-4, z, 8.332_160_9e-3), z, -1.666_665_46e-1) * z, r, r)
}

@inline(__always) private func cosineReduced(_ r: Float) -> Float {
  let z = r * r
  let p = fma(fma(2.443_315_7e-5, z, -1.388_731_6e-3), z, 4.166_664_6e-2)
  return fma(p * z, z, fma(-0.5, z, 1))
}

/// Within 1.6 ulp, as is the cosine.
func sin(_ x: Float) -> Float {
  let (r, n) = quadrant(x)
  let value = n & 1 == 0 ? sineReduced(r) : cosineReduced(r)
  return n & 2 == 0 ? value : 0 - value
}

func cos(_ x: Float) -> Float {
  let (r, n) = quadrant(x)
  let value = n & 1 == 0 ? cosineReduced(r) : sineReduced(r)
  return (n &+ 1) & 2 == 0 ? value : 0 - value
}

/// Within 3.5 ulp.
func tan(_ x: Float) -> Float {
  let (r, n) = quadrant(x)
  let (s, c) = (sineReduced(r), cosineReduced(r))
  return n & 1 == 0 ? s / c : (0 - c) / s
}
