import Glibc

/// Numbers as people read them, the same in every locale: thousands separators, a real minus sign, and powers
/// of ten where a plain number would be long.
public enum NumberText {
  /// A whole number with thousands separators: `12,345`.
  public static func grouped(_ value: Int) -> String {
    (value < 0 ? "−" : "") + grouped(digits: String(value.magnitude))
  }

  /// A number with a fixed number of decimals and no separators: `0.50`.
  public static func fixed(_ value: Double, decimals: Int) -> String {
    let units = (value * powerOfTen(decimals)).rounded()
    guard let whole = Int(exactly: units) else { return significant(value) }
    return decimal(units: whole, exponent: -decimals, grouping: false)
  }

  /// A share as a percentage: `88.91%`.
  public static func percent(_ share: Double, decimals: Int = 2) -> String {
    guard share.isFinite else { return significant(share) }
    return fixed(share * 100, decimals: decimals) + "%"
  }

  /// A number to some significant digits without trailing zeros; whole parts are never cut: `0.8912`,
  /// `12,346`.
  public static func significant(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "−∞" : "∞" }
    guard value != 0 else { return "0" }
    // Near the smallest doubles the power of ten below would be 0.
    let shift = value.magnitude < 1e-200 ? 120 : 0
    let magnitude = value.magnitude * powerOfTen(shift)
    var exponent = decimalExponent(magnitude)
    var units = (magnitude / powerOfTen(exponent - digits + 1)).rounded()
    exponent -= shift
    if units >= powerOfTen(digits) {
      units /= 10
      exponent += 1
    }
    if exponent >= -4, value.magnitude < 1e7 {
      let last = min(0, exponent - digits + 1)
      let whole = Int((value.magnitude / powerOfTen(last)).rounded())
      return (value < 0 ? "−" : "") + trimmed(decimal(units: whole, exponent: last))
    }
    let mantissa = trimmed(decimal(units: Int(units), exponent: 1 - digits))
    return (value < 0 ? "−" : "") + scientific(mantissa, exponent)
  }

  /// `units` × 10^`exponent`, written out exactly.
  static func decimal(units: Int, exponent: Int, grouping: Bool = true) -> String {
    let sign = units < 0 ? "−" : ""
    var digits = String(units.magnitude)
    guard exponent < 0 else {
      if units != 0 { digits += String(repeating: "0", count: exponent) }
      return sign + (grouping ? grouped(digits: digits) : digits)
    }
    let missing = 1 - exponent - digits.count
    if missing > 0 { digits = String(repeating: "0", count: missing) + digits }
    let whole = String(digits.dropLast(-exponent))
    return sign + (grouping ? grouped(digits: whole) : whole) + "." + digits.suffix(-exponent)
  }

  /// `2.5×10⁶`; a mantissa of 1 is left out.
  static func scientific(_ mantissa: String, _ exponent: Int) -> String {
    let raised = "10" + superscript(exponent)
    return mantissa == "1" ? raised : mantissa == "−1" ? "−" + raised : "\(mantissa)×\(raised)"
  }

  /// Without zeros (and a point) at the end of the decimals.
  static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var kept = text[...]
    while kept.last == "0" { kept.removeLast() }
    if kept.last == "." { kept.removeLast() }
    return String(kept)
  }

  /// The exponent of the leading digit of a finite number that is not 0.
  static func decimalExponent(_ value: Double) -> Int {
    let estimate = Int(log10(value.magnitude).rounded(.down))
    // The logarithm is rounded: beside a power of ten it can come out on the wrong side.
    if value.magnitude < powerOfTen(estimate) { return estimate - 1 }
    return value.magnitude >= powerOfTen(estimate + 1) ? estimate + 1 : estimate
  }

  /// The double nearest to `units` × 10^`exponent`.
  static func scaled(_ units: Int, exponent: Int) -> Double { Double("\(units)e\(exponent)") ?? 0 }

  static func powerOfTen(_ exponent: Int) -> Double {
    powers.indices.contains(exponent - leastPower)
      ? powers[exponent - leastPower] : scaled(1, exponent: exponent)
  }

  /// Those that are asked for again and again.
  private static let leastPower = -32
  private static let powers = (leastPower...32).map { scaled(1, exponent: $0) }

  private static func superscript(_ exponent: Int) -> String {
    let raised: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
    return (exponent < 0 ? "⁻" : "")
      + String(String(exponent.magnitude).compactMap { $0.wholeNumberValue }.map { raised[$0] })
  }

  private static func grouped(digits: String) -> String {
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { result.append(",") }
      result.append(digit)
    }
    return result
  }
}
