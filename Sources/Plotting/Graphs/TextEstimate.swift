/// How wide a text will be, guessed from its letters: figures have their size before there is a canvas to measure on.
enum TextEstimate {
  /// In points; a little more than DejaVu Sans takes.
  static func width(of text: String, _ style: TextStyle) -> Double {
    let sum = text.unicodeScalars.reduce(0) { $0 + ems(of: $1) }
    return sum * style.size * (style.bold ? 1.1 : 1)
  }

  private static func ems(of scalar: Unicode.Scalar) -> Double {
    switch scalar {
    case "i", "j", "l", "I", "|", "'", ",", ".", ":", ";", "!", " ", "(", ")", "[", "]", "f", "t", "r", "/":
      0.41
    case "m", "w", "M", "W", "…", "→": 1.0
    case "A"..."Z": 0.74
    case "\u{1100}"...: 1.1
    default: 0.645
    }
  }
}
