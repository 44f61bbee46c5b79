// Functions of two floats.

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
