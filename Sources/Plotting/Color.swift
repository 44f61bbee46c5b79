/// An sRGB colour.
public struct Color: Sendable, Hashable {
  public var red: UInt8
  public var green: UInt8
  public var blue: UInt8
  /// 0 cannot be seen, 255 hides what is below.
  public var alpha: UInt8 = 255

  public init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// The colour written as in CSS: `0x0072B2`.
  public init(_ hex: UInt32) {
    self.init(
      red: UInt8(truncatingIfNeeded: hex >> 16), green: UInt8(truncatingIfNeeded: hex >> 8),
      blue: UInt8(truncatingIfNeeded: hex))
  }

  /// How light the colour looks, 0 for black to 1 for white (ITU-R BT.601 luma).
  public var lightness: Double {
    Double(299 * Int(red) + 587 * Int(green) + 114 * Int(blue)) / 255_000
  }

  /// As in CSS: `#0072b2`, or `#0072b280` for one that lets through.
  public var hex: String {
    let parts = [red, green, blue] + (alpha == 255 ? [] : [alpha])
    return "#" + parts.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The colour letting through what is below it.
  func faded(_ opacity: Double) -> Color {
    var copy = self
    copy.alpha = UInt8((255 * min(max(opacity, 0), 1)).rounded())
    return copy
  }

  /// The colour a fraction of the way from this one to another.
  func mixed(with other: Color, _ fraction: Double) -> Color {
    func mix(_ a: UInt8, _ b: UInt8) -> UInt8 {
      UInt8((Double(a) + (Double(b) - Double(a)) * min(max(fraction, 0), 1)).rounded())
    }
    return Color(red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
  }
}
