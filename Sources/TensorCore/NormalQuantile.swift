/// The value below which a standard normal number falls with probability `p`: Wichura's algorithm AS 241
/// (PPND16), with a relative error of about 1e-16.
///
/// - Parameter p: between 0 and 1, both excluded.
func normalQuantile(_ p: Double) -> Double {
  let q = p - 0.5
  if abs(q) <= 0.425 {
    let r = 0.180625 - q * q
    return q * polynomial(centre.numerator, r) / polynomial(centre.denominator, r)
  }
  let tail = (-deterministicLog(q < 0 ? p : 1 - p)).squareRoot()
  let (part, r) = tail <= 5 ? (middle, tail - 1.6) : (far, tail - 5)
  let value = polynomial(part.numerator, r) / polynomial(part.denominator, r)
  return q < 0 ? -value : value
}

/// The natural logarithm from `+ - * /` alone, hence with the same bits on every machine.
///
/// log(m · 2ᵉ) = e · log 2 + 2 artanh s with s = (m - 1) / (m + 1), where |s| < 0.172 and twelve terms are
/// enough.
/// - Parameter x: a normal positive number.
func deterministicLog(_ x: Double) -> Double {
  var (mantissa, exponent) = (x.significand, Double(x.exponent))
  if mantissa > 1.4142135623730951 {
    mantissa /= 2
    exponent += 1
  }
  let s = (mantissa - 1) / (mantissa + 1)
  let square = s * s
  var sum = 0.0
  for term in stride(from: 23.0, through: 1, by: -2) { sum = sum * square + 1 / term }
  return exponent * 0.6931471805599453 + 2 * s * sum
}

private struct Rational: Sendable {
  /// Coefficients from the highest power down.
  var numerator: [Double]
  var denominator: [Double]
}

private func polynomial(_ coefficients: [Double], _ x: Double) -> Double {
  coefficients.reduce(0) { $0 * x + $1 }
}

private let centre = Rational(
  numerator: [
    2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
    1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0,
  ],
  denominator: [
    5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
    5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1,
  ])

private let middle = Rational(
  numerator: [
    7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
    3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0,
  ],
  denominator: [
    1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
    1.48103976427480074590e-1,
    6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1,
  ])

private let far = Rational(
  numerator: [
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
    2.65321895265761230930e-2,
    2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0,
  ],
  denominator: [
    2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
    7.86869131145613259100e-4,
    1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1,
  ])
