/// Elementary functions from `+ - * /` alone, hence with the same bits on every machine.
///
/// For numbers that are computed once a step or seldom; kernels have their own in single precision. Errors are a few
/// units in the last place of a `Double`.
public enum DeterministicMath {
  /// The natural logarithm of a normal positive number.
  public static func log(_ x: Double) -> Double { deterministicLog(x) }

  /// eˣ, by `2ⁿ · e^r` with |r| ≤ ln 2 / 2 and a Taylor series of e^(r/16), squared four times.
  public static func exp(_ x: Double) -> Double {
    guard x > -745 else { return x.isNaN ? x : 0 }
    guard x < 710 else { return .infinity }
    let n = (x / 0.693_147_180_559_945_3).rounded()
    let r = ((x - n * 0.693_147_180_369_123_8) - n * 1.908_214_929_270_587_7e-10) / 16
    var sum = 0.0
    for term in stride(from: 9.0, through: 1, by: -1) { sum = (sum + 1) * r / term }
    // (1 + s)² - 1 = s · (2 + s) keeps the digits that adding 1 would lose.
    for _ in 0..<4 { sum *= 2 + sum }
    let half = (n / 2).rounded(.down)
    return (1 + sum) * powerOfTwo(half) * powerOfTwo(n - half)
  }

  /// `base` to any power, for bases that are not negative.
  public static func power(_ base: Double, _ exponent: Double) -> Double {
    if exponent == 0 || base == 1 { return 1 }
    if exponent == 1 { return base }
    guard base > 0 else { return base < 0 ? .nan : exponent > 0 ? 0 : .infinity }
    // Whole powers by multiplication are nearly exact.
    if exponent == exponent.rounded(), abs(exponent) <= 64 {
      var result = 1.0
      for _ in 0..<Int(abs(exponent)) { result *= base }
      return exponent > 0 ? result : 1 / result
    }
    return exp(exponent * log(base))
  }

  /// cos(π · x).
  public static func cosOfPi(_ x: Double) -> Double {
    guard x.isFinite else { return .nan }
    let turns = abs(x).truncatingRemainder(dividingBy: 2)
    let folded = turns > 1 ? 2 - turns : turns
    return folded > 0.5 ? -cosine(1 - folded) : cosine(folded)
  }

  /// cos(π · x) for 0 ≤ x ≤ 1/2, by its Taylor series.
  private static func cosine(_ x: Double) -> Double {
    if x == 0.5 { return 0 }
    let square = (x * .pi) * (x * .pi)
    var sum = 0.0
    for term in stride(from: 22.0, through: 2, by: -2) { sum = (1 + sum) * -square / (term * (term - 1)) }
    return 1 + sum
  }

  private static func powerOfTwo(_ n: Double) -> Double {
    Double(sign: .plus, exponent: Int(n), significand: 1)
  }
}
