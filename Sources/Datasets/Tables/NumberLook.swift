/// What a text that is no plain number may be a number as: what is nearly a number is not silently a category.
enum NumberLook: Equatable {
  case decimalComma
  /// Groups of three digits that may as well be a decimal comma: `1,234`.
  case comma
  /// Digits in groups, a currency or a percent sign.
  case written
  case date
  /// Dates and times that are not of ISO 8601.
  case otherDate
  /// A number with a unit behind it: `12 kg`.
  case unit
  /// Infinities, fractions, hexadecimal numbers, digits of other scripts.
  case other

  /// - Parameter hasDecimalComma: whether that was said already.
  init?(_ text: String, hasDecimalComma: Bool = false) {
    let trimmed = text.trimmingBlanks
    guard trimmed.utf8.count <= 64, let first = trimmed.unicodeScalars.first else { return nil }
    // Most words end here.
    let hasDigits = trimmed.unicodeScalars.contains { $0.properties.numericType == .decimal }
    guard hasDigits || Self.infinities.contains(trimmed.lowercased()) else { return nil }
    if CalendarDate(trimmed) != nil {
      self = .date
    } else if Self.isDate(trimmed) {
      self = .otherDate
    } else if WrittenNumber(trimmed, hasDecimalComma: hasDecimalComma) != nil {
      self = Self.isAmbiguous(trimmed) && !hasDecimalComma ? .comma : .written
    } else if WrittenNumber(trimmed, hasDecimalComma: !hasDecimalComma) != nil {
      self = hasDecimalComma ? .other : .decimalComma
    } else if Self.isOther(trimmed) {
      self = .other
    } else if first.properties.numericType != nil || "+-.".unicodeScalars.contains(first),
      Self.unit(of: trimmed) != nil
    {
      self = .unit
    } else {
      return nil
    }
  }

  private static let infinities: Set<String> = [
    "inf", "+inf", "-inf", "infinity", "-infinity", "+infinity", "∞", "-∞",
  ]

  /// One comma with three digits behind it, and not more than three before.
  private static func isAmbiguous(_ text: String) -> Bool {
    text.filter { $0 == "," }.count == 1 && !text.contains(".")
  }

  /// `31.1.2024`, `1/31/2024`, `2024-01`, `12:30`, `31-Jan-2024`.
  private static func isDate(_ text: String) -> Bool {
    let day = #/\d{1,4}[./-]\d{1,2}[./-]\d{2,4}( .*)?/#
    let clock = #/\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm])?/#
    let month = #/(\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}|[A-Za-z]{3,9} \d{1,2},? \d{4}|\d{4}-(0[1-9]|1[0-2]))/#
    let long = #/\d{4}-\d{2}-\d{2}[T ].*/#
    return text.wholeMatch(of: day) != nil || text.wholeMatch(of: clock) != nil
      || text.wholeMatch(of: month) != nil || text.wholeMatch(of: long) != nil
  }

  private static func isOther(_ text: String) -> Bool {
    if infinities.contains(text.lowercased()) { return true }
    let plain = #/[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?/#
    let hexadecimal = #/0x[0-9A-Fa-f]+/#
    let fraction = #/[+-]?\d+ ?/ ?\d+/#
    let accounting = #/\([$€£]?[\d.,]+\)/#
    // 1.5D+02, 1.5×10^2, 1 e5, 5e3kg
    let scientific = #/[+-]?\d+[.,]?\d* ?([eEdD] ?[+-]?\d+|[×x*·] ?10(\^|\*\*)?[+-]?\d+)( ?\D{0,8})/#
    // 1.5-, 1 1/2, ~5, ≈ 5
    let trailing = #/\d[\d.,]*[-\u{2212}]/#
    let mixed = #/[+-]?\d+ \d+ ?/ ?\d+/#
    let about = #/[~≈±] ?[+-]?\d[\d.,]*/#
    let grouped = #/[+-]?\d{1,3}([., '\u{A0}\u{202F}]\d{3}|,\d{2},\d{3})+([.,]\d+)?/#
    return text.wholeMatch(of: plain) != nil || text.wholeMatch(of: hexadecimal) != nil
      || text.wholeMatch(of: fraction) != nil || text.wholeMatch(of: accounting) != nil
      || text.wholeMatch(of: grouped) != nil || text.wholeMatch(of: scientific) != nil
      || text.wholeMatch(of: trailing) != nil || text.wholeMatch(of: mixed) != nil
      || text.wholeMatch(of: about) != nil
      || isOfAnotherScript(text)
  }

  /// Digits of another script than Latin, and what stands between them.
  private static func isOfAnotherScript(_ text: String) -> Bool {
    func isDigit(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.numericType == .decimal }
    return text.unicodeScalars.contains { !$0.isASCII && isDigit($0) }
      && text.unicodeScalars.allSatisfy {
        isDigit($0) || ".,-+\u{66B}\u{66C}\u{2212}".unicodeScalars.contains($0)
      }
  }

  /// What stands behind a number: `kg`, `°C`.
  static func unit(of text: String) -> String? {
    guard let match = text.trimmingBlanks.wholeMatch(of: #/[+-]?(\d+[.,]?\d*|[.,]\d+) ?(\D{1,8})/#),
      match.output.2.contains(where: \.isLetter) || match.output.2.contains("°")
    else { return nil }
    return String(match.output.2)
  }
}
