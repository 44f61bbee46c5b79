internal import Config

/// What a plain scalar means in the core schema of YAML 1.2, in which `yes` is a text and `1e-4` a number.
enum CoreSchema {
  enum Meaning: Equatable {
    case value(ConfigNode.Content)
    /// An infinity, a NaN, or a number too large to be held.
    case notFinite
  }

  static func meaning(of text: String) -> Meaning {
    switch text {
    case "", "~", "null", "Null", "NULL": return .value(.null)
    case "true", "True", "TRUE": return .value(.bool(true))
    case "false", "False", "FALSE": return .value(.bool(false))
    case ".nan", ".NaN", ".NAN": return .notFinite
    default: break
    }
    let bytes = Array(text.utf8)
    let unsigned = bytes.first == minus || bytes.first == plus ? bytes.dropFirst() : bytes[...]
    guard let first = unsigned.first, isDigit(first) || first == dot else { return .value(.string(text)) }
    if [".inf", ".Inf", ".INF"].contains(String(decoding: unsigned, as: UTF8.self)) { return .notFinite }
    if let integer = based(text) { return integer }
    if unsigned.allSatisfy(isDigit), let value = Int(text) { return .value(.int(value)) }
    guard isFloat(unsigned), let value = Double(text) else { return .value(.string(text)) }
    return value.isFinite ? .value(.double(value)) : .notFinite
  }

  /// `0x1F` and `0o17`; no sign is allowed before them.
  private static func based(_ text: String) -> Meaning? {
    let radix = text.hasPrefix("0x") ? 16 : text.hasPrefix("0o") ? 8 : 0
    let digits = text.dropFirst(2)
    guard radix > 0, !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
    guard radix == 16 || digits.allSatisfy({ ("0"..."7").contains($0) }) else { return nil }
    guard let value = Int(digits, radix: radix) else { return .notFinite }
    return .value(.int(value))
  }

  /// `[0-9]+(\.[0-9]*)?` or `\.[0-9]+`, then perhaps `[eE][-+]?[0-9]+`.
  private static func isFloat(_ text: ArraySlice<UInt8>) -> Bool {
    var rest = text
    let whole = skipDigits(&rest)
    var fraction = 0
    if rest.first == dot {
      rest = rest.dropFirst()
      fraction = skipDigits(&rest)
    }
    guard whole + fraction > 0 else { return false }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      if rest.first == minus || rest.first == plus { rest = rest.dropFirst() }
      guard skipDigits(&rest) > 0 else { return false }
    }
    return rest.isEmpty
  }

  private static func skipDigits(_ rest: inout ArraySlice<UInt8>) -> Int {
    let digits = rest.prefix(while: isDigit).count
    rest = rest.dropFirst(digits)
    return digits
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
  private static let (plus, minus, dot) = (UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."))
}
