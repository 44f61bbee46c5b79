/// How the numbers of a column are written.
public struct NumberNotation: Sendable, Equatable {
  public enum Form: String, Sendable, CaseIterable {
    /// Digits, a decimal mark, an exponent.
    case plain
    /// Digits in groups of three, with a currency or a percent sign, as `types: {COLUMN: number}` allows.
    case number
    /// A date of ISO 8601 as days since 1970, with `types: {COLUMN: date}`.
    case date
  }

  public var form: Form = .plain
  /// Whether a comma is the decimal mark.
  public var hasDecimalComma = false
  /// The currency or percent sign that all numbers of the column have; empty for none.
  public var unit = ""

  public init(_ form: Form = .plain, hasDecimalComma: Bool = false, unit: String = "") {
    self.form = form
    self.hasDecimalComma = hasDecimalComma
    self.unit = unit
  }

  /// The number that a text is; `nil` if it is none, or has another unit.
  ///
  /// Independent of any locale; blanks around it do not count, those of Unicode included.
  func number(_ text: String) -> Double? {
    switch form {
    case .plain: return plainNumber(text)
    case .date: return CalendarDate(text)?.days
    case .number:
      guard let written = WrittenNumber(text, hasDecimalComma: hasDecimalComma), written.unit == unit else {
        return nil
      }
      return written.value
    }
  }

  private func plainNumber(_ text: String) -> Double? {
    let mark: UInt8 = hasDecimalComma ? 0x2C : 0x2E
    for byte in text.utf8 where !(0x30...0x39).contains(byte) && byte != mark && !isSignOrExponent(byte) {
      let trimmed = text.trimmingBlanks
      return trimmed.utf8.count < text.utf8.count ? plainNumber(trimmed) : nil
    }
    return asDouble(hasDecimalComma ? text.replacing(",", with: ".") : text)
  }
}

private func isSignOrExponent(_ byte: UInt8) -> Bool { "+-eE".utf8.contains(byte) }

/// A number that both doubles and the program's 32 bits can hold.
private func asDouble(_ text: String) -> Double? {
  guard let number = Double(text), abs(number) <= Double(Float.greatestFiniteMagnitude) else { return nil }
  return number
}

/// A number as people write it: `1,234.50`, `$ 1.5`, `3 %`, `EUR 12`, `−5`.
struct WrittenNumber {
  let value: Double
  /// `%`, or the currency.
  let unit: String

  private static let currencies: Set<String> = [
    "USD", "EUR", "GBP", "CHF", "JPY", "CNY", "INR", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK",
    "HUF", "BRL", "MXN", "KRW", "RUB", "TRY", "ZAR", "SGD", "HKD",
  ]

  init?(_ text: String, hasDecimalComma: Bool) {
    var rest = text.trimmingBlanks[...]
    let sign = Self.takeSign(&rest)
    let unit = Self.takeUnit(&rest)
    let inner = sign ?? Self.takeSign(&rest)
    guard let first = rest.first, first.isASCII, first.isNumber || first == (hasDecimalComma ? "," : "."),
      let digits = Self.ungrouped(String(rest), hasDecimalComma: hasDecimalComma),
      let number = asDouble(digits)
    else { return nil }
    self.unit = unit
    value = (inner == "-" ? -number : number) / (unit == "%" ? 100 : 1)
  }

  private static func takeSign(_ text: inout Substring) -> String? {
    guard let first = text.first, "+-\u{2212}".contains(first) else { return nil }
    text = text.dropFirst().drop(while: \.isWhitespace)
    return first == "+" ? "+" : "-"
  }

  /// A currency at either end, or a percent sign behind.
  private static func takeUnit(_ text: inout Substring) -> String {
    if text.last == "%" {
      text = trimmed(text.dropLast())
      return "%"
    }
    for currency in currencies {
      if text.hasPrefix(currency) { return take(currency, &text, text.dropFirst(3)) }
      if text.hasSuffix(currency) { return take(currency, &text, text.dropLast(3)) }
    }
    if let first = text.first, isCurrency(first) { return take("\(first)", &text, text.dropFirst()) }
    if let last = text.last, isCurrency(last) { return take("\(last)", &text, text.dropLast()) }
    return ""
  }

  private static func take(_ unit: String, _ text: inout Substring, _ rest: Substring) -> String {
    text = trimmed(rest)
    return unit
  }

  private static func trimmed(_ text: Substring) -> Substring { String(text).trimmingBlanks[...] }

  private static func isCurrency(_ character: Character) -> Bool {
    character.unicodeScalars.first?.properties.generalCategory == .currencySymbol
  }

