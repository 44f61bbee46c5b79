// Functions that are worked out in Double, where they are as good as exact before the one rounding. They are slower than
// those of Math.swift; `+ - * /` and roots of Double have the same bits on every machine.

/// The natural logarithm of a normal positive number: e · ln 2 + 2 artanh s with s = (m - 1) / (m + 1).
@inline(__always) func wideLog(_ x: Double) -> Double {
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
@inline(__always) func wideExp(_ x: Double) -> Double {
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

/// The angle of the point (x, y), from -π to π.
func arctangent(_ y: Float, _ x: Float) -> Float {
  if x != x || y != y { return .nan }
  let angle = Float(wideAngle(Double(y), Double(x)))
  return bits(y) < 0 ? 0 - angle : angle
}

/// The angle of the point (x, |y|), from 0 to π.
func wideAngle(_ y: Double, _ x: Double) -> Double {
  let (pi, halfPi) = (3.141_592_653_589_793, 1.570_796_326_794_896_6)
  let (across, up) = (x.magnitude, y.magnitude)
  let angle: Double
  if up == 0 {
    angle = 0
  } else if across == up {
    angle = halfPi / 2
  } else if across < up {
    angle = halfPi - wideArctangent(across / up)
  } else {
    angle = wideArctangent(up / across)
  }
  return x.sign == .minus ? pi - angle : angle
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

/// Within 0.51 ulp, as are all below.
func log1p(anyOf x: Float) -> Float {
  let wide = Double(x)
  if x > -2.441_406_25e-4 && x < 2.441_406_25e-4 {
    return x == 0 ? x : Float(wide - wide * wide * (0.5 - wide * (1.0 / 3 - wide * 0.25)))
  }
  if !(x > -1) { return x == -1 ? -.infinity : .nan }
  return x == .infinity ? x : Float(wideLog(1 + wide))
}

func expm1(_ x: Float) -> Float {
  let wide = Double(x)
  if x > -9.536_743_2e-7 && x < 9.536_743_2e-7 { return x == 0 ? x : Float(wide + wide * wide * 0.5) }
  if x > 89 { return .infinity }
  if x < -30 { return -1 }
  return x == x ? Float(wideExp(wide) - 1) : x
}

func sinh(_ x: Float) -> Float {
  let wide = Double(x)
  if x > -0.015_625 && x < 0.015_625 {
    let z = wide * wide
    return x == 0 ? x : Float(wide + wide * z * (1.0 / 6 + z * (1.0 / 120)))
  }
  if x > 90 || x < -90 || x != x { return x * .infinity }
  return Float(0.5 * (wideExp(wide) - wideExp(0 - wide)))
}

func cosh(_ x: Float) -> Float {
  if x > 90 || x < -90 { return .infinity }
  return x == x ? Float(0.5 * (wideExp(Double(x)) + wideExp(0 - Double(x)))) : x
}

func asin(_ x: Float) -> Float {
  let wide = Double(x)
  if !(x >= -1 && x <= 1) { return .nan }
  let angle = Float(wideAngle(wide, ((1 - wide) * (1 + wide)).squareRoot()))
  return bits(x) < 0 ? 0 - angle : angle
}

func acos(_ x: Float) -> Float {
  let wide = Double(x)
  if !(x >= -1 && x <= 1) { return .nan }
  return Float(wideAngle(((1 - wide) * (1 + wide)).squareRoot(), wide))
}

func asinh(_ x: Float) -> Float {
  let size = Double(x).magnitude
  if x != x || size == .infinity { return x }
  let z = size * size
  let value =
    size < 0.015_625
    ? size - size * z * (1.0 / 6 - z * 0.075) : wideLog(size + (z + 1).squareRoot())
  return bits(x) < 0 ? 0 - Float(value) : Float(value)
}

func acosh(_ x: Float) -> Float {
  let wide = Double(x)
  if !(x >= 1) { return .nan }
  return x == .infinity ? x : Float(wideLog(wide + (wide * wide - 1).squareRoot()))
}

func atanh(_ x: Float) -> Float {
  let wide = Double(x)
  if !(x >= -1 && x <= 1) { return .nan }
  if x == 1 || x == -1 { return x * .infinity }
  let z = wide * wide
  if z < 0.000_244_140_625 { return x == 0 ? x : Float(wide + wide * z * (1.0 / 3 + z * 0.2)) }
  return Float(0.5 * wideLog((1 + wide) / (1 - wide)))
}
