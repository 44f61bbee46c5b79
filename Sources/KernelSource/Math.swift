// Elementary functions of one float. Used in plain loops, which the compiler widens; the vector body and the
// scalar tail then run the same operations. Errors are in units in the last place of the result.

/// 1.5 · 2²³: adding it rounds to an integer, left in the low bits.
private let magic: Float = 12_582_912

@inline(__always) private func powerOfTwo(_ n: Int32) -> Float { float((n &+ 127) &<< 23) }

/// `x = n · ln 2 + r` with |r| ≤ ln 2 / 2.
@inline(__always) private func reduced(_ x: Float) -> (r: Float, n: Int32) {
  let t = fma(x, 1.44269504, magic)
  let n = t - magic
  return (fma(n, -1.428_606_820e-6, fma(n, -0.693_145_751_953_125, x)), bits(t) &- bits(magic))
}

/// `eʳ - 1` for a reduced r.
@inline(__always) private func expm1Reduced(_ r: Float) -> Float {
  var p: Float = 1.987_569_15e-4
  p = fma(p, r, 1.398_199_95e-3)
  p = fma(p, r, 8.333_451_9e-3)
  p = fma(p, r, 4.166_579_6e-2)
  p = fma(p, r, 1.666_666_55e-1)
  p = fma(p, r, 5.000_000_12e-1)
  return fma(p * r, r, r)
}

/// eˣ, within 1.1 ulp; scaled in two halves so that denormal results and infinity are right.
@inline(__always) func exp(_ x: Float) -> Float {
  let upper = x > 89 ? 89 : x
  let limited = upper < -104 ? -104 : upper
  let (r, n) = reduced(limited)
  let half = n &>> 1
  return (expm1Reduced(r) + 1) * powerOfTwo(half) * powerOfTwo(n &- half)
}

/// eˣ for x ≤ 0, where results below the normal range may become the least normal number (softmax).
@inline(__always) func expOfNegative(_ x: Float) -> Float {
  let limited = x < -87.33654 ? -87.33654 : x
  let (r, n) = reduced(limited)
  return float(bits(expm1Reduced(r) + 1) &+ (n &<< 23))
}

/// eˣ - 1, for x ≤ 0.
@inline(__always) func expm1OfNegative(_ x: Float) -> Float {
  let limited = x < -20 ? -20 : x
  let (r, n) = reduced(limited)
  let two = powerOfTwo(n)
  return fma(two, expm1Reduced(r), two - 1)
}

@inline(__always) func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(0 - x)) }

@inline(__always) func tanh(_ x: Float) -> Float {
  let sign = bits(x) & Int32(bitPattern: 0x8000_0000)
  let magnitude = float(bits(x) & 0x7fff_ffff)
  let limited = magnitude > 9.5 ? 9.5 : magnitude
  let (r, n) = reduced(limited + limited)
  let two = powerOfTwo(n)
  let e = fma(two, expm1Reduced(r), two - 1)
  return float(bits(e / (e + 2)) | sign)
}

/// ln x, within 0.8 ulp; -∞ at 0, NaN below.
@inline(__always) func log(_ x0: Float) -> Float {
  let isTiny = x0 < 1.175_494_4e-38
  let x = isTiny ? x0 * 8_388_608 : x0
  let exponent = (bits(x) &- bits(0.707_106_78 as Float)) &>> 23
  let f = float(bits(x) &- (exponent &<< 23)) - 1
  let n = float((isTiny ? exponent &- 23 : exponent) &+ bits(magic)) - magic
  let z = f * f
  var p: Float = 7.037_683_63e-2
  p = fma(p, f, -1.151_461_03e-1)
  p = fma(p, f, 1.167_699_87e-1)
  p = fma(p, f, -1.242_014_08e-1)
  p = fma(p, f, 1.424_932_28e-1)
  p = fma(p, f, -1.666_805_77e-1)
  p = fma(p, f, 2.000_071_48e-1)
  p = fma(p, f, -2.499_999_4e-1)
  p = fma(p, f, 3.333_333_12e-1)
  var y = p * f * z
  y = fma(n, -2.121_944_4e-4, y)
  y = fma(z, -0.5, y)
  let inside = fma(n, 0.693_359_375, f + y)
  let atZero = x0 == 0 ? -Float.infinity : inside
  let below = x0 < 0 || x0 != x0 ? Float.nan : atZero
  return x0 == .infinity ? x0 : below
}

/// ln(1 + x) for 0 ≤ x ≤ 1: the logarithm of the rounded sum, and what the rounding lost.
@inline(__always) func log1p(_ x: Float) -> Float {
  let u = 1 + x
  return log(u) + (x - (u - 1)) / u
}

/// ln(1 + eˣ).
@inline(__always) func softplus(_ x: Float) -> Float {
  (x > 0 ? x : 0) + log1p(expOfNegative(x > 0 ? 0 - x : x))
}

/// The error function, within 1.5 ulp: a polynomial near 0, `1 - e^q` with a polynomial q beyond.
@inline(__always) func erf(_ x: Float) -> Float {
  let magnitude = float(bits(x) & 0x7fff_ffff)
  let t = magnitude > 4 ? 4 : magnitude
  let s = t * t
  var q = fma(-1.728_534_7e-5, t, 3.831_971_26e-4)
  q = fma(q, s, fma(-3.883_964_38e-3, t, 2.425_462_19e-2))
  q = fma(q, t, -1.067_778_77e-1)
  q = fma(q, t, -6.348_466_87e-1)
  q = fma(q, t, -1.287_175_12e-1)
  q = fma(q, t, 0 - t)
  let far = float(bits(1 - expOfNegative(q)) | (bits(x) & Int32(bitPattern: 0x8000_0000)))
  let z = x * x
  var p: Float = -5.967_617_03e-4
  p = fma(p, z, 4.991_194_23e-3)
  p = fma(p, z, -2.676_813_49e-2)
  p = fma(p, z, 1.128_199_25e-1)
  p = fma(p, z, -3.761_253_36e-1)
  p = fma(p, z, 1.283_791_66e-1)
  let near = fma(p, x, x)
  return magnitude > 0.927_734_375 ? far : near
}