  /// Digits with `.` for the decimal mark, and without what groups them by three.
  private static func ungrouped(_ text: String, hasDecimalComma: Bool) -> String? {
    let (mark, other): (Character, Character) = hasDecimalComma ? (",", ".") : (".", ",")
    let halves = text.split(separator: mark, maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = halves.first else { return nil }
    let fraction = halves.count > 1 ? "." + halves[1] : ""
    let marks = Set(whole.filter { !$0.isASCII || !($0.isNumber || "eE+-".contains($0)) })
    guard marks.count <= 1 else { return nil }
    guard let group = marks.first else { return text.isEmpty ? nil : String(whole) + fraction }
    guard group == other || group.isWhitespace || "'\u{2019}_".contains(group) else { return nil }
    let groups = whole.split(separator: group, omittingEmptySubsequences: false)
    // `0,066` is no thousands.
    guard let first = groups.first, (1...3).contains(first.count), first.first != "0",
      groups.dropFirst().allSatisfy({ $0.count == 3 && $0.allSatisfy { $0.isASCII && $0.isNumber } }),
      first.allSatisfy({ $0.isASCII && $0.isNumber }),
      fraction.dropFirst().allSatisfy({ $0.isASCII && $0.isNumber })
    else { return nil }
    return groups.joined() + fraction
  }
}

/// A date of ISO 8601, perhaps with a time: `2024-01-31`, `2024-01-31 12:00:00.5`, `2024-01-31T12:00Z`.
struct CalendarDate {
  /// Since the start of 1970, by the clock of the text, or UTC where it says how far that is.
  let days: Double

  init?(_ text: String) {
    var rest = text.trimmingBlanks.utf8[...]
    guard let year = take(4, &rest), skip("-", &rest), let month = take(2, &rest), (1...12).contains(month),
      skip("-", &rest), let day = take(2, &rest), (1...Self.length(of: month, year)).contains(day)
    else { return nil }
    var seconds = 0.0
    if !rest.isEmpty {
      guard skip("T", &rest) || skip(" ", &rest), let time = Self.seconds(&rest), rest.isEmpty else {
        return nil
      }
      seconds = time
    }
    days = Double(Self.days(year, month, day)) + seconds / 86_400
  }

  private static func seconds(_ rest: inout Substring.UTF8View.SubSequence) -> Double? {
    guard let hour = take(2, &rest), hour < 24, skip(":", &rest), let minute = take(2, &rest), minute < 60
    else { return nil }
    var seconds = Double(hour * 3600 + minute * 60)
    if skip(":", &rest) {
      guard let second = take(2, &rest), second <= 60 else { return nil }
      seconds += Double(second)
      if skip(".", &rest) {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty, let fraction = Double("0." + String(Substring(digits))) else { return nil }
        rest = rest.dropFirst(digits.count)
        seconds += fraction
      }
    }
    if skip("Z", &rest) { return seconds }
    let isBehind = skip("-", &rest)
    guard isBehind || skip("+", &rest) else { return seconds }
    guard let hours = take(2, &rest), hours < 24 else { return nil }
    _ = skip(":", &rest)
    guard let minutes = rest.isEmpty ? 0 : take(2, &rest), minutes < 60 else { return nil }
    return seconds + Double(hours * 3600 + minutes * 60) * (isBehind ? 1 : -1)
  }

  private static func length(of month: Int, _ year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  /// Days from 1970-01-01 in the proleptic Gregorian calendar.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    // Years that begin in March have the leap day at their end.
    let shifted = month > 2 ? year : year - 1
    let ofYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let inEra = shifted - era * 400
    return era * 146_097 + inEra * 365 + inEra / 4 - inEra / 100 + ofYear - 719_468
  }
}

/// Takes so many digits.
private func take(_ count: Int, _ rest: inout Substring.UTF8View.SubSequence) -> Int? {
  let digits = rest.prefix(count)
  guard digits.count == count, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
  rest = rest.dropFirst(count)
  return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
}

private func skip(_ character: Unicode.Scalar, _ rest: inout Substring.UTF8View.SubSequence) -> Bool {
  guard let first = rest.first, UInt32(first) == character.value else { return false }
  rest = rest.dropFirst()
  return true
}

extension String {
  /// Without white space at its ends, that of Unicode and zero-width spaces included.
  var trimmingBlanks: String {
    func isBlank(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isWhitespace || scalar == "\u{200B}" || scalar == "\u{FEFF}" || scalar == "\u{2060}"
    }
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !isBlank($0) }),
      let last = scalars.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(scalars[first...last])
  }
}
