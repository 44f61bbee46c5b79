// Functions of two floats that are worked out in Double, where they are as good as exact before the one rounding.

/// The natural logarithm of a normal positive number: e · ln 2 + 2 artanh s with s = (m - 1) / (m + 1).
@inline(__always) private func wideLog(_ x: Double) -> Double {
  let bits = x.bitPattern
  // The exponent that leaves a mantissa between √½ and √2.
  let exponent = Int64(bitPattern: bits &- 0x3FE6_A09E_667F_3BCD) &>> 52
  let mantissa = Double(bitPattern: bits &- UInt64(bitPattern: exponent &<< 52))
  let s = (mantissa - 1) / (mantissa + 1)
  let z = s * s
  var p = 1.0 / 19
  p = p * z + 1.0 / 17
  p = p * z + 1.0 / 15
  p = p * z + 1.0 / 13
  p = p * z + 1.0 / 11
  p = p * z + 1.0 / 9
  p = p * z + 1.0 / 7
  p = p * z + 1.0 / 5
  p = p * z + 1.0 / 3
  return Double(exponent) * 0.693_147_180_559_945_3 + 2 * (s + s * z * p)
}

/// eˣ for |x| < 700.
@inline(__always) private func wideExp(_ x: Double) -> Double {
  let magic = 6_755_399_441_055_744.0
  let shifted = x * 1.442_695_040_888_963_4 + magic
  let n = shifted - magic
  let r = (x - n * 0.693_147_180_369_123_8) - n * 1.908_214_929_270_587_7e-10
  var p = 1.0 / 39_916_800
  p = p * r + 1.0 / 3_628_800
  p = p * r + 1.0 / 362_880
  p = p * r + 1.0 / 40_320
  p = p * r + 1.0 / 5040
  p = p * r + 1.0 / 720
  p = p * r + 1.0 / 120
  p = p * r + 1.0 / 24
  p = p * r + 1.0 / 6
  p = p * r + 0.5
  p = p * r + 1
  p = p * r + 1
  let exponent = Int64(bitPattern: shifted.bitPattern &- magic.bitPattern) &+ 1023
  return p * Double(bitPattern: UInt64(bitPattern: exponent &<< 52))
}

/// `a` to the power of `b`, within 0.51 ulp.
func power(_ a: Float, _ b: Float) -> Float {
  if b == 0 || a == 1 { return 1 }
  if a != a || b != b { return .nan }
  let magnitude = float(bits(a) & 0x7fff_ffff)
  let isWhole = b.rounded(.towardZero) == b
  // Floats from 2²⁴ on are even.
  let size = float(bits(b) & 0x7fff_ffff)
  let isOdd = isWhole && size < 16_777_216 && Int64(size) & 1 == 1
  let isNegative = bits(a) < 0
  let sign: Float = isNegative && isOdd ? -1 : 1
  if magnitude == 0 { return b > 0 ? sign * 0 : sign * .infinity }
  if magnitude == .infinity { return b > 0 ? sign * .infinity : sign * 0 }
  if size == .infinity {
    if magnitude == 1 { return 1 }
    return (magnitude > 1) == (b > 0) ? .infinity : 0
  }
  if isNegative && !isWhole { return .nan }
  let exponent = Double(b) * wideLog(Double(magnitude))
  if exponent > 90 { return sign * .infinity }
  if exponent < -105 { return sign * 0 }
  return sign * Float(wideExp(exponent))
}

/// What is left of `a` after whole multiples of `b`, with the sign of `b`; exact but for the last addition.
func modulo(_ a: Float, _ b: Float) -> Float {
  let divisor = Double(float(bits(b) & 0x7fff_ffff))
  var rest = Double(float(bits(a) & 0x7fff_ffff))
  if !(rest < .infinity) || !(divisor > 0) { return .nan }
  while rest >= divisor {
    // Quotients of 28 bits times a divisor of 24 are exact, so long quotients are taken in parts.
    let gap = Int64(bitPattern: rest.bitPattern &>> 52) &- Int64(bitPattern: divisor.bitPattern &>> 52) &- 27
    let scale = gap > 0 ? Double(bitPattern: UInt64(bitPattern: (gap &+ 1023) &<< 52)) : 1
    let part = divisor * scale
    rest -= (rest / part).rounded(.towardZero) * part
    if rest < 0 { rest += part }
  }
  let signed = Float(bits(a) < 0 ? 0 - rest : rest)
  return signed != 0 && (signed < 0) != (b < 0) ? signed + b : signed
}

/// The angle of the point (x, y), from -π to π.
func arctangent(_ y: Float, _ x: Float) -> Float {
  if x != x || y != y { return .nan }
  let (pi, halfPi) = (3.141_592_653_589_793, 1.570_796_326_794_896_6)
  let (across, up) = (float(bits(x) & 0x7fff_ffff), float(bits(y) & 0x7fff_ffff))
  let angle: Double
  if up == 0 {
    angle = 0
  } else if across == up {
    angle = halfPi / 2
  } else if across < up {
    angle = halfPi - wideArctangent(Double(across) / Double(up))
  } else {
    angle = wideArctangent(Double(up) / Double(across))
  }
  let turned = Float(bits(x) < 0 ? pi - angle : angle)
  return bits(y) < 0 ? 0 - turned : turned
}

/// The arctangent of a number from 0 to 1: Taylor's series around 0, ½ or 1, whichever is nearest.
private func wideArctangent(_ t: Double) -> Double {
  let (centre, base): (Double, Double) =
    t < 0.25 ? (0, 0) : t < 0.75 ? (0.5, 0.463_647_609_000_806_1) : (1, 0.785_398_163_397_448_3)
  let r = (t - centre) / (1 + t * centre)
  let z = r * r
  var p = 1.0 / 17
  p = 1.0 / 15 - p * z
  p = 1.0 / 13 - p * z
  p = 1.0 / 11 - p * z
  p = 1.0 / 9 - p * z
  p = 1.0 / 7 - p * z
  p = 1.0 / 5 - p * z
  p = 1.0 / 3 - p * z
  return base + (r - r * z * p)
}
